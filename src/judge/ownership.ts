import type { SessionFacts, StoreFacts } from "../model/facts.ts";

/** Unknown is treated as owned wherever something could be done (DESIGN, Words: ownership). */
export interface Ownership {
  readonly state: "owned" | "free" | "unknown";
  /** One sentence: how it was told. */
  readonly why: string;
}

const minimumQuietMs = 30 * 60_000;
const afterTimeoutMs = 2 * 60_000;

/**
 * A session is free only if everything that names a pid for it is free and its writer is proven stopped or itself
 * reports no run; one for which nothing names a pid is judged by its writer alone.
 */
export function ownershipOf(store: StoreFacts, { row, locks }: SessionFacts): Ownership {
  const { writer, report } = store;
  if (report?.running.has(row.key)) return { state: "owned", why: "the gateway reports a run" };
  const holder = locks.find((lock) => lock.owner === "alive");
  if (holder !== undefined) return { state: "owned", why: `its transcript is locked: ${holder.why}` };
  const stopped = writer.state === "stopped";
  // A lock that names nobody hides nobody once no process is left that could have taken it.
  const unclear = locks.find((lock) => lock.owner === "unknown" && !(stopped && lock.pid === undefined));
  if (unclear !== undefined) return { state: "unknown", why: unclear.why };
  if (stopped) return { state: "free", why: writer.why };
  if (report?.idle.has(row.key)) return { state: "free", why: "the gateway reports no run" };
  return { state: "unknown", why: writer.why };
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
