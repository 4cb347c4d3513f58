// After a repair beside a running gateway: every row is compared, twice, and the person is told what became of it and what
// can be done.
import * as vscode from "vscode";
import type { Aftermath, RepairSummary } from "../model/messages.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { WayAround } from "./gatewayRuns.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { tellTrouble } from "./trouble.ts";

interface Parts {
  readonly client: InspectorClient;
  readonly log: vscode.LogOutputChannel;
}

/** Its writes are in by then; and its own memory of the store is older than it may become (facts E: 45 s). */
const comparedAfterMs = [2000, 45_000] as const;
const mostNamed = 5;

export interface Done {
  /** The effect, as a sentence. */
  readonly done: string;
  readonly store: Store;
  /** What can be done about it; `isFine`: nothing has to. */
  ways(receipt: string, isFine: boolean): readonly WayAround[];
}

interface Watched extends Done {
  /** Id of the receipt. */
  readonly receipt: string;
  /** What went otherwise than planned. */
  readonly notes: readonly string[];
}

/** Resolves when the person has been told; they may leave it earlier. Throws a UserError where it was refused. */
export async function tellWhileItRuns(result: RepairSummary | undefined, done: Done, parts: Parts): Promise<void> {
  const { log } = parts;
  const { path } = done.store;
  if (result?.receipt === undefined || !result.applied) {
    const why = result?.refused ?? "";
    log.warn(`${path}: refused while its gateway runs. ${why}`);
    throw new UserError(why);
  }
  const { receipt, notes } = result;
  log.info(`${path}: 1 row while its gateway runs, receipt ${receipt}. ${notes.join(" ")}`.trim());
  const watched: Watched = { ...done, receipt, notes };
  const seen = await watch(watched, parts);
  void tell(watched, seen, parts).catch((error: unknown) => tellTrouble(error, log));
}

/** Undefined where the person leaves it before anything is known. */
function watch(watched: Watched, { client }: Parts): Thenable<Aftermath | undefined> {
  const title = vscode.l10n.t("{0} Comparing every row, while its gateway runs…", labelText(watched.done, 200));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => {
    const left = new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined)));
    return Promise.race([left, lookUntilTold(watched, client)]);
  });
}

/** What the last comparison gave, or the first that gave something bad. */
async function lookUntilTold({ receipt }: Watched, client: InspectorClient): Promise<Aftermath | undefined> {
  let seen: Aftermath | undefined;
  for (const afterMs of comparedAfterMs) {
    seen = await client.ask("aftermath", { receipt, afterMs });
    if (isBad(seen)) return seen;
  }
  return seen;
}

function isBad({ row, lost }: Aftermath): boolean {
  return row !== "kept" || lost.length > 0;
}

async function tell(watched: Watched, seen: Aftermath | undefined, { log }: Parts): Promise<void> {
  const { receipt, notes, store } = watched;
  const message = labelText([wordOf(watched, seen), ...notes].join(" "), 700);
  log.info(`${store.path}: ${message}`);
  const isFine = notes.length === 0 && seen !== undefined && !isBad(seen);
  const ways = watched.ways(receipt, isFine);
  const titles = ways.map(({ title }) => title);
  const answer = isFine
    ? await vscode.window.showInformationMessage(message, ...titles)
    : await vscode.window.showWarningMessage(message, ...titles);
  await ways.find(({ title }) => title === answer)?.run();
}

function wordOf({ done }: Watched, seen: Aftermath | undefined): string {
  if (seen === undefined) {
    return vscode.l10n.t("{0} You left it before it was compared: whether it stands is not known yet.", done);
  }
  const key = visibleText(seen.key, 100);
  const words = [ofRow(done, key, seen)];
  if (seen.lost.length > 0) {
    words.push(
      vscode.l10n.t(
        "A write of the gateway seems to be lost: the store has nothing, or something older, of {0}.",
        named(seen.lost),
      ),
    );
  }
  if (seen.gone.length > 0) words.push(vscode.l10n.t("Gone from the store since: {0}.", named(seen.gone)));
  return words.join(" ");
}

function ofRow(done: string, key: string, { row, rows, changed, gone }: Aftermath): string {
  switch (row) {
    case "kept":
      if (gone.length > 0 && changed === 0) return vscode.l10n.t("{0} It stands.", done);
      return changed === 0
        ? vscode.l10n.t("{0} It stands, and all {1} rows are as they were.", done, rows)
        : vscode.l10n.t("{0} It stands, and the gateway has written {1} other rows since.", done, changed);
    case "writtenOver":
      return vscode.l10n.t(
        "The gateway has written over it: {0} is as it was before. Stop the gateway to repair it for good.",
        key,
      );
    case "changed":
      return vscode.l10n.t("The gateway has changed {0} since, and what it holds now is its own word.", key);
    case "gone":
      return vscode.l10n.t("The row {0} is gone: the gateway has taken it out since.", key);
  }
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map((name) => visibleText(name, 80));
  const more = names.length - shown.length;
  return more > 0 ? vscode.l10n.t("{0} and {1} more", shown.join(", "), more) : shown.join(", ");
}
