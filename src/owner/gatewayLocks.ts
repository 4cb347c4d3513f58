// Gateway locks lie outside the state directory, in whatever the gateway took for the temp directory (facts D3): all
// plausible ones are searched. They tie processes to state directories.
import { readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { realPath } from "../inspect/homes.ts";
import { readLock } from "../inspect/lockFile.ts";
import type { ProcessTable } from "../inspect/processes.ts";
import type { LockFacts } from "../model/facts.ts";
import { programOf } from "./program.ts";

export interface GatewayLock {
  readonly facts: LockFacts;
  /** Real path of the state directory that its gateway serves. */
  readonly stateDir?: string;
  /** The same as the lock names it, which is as its gateway sees it. */
  readonly servedPath?: string;
  readonly port?: number;
  /** What its process does, where that is not a gateway's work (2026.8 and later, facts D3). */
  readonly role?: string;
  /** Its gateway, by its pid here; undefined where it is not certain that it lives. */
  readonly holder?: number;
}

/** A temp directory to search, and the home or state directory that it belongs to, if any. */
export interface TempDir {
  readonly path: string;
  readonly root?: string;
  /** The process through whose eyes it is seen. */
  readonly seenBy?: number;
}

/** Where gateways of these homes and state directories may have put their locks; on the live machine its own places too. */
export function tempDirs(roots: readonly string[], processes: ProcessTable, env: NodeJS.ProcessEnv): TempDir[] {
  const own = roots.map((root): TempDir => ({ path: join(root, "tmp"), root }));
  if (processes.source === "captured") return own;
  const named = [env["TMPDIR"], env["TMP"], env["TEMP"], env["XDG_RUNTIME_DIR"]].filter((path) => path !== undefined);
  const shared = ["/tmp", "/var/tmp", "/private/tmp", tmpdir(), ...named];
  // A service with a private temp directory, or one in a container, sees another /tmp: look through its eyes.
  // No real path of those is taken: it would be our own /tmp.
  const pids = [...processes.byPid.values()].filter((process) => programOf(process) === "openclaw");
  const theirs = pids.map(({ pid }): TempDir => ({ path: `/proc/${pid}/root/tmp`, seenBy: pid }));
  return [...new Set(shared.map(realPath))].map((path): TempDir => ({ path })).concat(own, theirs);
}

/** Every gateway lock in these directories. A directory that cannot be listed has none for us. */
export function readGatewayLocks(dirs: readonly TempDir[], processes: ProcessTable): GatewayLock[] {
  const found = new Map<string, GatewayLock>();
  const realPathOf = remembered(realPath);
  for (const dir of dirs) {
    const { path } = dir;
    for (const name of list(path)) {
      if (!/^openclaw(-\d+)?$/.test(name)) continue;
      for (const file of list(join(path, name))) {
        if (!/^gateway\.[0-9a-z]+\.lock$/.test(file)) continue;
        const lock = readGatewayLock(join(path, name, file), dir, { processes, realPathOf });
        // What we see with our own eyes comes first.
        if (lock !== undefined && !found.has(lock.facts.identity)) found.set(lock.facts.identity, lock);
      }
    }
  }
  return [...found.values()];
}

interface Around {
  readonly processes: ProcessTable;
  readonly realPathOf: (path: string) => string;
}

function readGatewayLock(
  path: string,
  { root, seenBy }: TempDir,
  { processes, realPathOf }: Around,
): GatewayLock | undefined {
  const lock = readLock(path, "gateway", processes, processes.incomplete ?? foreignPids(seenBy));
  if (lock === undefined) return undefined;
  const { stateDir, configPath, port, role } = lock.payload ?? {};
  const served = stateDir ?? (configPath === undefined ? undefined : dirname(configPath));
  return {
    facts: lock.facts,
    ...(served !== undefined && {
      servedPath: served,
      stateDir: realPathOf(processes.source === "captured" ? hereFor(served, root) : served),
    }),
    ...(port !== undefined && { port }),
    ...(role !== undefined && { role }),
    ...(lock.holder !== undefined && { holder: lock.holder }),
  };
}

/** Gateways that were killed leave a lock each, and all name one directory. */
function remembered(find: (path: string) => string): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    const found = known.get(path) ?? find(path);
    known.set(path, found);
    return found;
  };
}

/** A captured lock names places of its own machine: the same directory is here under the root that it was found in. */
function hereFor(served: string, root: string | undefined): string {
  if (root === undefined || basename(root) === basename(served)) return root ?? served;
  return join(root, basename(served));
}

/** Why the pids that a process writes down are not those that we see. */
function foreignPids(seenBy: number | undefined): string | undefined {
  if (seenBy === undefined) return undefined;
  try {
    if (readlinkSync(`/proc/${seenBy}/ns/pid`) === readlinkSync("/proc/self/ns/pid")) return undefined;
  } catch {
    // Not ours to look at.
  }
  return "it was written in a container, where pids are others";
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
