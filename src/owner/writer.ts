// Does the program that owns an OpenClaw state directory run? Anything that is not proven is `unknown` (facts D3, O).
import { basename } from "node:path";
import { realPath } from "../inspect/homes.ts";
import { isOwnLayer, sharedFileSystemOf } from "../inspect/mounts.ts";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Writer } from "../model/store.ts";
import type { GatewayLock } from "./gatewayLocks.ts";
import { gatewayAnswers } from "./gatewayPort.ts";
import { programOf } from "./program.ts";

export interface WriterInput {
  readonly stateDir: string;
  readonly processes: ProcessTable;
  readonly gatewayLocks: readonly GatewayLock[];
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
  if (processes.source === "captured") return undefined;
  if (processes.incomplete !== undefined) return processes.incomplete;
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
  if (held !== undefined) return running(`gateway lock: ${held.facts.why}`, "lock", held.facts.path, held.facts.pid);

  const ties = tiesOf(input.gatewayLocks);
  for (const process of processes.byPid.values()) {
    if (programOf(process) !== "openclaw") continue;
    const tied = tiedTo(process, ties, processes);
    if (tied !== undefined && tied !== served && input.hasOwnConfig) continue;
    const name = basename(process.argv?.[0] ?? "openclaw");
    const why =
      tied === served
        ? `process ${process.pid} (${name}) serves this directory`
        : `process ${process.pid} (${name}) runs, and nothing says that it serves another directory`;
    return running(why, "process", "process list", process.pid);
  }

  if (port !== undefined && processes.source === "live" && (await gatewayAnswers(port))) {
    return running(`a gateway answers on port ${port}`, "writer", `127.0.0.1:${port}`);
  }
  const unsure = own.find((lock) => lock.facts.owner === "unknown");
  if (unsure !== undefined) return unknown(`gateway lock: ${unsure.facts.why}`);
  const blind = blindSpot(stateDir, processes);
  if (blind !== undefined) return unknown(`no gateway is seen, but ${blind}`);
  const unreadable = [...processes.byPid.values()].find((process) => programOf(process) === "unreadable");
  if (unreadable !== undefined) return unknown(`process ${unreadable.pid} does not show what it is`);
  const dead = own.map((lock): Evidence => ({ kind: "lock", path: lock.facts.path, text: lock.facts.why }));
  return { state: "stopped", why: "no OpenClaw process serves this directory", evidence: dead };
}

function running(why: string, kind: Evidence["kind"], path: string, pid?: number): Writer {
  return { state: "running", why, evidence: [{ kind, path, text: why }], ...(pid !== undefined && { pid }) };
}

function unknown(why: string): Writer {
  return { state: "unknown", why, evidence: [] };
}

/** Which state directory each gateway's pid serves. */
function tiesOf(locks: readonly GatewayLock[]): Map<number, string> {
  const ties = new Map<number, string>();
  for (const { facts, stateDir } of locks) {
    if (facts.owner === "alive" && facts.pid !== undefined && stateDir !== undefined) ties.set(facts.pid, stateDir);
  }
  return ties;
}

/** A process serves what its gateway lock says, or what the gateway that started it serves. */
function tiedTo(process: ProcessInfo, ties: ReadonlyMap<number, string>, table: ProcessTable): string | undefined {
  const seen = new Set<number>();
  for (let at: ProcessInfo | undefined = process; at !== undefined && !seen.has(at.pid); ) {
    const tied = ties.get(at.pid);
    if (tied !== undefined) return tied;
    seen.add(at.pid);
    at = at.ppid === undefined ? undefined : table.byPid.get(at.ppid);
  }
  return undefined;
}
