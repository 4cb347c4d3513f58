import type { Scan } from "../model/scan.ts";

/** Ages at which a verdict or a finding changes although nothing on disk does (the graces of the rules), milliseconds. */
const ages = [30_000, 60_000, 30 * 60_000];

/**
 * When a gateway may be asked again or some verdict can change by the clock alone, for the first time after the scan's own
 * `now`, epoch milliseconds; Infinity where nothing claims to run and no lock is there.
 */
export function nextChangeAt({ now, sessions, locks, askAgainAt }: Scan): number {
  let next = Number.POSITIVE_INFINITY;
  const soonest = (at: number | undefined): void => {
    if (at !== undefined && at > now && at < next) next = at;
  };
  const since = (at: number | undefined): void => {
    if (at !== undefined) for (const age of ages) soonest(at + age);
  };
  let isClaimed = false;
  for (const { claimed, lastSeenAt, endedAt, proof } of sessions) {
    if (claimed !== "running") continue;
    isClaimed = true;
    since(lastSeenAt);
    since(endedAt);
    for (const { at } of proof) since(at);
  }
  for (const { createdAt } of locks) since(createdAt);
  if (isClaimed) soonest(askAgainAt);
  return next;
}
