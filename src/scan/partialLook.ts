// What changed is what is looked at: while a writer goes on, nearly every row is as it was. A partial look rests on the
// last whole one, and only on what nothing since can have made wrong. Whatever is not certain is a whole look's affair.
import { basename, dirname, join } from "node:path";
import type { Change } from "../inspect/follow.ts";
import { locksByTranscript, placeOf, readRows } from "../inspect/openclawJson/readStore.ts";
import { stillRuns } from "../inspect/processes.ts";
import { linkStatsAt } from "../inspect/regularFile.ts";
import { idOf, type JudgedSession, judgeSession, judgeStore } from "../judge/judge.ts";
import type { Around } from "../judge/neighbours.ts";
import { sessionCase } from "../judge/sessionCase.ts";
import type { LockFacts, SessionFacts, SessionRow, StoreFacts } from "../model/facts.ts";
import type { Scan } from "../model/scan.ts";
import { digest } from "./digest.ts";
import { type ReadFacts, replaced } from "./replacing.ts";
import { samePlain } from "./samePlain.ts";
import { type Known, type KnownStore, type ScanInput, type ScanMemory, storeView } from "./scan.ts";

/** What no file tells, as another process that came, is looked for this often while something changes. */
const wholeLookMs = 60_000;
/** So much at once is no session that goes on. */
const mostChanges = 16;
/** Rows are named by these, files by rows, and the version told by the others: of all rows together. */
const shared = ["sessionId", "sessionFile", "usageFamilySessionIds", "compactionCheckpoints"];
const telling = ["restartRecoveryRuns", "lastInteractionAt"];

/** What the last look gave, whole or partial. */
export interface LastLook {
  readonly scan: Scan;
  /** When some verdict of it may change by the clock alone, epoch milliseconds. */
  readonly changeAt: number;
}

/**
 * The scan as a whole look would find it now, given that nothing changed but this. Undefined where that is not certain, or
 * where something else is due. Throws what `goOn` throws.
 */
export function partialLook(
  { scan: last, changeAt }: LastLook,
  changes: readonly Change[],
  input: ScanInput,
): Scan | undefined {
  const { memory, now = Date.now() } = input;
  if (memory?.known === undefined || changes.length > mostChanges) return undefined;
  if (now - memory.known.at > wholeLookMs || changeAt <= now) return undefined;
  const touched = touchedBy(changes, memory.known);
  if (touched === undefined) return undefined;
  let found: Scan = { ...last, now };
  const stores = [...memory.known.stores];
  for (const [known, touch] of touched) {
    const looked = lookAt(known, touch, found, { ...input, now, memory }, memory.known);
    if (looked === undefined) return undefined;
    stores[stores.indexOf(known)] = { ...known, facts: looked.facts };
    found = looked.scan;
  }
  memory.known = { ...memory.known, stores };
  return found;
}

/** What changed of a store. */
interface Touched {
  isWritten: boolean;
  /** Places of the rows that rest on files that changed. */
  readonly rows: Set<number>;
}

function touchedBy(changes: readonly Change[], known: Known): Map<KnownStore, Touched> | undefined {
  const touched = new Map<KnownStore, Touched>();
  const at = (store: KnownStore): Touched => {
    const found = touched.get(store) ?? { isWritten: false, rows: new Set() };
    touched.set(store, found);
    return found;
  };
  for (const { directory, name, isWrite } of changes) {
    const here = known.stores.filter(({ facts }) => dirname(facts.path) === directory);
    const [first] = here;
    if (first === undefined) return undefined;
    const written = here.find(({ facts }) => basename(facts.path) === name);
    const transcript = transcriptOf(name);
    const stats = linkStatsAt(join(directory, name));
    if (written === undefined && transcript === undefined) {
      if (!isAsItWas(name, stats !== undefined, first)) return undefined;
      continue;
    }
    // What a link leads to is no affair of this directory.
    if (stats?.isFile() !== true) return undefined;
    if (written !== undefined) at(written).isWritten = true;
    else if (transcript !== undefined) {
      let isKnown = false;
      for (const store of known.stores) {
        for (const row of rowsAt(store.facts, name, transcript)) {
          isKnown = true;
          if (!isWrite && !wasThere(store.facts, row, name)) return undefined;
          at(store).rows.add(row);
        }
      }
      if (!isKnown) return undefined;
    }
  }
  return touched;
}

