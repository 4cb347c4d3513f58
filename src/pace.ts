// How soon what changed on disk is looked at, so that following it costs little however much there is.

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
