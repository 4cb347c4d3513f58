// Directory locks, by the order of evidence of facts 1.5, and the fuses beside them. Nothing here looks at an age.
import type { AgentctlFacts, DirectoryLock, Fuse } from "../../model/agentctl.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Repair } from "../../model/finding.ts";
import type { Lock, LockOwner } from "../../model/lock.ts";
import { type Draft, nothing } from "../draft.ts";
import { clock } from "../words.ts";
import type { RowCase } from "./rowCase.ts";
import { untilStopped } from "./rows.ts";

export interface LockCase {
  readonly lock: DirectoryLock;
  readonly owner: LockOwner;
  readonly verdict: Lock["verdict"];
  /** Half a sentence. */
  readonly why: string;
  /** How a release would be proposed; absent where it would not. */
  readonly release?: "proven" | "ask";
  readonly row?: RowCase;
}

/** `/dir#3`: several elements may name one directory (facts 1.2). */
export function lockPath({ directory, index }: DirectoryLock): string {
  return `${directory}#${index}`;
}

export function lockCases(facts: AgentctlFacts, cases: readonly RowCase[]): LockCase[] {
  const rows = new Map(cases.map((one) => [one.row.id, one]));
  const strays = strayAgents(facts);
  return facts.locks.map((lock) => {
    const row = rows.get(lock.sessionId ?? "");
    return { lock, ...judged(lock, row, facts, strays), ...(row !== undefined && { row }) };
  });
}

type Judged = Pick<LockCase, "owner" | "verdict" | "why" | "release">;

function judged(lock: DirectoryLock, row: RowCase | undefined, facts: AgentctlFacts, strays: Strays): Judged {
  if (lock.type === "manual") {
    return {
      owner: "unknown",
      verdict: "held",
      why: `${holderName(lock)} locked it by hand, and only a person releases that`,
    };
  }
  const { holder } = lock;
  if (holder !== undefined) {
    if (holder.owner === "alive") return { owner: "alive", verdict: "held", why: holder.why };
    if (holder.owner === "unknown") return { owner: "unknown", verdict: "unknown", why: holder.why };
    return { owner: holder.owner, verdict: "stale", why: holder.why, release: "proven" };
  }
  if (row === undefined) {
    return {
      owner: "unknown",
      verdict: "unknown",
      why: "it names no process, and its session is not known",
      release: "ask",
    };
  }
  if (row.hasEnded) return ofEnded(lock, row, facts, strays);
  if (row.isActive && row.state === "free") return { owner: "dead", verdict: "stale", why: row.why, release: "proven" };
  return { owner: "unknown", verdict: "unknown", why: `its session says ${row.row.status}, and ${row.why}` };
}

/** Facts 1.5, 3: `stopped` alone is no proof, since up to 1.3.0 the word was sometimes wrong. */
function ofEnded(lock: DirectoryLock, { row }: RowCase, facts: AgentctlFacts, strays: Strays): Judged {
  const said = `its session says ${row.status}`;
  if (worksIn(lock, facts)) {
    const why = `${said}, though another agent works in that directory`;
    return { owner: "unknown", verdict: "stale", why, release: "ask" };
  }
  const stray = strays(row.adapter);
  if (stray !== undefined)
    return { owner: "unknown", verdict: "stale", why: `${said}, though ${stray}`, release: "ask" };
  return { owner: "dead", verdict: "stale", why: `${said}, and no agent is left that could be it`, release: "proven" };
}

function worksIn({ directory, index }: DirectoryLock, { locks, rows }: AgentctlFacts): boolean {
  const lives = (owner: LockOwner | undefined): boolean => owner === "alive" || owner === "unknown";
  return (
    locks.some((other) => other.index !== index && other.directory === directory && lives(other.holder?.owner)) ||
    rows.some(({ cwd, holder }) => cwd === directory && lives(holder?.owner))
  );
}

/** Half a sentence about a living process that may be such an agent and that nothing here names; undefined where there is none. */
type Strays = (adapter: string) => string | undefined;

function strayAgents({ agents, rows, locks }: AgentctlFacts): Strays {
  if (agents === undefined) return () => "not every process can be seen";
  const named = new Set([...rows, ...locks].flatMap(({ holder }) => (holder?.owner === "alive" ? [holder.pid] : [])));
  return (adapter) => {
    const stray = agents.find(({ pid, adapters }) => adapters.includes(adapter) && !named.has(pid));
    return stray === undefined ? undefined : `process ${stray.pid} may be it`;
  };
}

