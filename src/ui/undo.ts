// The way back: what would be undone and what would be left is said first, then undone, receipt by receipt.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { ReceiptSummary, RepairSummary } from "../model/messages.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import { askForConsent, isUnsaved, lookAtPermission, unsaved, type Writable } from "./consent.ts";
import { withWaysAround } from "./gatewayRuns.ts";
import type { RepairParts } from "./repair.ts";
import { shortTime } from "./times.ts";
import { waysToUndoWhileItRuns } from "./undoWhileItRuns.ts";

const mostLines = 12;

/** Undoes the newest repair that is not undone, with everything that was confirmed together with it. */
export async function undoLast(parts: RepairParts): Promise<void> {
  const receipts = await parts.client.ask("receipts", undefined);
  const last = receipts.find((receipt) => isUndoable(receipt) && receipt.action !== "undo");
  if (last === undefined) throw new UserError(vscode.l10n.t("There is no repair to undo."));
  await undo(
    receipts.filter((receipt) => receipt.batch === last.batch && isUndoable(receipt)),
    undefined,
    parts,
  );
}

/** Throws a UserError where none of them is there to undo. */
export async function undoReceipts(
  ids: readonly string[],
  parts: RepairParts,
  keys?: readonly string[],
): Promise<void> {
  const receipts = (await parts.client.ask("receipts", undefined)).filter(({ id }) => ids.includes(id));
  if (!receipts.some(isUndoable))
    throw new UserError(
      vscode.l10n.t("That repair was undone already, or the quarantine was emptied, or its receipt is gone."),
    );
  await undo(receipts.filter(isUndoable), keys, parts);
}

export function isUndoable({ state, undoneBy, purgedAt }: ReceiptSummary): boolean {
  return state === "done" && undoneBy === undefined && purgedAt === undefined;
}

async function undo(
  receipts: readonly ReceiptSummary[],
  keys: readonly string[] | undefined,
  parts: RepairParts,
): Promise<void> {
  const { client, model, log } = parts;
  const ask = (receipt: string) => ({ receipt, ...(keys !== undefined && { keys }) });
  const ways = keys === undefined ? waysToUndoWhileItRuns(receipts, parts) : [];
  const writable = await withWaysAround(
    () => ways,
    () => permissionOf(receipts, parts),
  );
  const left: string[] = [];
  for (const { id } of receipts) left.push(...(await client.ask("undoLeaves", ask(id))));
  const edits = receipts
    .flatMap((receipt) => receipt.edits)
    .filter(({ key }) => keys === undefined || keys.includes(key ?? ""));
  const lines = [
    ...shortened(edits.map(({ text }) => text)),
    ...(left.length > 0 ? ["", vscode.l10n.t("Left as it is:"), ...shortened(left)] : []),
  ];
  const at = shortTime(receipts[0]?.at ?? 0, { locale: vscode.env.language, now: model.now });
  const message =
    keys === undefined
      ? edits.length === 1
        ? vscode.l10n.t("Undo the repair from {0}: 1 change is taken back", at)
        : vscode.l10n.t("Undo the repair from {0}: {1} changes are taken back", at, edits.length)
      : vscode.l10n.t("Bring {0} back as it was before {1}", keys.join(", "), at);
  const moved = receipts.every(({ action }) => action === "tidy");
  const wayBack = moved ? { wayBack: vscode.l10n.t("Nothing that has such a name again is written over.") } : {};
  const vouched = await askForConsent(writable, { message, lines, button: vscode.l10n.t("Undo"), ...wayBack });
  if (vouched === undefined) return;
  const results = await vscode.window.withProgress({ location: { viewId: views.sessions } }, async () => {
    const all: RepairSummary[] = [];
    for (const { id } of receipts) {
      const result = await client.ask("undo", { ...ask(id), vouched });
      all.push(result);
      if (result.stopped === true) break;
    }
    return all;
  });
  const refused = results.filter(({ applied }) => !applied);
  for (const { storePath, refused: why } of refused) log.warn(`${storePath}: not undone. ${why}`);
  const [first] = refused;
  if (first !== undefined && refused.length === results.length) throw new UserError(first.refused ?? "");
  const notes = results.flatMap((result) => result.notes);
  const done = vscode.l10n.t("Undone.");
  const rest = refused.map(({ storePath, refused: why }) =>
    vscode.l10n.t("Not undone: {0}: {1}", storePath, why ?? ""),
  );
  void vscode.window.showInformationMessage(labelText([done, ...notes, ...rest].join(" "), 500));
}

/** A store that is not in the last scan, or was repaired as captured, is looked at by the worker alone. */
async function permissionOf(receipts: readonly ReceiptSummary[], parts: RepairParts): Promise<Writable> {
  const paths = [...new Set(receipts.map(({ storePath }) => storePath))];
  const dirty = paths.find(isUnsaved);
  if (dirty !== undefined) throw new UserError(unsaved(dirty));
  const stores = paths.flatMap((path) => parts.model.stores.find((store) => store.path === path) ?? []);
  const isCaptured = (store: Store): boolean =>
    receipts.every(({ storePath, captured }) => storePath !== store.path || captured === true);
  const judged = stores.filter((store) => !isCaptured(store));
  const none: Writable = { stores: [], doubtful: new Map(), refused: [], receipts: receipts[0]?.folder ?? "" };
  const writable = judged.length > 0 ? await lookAtPermission(judged, parts) : none;
  return { ...writable, stores: [...writable.stores, ...stores.filter(isCaptured)] };
}

function shortened(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, mostLines).map((line) => visibleText(line, 200));
  if (lines.length > mostLines) shown.push(vscode.l10n.t("… and {0} more", lines.length - mostLines));
  return shown;
}
