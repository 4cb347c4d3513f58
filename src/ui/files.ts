// Stores and other files, opened and shown where they are.
import * as vscode from "vscode";
import type { SessionName } from "../model/messages.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { labelText } from "../plan/visibleText.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { rangeOf } from "./places.ts";

/** Extensions are not told the text of larger files; VS Code itself opens them. */
const largestForExtensionsBytes = 50 << 20;

/** Opens the store's file, at the session's row where one is given and the file is not too large to find it in. */
export async function openStore(
  store: Store,
  session: SessionName | undefined,
  client: InspectorClient,
): Promise<void> {
  const uri = vscode.Uri.file(store.path);
  if (session === undefined || store.sizeBytes > largestForExtensionsBytes) {
    await vscode.commands.executeCommand("vscode.open", uri);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const fields = [{ key: session.key }];
  const [place] = await client.ask("locate", { text: document.getText(), fields });
  const editor = await vscode.window.showTextDocument(document);
  if (place === undefined) return;
  const range = rangeOf(place);
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
}

/** Shows a file in the system's file manager; where VS Code runs on another machine, in the explorer, or else says where it is. */
export async function revealFile(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  const local = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (local) await vscode.commands.executeCommand("revealFileInOS", uri);
  else if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) {
    await vscode.commands.executeCommand("revealInExplorer", uri);
  } else {
    const copy = vscode.l10n.t("Copy Path");
    const where = vscode.l10n.t("The file is outside this workspace: {0}", labelText(path, 300));
    if ((await vscode.window.showInformationMessage(where, copy)) === copy) await vscode.env.clipboard.writeText(path);
  }
}

export async function copyLines(lines: readonly string[]): Promise<void> {
  await vscode.env.clipboard.writeText(lines.join("\n"));
}

/** Ids of those sessions that have one. */
export function sessionIds(sessions: readonly Session[]): string[] {
  return sessions.flatMap(({ sessionId }) => sessionId ?? []);
}
