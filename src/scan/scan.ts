// One look at everything: home → facts → verdicts. The CLI and the worker both call this and nothing beneath it.
import { basename, dirname } from "node:path";
import { withLines } from "../inspect/evidenceLines.ts";
import { findStateDirs, realPath } from "../inspect/homes.ts";
import { readConfig } from "../inspect/openclawJson/config.ts";
import { checkpointsOf } from "../inspect/openclawJson/leftovers.ts";
import type { StoreMemory } from "../inspect/openclawJson/readStore.ts";
import type { ListedDir } from "../inspect/openclawJson/storeFiles.ts";
import type { ProcessInfo } from "../inspect/processes.ts";
import type { StatePlace } from "../inspect/storeReader.ts";
import { storeReaders } from "../inspect/storeReaders.ts";
import { type JudgedStore, judgeToKeep } from "../judge/judge.ts";
import type { Around, Neighbours } from "../judge/neighbours.ts";
import { askedFor, type PruneQuestion, pruneCandidates } from "../judge/prune.ts";
import type { LockFacts, SessionFacts, StoreFacts, WriterReport } from "../model/facts.ts";
import type { Scan, StateDir } from "../model/scan.ts";
import type { Store, Writer } from "../model/store.ts";
import type { ClaimedStore, Where } from "../model/where.ts";
import { type Answers, hear, type Told } from "../owner/asking.ts";
import { type Look, type LookInput, lookAtWriters, secondLook, writerOf } from "../owner/look.ts";
import { blindSpot } from "../owner/writer.ts";
import { digest } from "./digest.ts";
import { isClaimed, type Place, permissionOf, watched } from "./freshLook.ts";
import type { NeighbourInput } from "./neighbour.ts";
import { lookAtNeighbours, withNeighbours } from "./neighbourStores.ts";

export interface ScanInput extends LookInput {
  readonly where: Where;
  /** What the gateway said of its sessions, given by the caller: nobody is asked then. */
  readonly report?: WriterReport;
  /** Whether running gateways are asked what they run; left out: they are not. */
  readonly asking?: Asking;
  /** Epoch milliseconds; the real clock where it is left out. */
  readonly now?: number;
  /** The person says that moved stores are theirs: all of them, or these. */
  readonly mine?: boolean | readonly ClaimedStore[];
  /** Asks for what pruning would take. */
  readonly prune?: PruneQuestion;
  /** Kept by the caller between scans, so that what did not change is not read again. */
  readonly memory?: ScanMemory;
  /** Called again and again on the way; throws where the person wants no more of it. */
  readonly goOn?: () => void;
}

export interface ScanMemory {
  readonly stores: StoreMemory;
  /** Since when each state directory's writer was seen stopped at every look, epoch milliseconds. */
  readonly stoppedSince: Map<string, number>;
  /** What a look at some of it can rest on; absent where there was no whole one that ended. */
  known?: Known | undefined;
}

/** What a whole look leaves to those that follow it. */
export interface Known {
  /** When it was judged, epoch milliseconds. */
  readonly at: number;
  /** Ids of sessions that stores of other programs rest on. */
  readonly claimed: ReadonlySet<string>;
  readonly stores: readonly KnownStore[];
}

export interface KnownStore {
  readonly facts: StoreFacts;
  /** `hasKeys`: whether the keys of all stores of its state directory are known; they are those of the facts. */
  readonly around: Omit<Around, "keys"> & { readonly hasKeys: boolean };
  readonly neighbours: Neighbours;
  /** Of a store of files: what lay beside it. */
  readonly directory: ListedDir | undefined;
  /** The one that shows that its writer runs: undefined where it is stopped, or nobody knows. */
  readonly process: ProcessInfo | undefined;
}

export interface Asking {
  readonly answers: Answers;
  /** Somebody looks at what comes of it. */
  readonly isLookedAt: boolean;
}

/** Nothing starts, begins a run and is read within this. */
const slowReadMs = 500;

/**
 * Scans once. Where something claims to run and its writer is seen stopped for the first time, `onProvisional` gets the
 * scan with that writer still unknown, and a second look 2 s later decides. Captured processes need no second look.
 * Never throws for what it finds on disk: that becomes problems and findings. Throws what `goOn` throws.
 */
