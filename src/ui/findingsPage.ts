// The bundled page about findings, at the section of one.
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import { UserError } from "../model/userError.ts";

/** A link for places that run commands: the Problems panel and the hover of a problem. Codes come from our catalogue only. */
export function explanationLink(code: string): vscode.Uri {
  return vscode.Uri.parse(`command:${commands.explainFinding}?${encodeURIComponent(JSON.stringify([code]))}`);
}

/** Shows the page in the preview at the finding's section, or as text where VS Code's Markdown preview is switched off. */
export async function openFindingsPage(extension: vscode.Uri, code: string): Promise<void> {
  const page = vscode.Uri.joinPath(extension, "docs", "findings.md");
  const document = await vscode.workspace.openTextDocument(page);
  const line = document.getText().split("\n").indexOf(`## ${code}`);
  if (line < 0) throw new UserError(vscode.l10n.t("{0} has no section in the page about findings.", code));
  try {
    await vscode.commands.executeCommand("markdown.showPreview", page.with({ fragment: code.toLowerCase() }));
  } catch {
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
  }
}
