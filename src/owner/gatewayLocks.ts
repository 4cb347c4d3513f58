// Gateway locks lie outside the state directory, in whatever the gateway took for the temp directory (facts D3): all
// plausible ones are searched. They tie processes to state directories.
import { readdirSync } from "node:fs";
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
  readonly port?: number;
}

/** A temp directory to search, and the home or state directory that it belongs to, if any. */
export interface TempDir {
  readonly path: string;
  readonly root?: string;
}

/** Where gateways of these homes and state directories may have put their locks; on the live machine its own places too. */
export function tempDirs(roots: readonly string[], processes: ProcessTable, env: NodeJS.ProcessEnv): TempDir[] {
  const own = roots.map((root): TempDir => ({ path: join(root, "tmp"), root }));
  if (processes.source === "captured") return own;
  const named = [env["TMPDIR"], env["TMP"], env["TEMP"], env["XDG_RUNTIME_DIR"]].filter((path) => path !== undefined);
  const shared = ["/tmp", "/var/tmp", "/private/tmp", tmpdir(), ...named];
  // A service with a private temp directory, or one in a container, sees another /tmp: look through its eyes.
  for (const process of processes.byPid.values()) {
    if (programOf(process) === "openclaw") shared.push(`/proc/${process.pid}/root/tmp`);
  }
  return [...new Set(shared.map(realPath))].map((path): TempDir => ({ path })).concat(own);
}

/** Every gateway lock in these directories. A directory that cannot be listed has none for us. */
export function readGatewayLocks(dirs: readonly TempDir[], processes: ProcessTable): GatewayLock[] {
  const found = new Map<string, GatewayLock>();
  for (const { path, root } of dirs) {
    for (const name of list(path)) {
      if (!/^openclaw(-\d+)?$/.test(name)) continue;
      for (const file of list(join(path, name))) {
        if (!/^gateway\.[0-9a-z]+\.lock$/.test(file)) continue;
        const lock = readGatewayLock(join(path, name, file), root, processes);
        if (lock !== undefined) found.set(lock.facts.identity, lock);
      }
    }
  }
  return [...found.values()];
}

function readGatewayLock(path: string, root: string | undefined, processes: ProcessTable): GatewayLock | undefined {
  const lock = readLock(path, "gateway", processes, processes.incomplete);
  if (lock === undefined) return undefined;
  const { stateDir, configPath, port } = lock.payload ?? {};
  const served = stateDir ?? (configPath === undefined ? undefined : dirname(configPath));
  return {
    facts: lock.facts,
    ...(served !== undefined && {
      stateDir: realPath(processes.source === "captured" ? hereFor(served, root) : served),
    }),
    ...(port !== undefined && { port }),
  };
}

/** A captured lock names places of its own machine: the same directory is here under the root that it was found in. */
function hereFor(served: string, root: string | undefined): string {
  if (root === undefined || basename(root) === basename(served)) return root ?? served;
  return join(root, basename(served));
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
