import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { LockOwner } from "../model/lock.ts";
import { programOf } from "./program.ts";

/** What a lock says of the process that took it. */
export interface PidClaim {
  readonly pid: number;
  readonly createdAt?: number;
  readonly startTicks?: number;
}

export interface PidOwner {
  readonly owner: LockOwner;
  readonly why: string;
}

/** `ps` gives seconds, and a program takes its first lock some time after its start. */
const startToleranceMs = 2000;
/** Two looks at the same clock-tick count agree to the tick; one is left for rounding. */
const tickTolerance = 1;

/** The process that took it, by its pid here; undefined where that is not certain. */
export function holderOf(claim: PidClaim, table: ProcessTable): number | undefined {
  const inner = holderInside(claim, table);
  if (inner !== undefined) return inner.pid;
  return ownerOfPid(claim, table, undefined).owner === "alive" ? claim.pid : undefined;
}

/** Start times are counted from the machine's start in every pid namespace: the pair of both is one process. */
function holderInside({ pid, startTicks }: PidClaim, table: ProcessTable): ProcessInfo | undefined {
  if (startTicks === undefined) return undefined;
  for (const process of table.byPid.values()) {
    const ticksApart = Math.abs(startTicks - (process.startTicks ?? Number.NaN));
    if (process.innerPid === pid && ticksApart <= tickTolerance) return process;
  }
  return undefined;
}

/**
 * Who holds what names this pid (DESIGN, Words: ownership). Anything but proof of the contrary is `unknown`.
 * `blind`: why processes that could hold it may not be in the list; then no absence proves anything.
 */
export function ownerOfPid(claim: PidClaim, table: ProcessTable, blind: string | undefined): PidOwner {
  const { pid, createdAt } = claim;
  const inner = holderInside(claim, table);
  if (inner !== undefined) return { owner: "alive", why: `pid ${pid} of its container is process ${inner.pid} here` };
  const process = table.byPid.get(pid);
  if (blind !== undefined) {
    const seen = process === undefined ? "is not visible, but" : "cannot be judged:";
    return { owner: "unknown", why: `pid ${pid} ${seen} ${blind}` };
  }
  const program = process === undefined ? undefined : programOf(process);
  const name = process?.argv?.[0] ?? "?";
  // Ticks come first: they count from the machine's start and do not move when its clock is set.
  const ticksApart = Math.abs((claim.startTicks ?? Number.NaN) - (process?.startTicks ?? Number.NaN));
  if (ticksApart <= tickTolerance) {
    return program === "other"
      ? { owner: "unknown", why: `pid ${pid} started when the lock says, but is called ${name}` }
      : { owner: "alive", why: `pid ${pid} (${name}) is the process that took it` };
  }
  if (createdAt !== undefined && table.bootAt !== undefined && createdAt < table.bootAt - startToleranceMs) {
    return { owner: "dead", why: `pid ${pid} is from before the machine's last start` };
  }
  if (process === undefined) return { owner: "dead", why: `no process has pid ${pid}` };
  if (ticksApart > tickTolerance) {
    return { owner: "recycled", why: `pid ${pid} now belongs to a process with another start time (${name})` };
  }
  if (createdAt !== undefined && process.startedAt !== undefined && process.startedAt > createdAt + startToleranceMs) {
    return { owner: "recycled", why: `pid ${pid} now belongs to a process that started later (${name})` };
  }
  if (program === "other") return { owner: "foreign", why: `pid ${pid} is another program (${name})` };
  if (program === "unreadable") return { owner: "unknown", why: `the command line of pid ${pid} may not be read` };
  if (program === "script") return { owner: "unknown", why: `pid ${pid} (${name}) may or may not be OpenClaw` };
  return { owner: "alive", why: `pid ${pid} is ${name}, and nothing says that it started after the lock was taken` };
}
