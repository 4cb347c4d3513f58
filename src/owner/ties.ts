// Which state directory a process serves. A tie takes a process out of the count of every other directory, so it must be
// certain: what a lock names is looked at as its process sees it, since in a container or under a service's own mounts
// the same path is another directory, and another path the same one.
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { realPath } from "../inspect/homes.ts";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { GatewayLock } from "./gatewayLocks.ts";

/** A directory, whatever path leads to it: device and inode; where it is not of this machine, its path. */
export type Place = string;

/** What programs make in every state directory; a folder that only holds the configuration has none of these. */
const stateFolders: ReadonlySet<string> = new Set(["agents", "tasks", "logs", "cron", "identity", "devices"]);

/** The place of a state directory, to be compared with what processes are tied to. */
export function placeOf(stateDir: string, table: ProcessTable): Place {
  if (table.source === "captured") return realPath(stateDir);
  try {
    return identity(stateDir);
  } catch {
    return realPath(stateDir);
  }
}

/** The place that each gateway's pid serves, as far as that is certain. */
export function tiesOf(locks: readonly GatewayLock[], table: ProcessTable): ReadonlyMap<number, Place> {
  const ties = new Map<number, Place>();
  for (const { holder, stateDir, servedPath } of locks) {
    if (holder === undefined || stateDir === undefined) continue;
    const place = table.source === "captured" ? stateDir : placeSeenBy(holder, servedPath ?? stateDir);
    if (place !== undefined) ties.set(holder, place);
  }
  return ties;
}

/** A process serves what its gateway lock says, or what the gateway that started it serves. */
export function tiedTo(process: ProcessInfo, ties: ReadonlyMap<number, Place>, table: ProcessTable): Place | undefined {
  const seen = new Set<number>();
  for (let at: ProcessInfo | undefined = process; at !== undefined && !seen.has(at.pid); ) {
    const tied = ties.get(at.pid);
    if (tied !== undefined) return tied;
    seen.add(at.pid);
    at = at.ppid === undefined ? undefined : table.byPid.get(at.ppid);
  }
  return undefined;
}

/**
 * Whether a process has a file below a directory open, as gateways have their task database all the time: then it works
 * there, whatever its lock says. False where that may not be seen.
 */
export function hasOpenFileIn(pid: number, dir: string): boolean {
  const below = `${realPath(dir)}/`;
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith(below));
  } catch {
    return false;
  }
}

/**
 * A lock of these versions names a configuration. The directory around it is what its gateway serves only where it is a
 * state directory: OPENCLAW_CONFIG_PATH may lie anywhere (facts A).
 */
function placeSeenBy(pid: number, path: string): Place | undefined {
  for (const seen of [`/proc/${pid}/root${path}`, path]) {
    try {
      return readdirSync(seen).some((name) => stateFolders.has(name)) ? identity(seen) : undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Not ours to look through, or no such eyes on this platform: then as we see it.
      const isClosed = code === "EACCES" || code === "EPERM" || process.platform !== "linux";
      if (!isClosed) return undefined;
    }
  }
  return undefined;
}

function identity(path: string): Place {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
