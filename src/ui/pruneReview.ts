// What pruning would take, ticked, and a way to what it spares and why.
import * as vscode from "vscode";
import { span } from "../judge/words.ts";
import type { PruneCandidate } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { RepairParts } from "./repair.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { storeName } from "./words.ts";

type Item = vscode.QuickPickItem & { readonly candidate?: PruneCandidate };

/** @param age as the person wrote it. @returns undefined where the person leaves it or there is nothing to take */
export async function pickWhatGoes(
  candidates: readonly PruneCandidate[],
  age: string,
  parts: RepairParts,
): Promise<readonly PruneCandidate[] | undefined> {
  const taken = candidates.filter(({ take }) => take);
  const spared = candidates.filter(({ take }) => !take);
  if (taken.length === 0) {
    if (spared.length === 0) throw new UserError(vscode.l10n.t("There is no session to take out."));
    const why = vscode.l10n.t("Show What Is Spared and Why");
    const message = vscode.l10n.t(
      "Nothing is older than {0} and proven ended: all {1} rows are spared.",
      age,
      spared.length,
    );
    if ((await vscode.window.showInformationMessage(message, why)) === why) await showSpared(spared, parts);
    return undefined;
  }
  return pick(taken, spared, age, parts);
}

function pick(
  taken: readonly PruneCandidate[],
  spared: readonly PruneCandidate[],
  age: string,
  parts: RepairParts,
): Promise<readonly PruneCandidate[] | undefined> {
  const why = {
    iconPath: new vscode.ThemeIcon("list-unordered"),
    tooltip: vscode.l10n.t("Show What Is Spared and Why"),
  };
  const list = vscode.window.createQuickPick<Item>();
  list.title = vscode.l10n.t("Take out {0}, spare {1}: ended and unchanged for {2}", taken.length, spared.length, age);
  list.placeholder = vscode.l10n.t("Untick what is to stay. Nothing is taken out before you confirm it");
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.buttons = [why];
  list.items = [...taken.map((candidate) => itemOf(candidate, parts)), sparedHeading(spared)];
  list.selectedItems = list.items.filter(({ candidate }) => candidate !== undefined);
  return new Promise((resolve) => {
    list.onDidTriggerButton(() => {
      showSpared(spared, parts).catch((error: unknown) => parts.log.error(error as Error));
    });
    list.onDidAccept(() => {
      resolve(list.selectedItems.flatMap(({ candidate }) => candidate ?? []));
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

function itemOf(candidate: PruneCandidate, { model }: RepairParts): Item {
  const store = model.store(candidate.store);
  const words = [candidate.why, ...(store === undefined ? [] : [storeName(store)])];
  return {
    candidate,
    label: labelText(sessionTitle(model.session(candidate) ?? candidate), 80),
    description: labelText(words.join(" · "), 150),
  };
}

/** Rows that are spared cannot be ticked, so they are told in a heading and in a list of their own. */
function sparedHeading(spared: readonly PruneCandidate[]): Item {
  const label = vscode.l10n.t("{0} more are spared; the button above lists them with the reasons", spared.length);
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function showSpared(spared: readonly PruneCandidate[], { documents, model }: RepairParts): Promise<void> {
  const lines = model.stores.flatMap((store) => {
    const rows = spared.filter((candidate) => candidate.store === store.id);
    if (rows.length === 0) return [];
    const each = rows.map(
      ({ key, why, unchangedMs }) => `  ${visibleText(key, 200)} (${span(unchangedMs)}): ${visibleText(why, 300)}`,
    );
    return [store.path, ...each, ""];
  });
  const document = await vscode.workspace.openTextDocument(documents.note("spared", lines.join("\n")));
  await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
}
