// What came of a repair, said once, with the way back.
import * as vscode from "vscode";
import type { RepairSummary } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { showReceipt } from "./receiptActions.ts";
import type { RepairParts } from "./repair.ts";
import { tellTrouble } from "./trouble.ts";
import { undoReceipts } from "./undo.ts";

/** @param done the effect, as a sentence. Throws a UserError where nothing was written at all. */
export function tellResult(results: readonly RepairSummary[], done: string, parts: RepairParts): void {
  const { log } = parts;
  const applied = results.filter((result) => result.applied);
  const refused = results.filter((result) => !result.applied);
  for (const { storePath, rows, files, receipt, notes } of applied) {
    log.info(`${storePath}: ${rows} rows and ${files} files, receipt ${receipt}. ${notes.join(" ")}`.trim());
  }
  for (const { storePath, refused: why } of refused) log.warn(`${storePath}: refused. ${why}`);
  const [first] = refused;
  if (applied.length === 0) {
    if (first !== undefined && refused.length === 1) throw new UserError(first.refused ?? "");
    throw new UserError(
      vscode.l10n.t("Nothing was written: {0} stores were refused. The log says why.", refused.length),
    );
  }
  const notes = applied.flatMap((result) => result.notes);
  if (refused.length === 1 && first !== undefined) {
    notes.push(vscode.l10n.t("Refused: {0}: {1}", first.storePath, first.refused ?? ""));
  } else if (refused.length > 1) {
    notes.push(vscode.l10n.t("{0} stores were refused; the log says why.", refused.length));
  }
  const receipts = applied.flatMap(({ receipt }) => receipt ?? []);
  void offerWayBack([done, ...notes].join(" "), receipts, refused.length > 0, parts).catch((error: unknown) =>
    tellTrouble(error, log),
  );
}

async function offerWayBack(
  message: string,
  receipts: readonly string[],
  partly: boolean,
  parts: RepairParts,
): Promise<void> {
  const undo = vscode.l10n.t("Undo");
  const show = vscode.l10n.t("Show Receipt");
  const log = vscode.l10n.t("Show Log");
  const text = labelText(message, 500);
  if (receipts.length === 0 && !partly) {
    // What its owner did itself has no way back.
    await vscode.window.showInformationMessage(text);
    return;
  }
  const answer = partly
    ? await vscode.window.showWarningMessage(text, undo, show, log)
    : await vscode.window.showInformationMessage(text, undo, show);
  if (answer === undo) await undoReceipts(receipts, parts);
  else if (answer === show) await showReceipt(receipts, parts);
  else if (answer === log) parts.log.show();
}
