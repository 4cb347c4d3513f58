// What the worker found, as it stands now, and what changed since the last update. Knows nothing of VS Code.
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { ScanUpdate, SessionName } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";

/** What an update changed. A session also changes with its findings and its locks. */
export interface ModelChange {
  /** Ids of sessions that are new, gone or different. */
  readonly sessions: ReadonlySet<string>;
  /** Ids of stores whose own facts, findings, locks or sessions are different. */
  readonly stores: ReadonlySet<string>;
  /** Other state directories or stores than before, or another state of one. */
  readonly places: boolean;
}

export interface Counts {
  /** Proven to run, or waiting for what runs. */
  readonly active: number;
  /** Rows that say `running`, whatever is true. */
  readonly claimed: number;
  /** Of those, rows that say so rightly. */
  readonly claimedAndActive: number;
  /** Of those, rows of which nobody can tell whether they run. */
  readonly unknown: number;
  /** Findings about sessions that are proven contradictions. */
  readonly contradictions: number;
  /** Stores that cannot be read. */
  readonly shutStores: number;
  /** Sessions with a finding at warning or above. */
  readonly needAttention: number;
}

export class SessionModel {
  /** The clock of the last update, epoch milliseconds; what was captured has its own. */
  now = 0;
  /** False until the first update has arrived. */
  known = false;
  /** The person stopped the look that would have made it known. */
  stopped = false;
  stateDirs: readonly StateDir[] = [];
  stores: readonly Store[] = [];
  readonly sessions = new Map<string, Session>();
  #findings: readonly Finding[] = [];
  #about = new Map<string, About>();
  readonly #names = new Map<string, string>();
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

  /** @param fresh the update is the first of a new worker and holds everything: what it does not name is gone */
  apply(update: ScanUpdate, fresh = false): void {
    const gone = fresh ? [...this.sessions.keys()] : update.removed;
    const changed = new Set(gone);
    const stores = new Set<string>();
    for (const id of gone) {
      const session = this.sessions.get(id);
      if (session === undefined) continue;
      stores.add(session.store);
      this.#names.delete(nameOf(session));
      this.sessions.delete(id);
    }
    for (const session of update.changed) {
      if (!sameButForItsPlace(this.sessions.get(session.id), session)) {
        changed.add(session.id);
        stores.add(session.store);
      }
      this.sessions.set(session.id, session);
      this.#names.set(nameOf(session), session.id);
    }
    const about = gather(update);
    for (const [name, { store }] of different(this.#about, about)) {
      stores.add(store);
      const id = this.#names.get(name);
      if (id !== undefined) changed.add(id);
    }
    const places = !same(outline(this), outline(update));
    for (const store of update.stores) {
      const before = this.stores.find(({ id }) => id === store.id);
      if (!same(before, store)) stores.add(store.id);
    }
    this.now = update.now;
    this.known = true;
    this.stateDirs = update.stateDirs;
    this.stores = update.stores;
    this.#findings = update.findings;
    this.#about = about;
    for (const listener of this.#listeners) listener({ sessions: changed, stores, places });
  }

  session(name: SessionName): Session | undefined {
    return this.sessions.get(this.#names.get(nameOf(name)) ?? "");
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
    return this.#findings.find((finding) => finding.id === id);
  }

  /** Every finding of every store. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Findings about a session and about its locks, most severe first. */
  findingsOf(session: SessionName): readonly Finding[] {
    return this.#about.get(nameOf(session))?.findings ?? [];
  }

  locksOf(session: SessionName): readonly Lock[] {
    return this.#about.get(nameOf(session))?.locks ?? [];
  }

  /** Findings about a store that belong to none of its sessions, locks excepted. */
  findingsOfStore(store: string): readonly Finding[] {
    return (this.#about.get(nameOf({ store }))?.findings ?? []).filter(({ lock }) => lock === undefined);
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
    return this.#about.get(nameOf({ store }))?.locks ?? [];
  }

  lock(store: string, path: string): Lock | undefined {
    for (const about of this.#about.values()) {
      const lock = about.store === store ? about.locks.find((candidate) => candidate.path === path) : undefined;
      if (lock !== undefined) return lock;
    }
    return undefined;
  }

  /** Whether a file is one that we speak of: a store, a transcript, a trajectory, a lock, or evidence of something. */
  mentions(path: string): boolean {
    const named = ({ path: evidence }: { readonly path: string }): boolean => evidence === path;
    return (
      this.stores.some((store) => store.path === path || store.writer.evidence.some(named)) ||
      this.#findings.some((finding) => finding.path === path || finding.evidence.some(named)) ||
      [...this.#about.values()].some(({ locks }) => locks.some(named)) ||
      [...this.sessions.values()].some(
        ({ transcript, trajectory, proof }) => transcript === path || trajectory === path || proof.some(named),
      )
    );
  }

  /** Of this machine: what was captured is no news, and may have ended long ago. */
  counts(): Counts {
    const stores = this.stores.filter(({ captured }) => captured === undefined);
    const live = new Set(stores.map(({ id }) => id));
    const sessions = [...this.sessions.values()].filter(({ store }) => live.has(store));
    const active = sessions.filter(({ verdict }) => verdict === "active" || verdict === "waiting");
    const claimed = sessions.filter((session) => session.claimed === "running");
    return {
      active: active.length,
      claimed: claimed.length,
      claimedAndActive: active.filter((session) => session.claimed === "running").length,
      unknown: claimed.filter(({ verdict }) => verdict === "unknown").length,
      contradictions: this.#findings.filter(
        ({ severity, session, store }) => severity === "error" && session !== undefined && live.has(store),
      ).length,
      shutStores: stores.filter(({ problem }) => problem !== undefined).length,
      needAttention: sessions.filter((session) => this.needsAttention(session)).length,
    };
  }

  needsAttention(session: SessionName): boolean {
    return this.findingsOf(session).some(({ severity }) => severity !== "info");
  }
}

interface About {
  readonly store: string;
  readonly findings: Finding[];
  readonly locks: Lock[];
}

const severities = ["error", "warning", "info"];

function gather({ findings, locks }: ScanUpdate): Map<string, About> {
  const about = new Map<string, About>();
  const at = (store: string, key: string | undefined): About => {
    const name = nameOf(key === undefined ? { store } : { store, key });
    const known = about.get(name);
    if (known !== undefined) return known;
    const made = { store, findings: [], locks: [] };
    about.set(name, made);
    return made;
  };
  for (const lock of locks) at(lock.store, lock.session).locks.push(lock);
  const locked = new Map(locks.map(({ path, session }) => [path, session]));
  for (const finding of findings) {
    at(finding.store, finding.session ?? locked.get(finding.lock ?? "")).findings.push(finding);
  }
  for (const { findings: found } of about.values()) {
    found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  }
  return about;
}

function different(before: ReadonlyMap<string, About>, after: ReadonlyMap<string, About>): Map<string, About> {
  const changes = new Map([...before].filter(([name]) => !after.has(name)));
  for (const [name, about] of after) if (!same(before.get(name), about)) changes.set(name, about);
  return changes;
}

/** A row moves in its file when one before it grows. */
function sameButForItsPlace(a: Session | undefined, b: Session): boolean {
  return a !== undefined && same({ ...a, range: b.range }, b);
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

/** Of a store itself where there is no key. A path holds no NUL. */
function nameOf({ store, key }: { readonly store: string; readonly key?: string }): string {
  return key === undefined ? store : `${store}\0${key}`;
}
