// How soon what changed on disk is looked at, so that following it costs little however much there is; and what is worth
// another look although nothing on disk changed.
import type { Scan } from "../model/scan.ts";

/** How much is looked at: transcripts and trajectories of rows that are known, the rows of a store too, or everything. */
export type Reach = "files" | "store" | "everything";

/** A write is several events, and around the store come and go locks and temporary files. */
const settleMs: Readonly<Record<Reach, number>> = { files: 20, store: 40, everything: 80 };
/** A store is read at most once a second. */
const betweenMs: Readonly<Record<Reach, number>> = { files: 100, store: 1000, everything: 1000 };
/** Of ten thousand rows an agent may write several a second: following them takes a tenth of one processor. */
const restPerWork = 10;
/** On a machine that does much else a look takes longer than it works: nobody waits for a minute because of that. */
const longestRestMs = 5000;

export interface Timed {
  /** When it began, epoch milliseconds; 0 where there was none. */
  readonly at: number;
  /** How long it kept its thread busy. */
  readonly busyMs: number;
}

/** Milliseconds from `now` on until what has just changed is looked at: one that takes long more seldom, every 5 s at least. */
export function waitMs(now: number, reach: Reach, last: Timed): number {
  return Math.max(settleMs[reach], restMs(now, reach, last));
}

/** Milliseconds from `now` on until there may be another look; 0 or less where it may begin. */
export function restMs(now: number, reach: Reach, { at, busyMs }: Timed): number {
  return at + Math.max(betweenMs[reach], Math.min(busyMs * restPerWork, longestRestMs)) - now;
}

export function somethingRuns({ sessions }: Scan): boolean {
  return sessions.some(({ claimed }) => claimed === "running");
}

/** Signals nobody: signal 0 only asks whether the process is there. */
export function somePidIsGone({ locks, stateDirs }: Scan): boolean {
  const holders = locks.filter((lock) => lock.verdict === "held").map((lock) => lock.pid);
  const writers = stateDirs.map((dir) => dir.writer.pid);
  return [...holders, ...writers].some((pid) => {
    try {
      return pid !== undefined && !process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
  });
}
