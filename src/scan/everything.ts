// This machine, and beside it what was captured elsewhere: each place is scanned by its own clock and processes, and
// what was found is joined. No process of this machine counts for a captured place, and none of a list for a live one.
import { sep } from "node:path";
import { findStateDirs, looksLikeStateDir, realPath, whereCaptured } from "../inspect/homes.ts";
import { readConfig } from "../inspect/openclawJson/config.ts";
import { findStoreFiles } from "../inspect/openclawJson/storeFiles.ts";
import { type ProcessTable, parseCapturedProcesses, unlistedProcesses } from "../inspect/processes.ts";
import { isUnreadable, readText, statsAt } from "../inspect/regularFile.ts";
import type { CapturedFolder } from "../model/messages.ts";
import type { Scan } from "../model/scan.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import type { CapturedPlace } from "../model/where.ts";
import { type ScanInput, type ScanMemory, scan } from "./scan.ts";

export interface CapturedInput extends ScanInput {
  readonly place: CapturedPlace;
}

export interface EverythingInput extends ScanInput {
  readonly captured?: readonly CapturedInput[];
}

/** Of a machine with many thousands of processes. */
const listLimitBytes = 32 << 20;

/** How a captured place is scanned; its process list is read anew. */
export function capturedInput(place: CapturedPlace, memory: ScanMemory): CapturedInput {
  const processes = processesOf(place.processes);
  return { place, where: whereCaptured(place.path), env: {}, now: place.at, capture: { processes }, memory };
}

/** As `scan` does; the clock of the whole is that of this machine. */
export async function scanEverything(
  { captured = [], ...live }: EverythingInput,
  onProvisional?: (scan: Scan) => void,
): Promise<Scan> {
  const elsewhere: Scan[] = [];
  for (const { place, ...input } of captured) {
    const found = await scan({ ...input, ...(live.prune !== undefined && { prune: live.prune }) });
    elsewhere.push(labelled(found, place));
  }
  const told = onProvisional && ((here: Scan) => onProvisional(joined([here, ...elsewhere])));
  return joined([await scan(live, told), ...elsewhere]);
}

/** How the place of a store was scanned. Throws a UserError where it is a captured one that was closed since. */
export function inputFor({ captured: folder }: Pick<Store, "captured">, input: EverythingInput): ScanInput {
  const { captured = [], ...live } = input;
  if (folder === undefined) return live;
  const found = captured.find(({ place }) => place.path === folder);
  if (found === undefined) throw new UserError("The captured store was closed. Open it again.");
  return found;
}

/** What is found on this machine: only that changes with its clock and its processes. */
export function livePart(all: Scan): Scan {
  if (all.stateDirs.every(({ captured }) => captured === undefined)) return all;
  return partOf(all, new Set(all.stateDirs.filter(({ captured }) => captured === undefined).map(({ path }) => path)));
}

/**
 * What a folder would be opened as. Throws a UserError where it holds nothing, where the file is no process list, and
 * where the folder is inspected live: a list of other processes must not speak of what runs here.
 */
export function capturedFolder({ path, processes }: Omit<CapturedPlace, "at">, latest: Scan): CapturedFolder {
  const dirs = findStateDirs(whereCaptured(path), {});
  const stateDirs = dirs.map((dir) => dir.path);
  const shut = dirs.find(({ problem }) => problem !== undefined);
  if (shut !== undefined) throw new UserError(`${shut.path} cannot be opened: ${shut.problem}.`);
  if (!stateDirs.some(looksLikeStateDir)) {
    throw new UserError(
      `${path} holds no OpenClaw state directory. Choose a folder such as .openclaw, with agents or openclaw.json in it, or the home that holds it.`,
    );
  }
  const live = new Set(livePart(latest).stateDirs.map((dir) => realPath(dir.path)));
  const here = stateDirs.find((dir) => live.has(realPath(dir)));
  if (here !== undefined) {
    throw new UserError(
      `${here} is inspected as one of this machine already, by what runs here. To judge it as captured, copy it elsewhere and open the copy.`,
    );
  }
  if (processes === undefined) return { at: newestStore(stateDirs) ?? Date.now(), stateDirs };
  const { incomplete } = processesOf(processes);
  if (incomplete !== undefined) throw new UserError(`That cannot be used: ${incomplete}.`);
  return { at: Math.floor(statsAt(processes)?.mtimeMs ?? Date.now()), stateDirs };
}

