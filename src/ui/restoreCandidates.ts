// A store that does not parse is never written: what might hold its rows is shown, for a person to put back.
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { revealFile } from "./files.ts";

type Item = vscode.QuickPickItem & { readonly path: string };

/** Shows files that the finding names; a button of each shows it where it lies. Writes nothing. */
export function showRestoreCandidates({ path: store, evidence }: Finding): Promise<void> {
  const found = evidence.filter(({ kind, path }) => kind === "archive" && isAbsolute(path));
  if (found.length === 0) {
    throw new UserError(
      vscode.l10n.t("Nothing beside the store might hold its rows. Stop the gateway, and look in your own backups."),
    );
  }
  const reveal = { iconPath: new vscode.ThemeIcon("folder-opened"), tooltip: vscode.l10n.t("Reveal File") };
  const list = vscode.window.createQuickPick<Item>();
  list.title = vscode.l10n.t("Stop the gateway first, then copy one of these over the store yourself");
  list.placeholder = labelText(vscode.l10n.t("{0}: choose a file to read it", store ?? ""), 300);
  list.items = found.map(({ path, text }) => ({
    path,
    label: `$(archive) ${labelText(path.replace(/^.*[\\/]/, ""), 100)}`,
    description: labelText(text, 150),
    detail: labelText(path, 300),
    buttons: [reveal],
  }));
  return new Promise((resolve, reject) => {
    list.onDidTriggerItemButton(({ item }) => revealFile(item.path).catch(reject));
    list.onDidAccept(() => {
      const [picked] = list.selectedItems;
      list.hide();
      if (picked !== undefined) {
        vscode.commands.executeCommand("vscode.open", vscode.Uri.file(picked.path)).then(() => resolve(), reject);
      }
    });
    list.onDidHide(() => {
      list.dispose();
      resolve();
    });
    list.show();
  });
}
