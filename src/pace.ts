// How soon what changed on disk is looked at, so that following it costs little however much there is; and what is worth
// another look although nothing on disk changed.
import type { Scan } from "./model/scan.ts";

/** A write is several events. */
const settleMs = 80;
const betweenScansMs = 1000;
/** Of ten thousand rows an agent may write several a second: following them takes a tenth of one processor. */
const restPerWork = 10;
/** On a machine that does much else a scan takes longer than it works: nobody waits for a minute because of that. */
const longestRestMs = 5000;

export interface LastScan {
  /** When it began, epoch milliseconds; 0 where there was none. */
  readonly at: number;
  /** How long it kept its thread busy. */
  readonly busyMs: number;
}

/** Milliseconds from `now` on: a store is read at most once a second, and one that takes long more seldom, every 5 s at least. */
export function waitMs(now: number, { at, busyMs }: LastScan): number {
  return Math.max(settleMs, at + Math.max(betweenScansMs, Math.min(busyMs * restPerWork, longestRestMs)) - now);
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
