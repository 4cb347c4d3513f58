// The one command that deletes: it names how much, asks, and takes nothing but what the quarantine holds.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import { size } from "../judge/words.ts";
import { UserError } from "../model/userError.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { RepairParts } from "./repair.ts";

/** Throws a UserError where there is nothing to delete, or where something else is there by now. */
export async function emptyQuarantine({ client, log }: RepairParts): Promise<void> {
  const { files, bytes, folders, token } = await client.ask("quarantine", undefined);
  if (files === 0) throw new UserError(vscode.l10n.t("The quarantine is empty: nothing was moved there so far."));
  const message =
    files === 1
      ? vscode.l10n.t("Delete 1 file ({0}) in the quarantine for good?", size(bytes))
      : vscode.l10n.t("Delete {0} files ({1}) in the quarantine for good?", files, size(bytes));
  const detail = [
    bytes === 1 ? vscode.l10n.t("1 byte in:") : vscode.l10n.t("{0} bytes in:", bytes),
    ...folders.map((folder) => visibleText(folder, 300)),
    "",
    vscode.l10n.t("The repairs that moved them there cannot be undone any more."),
  ].join("\n");
  const button = files === 1 ? vscode.l10n.t("Delete 1 File") : vscode.l10n.t("Delete {0} Files", files);
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, button);
  if (answer !== button) return;
  const progress = { location: { viewId: views.sessions } };
  const gone = await vscode.window.withProgress(progress, () => client.ask("emptyQuarantine", { token }));
  log.info(`Quarantine: ${gone.files} of ${files} files deleted, ${gone.bytes} bytes.`);
  const left = files - gone.files;
  const done =
    gone.files === 1
      ? vscode.l10n.t("Deleted 1 file, {0}.", size(gone.bytes))
      : vscode.l10n.t("Deleted {0} files, {1}.", gone.files, size(gone.bytes));
  const rest =
    left === 0
      ? ""
      : gone.stopped === true
        ? vscode.l10n.t(" You stopped it: {0} files stay, with their way back.", left)
        : vscode.l10n.t(" {0} files could not be deleted and stay, with their way back.", left);
  if (left === 0) void vscode.window.showInformationMessage(done);
  else void vscode.window.showWarningMessage(done + rest);
}
