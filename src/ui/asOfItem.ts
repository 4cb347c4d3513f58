// A row of the tree as the last window found it: plainly marked, and with nothing to be done about it but to open it.
import * as vscode from "vscode";
import { shortTime } from "./times.ts";
import type { TreeNode } from "./treeNode.ts";

/** @param at when it was found, epoch milliseconds */
export function asOfItem(item: vscode.TreeItem, node: TreeNode, at: number): vscode.TreeItem {
  // What a repair would rest on is looked at anew first: the menus offer none.
  item.contextValue = node.type;
  const words = asOfWords(at);
  if (node.type === "stateDir") {
    // Who writes it now is not known.
    item.description = words;
    item.iconPath = new vscode.ThemeIcon("history");
  }
  if (node.type !== "more") item.tooltip = words;
  const { label = item.label } = item.accessibilityInformation ?? {};
  item.accessibilityInformation = { label: `${typeof label === "object" ? label.label : (label ?? "")}, ${words}` };
  return item;
}

/** `as of 14:05` */
export function asOfWords(at: number): string {
  return vscode.l10n.t("as of {0}", shortTime(at, { locale: vscode.env.language, now: Date.now() }));
}
