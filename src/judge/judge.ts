// From facts to verdicts and findings: pure, and independent of the order of rows.
import type { Evidence } from "../model/evidence.ts";
import type { LockFacts, StoreFacts } from "../model/facts.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { Session, Verdict } from "../model/session.ts";
import { catalogue, sentenceOf } from "./catalogue.ts";
import { type Draft, said } from "./draft.ts";
import { type Around, type Neighbours, neighboursOf } from "./neighbours.ts";
import { columnRules } from "./rules/columns.ts";
import { contentRules } from "./rules/content.ts";
import { databaseRules } from "./rules/database.ts";
import { identityRules } from "./rules/identity.ts";
import { leftoverRules } from "./rules/leftovers.ts";
import { lockRules, lockVerdict } from "./rules/locks.ts";
import { pruneRisk, storePlaceRules } from "./rules/maintenance.ts";
import { recoveryRules } from "./rules/recovery.ts";
import { registryRules } from "./rules/registries.ts";
import { rowRules } from "./rules/rows.ts";
import { runningRules, willResume } from "./rules/running.ts";
import { storeRules } from "./rules/stores.ts";
import { transcriptRules } from "./rules/transcripts.ts";
import { type SessionCase, sessionCase } from "./sessionCase.ts";
import { settle } from "./settle.ts";
import { verdictOf } from "./verdict.ts";

export interface Verdicts {
  /** What these rows say of sessions of other stores, by the id of the other's. */
  readonly claims?: ReadonlyMap<string, Evidence>;
  readonly sessions: readonly Session[];
  readonly locks: readonly Lock[];
  /** Of the store, then of its sessions in their order, then of its locks. */
  readonly findings: readonly Finding[];
}

export interface JudgedStore {
  readonly verdicts: Verdicts;
  readonly neighbours: Neighbours;
}

export interface JudgedSession {
  readonly session: Session;
  readonly findings: readonly Finding[];
}

/** Most of ten thousand sessions have no proof and no finding, and one reason for their verdict: it is kept once. */
const none: readonly never[] = [];
const reasons = new Map<Verdict, string>();