/** The base name of the transcript that a file is, or is about; undefined for any other file. */
function transcriptOf(name: string): string | undefined {
  const sidecar = /^(.+)\.(trajectory\.jsonl|trajectory-path\.json)$/.exec(name)?.[1];
  if (sidecar !== undefined) return `${sidecar}.jsonl`;
  return name.endsWith(".jsonl") ? name : undefined;
}

/** A file of a writer that came and went, or a lock that is still the one that was read. */
function isAsItWas(name: string, isThere: boolean, { facts, directory }: KnownStore): boolean {
  if (directory === undefined) return false;
  if (!directory.others.includes(name)) return !isThere;
  const lock = facts.locks.find(({ path }) => path === `${directory.path}/${name}`);
  return lock !== undefined && isSameLock(lock);
}

function isSameLock({ path, identity, mtimeMs, sizeBytes }: LockFacts): boolean {
  const stats = linkStatsAt(path);
  return (
    stats !== undefined &&
    `${stats.dev}:${stats.ino}` === identity &&
    stats.mtimeMs === mtimeMs &&
    stats.size === sizeBytes
  );
}

/** Places of the rows that rest on a file. */
function rowsAt({ content }: StoreFacts, name: string, transcript: string): number[] {
  const found: number[] = [];
  const sessions = content.state === "read" ? content.sessions : [];
  for (let i = 0; i < sessions.length; i++) {
    const { transcript: own, trajectory } = sessions[i] as SessionFacts;
    if (isAt(own.path, transcript) || isAt(trajectory?.path, name)) found.push(i);
  }
  return found;
}

/** By its name alone: another path may lead to the same directory. */
function isAt(path: string | undefined, name: string): boolean {
  return path?.endsWith(name) === true && /[\\/]/.test(path.at(-name.length - 1) ?? "");
}

/** Whether a file that is there, and is another now, was there at the last look. */
function wasThere({ content }: StoreFacts, row: number, name: string): boolean {
  const session = content.state === "read" ? content.sessions[row] : undefined;
  if (session === undefined) return false;
  return isAt(session.trajectory?.path, name) || (isAt(session.transcript.path, name) && hasTranscript(session));
}

function hasTranscript({ transcript: { state } }: SessionFacts): boolean {
  return state === "read" || state === "unread";
}

type ReadStore = KnownStore & { readonly facts: ReadFacts };
type LookInput = ScanInput & { readonly now: number; readonly memory: ScanMemory };

function lookAt(
  known: KnownStore,
  touched: Touched,
  last: Scan,
  input: LookInput,
  all: Known,
): { readonly facts: ReadFacts; readonly scan: Scan } | undefined {
  if (!isTrusted(known, last)) return undefined;
  const { facts: before, neighbours } = known;
  const around = aroundOf(known, all);
  const rows = touched.isWritten ? rowsNow(before, input) : undefined;
  if (touched.isWritten && rows === undefined) return undefined;
  const anew = sessionsAnew(known, rows, touched, input);
  if (anew === undefined || [...anew.values()].some(({ row }) => all.claimed.has(idOf(before, row.key))))
    return undefined;
  const asks = input.asking !== undefined || before.report !== undefined;
  const facts = factsNow(before, rows, anew, input);
  if (asks && somethingRuns(before) !== somethingRuns(facts)) return undefined;
  const { now } = input;
  const judged = new Map<number, JudgedSession>();
  for (const [i, session] of anew)
    judged.set(i, judgeSession(sessionCase(facts, session, now), neighbours, around, digest));
  const ofStore = rows === undefined ? undefined : judgeStore(facts, now, around, digest);
  return {
    facts,
    scan: replaced(last, { facts, view: storeView(facts, facts.content.sessions.length, input), judged, ofStore, now }),
  };
}

/**
 * A writer that runs, and is the process that it was, is what a whole look would find: of its rows nobody proves anything
 * by mistake. One that is believed to be stopped is looked at anew: somebody has just written.
 */