export async function scan(input: ScanInput, onProvisional?: (scan: Scan) => void): Promise<Scan> {
  // What is only asked for before a repair is shown to nobody: looks at some of it go on from what is.
  const keeper = input.prune === undefined ? input.memory : undefined;
  if (keeper !== undefined) keeper.known = undefined;
  const places = findStateDirs(input.where, input.env).map((dir): Place => ({ dir, config: readConfig(dir.path) }));
  const stoppedSince = input.memory?.stoppedSince ?? new Map<string, number>();
  let look = await lookAtWriters(watched(places, input), input, stoppedSince);
  const problems = new Map<string, string>();
  const lookedAt = Date.now();
  const stores = places.flatMap((place) => readStores(place, look, input, problems));
  // Whoever wrote what was read last may have come after that look.
  if (Date.now() - lookedAt > slowReadMs) look = await lookAtWriters(watched(places, input), input, stoppedSince);
  input.memory?.stores.evidence.sweep();
  let beside = await lookAtNeighbours(neighbourInput(look, input, stoppedSince));
  let told = await hearAll(places, stores, look, input, false);
  const result = (): {
    readonly found: Scan;
    readonly judged: readonly JudgedFacts[];
    readonly claimed: ReadonlySet<string>;
  } => {
    const heard = [...told.values()].flatMap(({ report }) => report ?? []);
    const { found, judged } = judgeAll(places, stores, { look, told }, problems, input);
    const { all, claimed } = withNeighbours(found, beside, { given: input.report, heard });
    return { found: all, judged, claimed };
  };
  const isShown = onProvisional !== undefined && look.unconfirmed.size > 0;
  if (
    isShown ||
    beside.some(({ awaitsSecondLook: awaits }) => awaits) ||
    stores.some((store) => awaitsSecondLook(store, look))
  ) {
    onProvisional?.(result().found);
    look = await secondLook(watched(places, input), input, stoppedSince);
    input.goOn?.();
    beside = await lookAtNeighbours(neighbourInput(look, input, stoppedSince));
  } else if (input.asking?.isLookedAt === true && stores.some((store) => isWorthAsking(store, look))) {
    onProvisional?.(result().found);
  }
  told = await hearAll(places, stores, look, input, input.asking?.isLookedAt === true);
  const { found, judged, claimed } = result();
  if (keeper !== undefined) keeper.known = { at: found.now, claimed, stores: knownStores(judged, look, keeper) };
  return found;
}

function knownStores(judged: readonly JudgedFacts[], { processes }: Look, { stores: kept }: ScanMemory): KnownStore[] {
  return judged.map(({ facts, around, neighbours }): KnownStore => {
    const process = processes.source === "live" ? processes.byPid.get(facts.writer.pid ?? -1) : undefined;
    return { facts, around: withoutKeys(around), neighbours, process, directory: kept.directories.get(facts.path) };
  });
}

/** A set of ten thousand keys is a megabyte, and only some of a session's are ever asked for again. */
function withoutKeys({ keys, ...around }: Around): KnownStore["around"] {
  return { ...around, hasKeys: keys !== undefined };
}

function neighbourInput(look: Look, input: ScanInput, stoppedSince: Map<string, number>): NeighbourInput {
  const { where, env, memory } = input;
  return { where, env, processes: look.processes, stoppedSince, databases: memory?.stores.databases };
}

/** Only what claims to run is worth a question, and only a gateway that runs can answer one. */
function isWorthAsking(store: StoreFacts, look: Look): boolean {
  return writerOf(look, store.stateDir).state === "running" && someRowRuns(store);
}

/** What gateways say, by state directory: one after the other. */
async function hearAll(
  places: readonly Place[],
  stores: readonly StoreFacts[],
  look: Look,
  input: ScanInput,
  mayAsk: boolean,
): Promise<ReadonlyMap<string, Told>> {
  const heard = new Map<string, Told>();
  const { asking, report, capture } = input;
  if (report !== undefined) {
    for (const { dir } of places) heard.set(dir.path, { report: places.length === 1 ? report : withoutIdle(report) });
  }
  if (asking === undefined || report !== undefined || capture !== undefined) return heard;
  const ports = new Map(watched(places, input).map(({ path, port }) => [path, port]));
  for (const { dir } of places) {
    const own = stores.filter(({ stateDir }) => stateDir === dir.path);
    if (!own.some((store) => isWorthAsking(store, look))) continue;
    const rows = own.reduce((sum, { content }) => sum + (content.state === "read" ? content.sessions.length : 0), 0);
    const port = ports.get(dir.path);
    // Beside a database whatever else is there was left by an older version.
    const era = own.find((store) => store.era === "S")?.era ?? own[0]?.era;
    const subject = { stateDir: dir.path, era, rows, ...(port !== undefined && { port }) };
    const told = await hear(subject, look, asking.answers, mayAsk);
    if (told !== undefined) heard.set(dir.path, told);
  }
  return heard;
}

