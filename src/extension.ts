import * as vscode from "vscode";

export function activate(context: vscode.ExtensionContext): void {
  const item = vscode.window.createStatusBarItem("active", vscode.StatusBarAlignment.Left);
  item.name = "OpenClaw sessions";
  item.text = "$(pulse) OpenClaw";
  item.show();
  context.subscriptions.push(item);
}
