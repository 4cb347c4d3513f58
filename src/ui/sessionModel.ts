// What the worker found, as it stands now, and what changed since the last update. Knows nothing of VS Code.
import { idOf } from "../judge/sessionId.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { ScanSlice, ScanUpdate, SessionName } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import type { Store } from "../model/store.ts";
import { type AboutAll, different, gather } from "./about.ts";
import { type Counts, countsOf } from "./counts.ts";
import { Placing } from "./placing.ts";
import { type ShownSession, shownSession } from "./shownSession.ts";

/** What an update changed. A session also changes with its findings and its locks. */
export interface ModelChange {
  /** Ids of sessions that are new, gone or different. */
  readonly sessions: ReadonlySet<string>;
  /** Ids of stores whose own facts, findings, locks or sessions are different. */
  readonly stores: ReadonlySet<string>;
  /** Other state directories or stores than before, or another state of one. */
  readonly places: boolean;
}

/** Sessions that are put in their places in one step. */
const mostInStep = 100;

export class SessionModel {
  /** The clock of the last update, epoch milliseconds; what was captured has its own. */
  now = 0;
  /** False until the first update has arrived. */
  known = false;
  /** Whether no verdict waits for a second look. */
  settled = false;
  /** The person stopped the look that would have made it known. */
  stopped = false;
  stateDirs: readonly StateDir[] = [];
  stores: readonly Store[] = [];
  readonly sessions = new Map<string, ShownSession>();
  readonly placing = new Placing();
  /** By store and key. */
  readonly #keys = new Map<string, Map<string, ShownSession>>();
  #findings: readonly Finding[] = [];
  #findingIds = new Map<string, Finding>();
  #locks: readonly Lock[] = [];
  #about: AboutAll = new Map();
  #counts: Counts | undefined;
  /** What was taken since the last update. */
  #taken = { sessions: new Set<string>(), stores: new Set<string>() };
  readonly #listeners = new Set<(change: ModelChange) => void>();