function oneOf(verdict: Verdict, why: string): string {
  const last = reasons.get(verdict);
  if (last === why) return last;
  reasons.set(verdict, why);
  return why;
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Gives a text a short name that no other text has, always the same: 16 digits in hexadecimal. */
export type Digest = (text: string) => string;

/** Judges one store by the clock `now` (epoch milliseconds). */
export function judge(store: StoreFacts, now: number, around: Around, digest: Digest): Verdicts {
  return judgeToKeep(store, now, around, digest).verdicts;
}

/** The same, with what whoever judges some of its sessions anew has to know of the others. */
export function judgeToKeep(store: StoreFacts, now: number, around: Around, digest: Digest): JudgedStore {
  const facts = store.content.state === "read" ? store.content.sessions : [];
  const cases = facts.map((session) => sessionCase(store, session, now));
  const neighbours = neighboursOf(cases);
  const judged = cases.map((session) => judgeSession(session, neighbours, around, digest));
  const ofSessions = judged.flatMap(({ findings }) => findings);
  const ofLocks = judgeLocks(store, cases, now, digest);
  const verdicts = {
    sessions: judged.map(({ session }) => session),
    locks: locksOf(store, cases, [...ofSessions, ...ofLocks], now),
    findings: [...judgeStore(store, now, around, digest), ...ofSessions, ...ofLocks],
  };
  return { verdicts, neighbours };
}

/** What is said of one session. Of the others only what `neighbours` and `around` tell counts. */
export function judgeSession(
  session: SessionCase,
  neighbours: Neighbours,
  around: Around,
  digest: Digest,
): JudgedSession {
  const drafts = settle(sessionRules(session, neighbours, around));
  if (drafts.length === 0) return { session: view(session, none), findings: none };
  const findings = drafts.map((draft) => finish(draft, session.store, digest));
  return { session: view(session, codesOf(session.key, findings)), findings };
}

/** What is said of the store as a whole, and of what lies beside it. */
export function judgeStore(store: StoreFacts, now: number, around: Around, digest: Digest): Finding[] {
  return [
    ...storeRules(store),
    ...storePlaceRules(store, around),
    ...databaseRules(store, around),
    ...leftoverRules(store, now, around),
  ].map((draft) => finish(draft, store, digest));
}

/** What is said of locks for themselves. `cases`: at least every session that has a lock. */
export function judgeLocks(store: StoreFacts, cases: readonly SessionCase[], now: number, digest: Digest): Finding[] {
  const ofLock = sessionsByLock(cases);
  return store.locks
    .flatMap((lock) => lockRules({ store, lock, session: ofLock.get(lock), now }))
    .map((draft) => finish(draft, store, digest));
}

/** @param findings at least every one that names a lock */
export function locksOf(
  store: StoreFacts,
  cases: readonly SessionCase[],
  findings: readonly Finding[],
  now: number,
): Lock[] {
  const ofLock = sessionsByLock(cases);
  const codes = codesBySubject(findings.filter((finding) => finding.lock !== undefined));
  return store.locks.map((lock): Lock => {
    const session = ofLock.get(lock)?.key;
    return {
      store: store.id,
      path: lock.path,
      kind: lock.kind,
      owner: lock.owner,
      why: lock.why,
      verdict: lockVerdict({ store, lock, session: undefined, now }),
      findings: codes.get(lock.path) ?? [],
      ...(session !== undefined && { session }),
      ...(lock.pid !== undefined && { pid: lock.pid }),
      ...(lock.createdAt !== undefined && { createdAt: lock.createdAt }),
    };
  });
}

function sessionRules(session: SessionCase, neighbours: Neighbours, around: Around): readonly Draft[] {
  const ofRow = rowRules(session);
  if (ofRow.length > 0 && ofRow[0]?.code === "ROW-DROPPED") return ofRow;
  const families = [
    runningRules(session),
    registryRules(session),
    ofRow,
    recoveryRules(session),
    columnRules(session),
    transcriptRules(session),
    contentRules(session),
    identityRules(session, neighbours, around),
    said(pruneRisk(session)),
  ];
  // Of nearly every session no rule says anything.
  const spoken = families.filter(({ length }) => length > 0);
  return spoken.length <= 1 ? (spoken[0] ?? said()) : spoken.flat();
}

/** Of several rows with one transcript, as a cron job and its run, the one that claims to run comes first, then by key. */
function sessionsByLock(cases: readonly SessionCase[]): Map<LockFacts, SessionCase> {
  const found = new Map<LockFacts, SessionCase>();
  for (const session of cases) {
    for (const lock of session.facts.locks) {
      const known = found.get(lock);
      if (known === undefined || isNearer(session, known)) found.set(lock, session);
    }
  }
  return found;
}

function isNearer(a: SessionCase, b: SessionCase): boolean {
  return a.claimsToRun === b.claimsToRun ? a.key < b.key : a.claimsToRun;
}

/** Gives a draft its id and its sentence. */
export function finish(draft: Draft, store: Pick<StoreFacts, "id" | "path">, digest: Digest): Finding {
  const { code, args, repair, severity, veto: _veto, identity, ...rest } = draft;
  const about = [store.path, draft.session, draft.lock, draft.path, code];
  const proposal = [repair.kind, repair.class, repair.set, repair.unlock, repair.from, repair.mode, identity];
  if (repair.request !== undefined) proposal.push(JSON.stringify(repair.request));
  return {
    ...rest,
    id: digest(JSON.stringify([about, proposal])),
    code,
    severity: severity ?? catalogue[code].severity,
    store: store.id,
    message: sentenceOf(code, args),
    repair,
  };
}

/** Codes by session key and by lock path, most severe first, each once. */
export function codesBySubject(findings: readonly Finding[]): Map<string, string[]> {
  const codes = new Map<string, string[]>();
  for (const finding of findings.toSorted((a, b) => rank[a.severity] - rank[b.severity])) {
    for (const subject of [finding.session, finding.lock]) {
      if (subject === undefined) continue;
      const known = codes.get(subject);
      if (known === undefined) codes.set(subject, [finding.code]);
      else if (!known.includes(finding.code)) known.push(finding.code);
    }
  }
  return codes;
}

/** Of most sessions of which something is said it is one thing: the list of its code is kept once. */
const single = new Map<string, readonly string[]>();

function codesOf(key: string, findings: readonly Finding[]): readonly string[] {
  const [only] = findings;
  if (only === undefined || findings.length > 1 || only.session !== key)
    return codesBySubject(findings).get(key) ?? none;
  const known = single.get(only.code) ?? [only.code];
  single.set(only.code, known);
  return known;
}

function view(session: SessionCase, findings: readonly string[]): Session {
  const { store, facts, key, status, startedAt, endedAt, updatedAt, lastChangeAt } = session;
  const { fields } = facts.row;
  const { verdict, why, proof } = verdictOf(session);
  const text = (name: string): string | undefined => (typeof fields[name] === "string" ? fields[name] : undefined);
  const sessionId = text("sessionId");
  const model = text("model");
  const label = text("label") ?? text("displayName");
  const seen: Seen<Session> = {
    store: store.id,
    key,
    kind: session.kind,
    claimed: typeof status === "string" ? status : null,
    verdict,
    why: oneOf(verdict, why),
    proof: proof.length === 0 ? none : proof,
    findings,
  };
  if (sessionId !== undefined) seen.sessionId = sessionId;
  if (startedAt !== undefined) seen.startedAt = startedAt;
  if (endedAt !== undefined) seen.endedAt = endedAt;
  if (updatedAt !== undefined) seen.updatedAt = updatedAt;
  if (lastChangeAt > 0) seen.lastSeenAt = lastChangeAt;
  if (session.claimsToRun && willResume(session)?.asksModel === true) seen.resumes = true;
  if (model !== undefined) seen.model = model;
  if (label !== undefined) seen.label = label;
  if (facts.transcript.path !== undefined) seen.transcript = facts.transcript.path;
  if (facts.transcript.end !== undefined) seen.transcriptEnd = facts.transcript.end;
  if (facts.trajectory !== undefined) seen.trajectory = facts.trajectory.path;
  return seen;
}

/** While it is made; ten thousand of them are. */
type Seen<T> = { -readonly [K in keyof T]: T[K] };
