// A store of another program beside OpenClaw's: what it gives, and what all of them share.
import { setTimeout as wait } from "node:timers/promises";
import type { DatabaseMemory } from "../inspect/databaseReading.ts";
import type { FoundStateDir } from "../inspect/homes.ts";
import { type ProcessTable, readProcesses } from "../inspect/processes.ts";
import type { Evidence } from "../model/evidence.ts";
import type { WriterReport } from "../model/facts.ts";
import type { Scan, StateDir } from "../model/scan.ts";
import type { Permission, Store, StoreKind, Writer } from "../model/store.ts";
import type { Where } from "../model/where.ts";
import { type LookInput, secondLookMs, wasStopped } from "../owner/look.ts";
import { permissionFor } from "../repair/permission.ts";

export interface NeighbourInput {
  readonly where: Where;
  readonly env: NodeJS.ProcessEnv;
  readonly processes: ProcessTable;
  /** Memory of the looks at writers (owner/look.ts). */
  readonly stoppedSince: Map<string, number>;
  readonly databases?: DatabaseMemory | undefined;
}

/** What OpenClaw's gateways said of their sessions. */
export interface Reports {
  /** A person says that it is the list of this agentctl's gateway. */
  readonly given: WriterReport | undefined;
  readonly heard: readonly WriterReport[];
}

export interface Found extends Pick<Scan, "stateDirs" | "stores" | "sessions" | "locks" | "findings"> {
  /** What this store says of sessions that another one knows too, by the id of the other's. */
  readonly claims?: ReadonlyMap<string, Evidence>;
}

/** One folder, read. */
export interface Neighbour {
  /** Something in it may be repaired once a second look, 2 s later, sees its writer stopped too. */
  readonly awaitsSecondLook: boolean;
  /** Judges it with everything that was found before it. */
  judge(before: Scan, reports: Reports): Found;
}

/** `stopped` is believed when every look of two seconds saw it (DESIGN, Words: quiet); a captured list needs no second look. */
export function believed(
  path: string,
  seen: Writer,
  { processes, stoppedSince }: Pick<NeighbourInput, "processes" | "stoppedSince">,
): Writer {
  if (seen.state !== "stopped") {
    stoppedSince.delete(path);
    return seen;
  }
  if (processes.source === "captured" || wasStopped(path, stoppedSince)) return seen;
  return { ...seen, state: "unknown", why: `${seen.why}, seen once so far` };
}

/** What of a scan's input a fresh look at a writer needs. */
export interface LookAgainInput extends Omit<LookInput, "memory"> {
  readonly memory?: { readonly stoppedSince: Map<string, number> };
}

/** A fresh look at the writer of a folder, and a second one, 2 s later, where no earlier look counts. */
export async function lookTwice(
  path: string,
  { capture, memory }: LookAgainInput,
  find: (processes: ProcessTable) => Promise<Writer>,
): Promise<{ readonly writer: Writer; readonly processes: ProcessTable }> {
  const stoppedSince = memory?.stoppedSince ?? new Map<string, number>();
  const look = async (): Promise<{ seen: Writer; writer: Writer; processes: ProcessTable }> => {
    const processes = capture?.processes ?? readProcesses();
    const seen = await find(processes);
    return { seen, writer: believed(path, seen, { processes, stoppedSince }), processes };
  };
  const { seen, ...first } = await look();
  if (first.writer === seen) return first;
  await wait(secondLookMs + 20);
  return look();
}

/** A folder that could not be listed. */
export function shut({ path, origin, problem = "" }: FoundStateDir, program: "daemon" | "worker"): Neighbour {
  const writer: Writer = { state: "unknown", why: "the folder cannot be listed", evidence: [] };
  const stateDir: StateDir = { path, origin, program, writer, stores: 0, problem };
  const found = { stateDirs: [stateDir], stores: [], sessions: [], locks: [], findings: [] };
  return { awaitsSecondLook: false, judge: () => found };
}

/** What permission depends on besides the kind of store. */
export interface PermissionFacts {
  readonly writer: Writer;
  readonly processes: ProcessTable;
  readonly problem?: string | undefined;
  /** Why it is none of the versions that are written, half a sentence. */
  readonly unknown?: string | undefined;
}

export function neighbourPermission(
  kind: StoreKind,
  { writer, processes, problem, unknown }: PermissionFacts,
): Permission {
  return permissionFor({
    kind,
    writer: writer.state,
    writerWhy: writer.why,
    platform: process.platform,
    problem,
    movedFrom: undefined,
    unlisted: processes.source === "captured" ? processes.incomplete : undefined,
    unknown,
  });
}

/** A folder of another program and its one store. */
export function placed(
  { path, origin }: FoundStateDir,
  program: "daemon" | "worker",
  store: Omit<Store, "id" | "stateDir" | "permission">,
  permission: Permission,
): Pick<Found, "stateDirs" | "stores"> {
  return {
    stateDirs: [{ path, origin, program, writer: store.writer, stores: 1 }],
    stores: [{ ...store, id: store.path, stateDir: path, permission }],
  };
}
