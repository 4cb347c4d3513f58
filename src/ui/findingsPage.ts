// The bundled page about findings, at the section of one.
import * as vscode from "vscode";
import { UserError } from "../model/userError.ts";

/** Where each finding's section begins on the page; empty until it was read. Links of problems cannot wait for it. */
export class FindingsPage {
  readonly #page: vscode.Uri;
  readonly #lines = new Map<string, number>();

  constructor(extension: vscode.Uri) {
    this.#page = pageIn(extension);
  }

  /** A link to the section. VS Code runs no commands from the hover of a problem, so that it is the page as text. */
  link(code: string): vscode.Uri {
    const line = this.#lines.get(code);
    return line === undefined ? this.#page : this.#page.with({ fragment: `L${line}` });
  }

  async read(): Promise<void> {
    if (this.#lines.size > 0) return;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#page));
    for (const [i, line] of text.split("\n").entries())
      if (line.startsWith("## ")) this.#lines.set(line.slice(3), i + 1);
  }
}

function pageIn(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "docs", "findings.md");
}

/** Shows the page in the preview at the finding's section, or as text where VS Code's Markdown preview is switched off. */
export async function openFindingsPage(extension: vscode.Uri, code: string): Promise<void> {
  const page = pageIn(extension);
  const document = await vscode.workspace.openTextDocument(page);
  const line = document.getText().split("\n").indexOf(`## ${code}`);
  if (line < 0) throw new UserError(vscode.l10n.t("{0} has no section in the page about findings.", code));
  try {
    await vscode.commands.executeCommand("markdown.showPreview", page.with({ fragment: code.toLowerCase() }));
  } catch {
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
  }
}
