// Tooltips: what is claimed, what is so, why, and the proof. All text is appended as text, since stores write it (promise 8).
import * as vscode from "vscode";
import { writerWhy } from "../judge/words.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { labelText } from "../plan/visibleText.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle } from "./sessionTitle.ts";
import type { TreeNode } from "./treeNode.ts";
import { dateAndTime, findingSentence, ownerWords, permissionWords, verdictWord, writerTitle } from "./words.ts";

const mostEvidence = 6;

/** Undefined for what has none, or is gone. */
export function tooltipOf(node: TreeNode, model: SessionModel): vscode.MarkdownString | undefined {
  switch (node.type) {
    case "session": {
      const session = model.session(node);
      return session && sessionTooltip(session, model.findingsOf(session));
    }
    case "lock": {
      const lock = model.lock(node.store, node.path);
      return lock && lockTooltip(lock, model.findingsOfLock(lock));
    }
    case "finding": {
      const finding = model.finding(node.finding);
      return finding && findingTooltip(finding);
    }
    case "stateDir": {
      const stateDir = model.stateDir(node.path);
      return stateDir && stateDirTooltip(stateDir);
    }
    case "store": {
      const store = model.store(node.store);
      return store && storeTooltip(store);
    }
    default:
      return undefined;
  }
}

function sessionTooltip(session: Session, findings: readonly Finding[]): vscode.MarkdownString {
  const text = new Tooltip();
  text.heading(sessionTitle(session));
  if (session.label !== undefined) text.pair(vscode.l10n.t("Key"), session.key);
  text.pair(vscode.l10n.t("Claim"), session.claimed ?? vscode.l10n.t("no status"));
  text.pair(vscode.l10n.t("Verdict"), `${verdictWord(session.verdict)}: ${session.why}`);
  for (const finding of findings) text.pair(finding.code, findingSentence(finding));
  const repair = findings.find(({ repair: { kind } }) => kind !== "none")?.repair ?? findings[0]?.repair;
  if (repair !== undefined) text.pair(vscode.l10n.t("Repair"), repair.why);
  text.evidence(session.proof);
  return text.markdown;
}

function lockTooltip(lock: Lock, findings: readonly Finding[]): vscode.MarkdownString {
  const text = new Tooltip();
  text.heading(lock.path);
  text.pair(ownerWords(lock), lock.why);
  if (lock.createdAt !== undefined) text.pair(vscode.l10n.t("Taken"), dateAndTime(lock.createdAt));
  for (const finding of findings) text.pair(finding.code, finding.message);
  return text.markdown;
}

function findingTooltip(finding: Finding): vscode.MarkdownString {
  const text = new Tooltip();
  text.heading(finding.code);
  text.line(findingSentence(finding));
  text.pair(vscode.l10n.t("Repair"), finding.repair.why);
  text.evidence(finding.evidence);
  return text.markdown;
}

function stateDirTooltip({ path, problem, writer, program, captured }: StateDir): vscode.MarkdownString {
  const kind = program === "daemon" ? "agentctl" : program === "worker" ? "claude-mem" : "openclaw-json";
  const text = new Tooltip();
  text.heading(path);
  if (problem !== undefined) text.pair(vscode.l10n.t("Problem"), problem);
  if (captured !== undefined) {
    text.pair(vscode.l10n.t("Captured"), dateAndTime(captured.at));
    const list = captured.processes ?? vscode.l10n.t("none: what ran there is not known, and it is shown only");
    text.pair(vscode.l10n.t("Process list"), list);
  }
  text.pair(writerTitle(kind), writerWhy(writer));
  text.evidence(writer.evidence);
  return text.markdown;
}

function storeTooltip(store: Store): vscode.MarkdownString {
  const text = new Tooltip();
  text.heading(store.path);
  if (store.version !== undefined) {
    text.pair(vscode.l10n.t("OpenClaw {0}", versions(store.version)), store.version.source);
  }
  text.pair(writerTitle(store.kind), writerWhy(store.writer));
  text.pair(vscode.l10n.t("Repair"), permissionWords(store.permission, store));
  if (store.movedFrom !== undefined) text.pair(vscode.l10n.t("Moved here from"), store.movedFrom);
  text.evidence(store.writer.evidence);
  return text.markdown;
}

/** `2026.4.2 – 2026.5.18`, open where an end is not known. */
function versions({ from, to }: { readonly from?: string; readonly to?: string }): string {
  return from === to ? (from ?? "?") : `${from ?? "?"} – ${to ?? "?"}`;
}

class Tooltip {
  readonly markdown = new vscode.MarkdownString("", false);

  heading(text: string): void {
    this.#bold(text);
    this.markdown.appendMarkdown("\n\n");
  }

  line(text: string): void {
    this.#text(text, 500);
    this.markdown.appendMarkdown("\n\n");
  }

  pair(name: string, text: string): void {
    this.#bold(name);
    this.markdown.appendMarkdown("  ");
    this.line(text);
  }

  evidence(evidence: readonly Evidence[]): void {
    for (const { text, at } of evidence.slice(0, mostEvidence)) {
      this.markdown.appendMarkdown("- ");
      this.#text(at === undefined ? text : `${text} (${dateAndTime(at)})`, 300);
      this.markdown.appendMarkdown("\n");
    }
  }

  #bold(text: string): void {
    this.markdown.appendMarkdown("**").appendText(labelText(text, 200)).appendMarkdown("**");
  }

  /** Word by word, since appendText makes every space one that lines cannot break at; the first stays, so that no `1.` begins a list. */
  #text(text: string, maxLength: number): void {
    const [first = "", second = "", ...words] = labelText(text, maxLength).trim().split(" ");
    this.markdown.appendText(`${first} ${second}`.trim());
    for (const word of words) this.markdown.appendMarkdown(" ").appendText(word);
  }
}