function isTrusted(known: KnownStore, last: Scan): known is ReadStore {
  const { facts, around, process } = known;
  if (facts.kind !== "openclaw-json" || facts.content.state !== "read" || around.otherEra !== undefined) return false;
  // What is shown is what is known.
  if (last.stores.find(({ id }) => id === facts.id)?.fileVersion !== facts.content.fileVersion) return false;
  if (facts.writer.state !== "running" || process === undefined || !stillRuns(process)) return false;
  const own = facts.locks.filter(({ kind }) => kind !== "gateway");
  return own.every((lock) => lock.owner === "alive" && lock.pid === process.pid && isSameLock(lock));
}

/** Undefined where the store cannot be read, or has other rows than before. */
function rowsNow({ path, content }: ReadFacts, { memory, goOn }: LookInput): readonly SessionRow[] | undefined {
  const read = readRows(path, { memory: memory.stores, ...(goOn !== undefined && { goOn }) });
  if (!("rows" in read)) return undefined;
  const { sessions } = content;
  const isSame = read.rows.length === sessions.length && read.rows.every(({ key }, i) => key === sessions[i]?.row.key);
  return isSame ? read.rows : undefined;
}

/** The sessions whose row or evidence is another, by their place; undefined where that touches others. */
function sessionsAnew(
  { facts, directory }: ReadStore,
  rows: readonly SessionRow[] | undefined,
  touched: Touched,
  { memory }: LookInput,
): ReadonlyMap<number, SessionFacts> | undefined {
  if (directory === undefined) return undefined;
  const { stateDir } = facts;
  const { sessions } = facts.content;
  const locks = locksByTranscript(facts.locks);
  const places = new Set(touched.rows);
  for (const [i, row] of (rows ?? []).entries()) {
    const known = (sessions[i] as SessionFacts).row;
    if (row.shape === known.shape && samePlain(row.fields, known.fields)) continue;
    if (!leavesOthers(row, known)) return undefined;
    places.add(i);
  }
  // The session of a lock is what is said of the lock, and who of several it is, their rows tell.
  if (locks.size > 0) for (const [i, session] of sessions.entries()) if (session.locks.length > 0) places.add(i);
  const anew = new Map<number, SessionFacts>();
  for (const i of places) {
    const known = sessions[i] as SessionFacts;
    const surroundings = { directory, stateDir, locks, subagent: known.subagent };
    const found = memory.stores.evidence.sessionFacts(rows?.[i] ?? known.row, surroundings);
    if (found.transcript.path !== known.transcript.path || hasTranscript(found) !== hasTranscript(known))
      return undefined;
    anew.set(i, found);
  }
  return anew;
}

/** Whether a row that changed names the same files and tells the same of its writer's version. */
function leavesOthers({ shape, fields }: SessionRow, known: SessionRow): boolean {
  return (
    shape === known.shape &&
    shared.every((name) => samePlain(fields[name], known.fields[name])) &&
    telling.every((name) => name in fields === name in known.fields)
  );
}

function factsNow(
  before: ReadFacts,
  rows: readonly SessionRow[] | undefined,
  anew: ReadonlyMap<number, SessionFacts>,
  { memory }: LookInput,
): ReadFacts {
  const sessions = [...before.content.sessions];
  if (rows !== undefined)
    for (const [i, row] of rows.entries()) sessions[i] = { ...(sessions[i] as SessionFacts), row };
  for (const [i, session] of anew) sessions[i] = session;
  const read = rows === undefined ? undefined : memory.stores.rows.get(before.path);
  if (read === undefined) return { ...before, content: { ...before.content, sessions } };
  const { sizeBytes, mtimeMs, fileVersion } = read;
  const place = placeOf(before.path, { processes: { source: "live" } }, before.movedFrom);
  return { ...before, place, content: { ...before.content, sizeBytes, mtimeMs, fileVersion, sessions } };
}

/** No key came or went since. */
function aroundOf({ facts, around: { hasKeys, ...around } }: KnownStore, { stores }: Known): Around {
  const siblings = stores.filter((store) => store.facts.stateDir === facts.stateDir);
  const has = (key: string): boolean =>
    siblings.some(
      ({ facts: { content } }) =>
        content.state === "read" && content.sessions.some(({ row }) => row.key.toLowerCase() === key),
    );
  return { ...around, ...(hasKeys && { keys: { has } }) };
}

function somethingRuns({ content }: ReadFacts): boolean {
  return content.sessions.some(({ row }) => row.fields["status"] === "running");
}
