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
import { hasOpenFileIn, placeOf, tiedTo, tiesOf } from "./ties.ts";

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
    return running(`gateway lock: ${held.facts.why}`, "lock", held.facts.path, process);
  }

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
  const blind = blindSpot(stateDir, processes);
  if (blind !== undefined) return unknown(`no gateway is seen, but ${blind}`);
  const unreadable = [...processes.byPid.values()].find((process) => programOf(process) === "unreadable");
  if (unreadable !== undefined) return unknown(`process ${unreadable.pid} does not show what it is`);
  const dead = own.map((lock): Evidence => ({ kind: "lock", path: lock.facts.path, text: lock.facts.why }));
  return { state: "stopped", why: "no OpenClaw process serves this directory", evidence: dead };
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
