// Repair While It Runs: one row of a store whose gateway runs and is at nothing. Nothing can make that as safe as a gateway
// that is stopped, so what can go wrong is said before, and what went wrong after (issue 5, facts E, L).
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { Outcome } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";
import { UserError } from "../model/userError.ts";
import { confirmWhileItRuns, permissionWhileItRuns } from "./consentWhileItRuns.ts";
import type { WayAround } from "./gatewayRuns.ts";
import { isOfOneRow } from "./offered.ts";
import { chooseOutcomes } from "./outcomePick.ts";
import { previewLines } from "./previewLines.ts";
import { proposalTitle, subjectName } from "./proposal.ts";
import { showReceipt } from "./receiptActions.ts";
import type { RepairParts } from "./repair.ts";
import { doneSentence } from "./repairWords.ts";
import { undoReceipts } from "./undo.ts";
import { tellWhileItRuns } from "./watchAftermath.ts";

/** @param status the outcome, where the person has chosen it already */
export function wayWhileItRuns(finding: Finding, parts: RepairParts, status?: Outcome): WayAround {
  return {
    title: vscode.l10n.t("Repair While It Runs…"),
    run: () => repairWhileItRuns(finding, parts, status),
  };
}

/** Throws a UserError where it is refused. */
export async function repairWhileItRuns(finding: Finding, parts: RepairParts, status?: Outcome): Promise<void> {
  const { client, model } = parts;
  const store = model.store(finding.store);
  if (store === undefined || !isOfOneRow(finding, store)) {
    throw new UserError(
      vscode.l10n.t("Beside a running gateway one row is written at most, and nothing else. Stop the gateway first."),
    );
  }
  const receipts = await permissionWhileItRuns(store, client);
  const [choice] = status === undefined ? ((await chooseOutcomes([finding])) ?? []) : [{ finding: finding.id, status }];
  if (choice === undefined) return;
  const lines = await previewLines(choice, client);
  const message = vscode.l10n.t("{0}, while its gateway runs", proposalTitle(finding, model, choice.status));
  const button = vscode.l10n.t("Repair While It Runs");
  if (!(await confirmWhileItRuns({ message, lines, button, store: store.path, receipts }))) return;
  const [result] = await vscode.window.withProgress({ location: { viewId: views.sessions } }, () =>
    client.ask("repair", { choices: [choice], vouched: [], whileItRuns: true }),
  );
  const done = doneSentence(finding, subjectName(finding, model), choice.status);
  await tellWhileItRuns(result, { done, store, ways: (receipt) => waysBack([receipt], parts) }, parts);
}

function waysBack(receipts: readonly string[], parts: RepairParts): readonly WayAround[] {
  return [
    { title: vscode.l10n.t("Undo"), run: () => undoReceipts(receipts, parts) },
    { title: vscode.l10n.t("Show Receipt"), run: () => showReceipt(receipts, parts) },
  ];
}
