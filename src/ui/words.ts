// What the model says, in a person's language.
import { env, l10n } from "vscode";
import type { Finding, Severity } from "../model/finding.ts";
import type { Lock, LockKind, LockOwner } from "../model/lock.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session, Verdict } from "../model/session.ts";
import type { Permission, Store, StoreKind, WriterState } from "../model/store.ts";
import { visibleText } from "../plan/visibleText.ts";
import { longTime } from "./times.ts";
import type { GroupName } from "./treeNode.ts";

export function verdictWord(verdict: Verdict): string {
  return {
    active: l10n.t("active"),
    waiting: l10n.t("waiting"),
    finished: l10n.t("finished"),
    interrupted: l10n.t("interrupted"),
    unknown: l10n.t("unknown"),
  }[verdict];
}

/** Every lock of agentctl is one on a directory. */
export function groupTitle(group: GroupName, kind?: StoreKind): string {
  if (group === "locks" && kind === "agentctl") return l10n.t("Directory Locks");
  return {
    attention: l10n.t("Needs Attention"),
    active: l10n.t("Active"),
    recent: l10n.t("Recent"),
    older: l10n.t("Older"),
    locks: l10n.t("Locks"),
  }[group];
}

export function writerWords(state: WriterState, program?: StateDir["program"]): string {
  if (program !== undefined) return programWords(state, program);
  return {
    running: l10n.t("gateway running"),
    draining: l10n.t("gateway draining"),
    stopped: l10n.t("gateway stopped"),
    unknown: l10n.t("gateway not known"),
  }[state];
}

function programWords(state: WriterState, program: "daemon" | "worker"): string {
  const daemon: Record<WriterState, string> = {
    running: l10n.t("daemon running"),
    draining: l10n.t("daemon draining"),
    stopped: l10n.t("daemon stopped"),
    unknown: l10n.t("daemon not known"),
  };
  const worker: Record<WriterState, string> = {
    running: l10n.t("worker running"),
    draining: l10n.t("worker draining"),
    stopped: l10n.t("worker stopped"),
    unknown: l10n.t("worker not known"),
  };
  return (program === "daemon" ? daemon : worker)[state];
}

/** What writes a store, as a heading. */
export function writerTitle(kind: StoreKind): string {
  if (kind === "agentctl") return l10n.t("Daemon");
  return kind === "claude-mem" ? l10n.t("Worker") : l10n.t("Gateway");
}

export function severityWord(severity: Severity): string {
  return { error: l10n.t("contradiction"), warning: l10n.t("suspicion"), info: l10n.t("note") }[severity];
}

export function ownerWords({ owner, pid }: Lock): string {
  const by = pid === undefined ? "" : ` ${pid}`;
  const words: Record<LockOwner, string> = {
    alive: l10n.t("held by{0}", by),
    dead: l10n.t("dead owner{0}", by),
    recycled: l10n.t("owner{0} is another process now", by),
    foreign: l10n.t("pid{0} is another program", by),
    unknown: l10n.t("owner not known"),
  };
  return words[owner];
}

export function lockTitle(kind: LockKind): string {
  return {
    transcript: l10n.t("Transcript lock"),
    store: l10n.t("Store lock"),
    directory: l10n.t("Directory lock"),
    gateway: l10n.t("Gateway lock"),
  }[kind];
}

/** What the row claims against what is so: `running → interrupted`; once where the two agree. */
export function claimAndVerdict(session: Session): string {
  const { claimed, verdict } = session;
  const said = claimed === null ? l10n.t("no status") : visibleText(claimed, 30);
  return agrees(session) ? said : `${said} → ${verdictWord(verdict)}`;
}

/** Whether the claim and the verdict say the same. A terminal status is a way of being finished. */
export function agrees({ claimed, verdict }: Session): boolean {
  if (claimed === "running") return verdict === "active";
  return claimed !== null && verdict === "finished";
}

/** How the tree calls a store: by its agent. */
export function storeName({ agent, path }: Pick<Store, "agent" | "path">): string {
  return visibleText(agent ?? path.replace(/^.*[\\/]/, ""), 60);
}

/** Why a store may be written, or not. The sentence about moved ones names an option of the CLI. */
export function permissionWords({ why, claimable }: Permission, { movedFrom = "" }: Pick<Store, "movedFrom">): string {
  if (claimable !== true) return why;
  return l10n.t("It was moved here from {0}, and is left as it is until you say that it is yours.", movedFrom);
}

/** The sentence of a finding without the key that it begins with, for places that stand under the session's name. */
export function findingSentence({ message, session }: Pick<Finding, "message" | "session">): string {
  if (session === undefined || !message.startsWith(`${session} `)) return message;
  const rest = message.slice(session.length + 1);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** How long ago, short: `3 h`. */
export function age(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return l10n.t("now");
  if (minutes < 60) return l10n.t("{0} min", minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? l10n.t("{0} h", hours) : l10n.t("{0} d", Math.floor(hours / 24));
}

export function dateAndTime(at: number): string {
  return longTime(at, env.language);
}
