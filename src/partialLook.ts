// What changed is what is looked at: while a writer goes on, nearly every row is as it was. A partial look rests on the
// last whole one, and only on what nothing since can have made wrong. Whatever is not certain is a whole look's affair.
import { basename, dirname, join } from "node:path";
import { livePart } from "./everything.ts";
import { lineNumbersIn, withLines } from "./inspect/evidenceLines.ts";
import type { Change } from "./inspect/follow.ts";
import { locksByTranscript, placeOf, readRows } from "./inspect/openclawJson/readStore.ts";
import { stillRuns } from "./inspect/processes.ts";
import { linkStatsAt } from "./inspect/regularFile.ts";
import { type JudgedSession, judgeLocks, judgeSession, judgeStore, locksOf } from "./judge/judge.ts";
import { nextChangeMs } from "./judge/nextChange.ts";
import { sessionCase } from "./judge/sessionCase.ts";
import type { LockFacts, SessionFacts, SessionRow, StoreContent, StoreFacts } from "./model/facts.ts";
import type { Finding } from "./model/finding.ts";
import type { Scan } from "./model/scan.ts";
import type { Session } from "./model/session.ts";
import { samePlain } from "./samePlain.ts";
import { type Known, type KnownStore, type ScanInput, type ScanMemory, storeView } from "./scan.ts";

type ReadFacts = StoreFacts & { readonly content: Extract<StoreContent, { readonly state: "read" }> };

/** What no file tells, as another process that came, is looked for this often while something changes. */
const wholeLookMs = 60_000;
/** So much at once is no session that goes on. */
const mostChanges = 16;
/** Rows are named by these, files by rows, and the version told by the others: of all rows together. */
const shared = ["sessionId", "sessionFile", "usageFamilySessionIds", "compactionCheckpoints"];
const telling = ["restartRecoveryRuns", "lastInteractionAt"];

/**
 * The scan as a whole look would find it now, given that nothing changed but this. Undefined where that is not certain, or
 * where something else is due. Throws what `goOn` throws.
 * @param last what the last look gave, whole or partial
 */
export function partialLook(last: Scan, changes: readonly Change[], input: ScanInput): Scan | undefined {
  const { memory, now = Date.now() } = input;
  if (memory?.known === undefined || changes.length > mostChanges) return undefined;
  if (now - memory.known.at > wholeLookMs || isDue(livePart(last), now)) return undefined;
  const touched = touchedBy(changes, memory.known, memory);
  if (touched === undefined) return undefined;
  let found: Scan = { ...last, now };
  const stores = [...memory.known.stores];
  for (const [known, touch] of touched) {
    const looked = lookAt(known, touch, found, { ...input, now, memory });
    if (looked === undefined) return undefined;
    stores[stores.indexOf(known)] = { ...known, facts: looked.facts };
    found = looked.scan;
  }
  memory.known = { ...memory.known, stores };
  return found;
}

/** Some verdict may have changed by the clock alone. */
function isDue(last: Scan, now: number): boolean {
  const wait = nextChangeMs(last);
  // A second is added to it, so that the look that waits for it comes after the change.
  return wait !== undefined && last.now + wait - 1000 <= now;
}

/** What changed of a store. */
interface Touched {
  isWritten: boolean;
  /** Base names of transcripts and trajectories. */
  readonly files: Set<string>;
}

