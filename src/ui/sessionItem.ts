// A session, a lock and a finding as items of the tree.
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import { sessionUri } from "./documentUri.ts";
import { isOfOneRow, mayBeAborted, mayBeArchived, mayBeRecovered, repairFlags } from "./offered.ts";
import { touchedAt } from "./placing.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle } from "./sessionTitle.ts";
import type { FindingNode, LockNode, SessionNode } from "./treeNode.ts";
import { sessionIcon, severityIcon } from "./verdictLook.ts";
import { age, claimAndVerdict, findingSentence, lockTitle, ownerWords, severityWord } from "./words.ts";

const separator = " · ";

export function sessionItem(node: SessionNode, session: Session, model: SessionModel): vscode.TreeItem {
  const findings = model.findingsOf(session);
  const below = findings.length + model.locksOf(session).length > 0;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(labelText(sessionTitle(session)), below ? Collapsed : None);
  const touched = touchedAt(session);
  const words = [claimAndVerdict(session)];
  if (touched !== undefined) words.push(age(touched, model.clockOf(session.store)));
  if (session.model !== undefined) words.push(visibleText(session.model, 40));
  item.id = node.id;
  item.description = labelText(words.join(separator), 120);
  item.iconPath = sessionIcon(session, findings[0]?.severity);
  item.resourceUri = sessionUri("session", session);
  const provesOtherwise = findings.some(({ repair }) => repair.set !== undefined);
  const flags = ["session"];
  if (session.transcript !== undefined) flags.push("transcript");
  if (session.sessionId !== undefined) flags.push("sessionId");
  if (session.proof.length + findings.length > 0) flags.push("evidence");
  // Whether a row may go is looked at when somebody asks; of one that works it is known.
  const isOpenclaw = model.store(session.store)?.kind.startsWith("openclaw") === true;
  if (isOpenclaw && session.verdict !== "active" && session.verdict !== "waiting") flags.push("prune");
  flags.push(...repairFlags(findings), ...flagsWhileItRuns(session, findings, model.store(session.store)));
  item.contextValue = flags.join(" ");
  item.command = {
    command: provesOtherwise ? commands.openComparison : commands.openRow,
    title: provesOtherwise ? vscode.l10n.t("Compare with the Evidence") : vscode.l10n.t("Open Row"),
    arguments: [node],
  };
  const spoken = [
    labelText(sessionTitle(session)),
    ...words,
    ...findings.map((one) => visibleText(findingSentence(one), 200)),
  ];
  item.accessibilityInformation = { label: spoken.join(", ") };
  return item;
}

/** What can be done although the gateway runs, and because it does. */
function flagsWhileItRuns(session: Session, findings: readonly Finding[], store: Store | undefined): string[] {
  const flags = [];
  if (store?.permission.byGateway === true && findings.some((one) => isOfOneRow(one, store))) flags.push("whileItRuns");
  if (mayBeAborted(session, store)) flags.push("abortable");
  if (mayBeArchived(session, store)) flags.push("archivable");
  if (mayBeRecovered(session, store)) flags.push("recoverable");
  return flags;
}

export function lockItem(node: LockNode, lock: Lock, model: SessionModel): vscode.TreeItem {
  const isDirectory = lock.kind === "directory";
  const name = (isDirectory ? lock.path.replace(/#\d+$/, "") : lock.path).replace(/^.*[\\/]/, "");
  const worst = model.findingsOfLock(lock)[0]?.severity;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  // Below its session the name of the file says nothing new.
  const [label, ...rest] = lock.session === undefined ? [name, lockTitle(lock.kind)] : [lockTitle(lock.kind)];
  const item = new vscode.TreeItem(labelText(label, 60), worst === undefined ? None : Collapsed);
  item.id = node.id;
  // Below its heading each one is a directory; who holds it, and why it is held or stale, is what differs.
  item.description = isDirectory ? labelText(lock.why, 200) : [...rest, ownerWords(lock)].join(separator);
  item.iconPath = worst === undefined ? new vscode.ThemeIcon("lock") : severityIcon(worst);
  item.contextValue = ["lock", ...repairFlags(model.findingsOfLock(lock))].join(" ");
  item.command = {
    command: "vscode.open",
    title: vscode.l10n.t("Open Lock"),
    arguments: [vscode.Uri.file(lock.file ?? lock.path)],
  };
  item.accessibilityInformation = { label: `${visibleText(label, 200)}, ${item.description}` };
  return item;
}

export function findingItem(node: FindingNode, finding: Finding): vscode.TreeItem {
  const item = new vscode.TreeItem(labelText(findingSentence(finding), 300));
  item.id = node.id;
  item.description = finding.code;
  item.iconPath = severityIcon(finding.severity);
  const flags = ["finding", ...repairFlags([finding])];
  if (finding.evidence.length > 0) flags.push("evidence");
  if (finding.code === "STORE-UNPARSABLE") flags.push("unparsable");
  item.contextValue = flags.join(" ");
  item.command = { command: commands.explainFinding, title: vscode.l10n.t("Explain Finding"), arguments: [node] };
  const spoken = [severityWord(finding.severity), visibleText(findingSentence(finding), 300), finding.code];
  item.accessibilityInformation = { label: spoken.join(", ") };
  return item;
}
