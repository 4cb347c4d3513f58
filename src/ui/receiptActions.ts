// What can be done with a receipt: bring back all of it or one row, see what that would change, open its folder.
import * as vscode from "vscode";
import { clock } from "../judge/words.ts";
import type { ReceiptSummary } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { revealFile } from "./files.ts";
import type { RepairParts } from "./repair.ts";
import { isUndoable, undoReceipts } from "./undo.ts";

type Action = vscode.QuickPickItem & { run(): unknown };

/** The receipt; of several, the one that the person picks. */
export async function showReceipt(ids: readonly string[], parts: RepairParts): Promise<void> {
  const receipts = (await parts.client.ask("receipts", undefined)).filter(({ id }) => ids.includes(id));
  const [only] = receipts;
  if (only === undefined) throw new UserError(vscode.l10n.t("That receipt is gone. Show the receipts again."));
  if (receipts.length === 1) await receiptActions(only, parts);
  else await pickReceipt(receipts, parts);
}

/** Newest first. */
export async function showReceipts(parts: RepairParts): Promise<void> {
  const receipts = await parts.client.ask("receipts", undefined);
  if (receipts.length === 0) throw new UserError(vscode.l10n.t("There is no receipt: nothing was repaired so far."));
  await pickReceipt(receipts, parts);
}

async function pickReceipt(receipts: readonly ReceiptSummary[], parts: RepairParts): Promise<void> {
  const items = receipts.map((receipt) => ({
    receipt,
    label: `$(${receipt.action === "undo" ? "discard" : "checklist"}) ${receiptTitle(receipt)}`,
    description: labelText(
      [
        changes(receipt.edits.length),
        stateWords(receipt),
        vscode.l10n.t("kept at least until {0}", day(receipt.keptUntil)),
      ].join(" · "),
      150,
    ),
    detail: labelText(receipt.storePath, 300),
  }));
  const title = vscode.l10n.t("Receipts of Repairs");
  const placeHolder = vscode.l10n.t("Choose one to undo it, to see what that would change, or to open it");
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked !== undefined) await receiptActions(picked.receipt, parts);
}

async function receiptActions(receipt: ReceiptSummary, parts: RepairParts): Promise<void> {
  const keys = [...new Set(receipt.edits.flatMap(({ key }) => key ?? []))];
  const actions: Action[] = [];
  if (isUndoable(receipt)) {
    actions.push({ label: vscode.l10n.t("$(discard) Undo All of It…"), run: () => undoReceipts([receipt.id], parts) });
    if (keys.length > 1) {
      actions.push({ label: vscode.l10n.t("$(discard) Undo One Row…"), run: () => undoOne(receipt, keys, parts) });
    }
    actions.push({ label: vscode.l10n.t("$(diff) Show What Undo Would Change"), run: () => preview(receipt, parts) });
  }
  actions.push({ label: vscode.l10n.t("$(list-flat) Show What Was Changed"), run: () => showText(receipt, parts) });
  actions.push({ label: vscode.l10n.t("$(folder-opened) Open Receipt Folder"), run: () => revealFile(receipt.folder) });
  const title = receiptTitle(receipt);
  const placeHolder = vscode.l10n.t("{0}, kept at least until {1}", stateWords(receipt), day(receipt.keptUntil));
  await (await vscode.window.showQuickPick(actions, { title, placeHolder }))?.run();
}

async function undoOne({ id, edits }: ReceiptSummary, keys: readonly string[], parts: RepairParts): Promise<void> {
  const items = keys.map((key) => ({
    key,
    label: labelText(key, 120),
    detail: labelText(edits.find((edit) => edit.key === key)?.text.replace(`${key}: `, "") ?? "", 200),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Undo One Row"),
    matchOnDetail: true,
  });
  if (picked !== undefined) await undoReceipts([id], parts, [picked.key]);
}

async function preview(receipt: ReceiptSummary, { client, documents }: RepairParts): Promise<void> {
  const { now, undone, left } = await client.ask("undoPreview", { receipt: receipt.id });
  const heading = left.map((one) => `// ${one}\n`).join("");
  const title = vscode.l10n.t("{0}: now ↔ undone", receiptTitle(receipt));
  const [before, after] = [documents.note("now", heading + now), documents.note("undone", heading + undone)];
  await vscode.commands.executeCommand("vscode.diff", before, after, title, { preview: true });
}

async function showText(receipt: ReceiptSummary, { documents }: RepairParts): Promise<void> {
  const lines = [
    receiptTitle(receipt),
    receipt.storePath,
    stateWords(receipt),
    vscode.l10n.t("kept at least until {0}", day(receipt.keptUntil)),
    receipt.folder,
    "",
    ...receipt.edits.map(({ text }) => text),
    ...(receipt.notes.length > 0 ? ["", ...receipt.notes] : []),
    "",
  ];
  const document = await vscode.workspace.openTextDocument(documents.note("receipt", lines.join("\n")));
  await vscode.window.showTextDocument(document, { preview: true });
}

/** `2026-11-19 06:00:12 · finalized · main`. */
function receiptTitle({ at, action, agent }: ReceiptSummary): string {
  return labelText([clock(at), actionWord(action), ...(agent === undefined ? [] : [agent])].join(" · "), 100);
}

function actionWord(action: string): string {
  const words: Readonly<Record<string, string>> = {
    finalize: vscode.l10n.t("finalized"),
    prune: vscode.l10n.t("taken out"),
    unlock: vscode.l10n.t("unlocked"),
    restore: vscode.l10n.t("restored"),
    correct: vscode.l10n.t("corrected"),
    tidy: vscode.l10n.t("tidied"),
    undo: vscode.l10n.t("undone"),
  };
  return words[action] ?? action;
}

function stateWords({ state, undoneBy, purgedAt, action }: ReceiptSummary): string {
  if (purgedAt !== undefined) return vscode.l10n.t("cannot be undone: the quarantine was emptied");
  if (undoneBy !== undefined) return vscode.l10n.t("was undone");
  if (state === "rolledBack") return vscode.l10n.t("was interrupted and taken back");
  if (state !== "done") return vscode.l10n.t("was interrupted and is finished at the next start");
  return action === "undo" ? vscode.l10n.t("takes another back") : vscode.l10n.t("can be undone");
}

function changes(count: number): string {
  return count === 1 ? vscode.l10n.t("1 change") : vscode.l10n.t("{0} changes", count);
}

function day(at: number): string {
  return new Intl.DateTimeFormat(vscode.env.language, { dateStyle: "medium" }).format(at);
}
