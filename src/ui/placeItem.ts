// State directories, stores, groups and notes as items of the tree.
import { homedir } from "node:os";
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import type { Finding } from "../model/finding.ts";
import type { StateDir } from "../model/scan.ts";
import type { Store, StoreKind } from "../model/store.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import { repairFlags } from "./offered.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { GroupNode, MoreNode, NoteNode, StateDirNode, StoreNode } from "./treeNode.ts";
import type { StoreShape } from "./treeShape.ts";
import { dateAndTime, groupTitle, writerWords } from "./words.ts";

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function stateDirItem(node: StateDirNode, { problem, writer, program, captured }: StateDir): vscode.TreeItem {
  const item = new vscode.TreeItem(labelText(tilde(node.path), 200), Expanded);
  item.id = node.id;
  const icon = captured === undefined ? "server-environment" : "archive";
  item.iconPath = new vscode.ThemeIcon(problem === undefined ? icon : "warning");
  const words = [writerWords(writer.state, program)];
  if (captured !== undefined) words.unshift(vscode.l10n.t("captured {0}", dateAndTime(captured.at)));
  item.description = words.join(" · ");
  const runs = writer.state === "running" || writer.state === "draining";
  const served = program === undefined ? " served" : program === "daemon" ? " daemon" : "";
  item.contextValue = captured !== undefined ? "stateDir captured" : runs ? `stateDir${served}` : "stateDir";
  item.accessibilityInformation = { label: `${visibleText(node.path, 200)}, ${item.description}` };
  return item;
}

export function storeItem(
  node: StoreNode,
  store: Store,
  shape: StoreShape | undefined,
  findings: readonly Finding[],
): vscode.TreeItem {
  const name = store.agent ?? store.path.replace(/^.*[\\/]/, "");
  const item = new vscode.TreeItem(labelText(name), Expanded);
  const words = [...(store.kind === "openclaw-sqlite" ? ["SQLite"] : []), counted(store.sessions)];
  // Every captured one was.
  if (store.movedFrom !== undefined && store.captured === undefined) {
    words.push(store.claimed === true ? vscode.l10n.t("moved here, yours") : vscode.l10n.t("moved here"));
  }
  if (shape !== undefined && shape.hidden > 0) words.push(vscode.l10n.t("{0} hidden", shape.hidden));
  item.id = node.id;
  if (store.problem === undefined) item.description = words.join(" · ");
  item.iconPath = new vscode.ThemeIcon(store.problem === undefined ? "hubot" : "warning");
  item.contextValue = [...storeFlags(store), ...repairFlags(findings)].join(" ");
  item.accessibilityInformation = { label: vscode.l10n.t("agent {0}, {1}", visibleText(name, 200), words.join(", ")) };
  return item;
}

export function groupItem(
  node: GroupNode,
  shape: StoreShape | undefined,
  kind: StoreKind | undefined,
): vscode.TreeItem {
  const title = groupTitle(node.group, kind);
  const open = node.group === "attention" || node.group === "active";
  const item = new vscode.TreeItem(title, open ? Expanded : Collapsed);
  const count = shape?.counts.get(node.group) ?? 0;
  const doubtful = node.group === "active" ? (shape?.doubtful ?? 0) : 0;
  item.id = node.id;
  item.description = doubtful === 0 ? String(count) : `${count - doubtful} · ${doubtful}?`;
  item.contextValue = "group";
  item.accessibilityInformation = { label: `${title}, ${item.description}` };
  return item;
}

export function noteItem(node: NoteNode, model: SessionModel): vscode.TreeItem {
  const text = noteText(node, model);
  const item = new vscode.TreeItem(labelText(text, 300), None);
  const problem = node.reason === "dirProblem" || node.reason === "storeProblem";
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon(problem ? "warning" : "info");
  item.tooltip = visibleText(text, 1000);
  item.contextValue = "note";
  item.accessibilityInformation = { label: visibleText(text, 300) };
  return item;
}

export function moreItem(node: MoreNode): vscode.TreeItem {
  const title = vscode.l10n.t("Show More…");
  const item = new vscode.TreeItem(title, None);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: commands.showMore, title, arguments: [node] };
  item.accessibilityInformation = { label: vscode.l10n.t("Show more sessions"), role: "button" };
  return item;
}

function noteText({ reason, about }: NoteNode, model: SessionModel): string {
  switch (reason) {
    case "dirProblem": {
      const problem = model.stateDir(about)?.problem ?? "";
      return vscode.l10n.t("Cannot be read: {0}", problem);
    }
    case "noStore":
      return vscode.l10n.t("No agent has sessions here yet");
    case "storeProblem":
      return vscode.l10n.t("Cannot be read: {0}", model.store(about)?.problem ?? "");
    case "noSessions":
      return vscode.l10n.t("No sessions yet");
    case "allHidden":
      return vscode.l10n.t("All sessions are hidden by the filter");
  }
}

function storeFlags({ problem, copyBytes, permission, claimed }: Store): string[] {
  const flags = ["store"];
  if (problem === "STORE-UNPARSABLE") flags.push("unparsable");
  if (copyBytes !== undefined) flags.push("copyable");
  if (permission.claimable === true) flags.push("claimable");
  if (claimed === true) flags.push("claimed");
  return flags;
}

function counted(sessions: number): string {
  return sessions === 1 ? vscode.l10n.t("1 session") : vscode.l10n.t("{0} sessions", sessions);
}

function tilde(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
