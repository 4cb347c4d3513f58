import type { Scan } from "../model/scan.ts";

/** Ages at which a verdict or a finding changes although nothing on disk does (the graces of the rules), milliseconds. */
const ages = [30_000, 60_000, 30 * 60_000];

/**
 * How long until a gateway may be asked again or some verdict can change by the clock alone, in milliseconds from the scan's own `now`; undefined where
 * nothing claims to run and no lock is there. A second is added, so that the look comes after the change.
 */
export function nextChangeMs(scan: Scan): number | undefined {
  const running = scan.sessions.filter((session) => session.claimed === "running");
  const since = [
    ...running.flatMap(({ lastSeenAt, endedAt }) => [lastSeenAt, endedAt]),
    ...(running.length > 0 ? running.flatMap(({ proof }) => proof.map(({ at }) => at)) : []),
    ...scan.locks.map(({ createdAt }) => createdAt),
  ].filter((at) => at !== undefined);
  const due = since.flatMap((at) => ages.map((age) => at + age));
  if (scan.askAgainAt !== undefined && running.length > 0) due.push(scan.askAgainAt);
  const left = due.map((at) => at - scan.now).filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.min(...left) + 1000;
}
