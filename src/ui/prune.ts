// Takes rows out: chosen ones, or everything that is proven ended and older than a given age, after a review that also
// tells what is spared and why.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { PruneAsk, SessionName } from "../model/messages.ts";
import type { PruneCandidate } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { parseAge } from "./ageInput.ts";
import { askForConsent, lookAtPermission } from "./consent.ts";
import { pickWhatGoes } from "./pruneReview.ts";
import type { RepairParts } from "./repair.ts";
import { tellResult } from "./repairResult.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { storeName } from "./words.ts";

/** Throws a UserError with the reason where none of them may go. */
export async function pruneSessions(sessions: readonly Session[], parts: RepairParts): Promise<void> {
  const rows = sessions.map(({ store, key }) => ({ store, key }));
  const candidates = await ask({ rows }, parts);
  const taken = candidates.filter(({ take }) => take);
  const spared = candidates.filter(({ take }) => !take);
  const [first] = spared;
  if (taken.length === 0) {
    if (first === undefined)
      throw new UserError(vscode.l10n.t("The row is not in the store any more. Refresh the view."));
    throw new UserError(
      spared.length === 1
        ? vscode.l10n.t("{0} is spared: {1}.", sessionTitle(first), first.why)
        : vscode.l10n.t("All {0} are spared; the first since {1}.", spared.length, first.why),
    );
  }
  await takeOut(taken, spared, parts);
}

export async function pruneOlder(parts: RepairParts): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Prune Ended Sessions Older Than…"),
    prompt: vscode.l10n.t(
      "Days (30d), weeks (4w) or hours (48h) without any change. A review comes next; nothing is taken out yet.",
    ),
    value: "30d",
    ignoreFocusOut: true,
    validateInput: (value) =>
      parseAge(value) === undefined
        ? vscode.l10n.t("Write an age of at least one day, such as 30d, 4w or 48h.")
        : undefined,
  });
  const olderThanMs = parseAge(text ?? "");
  if (text === undefined || olderThanMs === undefined) return;
  const candidates = await ask({ olderThanMs }, parts);
  const picked = await pickWhatGoes(candidates, text.trim(), parts);
  if (picked !== undefined && picked.length > 0) await takeOut(picked, [], parts);
}

async function ask(question: PruneAsk, { client }: RepairParts): Promise<readonly PruneCandidate[]> {
  const progress = { location: { viewId: views.sessions } };
  return vscode.window.withProgress(progress, () => client.ask("pruneReview", question));
}

async function takeOut(
  taken: readonly PruneCandidate[],
  spared: readonly PruneCandidate[],
  parts: RepairParts,
): Promise<void> {
  const { client, model } = parts;
  const stores = [...new Set(taken.map(({ store }) => store))].flatMap((id) => model.store(id) ?? []);
  const writable = await lookAtPermission(stores, parts);
  const open = new Set(writable.stores.map(({ id }) => id));
  const rows = taken.filter(({ store }) => open.has(store));
  const [only] = rows;
  const name = only && rows.length === 1 ? nameOf(only, parts) : undefined;
  const lines = [
    ...(only && name !== undefined
      ? [vscode.l10n.t("Why: {0}.", only.why)]
      : writable.stores.map((store) => `${storeName(store)}: ${rows.filter((row) => row.store === store.id).length}`)),
    ...whatBecomesOf(writable.stores),
    ...spared.map((one) => vscode.l10n.t("Spared: {0}: {1}", nameOf(one, parts), one.why)).slice(0, 12),
  ];
  const { message, button } = wordsFor(writable.stores.every(isInDatabase), rows.length, name);
  const vouched = await askForConsent(writable, { message, lines, button });
  if (vouched === undefined) return;
  const names = rows.map(({ store, key }): SessionName => ({ store, key }));
  const progress = { location: { viewId: views.sessions } };
  const results = await vscode.window.withProgress(progress, () => client.ask("prune", { rows: names, vouched }));
  const gone = results.filter(({ applied }) => applied).reduce((sum, result) => sum + result.rows, 0);
  tellResult(results, wordsFor(writable.stores.every(isInDatabase), gone, name).done, parts);
}

function isInDatabase({ kind }: Store): boolean {
  return kind === "openclaw-sqlite";
}

/** Rows of files go, rows of databases stay. */
function whatBecomesOf(stores: readonly Store[]): string[] {
  const inFiles = vscode.l10n.t(
    "A transcript that no other row uses is archived the way OpenClaw does: it gets a new name, and stays until OpenClaw clears such archives. The receipt keeps a copy.",
  );
  const inDatabases = vscode.l10n.t(
    "Rows of a database stay in it, marked as archived the way OpenClaw does, and so do their transcripts.",
  );
  return [
    ...(stores.some((store) => !isInDatabase(store)) ? [inFiles] : []),
    ...(stores.some(isInDatabase) ? [inDatabases] : []),
  ];
}

/** `name`: of the only row. */
function wordsFor(
  stay: boolean,
  count: number,
  name: string | undefined,
): { readonly message: string; readonly button: string; readonly done: string } {
  if (stay) {
    return {
      message: name === undefined ? vscode.l10n.t("Archive {0} rows", count) : vscode.l10n.t("Archive {0}", name),
      button: name === undefined ? vscode.l10n.t("Archive {0}", count) : vscode.l10n.t("Archive"),
      done: name === undefined ? vscode.l10n.t("Archived {0} rows.", count) : vscode.l10n.t("{0} is archived.", name),
    };
  }
  return {
    message: name === undefined ? vscode.l10n.t("Take out {0} rows", count) : vscode.l10n.t("Take out {0}", name),
    button: name === undefined ? vscode.l10n.t("Take Out {0}", count) : vscode.l10n.t("Take Out"),
    done: name === undefined ? vscode.l10n.t("Took out {0} rows.", count) : vscode.l10n.t("{0} is taken out.", name),
  };
}

function nameOf(row: SessionName, { model }: RepairParts): string {
  return labelText(sessionTitle(model.session(row) ?? row), 60);
}