export function lockView(one: LockCase, store: string, findings: readonly string[]): Lock {
  const { lock, owner, verdict, why } = one;
  const pid = lock.holder?.pid;
  return {
    store,
    path: lockPath(lock),
    kind: "directory",
    owner,
    why: `${lock.type === "manual" ? "" : `Taken for ${lock.sessionId ?? "nobody"}: `}${why}.`,
    verdict,
    findings,
    file: lock.file,
    text: lock.text,
    ...(pid !== undefined && { pid }),
    ...(lock.lockedAt !== undefined && { createdAt: lock.lockedAt }),
  };
}

export function lockRules(one: LockCase, facts: AgentctlFacts): Draft[] {
  const { lock, why, release } = one;
  const args = { directory: lock.directory, holder: holderName(lock), why };
  const base = { lock: lockPath(lock), args, evidence: evidenceOf(one), identity: lock.text };
  if (release !== undefined) return [{ ...base, code: "AGENTCTL-LOCK-STALE", repair: unlock(one, facts, release) }];
  if (lock.type === "manual" && lock.directoryState === "gone") {
    return [{ ...base, code: "AGENTCTL-LOCK-GONE", repair: unlock(one, facts, "ask") }];
  }
  const isForsaken = lock.sessionId?.startsWith("pending-") === true && one.row === undefined;
  if (!isForsaken || one.owner !== "alive" || lock.holder === undefined) return [];
  const twin = `, although no row of that name is left: the lock on ${lock.directory} is its`;
  return [
    {
      ...base,
      code: "AGENTCTL-PENDING",
      args: { key: lock.sessionId ?? "", pid: lock.holder.pid, twin },
      repair: nothing("Its process lives: the lock is no leftover."),
    },
  ];
}

function unlock({ lock, why }: LockCase, facts: AgentctlFacts, repairClass: "proven" | "ask"): Repair {
  if (facts.canBeAsked) return asked(lock, facts);
  if (facts.writer.state !== "stopped") return nothing(untilStopped(facts));
  const path = lockPath(lock);
  const gone = lock.directoryState === "gone" ? "its directory is gone" : why;
  return {
    kind: "unlock",
    class: repairClass,
    unlock: [path],
    why: repairClass === "proven" ? `Proven: ${why}.` : `Yours to decide: ${gone}.`,
  };
}

/** Facts 1.10: its daemon releases locks by hand one by one, and the dead among those that name their process. */
function asked(lock: DirectoryLock, facts: AgentctlFacts): Repair {
  const { type, directory, text, hasPid, holder } = lock;
  const noWayBack = "Its daemon runs and does it itself; that cannot be undone here.";
  if (type === "manual")
    return { kind: "unlock", class: "ask", request: { method: "lock.release", directory, text }, why: noWayBack };
  // It calls a pid alive that another process has by now.
  if (hasPid && holder?.owner === "dead")
    return { kind: "unlock", class: "ask", request: { method: "session.prune" }, why: noWayBack };
  return nothing(untilStopped(facts));
}

function holderName({ type, sessionId, lockedBy, reason }: DirectoryLock): string {
  if (type === "auto") return sessionId ?? "nobody";
  return `${lockedBy ?? "somebody"}${reason === undefined ? "" : ` (${reason})`}`;
}

function evidenceOf({ lock, row }: LockCase): Evidence[] {
  const at = lock.lockedAt;
  const taken: Evidence = {
    kind: "lock",
    path: lock.file,
    offset: lock.offset,
    ...(at !== undefined && { at }),
    text: `${lock.directory} is locked for ${holderName(lock)}${at === undefined ? "" : `, since ${clock(at)}`}.`,
  };
  const held = lock.holder;
  const process: Evidence[] =
    held === undefined ? [] : [{ kind: "process", path: "process list", text: `${held.why}.` }];
  return [taken, ...process, ...(row?.proof ?? [])];
}

/** Those that every launch sets (facts 1.3); what a person set is theirs. */
export function fuseRules(fuse: Fuse, cases: ReadonlyMap<string, RowCase>): Draft[] {
  if (fuse.label?.startsWith("lifecycle:") !== true) return [];
  const one = cases.get(fuse.sessionId);
  if (one !== undefined && (!one.hasEnded || one.state === "owned")) return [];
  const why = one === undefined ? "is in no row any more" : `says ${one.row.status}`;
  const ends = fuse.expiresAt === undefined ? "" : ` at ${clock(fuse.expiresAt)}`;
  return [
    {
      code: "AGENTCTL-FUSE-ORPHAN",
      path: fuse.file,
      ...(one !== undefined && { session: fuse.sessionId }),
      args: { directory: fuse.directory, key: fuse.sessionId, why },
      identity: String(fuse.index),
      evidence: [
        { kind: "file", path: fuse.file, offset: fuse.offset, text: `The fuse of ${fuse.directory} runs out${ends}.` },
      ],
      repair: nothing(`It runs out by itself${ends}.`),
    },
  ];
}
