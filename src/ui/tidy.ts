// Leftovers to the quarantine: what goes, from where, and where it is then, is said before.
import * as vscode from "vscode";
import { size } from "../judge/words.ts";
import type { Finding } from "../model/finding.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";
import { askForConsent, lookAtPermission } from "./consent.ts";
import { editLines } from "./editLines.ts";
import { isOffered } from "./offered.ts";
import { proposalTitle } from "./proposal.ts";
import { type RepairParts, storesOf, write } from "./repair.ts";
import { tellResult } from "./repairResult.ts";

const mostLines = 12;

type Findings = readonly [Finding, ...Finding[]];

/**
 * Those of what the command was called with; from the palette those of what is selected in the tree, or else of the
 * store that the person picks. Undefined where they pick none.
 */
export async function leftoversMeant(
  args: readonly unknown[],
  { targets, model, sessions }: CommandParts,
): Promise<Findings | undefined> {
  if (args[0] !== undefined) return targets.proposals(args, ["tidy"]);
  const selected = sessions.view.selection.filter((node) => {
    const words = sessions.tree.getTreeItem(node).contextValue ?? "";
    return words.split(" ").includes("tidy");
  });
  if (selected.length > 0) return targets.proposals([selected[0], selected], ["tidy"]);
  const found = model.findings.filter((finding) => finding.repair.kind === "tidy" && isOffered(finding));
  const [first] = found;
  if (first === undefined) throw new UserError(vscode.l10n.t("There is nothing to tidy: no leftovers were found."));
  if (found.length === 1) return [first];
  const items = found.map((finding) => ({
    finding,
    label: proposalTitle(finding, model),
    detail: labelText(finding.message, 300),
  }));
  const title = vscode.l10n.t("Which leftovers are to be moved to the quarantine?");
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
  return picked && [picked.finding];
}

export async function tidy(findings: Findings, parts: RepairParts): Promise<void> {
  const { client, model } = parts;
  const writable = await lookAtPermission(storesOf(findings, model), parts);
  const open = new Set(writable.stores.map(({ id }) => id));
  const choices = findings.filter(({ store }) => open.has(store)).map(({ id }) => ({ finding: id }));
  const previews = await client.ask("preview", { choices });
  const moves = previews.flatMap(({ edits }) => edits).filter((edit) => edit.kind === "move");
  const refused = previews.flatMap(({ refused: why }) => why ?? []);
  if (moves.length === 0) throw new UserError(refused[0] ?? vscode.l10n.t("Nothing is left to do. Refresh."));
  const folders = [...new Set(moves.map(({ to }) => to.replace(/[\\/][^\\/]*$/, "")))];
  const shown = moves.slice(0, mostLines).flatMap(editLines);
  const lines = [
    ...shown,
    ...(moves.length > mostLines ? [vscode.l10n.t("… and {0} more", moves.length - mostLines)] : []),
    "",
    vscode.l10n.t("To the quarantine:"),
    ...folders.map((folder) => visibleText(folder, 300)),
  ];
  const bytes = size(moves.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const button = moves.length === 1 ? vscode.l10n.t("Move 1 File") : vscode.l10n.t("Move {0} Files", moves.length);
  const message =
    moves.length === 1
      ? vscode.l10n.t("Move 1 leftover to the quarantine ({0})", bytes)
      : vscode.l10n.t("Move {0} leftovers to the quarantine ({1})", moves.length, bytes);
  const wayBack = vscode.l10n.t("Nothing is deleted: Undo moves them back, until the quarantine is emptied.");
  const vouched = await askForConsent(
    { ...writable, refused: [...writable.refused, ...refused] },
    { message, lines, button, wayBack },
  );
  if (vouched === undefined) return;
  const results = await write(choices, vouched, client);
  const files = results.filter(({ applied }) => applied).reduce((sum, result) => sum + result.files, 0);
  const done =
    files === 1
      ? vscode.l10n.t("1 leftover is in the quarantine.")
      : vscode.l10n.t("{0} leftovers are in the quarantine.", files);
  tellResult(results, done, parts);
}