/** Several state directories, one gateway's list, and every one of them has its own `agent:main:main`. */
function withoutIdle(report: WriterReport): WriterReport {
  return { ...report, idle: new Set() };
}

/** Only what claims to run, or is locked, is worth waiting for. */
function awaitsSecondLook(store: StoreFacts, look: Look): boolean {
  if (!look.unconfirmed.has(store.stateDir)) return false;
  if (store.locks.length > 0 || store.content.state !== "read") return true;
  return someRowRuns(store);
}

function someRowRuns({ content }: StoreFacts): boolean {
  return content.state === "read" && content.sessions.some(({ row }) => row.fields["status"] === "running");
}

function readStores(place: Place, look: Look, input: ScanInput, problems: Map<string, string>): StoreFacts[] {
  const { dir, config } = place;
  if (dir.problem !== undefined) {
    problems.set(dir.path, dir.problem);
    return [];
  }
  try {
    const found: StatePlace = {
      stateDir: dir.path,
      config,
      processes: look.processes,
      blind: blindSpot(dir.path, look.processes),
      writer: writerOf(look, dir.path),
      state: look.states.get(dir.path),
      ...(input.prune !== undefined && { inFull: askedFor(input.prune, input.now ?? Date.now()) }),
      ...(input.memory !== undefined && { memory: input.memory.stores }),
      ...(input.goOn !== undefined && { goOn: input.goOn }),
    };
    const stores = storeReaders.flatMap((reader) => reader.readStores(found));
    return stores.map((store, i) =>
      i === 0 ? { ...store, locks: [...store.locks, ...ownGatewayLocks(dir.path, look)] } : store,
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    problems.set(dir.path, `its agents cannot be listed (${code})`);
    return [];
  }
}

/** A state directory's gateway lock is judged and shown with its first store. */
function ownGatewayLocks(stateDir: string, look: Look): LockFacts[] {
  const served = realPath(stateDir);
  return look.gatewayLocks.filter((lock) => lock.stateDir === served).map(({ facts }) => facts);
}

interface JudgedFacts extends JudgedStore {
  readonly facts: StoreFacts;
  readonly around: Around;
}

function judgeAll(
  places: readonly Place[],
  stores: readonly StoreFacts[],
  { look, told }: { readonly look: Look; readonly told: ReadonlyMap<string, Told> },
  problems: ReadonlyMap<string, string>,
  input: ScanInput,
): { readonly found: Scan; readonly judged: readonly JudgedFacts[] } {
  const { prune, now = Date.now() } = input;
  const writerAt = (stateDir: string): Writer => {
    const said = told.get(stateDir)?.said;
    return { ...writerOf(look, stateDir), ...(said !== undefined && { said }) };
  };
  const judged = stores.map((facts): JudgedFacts => {
    const report = told.get(facts.stateDir)?.report;
    const current = { ...facts, writer: writerAt(facts.stateDir), ...(report !== undefined && { report }) };
    const around = aroundOf(facts, stores);
    return { facts: current, around, ...judgeToKeep(current, now, around, digest) };
  });
  const again = [...told.values()].map(({ againAt }) => againAt).filter((at) => at !== undefined);
  const found: Scan = {
    now,
    ...(again.length > 0 && { askAgainAt: Math.min(...again) }),
    stateDirs: places.map(({ dir }): StateDir => {
      const problem = problems.get(dir.path);
      const count = stores.filter((store) => store.stateDir === dir.path).length;
      return {
        path: dir.path,
        origin: dir.origin,
        stores: count,
        writer: writerAt(dir.path),
        ...(problem && { problem }),
      };
    }),
    stores: judged.map(({ facts, verdicts }) => storeView(facts, verdicts.sessions.length, input)),
    sessions: judged.flatMap(({ verdicts }) => verdicts.sessions),
    locks: judged.flatMap(({ verdicts }) => verdicts.locks),
    findings: withLines(judged.flatMap(({ verdicts }) => verdicts.findings)),
    ...(prune !== undefined && { prune: judged.flatMap(({ facts }) => pruneCandidates(facts, now, prune)) }),
  };
  return { found, judged };
}

/** Profiles lie side by side on purpose; `.clawdbot` beside `.openclaw`, and one inside the other, do not (facts I 55). */
function aroundOf(facts: StoreFacts, stores: readonly StoreFacts[]): Around {
  const siblings = stores.filter((store) => store.stateDir === facts.stateDir);
  const namedByOthers = new Set<string>();
  for (const store of siblings) if (store !== facts) for (const name of namesIn(store, facts)) namedByOthers.add(name);
  // Told once, with the first store of the directory.
  const others = facts === siblings[0] && siblings.some(hasSessions) ? splitFrom(facts.stateDir, stores) : [];
  const sharesDirectory = stores.some((store) => store !== facts && dirname(store.path) === dirname(facts.path));
  const isWhole = siblings.every((store) => store.content.state === "read");
  const otherEra = siblings.find((store) => store.kind !== facts.kind && agentDirOf(store) === agentDirOf(facts));
  return {
    otherStateDirs: others,
    sharesDirectory,
    namedByOthers,
    ...(isWhole && { keys: keysOf(siblings) }),
    ...(otherEra !== undefined && { otherEra }),
  };
}

/** A set of ten thousand keys costs more than most scans ask of it: it is made when the first is asked for. */
function keysOf(stores: readonly StoreFacts[]): NonNullable<Around["keys"]> {
  let keys: ReadonlySet<string> | undefined;
  const all = (): ReadonlySet<string> =>
    new Set(stores.flatMap((store) => sessionsOf(store).map(({ row }) => row.key.toLowerCase())));
  return {
    has: (key) => {
      keys ??= all();
      return keys.has(key);
    },
  };
}

/** What rows of another store name in the directory of this one: their transcripts there, and their checkpoints anywhere. */
function namesIn(store: StoreFacts, { path }: StoreFacts): string[] {
  return sessionsOf(store).flatMap(({ row, transcript: { path: named } }) => {
    const checkpoints = checkpointsOf(row.fields);
    return named !== undefined && dirname(named) === dirname(path) ? [basename(named), ...checkpoints] : checkpoints;
  });
}

function splitFrom(stateDir: string, stores: readonly StoreFacts[]): string[] {
  const split = stores.filter((store) => store.stateDir !== stateDir && isSplitFrom(stateDir, store.stateDir));
  return [...new Set(split.filter(hasSessions).map((store) => store.stateDir))];
}

function sessionsOf({ content }: StoreFacts): readonly SessionFacts[] {
  return content.state === "read" ? content.sessions : [];
}

function hasSessions(store: StoreFacts): boolean {
  return sessionsOf(store).length > 0;
}

/** `agents/<id>`: a JSON store lies in its `sessions`, a database in its `agent`. */
function agentDirOf({ path }: StoreFacts): string {
  return dirname(dirname(path));
}

function isSplitFrom(a: string, b: string): boolean {
  const renamed =
    dirname(a) === dirname(b) &&
    [a, b]
      .map((path) => basename(path))
      .sort()
      .join() === ".clawdbot,.openclaw";
  return renamed || dirname(a) === b || dirname(b) === a;
}

/** A store as it is shown. */
export function storeView(facts: StoreFacts, sessions: number, input: ScanInput): Store {
  const { content, era, version, agent, movedFrom, writer } = facts;
  const unknown = facts.database?.unknown;
  const problem =
    content.state === "unparsable"
      ? "STORE-UNPARSABLE"
      : content.state === "unreadable"
        ? "STORE-UNREADABLE"
        : undefined;
  const subject = {
    kind: facts.kind,
    path: facts.path,
    stateDir: facts.stateDir,
    ...(problem !== undefined && { problem }),
    ...(unknown !== undefined && { unknown }),
    ...(movedFrom !== undefined && { movedFrom }),
  };
  const permission = permissionOf(subject, writer, input);
  return {
    id: facts.id,
    kind: facts.kind,
    path: facts.path,
    stateDir: facts.stateDir,
    writer,
    permission,
    sessions,
    sizeBytes: content.state === "unreadable" ? 0 : content.sizeBytes,
    ...(content.state === "read" && { fileVersion: content.fileVersion }),
    ...(content.state === "unreadable" && content.copyBytes !== undefined && { copyBytes: content.copyBytes }),
    ...(agent !== undefined && { agent }),
    ...(era !== undefined && { era }),
    ...(version !== undefined && { version }),
    ...(problem !== undefined && { problem }),
    ...(unknown !== undefined && { unknown }),
    ...(movedFrom !== undefined && { movedFrom }),
    ...(movedFrom !== undefined && isClaimed(subject, input) && { claimed: true }),
  };
}
