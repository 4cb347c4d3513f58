// A look at the writers of several state directories at once, and the second one that makes `stopped` certain.
import { basename, dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { StoreMemory } from "../inspect/openclawJson/readStore.ts";
import { readStateDatabase, type StateDatabase } from "../inspect/openclawSqlite/stateDatabase.ts";
import { type ProcessTable, readProcesses } from "../inspect/processes.ts";
import type { Writer } from "../model/store.ts";
import { type GatewayLock, readGatewayLocks, tempDirs } from "./gatewayLocks.ts";
import { gatewayDrains } from "./gatewayPort.ts";
import { findWriter } from "./writer.ts";

/** What was seen on another machine, judged here from that alone (CLI.md). */
export interface Capture {
  readonly processes: ProcessTable;
}

export interface LookInput {
  readonly env: NodeJS.ProcessEnv;
  readonly capture?: Capture;
  /** Epoch milliseconds; the real clock where it is left out. */
  readonly now?: number;
  readonly memory?: { readonly stores: StoreMemory };
}

export interface WatchedDir {
  readonly path: string;
  readonly hasOwnConfig: boolean;
  /** The loopback port that is known to be this directory's. */
  readonly port?: number;
}

export interface Look {
  readonly processes: ProcessTable;
  readonly gatewayLocks: readonly GatewayLock[];
  /** By state directory. */
  readonly writers: ReadonlyMap<string, Writer>;
  /** What OpenClaw 2026.8 and later keep of each state directory, where it can be read. */
  readonly states: ReadonlyMap<string, StateDatabase>;
  /** State directories whose writer was seen stopped once: a second look is due. */
  readonly unconfirmed: ReadonlySet<string>;
}

/** A writer is believed to be stopped when two looks this far apart both say so (DESIGN, Words: quiet). */
export const secondLookMs = 2000;
const defaultPort = 18789;
const developmentPort = 19001;

/**
 * One look. `stoppedSince` is the caller's memory: since when each directory's writer was seen stopped at every look,
 * epoch milliseconds. A captured list needs no second look.
 */
export async function lookAtWriters(
  dirs: readonly WatchedDir[],
  input: LookInput,
  stoppedSince: Map<string, number>,
): Promise<Look> {
  const processes = input.capture?.processes ?? readProcesses();
  const roots = dirs.flatMap(({ path }) => [path, dirname(path)]);
  const gatewayLocks = readGatewayLocks(tempDirs([...new Set(roots)], processes, input.env), processes);
  const writers = new Map<string, Writer>();
  const states = new Map<string, StateDatabase>();
  const unconfirmed = new Set<string>();
  const now = input.now ?? Date.now();
  for (const { path, ...dir } of dirs) {
    const state = readStateDatabase(path, input.memory?.stores.databases);
    if (state !== undefined) states.set(path, state);
    const found = await findWriter({ stateDir: path, processes, gatewayLocks, state, now, ...dir });
    const mayDrain = found.state === "running" && state !== undefined && processes.source === "live";
    const drains = mayDrain && dir.port !== undefined && (await gatewayDrains(dir.port));
    const seen: Writer = drains ? { ...found, state: "draining", why: `it was told to end: ${found.why}` } : found;
    const believed = input.capture !== undefined || seen.state !== "stopped" || wasStopped(path, stoppedSince);
    if (seen.state !== "stopped") stoppedSince.delete(path);
    if (!believed) unconfirmed.add(path);
    writers.set(path, believed ? seen : { ...seen, state: "unknown", why: `${seen.why}, seen once so far` });
  }
  return { processes, gatewayLocks, writers, states, unconfirmed };
}

/** The look that a first one leaves open, 2 s after it. */
export async function secondLook(
  dirs: readonly WatchedDir[],
  input: LookInput,
  stoppedSince: Map<string, number>,
): Promise<Look> {
  await wait(secondLookMs + 20);
  return lookAtWriters(dirs, input, stoppedSince);
}

export function writerOf(look: Look, stateDir: string): Writer {
  return look.writers.get(stateDir) ?? { state: "unknown", why: "nobody looked", evidence: [] };
}

/** Where the gateway of a directory of this user's own home listens unless it is configured otherwise (facts A, D3). */
export function usualPort(stateDir: string, env: NodeJS.ProcessEnv): number | undefined {
  const name = basename(stateDir);
  if (name === ".openclaw-dev") return developmentPort;
  return name === ".openclaw" || name === ".clawdbot" ? Number(env["OPENCLAW_GATEWAY_PORT"] ?? defaultPort) : undefined;
}

/** Whether every look of the last two seconds and more saw it stopped; this look counts from now on. */
export function wasStopped(path: string, stoppedSince: Map<string, number>): boolean {
  const now = Date.now();
  const since = stoppedSince.get(path);
  if (since === undefined) stoppedSince.set(path, now);
  return since !== undefined && now - since >= secondLookMs;
}