  /** Calls the listener after each update, until the answer is disposed. */
  onDidChange(listener: (change: ModelChange) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** A look begins, or was stopped: only while nothing is known does that change what is shown. */
  scanning(isUnderWay: boolean): void {
    if (this.known || this.stopped !== isUnderWay) return;
    this.stopped = !isUnderWay;
    for (const listener of this.#listeners) listener({ sessions: new Set(), stores: new Set(), places: true });
  }

  /** A piece of the update that comes next. Nobody is told before that. */
  take({ changed, findings }: ScanSlice): void {
    const taken = changed.map(shownSession);
    for (const session of taken) {
      this.#taken.sessions.add(session.id);
      this.#taken.stores.add(session.store);
      this.sessions.set(session.id, session);
      const inStore = this.#keys.get(session.store);
      if (inStore === undefined) this.#keys.set(session.store, new Map([[session.key, session]]));
      else inStore.set(session.key, session);
    }
    this.#place(taken);
    for (const finding of findings) this.#findingIds.set(finding.id, finding);
  }

  /** @param fresh the update is the first of a new worker and holds everything: what it does not name is gone */
  apply(update: ScanUpdate, fresh = false): void {
    for (const _ of this.steps(update, fresh));
  }

  /** The same in steps, each of them short: other extensions wait meanwhile. The last ones tell the listeners. */
  *steps(update: ScanUpdate, fresh: boolean): Generator<void> {
    this.take(update);
    yield;
    const { sessions, stores } = this.#taken;
    this.#taken = { sessions: new Set(), stores: new Set() };
    const gone = fresh ? [...this.sessions.keys()].filter((id) => !sessions.has(id)) : update.removed.map(idOf);
    const removed = gone.flatMap((id) => this.sessions.get(id) ?? []);
    this.#forget(removed);
    for (const { id, store } of removed) {
      sessions.add(id);
      stores.add(store);
    }
    const places = !same(outline(this), outline(update));
    for (const store of update.stores) if (!same(this.store(store.id), store)) stores.add(store.id);
    this.now = update.now;
    this.known = true;
    this.settled = update.settled;
    this.stateDirs = update.stateDirs;
    this.stores = update.stores;
    const order = update.order ?? this.#findings.map(({ id }) => id);
    this.#findings = order.flatMap((id) => this.#findingIds.get(id) ?? []);
    if (this.#findings.length < this.#findingIds.size)
      this.#findingIds = new Map(this.#findings.map((finding) => [finding.id, finding]));
    this.#locks = kept(this.#locks, update.locks);
    const before = this.#about;
    this.#about = gather(this.#findings, this.#locks);
    yield;
    const touched: ShownSession[] = [];
    for (const { store, key } of different(before, this.#about)) {
      stores.add(store);
      const session = key === undefined ? undefined : this.session({ store, key });
      if (session !== undefined) touched.push(session);
    }
    for (let at = 0; at < touched.length; at += mostInStep) {
      yield;
      this.#place(touched.slice(at, at + mostInStep));
    }
    for (const { id } of touched) sessions.add(id);
    this.#counts = undefined;
    for (const listener of this.#listeners) {
      yield;
      listener({ sessions, stores, places });
    }
  }

  #forget(sessions: readonly ShownSession[]): void {
    for (const session of sessions) {
      const { id, store, key } = session;
      this.placing.remove(session);
      this.#keys.get(store)?.delete(key);
      this.sessions.delete(id);
    }
  }

  #place(sessions: readonly ShownSession[]): void {
    for (const session of sessions) this.placing.put(session, this.findingsOf(session)[0]?.severity);
  }

  session(name: SessionName): ShownSession | undefined {
    return this.#keys.get(name.store)?.get(name.key);
  }

  store(id: string): Store | undefined {
    return this.stores.find((store) => store.id === id);
  }

  stateDir(path: string): StateDir | undefined {
    return this.stateDirs.find((stateDir) => stateDir.path === path);
  }

  /** The clock that a store was judged by, epoch milliseconds. */
  clockOf(store: string): number {
    return this.stateDir(this.store(store)?.stateDir ?? "")?.captured?.at ?? this.now;
  }

  finding(id: string): Finding | undefined {
    return this.#findingIds.get(id);
  }

  /** Every finding of every store. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Findings about a session and about its locks, most severe first. */
  findingsOf({ store, key }: SessionName): readonly Finding[] {
    return this.#about.get(store)?.get(key)?.findings ?? [];
  }

  locksOf({ store, key }: SessionName): readonly Lock[] {
    return this.#about.get(store)?.get(key)?.locks ?? [];
  }

  /** Findings about a store that belong to none of its sessions, locks excepted. */
  findingsOfStore(store: string): readonly Finding[] {
    const found = this.#about.get(store)?.get(undefined)?.findings ?? [];
    return found.filter(({ lock }) => lock === undefined);
  }

  /** Every finding about a store, its sessions and its locks. */
  findingsWithin(store: string): readonly Finding[] {
    return this.#findings.filter((finding) => finding.store === store);
  }

  /** Findings about a lock for itself: one that also names a session is about the session. */
  findingsOfLock({ store, path }: Lock): readonly Finding[] {
    return this.#findings.filter((one) => one.store === store && one.lock === path && one.session === undefined);
  }

  /** Locks of a store that belong to no session. */
  looseLocks(store: string): readonly Lock[] {
    return this.#about.get(store)?.get(undefined)?.locks ?? [];
  }

  lock(store: string, path: string): Lock | undefined {
    return this.#locks.find((lock) => lock.store === store && lock.path === path);
  }

  /** Whether a file is one that we speak of: a store, a transcript, a trajectory, a lock, or evidence of something. */
  mentions(path: string): boolean {
    const named = ({ path: evidence }: { readonly path: string }): boolean => evidence === path;
    return (
      this.stores.some((store) => store.path === path || store.writer.evidence.some(named)) ||
      this.#findings.some((finding) => finding.path === path || finding.evidence.some(named)) ||
      this.#locks.some(named) ||
      [...this.sessions.values()].some(
        ({ transcript, trajectory, proof }) => transcript === path || trajectory === path || proof.some(named),
      )
    );
  }

  /** Of this machine: what was captured is no news, and may have ended long ago. */
  counts(): Counts {
    this.#counts ??= countsOf(this);
    return this.#counts;
  }
}

/** Each that is as it was is the same object as before. */
function kept(before: readonly Lock[], after: readonly Lock[]): readonly Lock[] {
  const known = new Map(before.map((lock) => [`${lock.store}\0${lock.path}`, lock]));
  return after.map((lock) => {
    const was = known.get(`${lock.store}\0${lock.path}`);
    return was !== undefined && same(was, lock) ? was : lock;
  });
}

/** Leaves out what changes with every write of the writer and is read only when it is asked for. */
function outline({ stateDirs, stores }: Pick<ScanUpdate, "stateDirs" | "stores">): unknown {
  return [
    stateDirs.map(({ path, problem, writer, captured }) => [path, problem, writer.state, captured]),
    stores.map(({ id, stateDir, agent, problem, movedFrom, claimed }) => [
      ...[id, stateDir, agent, problem, movedFrom, claimed],
    ]),
  ];
}

/** Plain data of the worker, written in one order: equal text is equal data. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