function processesOf(file: string | undefined): ProcessTable {
  if (file === undefined) return unlistedProcesses("no process list came with it");
  const text = readText(file, listLimitBytes);
  if (isUnreadable(text)) return unlistedProcesses(`its process list ${file} cannot be read (${text.reason})`);
  try {
    return parseCapturedProcesses(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unlistedProcesses(`${file} is no process list as "ps -eo pid,ppid,lstart,args" makes it`);
  }
}

/** When the newest store was written, epoch milliseconds: no later than the capture, unless the copy lost its times. */
function newestStore(stateDirs: readonly string[]): number | undefined {
  const times = stateDirs
    .flatMap((dir) => findStoreFiles(dir, readConfig(dir)))
    .flatMap(({ path }) => statsAt(path)?.mtimeMs ?? []);
  return times.length === 0 ? undefined : Math.ceil(Math.max(...times));
}

/** What a link or a configuration leads to outside of the folder is not of that capture: it may be live here. */
function labelled(found: Scan, place: CapturedPlace): Scan {
  const folder = realPath(place.path) + sep;
  const outside = found.stores.filter(({ path }) => !realPath(path).startsWith(folder));
  const own = withStores(found, (store) => !outside.includes(store));
  const problemOf = (stateDir: string): string | undefined => {
    const store = outside.find((one) => one.stateDir === stateDir);
    return store && `${store.path} lies outside of ${place.path}, and is not looked at as captured`;
  };
  return {
    ...own,
    stateDirs: own.stateDirs.map((dir) => {
      const problem = dir.problem ?? problemOf(dir.path);
      return { ...dir, captured: place, ...(problem !== undefined && { problem }) };
    }),
    stores: own.stores.map((store) => ({ ...store, captured: place.path })),
  };
}

/** Each state directory and each store once, the live one first: what runs here outweighs any list. */
function joined([here, ...elsewhere]: readonly [Scan, ...Scan[]]): Scan {
  const seen = new Set(here.stateDirs.map(({ path }) => realPath(path)));
  const live = new Set(here.stores.map(({ path }) => realPath(path)));
  let all = here;
  for (const found of elsewhere) {
    const own = found.stateDirs.filter(({ path }) => !seen.has(realPath(path))).map(({ path }) => path);
    for (const path of own) seen.add(realPath(path));
    const part = withStores(partOf(found, new Set(own)), ({ path }) => !live.has(realPath(path)));
    all = {
      ...all,
      stateDirs: [...all.stateDirs, ...part.stateDirs],
      stores: [...all.stores, ...part.stores],
      sessions: [...all.sessions, ...part.sessions],
      locks: [...all.locks, ...part.locks],
      findings: [...all.findings, ...part.findings],
      ...(all.prune !== undefined && { prune: [...all.prune, ...(part.prune ?? [])] }),
    };
  }
  return all;
}

function partOf(whole: Scan, stateDirs: ReadonlySet<string>): Scan {
  const part = withStores(whole, ({ stateDir }) => stateDirs.has(stateDir));
  return { ...part, stateDirs: whole.stateDirs.filter(({ path }) => stateDirs.has(path)) };
}

function withStores(whole: Scan, isWanted: (store: Store) => boolean): Scan {
  const stores = whole.stores.filter(isWanted);
  const ids = new Set(stores.map(({ id }) => id));
  const isKept = ({ store }: { readonly store: string }): boolean => ids.has(store);
  return {
    ...whole,
    stores,
    sessions: whole.sessions.filter(isKept),
    locks: whole.locks.filter(isKept),
    findings: whole.findings.filter(isKept),
    ...(whole.prune !== undefined && { prune: whole.prune.filter(isKept) }),
  };
}
