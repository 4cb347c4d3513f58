// A scan in which some sessions of a store were judged anew, and everything else stays the very same object: nothing here
// costs more for each session that did not change than a copy of its place.
import { lineNumbersIn, withLines } from "../inspect/evidenceLines.ts";
import { type JudgedSession, judgeLocks, locksOf } from "../judge/judge.ts";
import { sessionCase } from "../judge/sessionCase.ts";
import type { SessionFacts, SessionRow, StoreContent, StoreFacts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { digest } from "./digest.ts";

export type ReadFacts = StoreFacts & { readonly content: Extract<StoreContent, { readonly state: "read" }> };

export interface Anew {
  readonly facts: ReadFacts;
  readonly view: Store;
  /** By the place of the row: every session that is another, or has a lock. */
  readonly judged: ReadonlyMap<number, JudgedSession>;
  /** What is said of the store; absent where its file is as it was, and so are the places of its rows in it. */
  readonly ofStore: readonly Finding[] | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function replaced(last: Scan, anew: Anew): Scan {
  const { facts, view, judged, ofStore } = anew;
  const first = placeOfFirst(last, facts.id);
  const sessions = [...last.sessions];
  if (ofStore !== undefined) {
    for (const [i, { row }] of facts.content.sessions.entries())
      sessions[first + i] = standingAt(sessions[first + i] as Session, row);
  }
  for (const [i, { session }] of judged) sessions[first + i] = session;
  const { findings, locks } = saidOf(last, first, anew);
  const stores = last.stores.map((store) => (store.id === facts.id ? view : store));
  return { ...last, stores, sessions, findings, locks };
}

/** Sessions come by store, in the order of the stores. */
function placeOfFirst({ stores }: Scan, id: string): number {
  let first = 0;
  for (const store of stores) {
    if (store.id === id) return first;
    first += store.sessions;
  }
  throw new Error(`${id} is not in the scan.`);
}

/** Rows stand elsewhere in the file once one before them is longer. */
function standingAt(session: Session, { range }: SessionRow): Session {
  const isSame = range === undefined || (range.start === session.range?.start && range.end === session.range.end);
  return isSame ? session : { ...session, range };
}

function saidOf(last: Scan, first: number, { facts, judged, ofStore, now }: Anew): Pick<Scan, "findings" | "locks"> {
  const { sessions } = facts.content;
  const hasLocks = facts.locks.some(({ kind }) => kind !== "gateway");
  const isSilent = [...judged].every(
    ([i, { findings }]) => findings.length === 0 && last.sessions[first + i]?.findings.length === 0,
  );
  if (isSilent && !hasLocks && ofStore === undefined) return last;
  if (!hasLocks && ofStore === undefined) {
    const findings = spliced(last, facts, judged);
    if (findings !== undefined) return { findings, locks: last.locks };
  }
  const own = last.findings.filter(({ store }) => store === facts.id);
  const told = inOrder(own, sessions, judged);
  const lines = ofStore === undefined ? linesKnown(own) : linesOfRows(facts.path, told);
  const ofSessions = told.flatMap(({ row, findings, isAnew }) => {
    if (isAnew) return withLines(findings.map((finding) => placedAt(finding, row, lines)));
    return ofStore === undefined ? findings : findings.map((finding) => placedAt(finding, row, lines));
  });
  const cases = hasLocks ? [...judged.keys()].map((i) => sessionCase(facts, sessions[i] as SessionFacts, now)) : [];
  const ofLocks = hasLocks ? withLines(judgeLocks(facts, cases, now, digest)) : own.filter(isOfLock);
  const all = [...(ofStore ?? own.filter(isOfStore)), ...ofSessions, ...ofLocks];
  const locks = hasLocks
    ? put(last, last.locks, facts.id, locksOf(facts, cases, [...ofSessions, ...ofLocks], now))
    : last.locks;
  return { findings: put(last, last.findings, facts.id, all), locks };
}

/** The usual case: as long as something was said of each of them already, that is where it is said. */
function spliced(last: Scan, { id, content }: ReadFacts, judged: Anew["judged"]): readonly Finding[] | undefined {
  const findings = [...last.findings];
  for (const [i, anew] of judged) {
    const { row } = content.sessions[i] as SessionFacts;
    const from = findings.findIndex(({ session, store }) => session === row.key && store === id);
    if (from < 0 && anew.findings.length > 0) return undefined;
    let end = from;
    while (from >= 0 && findings[end]?.session === row.key && findings[end]?.store === id) end++;
    const lines = linesKnown(findings.slice(from, end));
    const told = withLines(anew.findings.map((finding) => placedAt(finding, row, lines)));
    if (from >= 0) findings.splice(from, end - from, ...told);
  }
  return findings;
}

function isOfStore({ session, lock }: Finding): boolean {
  return session === undefined && lock === undefined;
}

function isOfLock({ session, lock }: Finding): boolean {
  return session === undefined && lock !== undefined;
}

interface OfRow {
  readonly row: SessionRow;
  readonly findings: readonly Finding[];
  /** They were judged just now, and have no lines yet. */
  readonly isAnew: boolean;
}

/** What is said of sessions, in the order of their rows. */
function inOrder(
  own: readonly Finding[],
  sessions: readonly SessionFacts[],
  anew: ReadonlyMap<number, JudgedSession>,
): OfRow[] {
  const known = own.filter(({ session }) => session !== undefined);
  const ordered: OfRow[] = [];
  let next = 0;
  for (let i = 0; i < sessions.length; i++) {
    const { row } = sessions[i] as SessionFacts;
    const from = next;
    while (next < known.length && known[next]?.session === row.key) next++;
    const found = anew.get(i)?.findings;
    if (found !== undefined) ordered.push({ row, findings: found, isAnew: true });
    else if (next > from) ordered.push({ row, findings: known.slice(from, next), isAnew: false });
  }
  return ordered;
}

/** By the byte that they were told for: rows of a store that was not written stand where they stood. */
function linesKnown(own: readonly Finding[]): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  for (const { evidence } of own)
    for (const { kind, offset, line } of evidence)
      if (kind === "row" && offset !== undefined && line !== undefined) lines.set(offset, line);
  return lines;
}

function linesOfRows(path: string, told: readonly OfRow[]): ReadonlyMap<number, number> {
  const hasRow = ({ evidence }: Finding): boolean => evidence.some(({ kind }) => kind === "row");
  const shown = told.filter(({ findings }) => findings.some(hasRow));
  return lineNumbersIn(
    path,
    shown.flatMap(({ row }) => row.range?.start ?? []),
  );
}

/** With the place of its row as it is now. */
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

/** In the place of what was there of a store, or where that would be. */
function put<T extends { readonly store: string }>(
  { stores }: Scan,
  all: readonly T[],
  id: string,
  own: readonly T[],
): T[] {
  const later = new Set(stores.slice(stores.findIndex((store) => store.id === id) + 1).map((store) => store.id));
  const others = all.filter(({ store }) => store !== id);
  const next = others.findIndex(({ store }) => later.has(store));
  return next < 0 ? [...others, ...own] : [...others.slice(0, next), ...own, ...others.slice(next)];
}