function touchedBy(changes: readonly Change[], known: Known, memory: ScanMemory): Map<KnownStore, Touched> | undefined {
  const touched = new Map<KnownStore, Touched>();
  const at = (store: KnownStore): Touched => {
    const found = touched.get(store) ?? { isWritten: false, files: new Set() };
    touched.set(store, found);
    return found;
  };
  for (const { directory, name, isWrite } of changes) {
    const here = known.stores.filter(({ facts }) => dirname(facts.path) === directory);
    const [first] = here;
    if (first === undefined) return undefined;
    const written = here.find(({ facts }) => basename(facts.path) === name);
    const transcript = transcriptOf(name);
    const isThere = linkStatsAt(join(directory, name))?.isFile() === true;
    if (written !== undefined) at(written).isWritten = true;
    else if (transcript === undefined) {
      if (!isAsItWas(name, isThere, first.facts, memory)) return undefined;
    } else {
      const named = known.stores.filter((store) => hasEvidence(store, name, transcript, isWrite));
      if (named.length === 0 || !isThere) return undefined;
      for (const store of named) at(store).files.add(name).add(transcript);
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
function isAsItWas(name: string, isThere: boolean, { path, locks }: StoreFacts, { stores }: ScanMemory): boolean {
  const listed = stores.directories.get(path);
  if (listed === undefined) return false;
  if (!listed.others.includes(name)) return !isThere;
  const lock = locks.find((known) => known.path === `${listed.path}/${name}`);
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

/** Whether some row of a store rests on a file. One that was replaced has to be known to have been there before. */
function hasEvidence({ facts }: KnownStore, name: string, transcript: string, isWrite: boolean): boolean {
  if (facts.content.state !== "read") return false;
  return facts.content.sessions.some((session) => {
    if (isAt(session.trajectory?.path, name)) return true;
    return isAt(session.transcript.path, transcript) && (isWrite || (name === transcript && wasThere(session)));
  });
}

/** By its name alone: another path may lead to the same directory. */
function isAt(path: string | undefined, name: string): boolean {
  return path?.endsWith(name) === true && /[\\/]/.test(path.at(-name.length - 1) ?? "");
}

function wasThere({ transcript: { state } }: SessionFacts): boolean {
  return state === "read" || state === "unread";
}

type LookInput = ScanInput & { readonly now: number; readonly memory: ScanMemory };

function lookAt(
  known: KnownStore,
  touched: Touched,
  last: Scan,
  input: LookInput,
): { readonly facts: ReadFacts; readonly scan: Scan } | undefined {
  if (!isTrusted(known)) return undefined;
  const { facts: before, around, neighbours } = known;
  const rows = touched.isWritten ? rowsNow(before, input) : before.content.sessions.map(({ row }) => row);
  if (rows === undefined) return undefined;
  const anew = sessionsAnew(before, rows, touched, input);
  if (anew === undefined) return undefined;
  const facts = factsNow(before, rows, anew, touched, input);
  const asks = input.asking !== undefined || facts.report !== undefined;
  if (asks && somethingRuns(before) !== somethingRuns(facts)) return undefined;
  const { now } = input;
  const sessions = last.sessions.filter(({ store }) => store === facts.id);
  const findings = last.findings.filter(({ store }) => store === facts.id);
  // A session of a lock is judged again along with it.
  const cases = facts.content.sessions.flatMap((session, i) =>
    anew.has(i) || session.locks.length > 0 ? [{ i, session: sessionCase(facts, session, now) }] : [],
  );
  const judged = new Map(cases.map(({ i, session }) => [i, judgeSession(session, neighbours, around)]));
  const told = inOrder(facts.content.sessions, findings, judged);
  const lines = touched.isWritten ? linesOfRows(facts.path, told) : linesOf(findings);
  const ofSessions = told.flatMap((one) => {
    const placed =
      one.isAnew || touched.isWritten ? one.findings.map((finding) => placedAt(finding, one.row, lines)) : one.findings;
    return one.isAnew ? withLines(placed) : placed;
  });
  const lockCases = cases.map(({ session }) => session);
  const ofLocks = judgeLocks(facts, lockCases, now);
  const ofStore = touched.isWritten ? judgeStore(facts, now, around) : findings.filter(isOfStore);
  return {
    facts,
    scan: replaced(last, facts, input, {
      sessions: sessions.map((session, i) => judged.get(i)?.session ?? moved(session, rows[i])),
      locks: locksOf(facts, lockCases, [...ofSessions, ...ofLocks], now),
      findings: [...ofStore, ...ofSessions, ...ofLocks],
    }),
  };
}

/**
 * A writer that runs, and is the process that it was, is what a whole look would find: of its rows nobody proves anything
 * by mistake. One that is believed to be stopped is looked at anew: somebody has just written.
 */
function isTrusted(known: KnownStore): known is KnownStore & { readonly facts: ReadFacts } {
  const { facts, around, process } = known;
  if (facts.kind !== "openclaw-json" || facts.content.state !== "read" || around.otherEra !== undefined) return false;
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
  facts: ReadFacts,
  rows: readonly SessionRow[],
  { isWritten, files }: Touched,
  { memory }: LookInput,
): ReadonlyMap<number, SessionFacts> | undefined {
  const directory = memory.stores.directories.get(facts.path);
  if (directory === undefined) return undefined;
  const { stateDir } = facts;
  const locks = locksByTranscript(facts.locks);
  const names = [...files];
  const anew = new Map<number, SessionFacts>();
  for (const [i, known] of facts.content.sessions.entries()) {
    const row = rows[i] as SessionRow;
    const isOther = isWritten && !(row.shape === known.row.shape && samePlain(row.fields, known.row.fields));
    const isNamed = names.some((name) => isAt(known.transcript.path, name) || isAt(known.trajectory?.path, name));
    if (!isOther && !isNamed) continue;
    if (isOther && !leavesOthers(row, known.row)) return undefined;
    const surroundings = { directory, stateDir, locks, subagent: known.subagent };
    const found = memory.stores.evidence.sessionFacts(row, surroundings);
    const { path } = known.transcript;
    if (found.transcript.path !== path || wasThere(found) !== wasThere(known)) return undefined;
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
  rows: readonly SessionRow[],
  anew: ReadonlyMap<number, SessionFacts>,
  { isWritten }: Touched,
  { memory }: LookInput,
): ReadFacts {
  const sessions = before.content.sessions.map((session, i) => {
    const found = anew.get(i);
    if (found !== undefined) return found;
    const row = rows[i] as SessionRow;
    return row === session.row ? session : { ...session, row };
  });
  const read = isWritten ? memory.stores.rows.get(before.path) : undefined;
  if (read === undefined) return { ...before, content: { ...before.content, sessions } };
  const { sizeBytes, mtimeMs, fileVersion } = read;
  const place = placeOf(before.path, { processes: { source: "live" } }, before.movedFrom);
  return { ...before, place, content: { ...before.content, sizeBytes, mtimeMs, fileVersion, sessions } };
}

function somethingRuns({ content }: ReadFacts): boolean {
  return content.sessions.some(({ row }) => row.fields["status"] === "running");
}

function isOfStore({ session, lock }: Finding): boolean {
  return session === undefined && lock === undefined;
}

interface OfRow {
  readonly row: SessionRow;
  readonly findings: readonly Finding[];
  /** They were judged just now, and have no lines yet. */
  readonly isAnew: boolean;
}

/** What is said of sessions in the order of their rows, of some of them anew; only of rows of which something is said. */
function inOrder(
  sessions: readonly SessionFacts[],
  findings: readonly Finding[],
  anew: ReadonlyMap<number, JudgedSession>,
): OfRow[] {
  const known = findings.filter(({ session }) => session !== undefined);
  const ordered: OfRow[] = [];
  let next = 0;
  for (const [i, { row }] of sessions.entries()) {
    const from = next;
    while (next < known.length && known[next]?.session === row.key) next++;
    const found = anew.get(i)?.findings;
    if (found !== undefined) ordered.push({ row, findings: found, isAnew: true });
    else if (next > from) ordered.push({ row, findings: known.slice(from, next), isAnew: false });
  }
  return ordered;
}

/** By the byte that they were told for: a row of a store that was not written since stands where it stood. */
function linesOf(findings: readonly Finding[]): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  for (const { kind, offset, line } of findings.flatMap(({ evidence }) => evidence))
    if (kind === "row" && offset !== undefined && line !== undefined) lines.set(offset, line);
  return lines;
}

function linesOfRows(path: string, told: readonly OfRow[]): ReadonlyMap<number, number> {
  const shown = told.filter(({ findings }) =>
    findings.some(({ evidence }) => evidence.some(({ kind }) => kind === "row")),
  );
  return lineNumbersIn(
    path,
    shown.flatMap(({ row }) => row.range?.start ?? []),
  );
}

/** Rows stand elsewhere in the file once one before them is longer. */
function placedAt(finding: Finding, { range }: SessionRow, lines: ReadonlyMap<number, number>): Finding {
  if (range === undefined) return finding;
  const line = lines.get(range.start);
  const evidence = finding.evidence.map((one) => {
    if (one.kind !== "row" || (one.offset === range.start && one.line === line)) return one;
    const { line: _line, ...rest } = one;
    return { ...rest, offset: range.start, ...(line !== undefined && { line }) };
  });
  return evidence.every((one, i) => one === finding.evidence[i]) ? finding : { ...finding, evidence };
}

function moved(session: Session, row: SessionRow | undefined): Session {
  const range = row?.range;
  return range === undefined || samePlain(range, session.range) ? session : { ...session, range };
}

/** The scan with one store as it is now. */
function replaced(
  last: Scan,
  facts: ReadFacts,
  input: LookInput,
  now: Pick<Scan, "sessions" | "locks" | "findings">,
): Scan {
  const after = new Set(last.stores.map(({ id }) => id).slice(last.stores.findIndex(({ id }) => id === facts.id) + 1));
  const put = <T extends { readonly store: string }>(all: readonly T[], own: readonly T[]): T[] => {
    const others = all.filter(({ store }) => store !== facts.id);
    const next = others.findIndex(({ store }) => after.has(store));
    return next < 0 ? [...others, ...own] : [...others.slice(0, next), ...own, ...others.slice(next)];
  };
  return {
    ...last,
    stores: last.stores.map((store) => (store.id === facts.id ? storeView(facts, now.sessions.length, input) : store)),
    sessions: put(last.sessions, now.sessions),
    locks: put(last.locks, now.locks),
    findings: put(last.findings, now.findings),
  };
}
