import type { SessionFacts, StoreFacts } from "../model/facts.ts";
import type { SessionKind } from "../model/session.ts";
import { writerWhy } from "./words.ts";

/** Unknown is treated as owned wherever something could be done (DESIGN, Words: ownership). */
export interface Ownership {
  readonly state: "owned" | "free" | "unknown";
  /** One sentence: how it was told. */
  readonly why: string;
}

const minimumQuietMs = 30 * 60_000;
const afterTimeoutMs = 2 * 60_000;
/** Unless agents.defaults.timeoutSeconds says otherwise (2026.4.2 and 2026.5.18). */
const usualTimeoutMs = 48 * 3_600_000;
/** Their runs begin outside of what `hasActiveRun` is about (seen: 2026.5.18), and have time limits of their own. */
export const unlistedKinds: ReadonlySet<SessionKind> = new Set(["cron", "subagent", "acp", "heartbeat"]);

/**
 * A session is free only if everything that names a pid for it is free and its writer is proven stopped or itself
 * reports no run; one for which nothing names a pid is judged by its writer alone. `unchangedMs`: since anything that
 * belongs to it changed.
 */
export function ownershipOf(
  store: StoreFacts,
  { row, locks }: SessionFacts,
  kind: SessionKind,
  unchangedMs: number,
): Ownership {
  const { writer, report } = store;
  if (report?.running.has(row.key)) return { state: "owned", why: "the gateway reports a run" };
  const holder = locks.find((lock) => lock.owner === "alive");
  if (holder !== undefined) return { state: "owned", why: `its transcript is locked: ${holder.why}` };
  const stopped = writer.state === "stopped";
  // A lock that names nobody hides nobody once no process is left that could have taken it.
  const unclear = locks.find((lock) => lock.owner === "unknown" && !(stopped && lock.pid === undefined));
  if (unclear !== undefined) return { state: "unknown", why: unclear.why };
  if (stopped) return { state: "free", why: writer.why };
  if (report?.idle.has(row.key)) {
    if (report.counts === "none") return { state: "free", why: "the gateway reports no run at all" };
    const isOver = unchangedMs >= (store.runTimeoutMs ?? usualTimeoutMs) + afterTimeoutMs;
    if (report.counts === "unknown" && isOver && !unlistedKinds.has(kind)) {
      return { state: "free", why: "the gateway reports no run of it, and none may take that long" };
    }
  }
  return { state: "unknown", why: writerWhy(writer) };
}

/**
 * Free, and the writer is proven stopped; where only the writer's own report says so, nothing may have changed for
 * max(30 min, run timeout + 2 min) either.
 */
export function isQuiet(ownership: Ownership, store: StoreFacts, unchangedMs: number): boolean {
  if (ownership.state !== "free") return false;
  if (store.writer.state === "stopped") return true;
  return unchangedMs >= Math.max(minimumQuietMs, (store.runTimeoutMs ?? 0) + afterTimeoutMs);
}
