import type { Scan } from "../model/scan.ts";

/** Ages at which a verdict or a finding changes although nothing on disk does (the graces of the rules), milliseconds. */
const ages = [30_000, 60_000, 30 * 60_000];

/**
 * How long until a gateway may be asked again or some verdict can change by the clock alone, in milliseconds from the scan's own `now`; undefined where
 * nothing claims to run and no lock is there. A second is added, so that the look comes after the change.
 */
export function nextChangeMs(scan: Scan): number | undefined {
  const times: (number | undefined)[] = [];
  let isClaimed = false;
  for (const { claimed, lastSeenAt, endedAt, proof } of scan.sessions) {
    if (claimed !== "running") continue;
    isClaimed = true;
    times.push(lastSeenAt, endedAt);
    for (const { at } of proof) times.push(at);
  }
  for (const { createdAt } of scan.locks) times.push(createdAt);
  let next = isClaimed ? leftUntil(scan.askAgainAt, scan.now) : Number.POSITIVE_INFINITY;
  for (const at of times)
    if (at !== undefined) for (const age of ages) next = Math.min(next, leftUntil(at + age, scan.now));
  return next === Number.POSITIVE_INFINITY ? undefined : next + 1000;
}

function leftUntil(at: number | undefined, now: number): number {
  return at === undefined || at <= now ? Number.POSITIVE_INFINITY : at - now;
}
