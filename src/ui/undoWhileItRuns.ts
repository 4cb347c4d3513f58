// The way back of a repair of one row whose gateway runs: with the same care, and compared the same way.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { ReceiptSummary } from "../model/messages.ts";
import { visibleText } from "../plan/visibleText.ts";
import { confirmWhileItRuns, permissionWhileItRuns } from "./consentWhileItRuns.ts";
import type { WayAround } from "./gatewayRuns.ts";
import type { RepairParts } from "./repair.ts";
import { shortTime } from "./times.ts";
import { tellWhileItRuns } from "./watchAftermath.ts";

/** None where it was no repair of one row of a JSON store. */
export function waysToUndoWhileItRuns(receipts: readonly ReceiptSummary[], parts: RepairParts): readonly WayAround[] {
  const [only, ...more] = receipts;
  const isOfOneRow = only?.edits.length === 1 && only.edits[0]?.key !== undefined;
  if (only === undefined || more.length > 0 || only.captured === true || !isOfOneRow) return [];
  const store = parts.model.stores.find(({ path }) => path === only.storePath);
  if (store?.kind !== "openclaw-json") return [];
  return [{ title: vscode.l10n.t("Undo While It Runs…"), run: () => undoWhileItRuns(only, parts) }];
}

async function undoWhileItRuns(receipt: ReceiptSummary, parts: RepairParts): Promise<void> {
  const { client, model } = parts;
  const store = model.stores.find(({ path }) => path === receipt.storePath);
  if (store === undefined) return;
  const receipts = await permissionWhileItRuns(store, client);
  const left = await client.ask("undoLeaves", { receipt: receipt.id });
  const lines = [...receipt.edits.map(({ text }) => text), ...left].map((line) => visibleText(line, 200));
  const at = shortTime(receipt.at, { locale: vscode.env.language, now: model.now });
  const message = vscode.l10n.t("Undo the repair from {0}, while its gateway runs", at);
  const button = vscode.l10n.t("Undo While It Runs");
  if (!(await confirmWhileItRuns({ message, lines, button, store: store.path, receipts }))) return;
  const result = await vscode.window.withProgress({ location: { viewId: views.sessions } }, () =>
    client.ask("undo", { receipt: receipt.id, vouched: [], whileItRuns: true }),
  );
  await tellWhileItRuns(result, { done: vscode.l10n.t("Undone."), store, ways: () => [] }, parts);
}
