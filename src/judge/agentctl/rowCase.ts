// Everything that is decided about one of agentctl's rows before any rule speaks.
import type { AgentctlFacts, AgentRow } from "../../model/agentctl.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Session, Verdict } from "../../model/session.ts";
import { clock } from "../words.ts";

/** What is known of OpenClaw's sessions, from the outside of agentctl. */
export interface KnownSessions {
  /** Keys and session ids of everything that the gateway listed; absent where no whole list was heard. */
  readonly listed?: ReadonlySet<string>;
  /** A person said that it is the list of agentctl's own gateway. */
  readonly isGiven: boolean;
  /** Keys of rows that the gateway says run. */
  readonly running: ReadonlySet<string>;
  /** Sessions of the OpenClaw stores beside it, by session id. */
  readonly byId: ReadonlyMap<string, Session>;
  /** The same by key. */
  readonly byKey: ReadonlyMap<string, Session>;
  /** Every store beside it was read, and there is one. */
  readonly isWhole: boolean;
}

export interface RowCase {
  readonly row: AgentRow;
  /** Running or idle. */
  readonly isActive: boolean;
  readonly hasEnded: boolean;
  /** `asked`: nobody who could know was heard. */
  readonly state: "owned" | "free" | "asked" | "unknown";
  /** Half a sentence. */
  readonly why: string;
  readonly verdict: Verdict;
  readonly proof: readonly Evidence[];
  /** Its last trace, epoch milliseconds. */
  readonly lastAt?: number;
  /** The same session in an OpenClaw store beside it. */
  readonly openclaw?: Session;
}

const active: ReadonlySet<string | null> = new Set(["running", "idle", "pending"]);
const ended: ReadonlySet<string | null> = new Set(["stopped", "completed", "failed", "error"]);

export function rowCases(facts: AgentctlFacts, known: KnownSessions, now: number): RowCase[] {
  // Another gateway lists none of these sessions: that some are known there shows that it is agentctl's own.
  const mirrored = facts.rows.filter(({ adapter }) => adapter === "openclaw");
  const { listed, isGiven, isWhole, byId, ...others } = known;
  const isItsList = listed !== undefined && (isGiven || mirrored.some(({ id }) => listed.has(id)));
  const storesTell = isWhole && mirrored.some(({ id }) => byId.has(id));
  const sources = { ...others, isGiven, byId, isWhole: storesTell, ...(isItsList && { listed }) };
  return facts.rows.map((row) => rowCase(row, facts, sources, now));
}

function rowCase(row: AgentRow, facts: AgentctlFacts, known: KnownSessions, now: number): RowCase {
  const isActive = active.has(row.status);
  const openclaw = row.adapter === "openclaw" ? known.byId.get(row.id) : undefined;
  const { state, why } = ownership(row, known);
  const lockedAt = facts.locks.find(({ sessionId }) => sessionId === row.id)?.lockedAt;
  const traces = [row.startedAt, lockedAt, row.tracedAt, openclaw?.endedAt ?? openclaw?.lastSeenAt];
  const lastAt = traces.filter((at) => at !== undefined).reduce<number | undefined>(later, undefined);
  return {
    row,
    isActive,
    hasEnded: ended.has(row.status),
    state,
    why,
    verdict: openclaw !== undefined && isActive ? openclaw.verdict : verdictOf(row, isActive, state),
    proof: openclaw === undefined ? [] : [claimOf(openclaw)],
    ...(lastAt !== undefined && { lastAt: Math.min(now, Math.round(lastAt)) }),
    ...(openclaw !== undefined && { openclaw }),
  };
}

function later(a: number | undefined, b: number): number {
  return a === undefined || b > a ? b : a;
}

function ownership(row: AgentRow, known: KnownSessions): Pick<RowCase, "state" | "why"> {
  const { holder } = row;
  if (holder !== undefined) {
    if (holder.owner === "alive") return { state: "owned", why: holder.why };
    return { state: holder.owner === "unknown" ? "unknown" : "free", why: holder.why };
  }
  if (row.adapter !== "openclaw")
    return {
      state: "asked",
      why: `it names no process, and nothing else lists the sessions of ${row.adapter || "its adapter"}`,
    };
  return openclawOwnership(row, known);
}

/** Facts 1.6: such rows mirror what the gateway listed, and the only proof that one is over is a list without it. */
function openclawOwnership(row: AgentRow, known: KnownSessions): Pick<RowCase, "state" | "why"> {
  const { listed, running, byId, byKey, isWhole } = known;
  const key = row.key ?? row.id;
  if (running.has(key)) return { state: "owned", why: "the gateway reports a run" };
  const stored = byId.get(row.id);
  if (stored !== undefined) {
    const works = stored.verdict === "active" || stored.verdict === "waiting";
    return { state: works ? "owned" : "unknown", why: `OpenClaw's own row says ${saidBy(stored)}` };
  }
  if (listed?.has(row.id)) return { state: "unknown", why: "its gateway lists it" };
  const goesOn = listed?.has(key) === true || byKey.has(key);
  if (goesOn) return { state: "asked", why: "its conversation goes on under another session id" };
  if (listed !== undefined) return { state: "free", why: "the list of its gateway lacks it" };
  if (isWhole) return { state: "free", why: "the OpenClaw stores beside it lack it" };
  return { state: "asked", why: "it names no process, and no gateway or store that would list it was heard" };
}

function verdictOf({ status }: AgentRow, isActive: boolean, state: RowCase["state"]): Verdict {
  // `stopped` is sometimes wrong in the old era: a living process is more than a word.
  if (state === "owned") return status === "idle" ? "waiting" : "active";
  if (isActive) return state === "free" ? "interrupted" : "unknown";
  return ended.has(status) ? "finished" : "unknown";
}

/** `done 2026-11-20 14:03:07`. */
export function saidBy({ claimed, endedAt, verdict }: Session): string {
  const said = claimed ?? "no status";
  if (endedAt !== undefined && claimed !== "running") return `${said} ${clock(endedAt)}`;
  return claimed === "running" ? `${said}, which is ${verdict}` : said;
}

function claimOf(session: Session): Evidence {
  return { kind: "row", path: session.store, text: `OpenClaw, ${session.key}: ${saidBy(session)}. ${session.why}` };
}
