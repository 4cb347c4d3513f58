// Does the program that owns an OpenClaw state directory run? Anything that is not proven is `unknown` (facts D3, O).
import { hostname } from "node:os";
import { basename } from "node:path";
import { realPath } from "../inspect/homes.ts";
import { isOwnLayer, sharedFileSystemOf } from "../inspect/mounts.ts";
import type { StateDatabase } from "../inspect/openclawSqlite/stateDatabase.ts";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Writer } from "../model/store.ts";
import type { GatewayLock } from "./gatewayLocks.ts";
import { gatewayAnswers } from "./gatewayPort.ts";
import { ownerOfPid } from "./pidOwner.ts";
import { programOf } from "./program.ts";
import { hasOpenFileIn, placeOf, tiedTo, tiesOf } from "./ties.ts";

export interface WriterInput {
  readonly stateDir: string;
  readonly processes: ProcessTable;
  readonly gatewayLocks: readonly GatewayLock[];
  /** What OpenClaw 2026.8 and later keep of the directory; undefined where there is none of it. */
  readonly state: StateDatabase | undefined;
  /** Epoch milliseconds, for leases that run out. */
  readonly now: number;
  /**
   * The directory has a configuration of its own. A gateway lock names a configuration, not a state directory: for one
   * without, a gateway that serves another configuration may be its writer all the same.
   */
  readonly hasOwnConfig: boolean;
  /** The loopback port to try; undefined where none is known to be this state directory's. */
  readonly port?: number;
}

/** Why the processes that we see may not be all that can write here; undefined where they are. */
export function blindSpot(stateDir: string, processes: ProcessTable): string | undefined {
  if (processes.incomplete !== undefined) return processes.incomplete;
  if (processes.source === "captured") return undefined;
  const shared = sharedFileSystemOf(stateDir);
  if (shared !== undefined) return `the directory is on ${shared}, which other machines may share`;
  if (processes.container && !isOwnLayer(stateDir)) return "the directory is mounted into this container from outside";
  return undefined;
}

/** One look. The caller takes a second one 2 s later before it believes `stopped` (DESIGN, Words: quiet). */
export async function findWriter(input: WriterInput): Promise<Writer> {
  const { stateDir, processes, port } = input;
  const served = realPath(stateDir);
  const own = input.gatewayLocks.filter((lock) => lock.stateDir === served);
  const held = own.find((lock) => lock.facts.owner === "alive");
  if (held !== undefined) {
    const process = processes.byPid.get(held.holder ?? 0);
    const what = held.role === "sqlite-maintenance" ? "OpenClaw maintains its databases" : "gateway lock";
    return running(`${what}: ${held.facts.why}`, "lock", held.facts.path, process);
  }
  const leases = leasesOf(input);
  if (leases.running !== undefined) return leases.running;

  const ties = tiesOf(input.gatewayLocks, processes);
  const here = placeOf(stateDir, processes);
  for (const process of processes.byPid.values()) {
    if (programOf(process) !== "openclaw") continue;
    const tied = tiedTo(process, ties, processes);
    const isElsewhere = tied !== undefined && tied !== here && input.hasOwnConfig;
    const worksHere = processes.source === "live" && hasOpenFileIn(process.pid, stateDir);
    if (isElsewhere && !worksHere) continue;
    const name = basename(process.argv?.[0] ?? "openclaw");
    const why =
      tied === here || worksHere
        ? `process ${process.pid} (${name}) serves this directory`
        : `process ${process.pid} (${name}) runs, and nothing says that it serves another directory`;
    return running(why, "process", "process list", process);
  }

  if (port !== undefined && processes.source === "live" && (await gatewayAnswers(port))) {
    return running(`a gateway answers on port ${port}`, "writer", `127.0.0.1:${port}`);
  }
  const unsure = own.find((lock) => lock.facts.owner === "unknown");
  if (unsure !== undefined) return unknown(`gateway lock: ${unsure.facts.why}`);
  if (leases.unknown !== undefined) return unknown(leases.unknown);
  const blind = blindSpot(stateDir, processes);
  if (blind !== undefined) return unknown(`no gateway is seen, but ${blind}`);
  const unreadable = [...processes.byPid.values()].find((process) => programOf(process) === "unreadable");
  if (unreadable !== undefined) return unknown(`process ${unreadable.pid} does not show what it is`);
  const dead = own.map((lock): Evidence => ({ kind: "lock", path: lock.facts.path, text: lock.facts.why }));
  return { state: "stopped", why: "no OpenClaw process serves this directory", evidence: dead };
}

/**
 * Who said in the state database that it works here (facts D3): a lease of a process that lives, one of another machine
 * that has not run out, and maintenance, which keeps everybody out until its time is over.
 */
function leasesOf({ state, processes, now, stateDir }: WriterInput): { running?: Writer; unknown?: string } {
  if (state === undefined) return {};
  const { path, leases, maintenanceUntil } = state;
  if (maintenanceUntil !== undefined && maintenanceUntil > now) {
    return { running: running("OpenClaw maintains its databases", "registry", path) };
  }
  const blind = blindSpot(stateDir, processes);
  let open: string | undefined;
  for (const { kind, pid, startTicks, at, host, expiresAt } of leases) {
    const what = kind === "gateway" ? "gateway lease" : "lease of a database";
    const isElsewhere = host !== undefined && processes.source === "live" && host !== hostname();
    if (isElsewhere) {
      if ((expiresAt ?? 0) > now) return { running: running(`${what} of ${host} has not run out`, "registry", path) };
      continue;
    }
    const claim = { pid, ...(startTicks !== undefined && { startTicks }), ...(at !== undefined && { createdAt: at }) };
    const { owner, why } = ownerOfPid(claim, processes, processes.incomplete ?? blind);
    if (owner === "alive") return { running: running(`${what}: ${why}`, "registry", path, processes.byPid.get(pid)) };
    if (owner === "unknown") open ??= `${what}: ${why}`;
  }
  return open === undefined ? {} : { unknown: open };
}

function running(why: string, kind: Evidence["kind"], path: string, process?: ProcessInfo): Writer {
  const { pid, startedAt: since } = process ?? {};
  return {
    state: "running",
    why,
    evidence: [{ kind, path, text: why }],
    ...(pid !== undefined && { pid }),
    ...(since !== undefined && { since }),
  };
}

function unknown(why: string): Writer {
  return { state: "unknown", why, evidence: [] };
}
