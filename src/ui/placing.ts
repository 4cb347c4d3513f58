// Which sessions stand together in a store, and in what order; kept from update to update, so that one session that
// changed among ten thousand is moved, and nothing is sorted. Knows nothing of VS Code.
import type { Severity } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import type { ShownSession } from "./shownSession.ts";

/** The rest is told apart by the clock, when it is drawn. */
export type Place = "attention" | "active" | "rest";

export interface Placed {
  session: ShownSession;
  readonly place: Place;
  readonly rank: number;
  /** When it last gave a sign, epoch milliseconds. */
  readonly touched: number;
}

export interface Tally {
  /** Proven to run, or waiting for what runs. */
  active: number;
  /** Rows that say `running`, whatever is true. */
  claimed: number;
  /** Of those, rows that say so rightly. */
  claimedAndActive: number;
  /** Of those, rows of which nobody can tell whether they run. */
  unknown: number;
  /** Sessions with a finding at warning or above. */
  needAttention: number;
}

interface StorePlaces extends Readonly<Record<Place, Placed[]>> {
  readonly tally: Tally;
}

export class Placing {
  readonly #stores = new Map<string, StorePlaces>();
  readonly #placed = new Map<string, Placed>();

  /** @param worst the most severe of its findings */
  put(session: ShownSession, worst: Severity | undefined): void {
    const before = this.#placed.get(session.id);
    const placed = placedOf(session, worst);
    const places = this.#places(session.store);
    count(places.tally, placed, 1);
    if (before !== undefined) {
      count(places.tally, before, -1);
      if (before.place === placed.place && byUrgency(before, placed) === 0) {
        before.session = session;
        return;
      }
      places[before.place].splice(indexOf(places[before.place], before), 1);
    }
    this.#placed.set(session.id, placed);
    places[placed.place].splice(indexOf(places[placed.place], placed), 0, placed);
  }

  remove(session: ShownSession): void {
    const before = this.#placed.get(session.id);
    if (before === undefined) return;
    const places = this.#places(session.store);
    this.#placed.delete(session.id);
    count(places.tally, before, -1);
    places[before.place].splice(indexOf(places[before.place], before), 1);
  }

  /** The most urgent first. */
  of(store: string, place: Place): readonly Placed[] {
    return this.#stores.get(store)?.[place] ?? [];
  }

  tally(store: string): Readonly<Tally> {
    return this.#stores.get(store)?.tally ?? nothing();
  }

  #places(store: string): StorePlaces {
    const known = this.#stores.get(store) ?? { attention: [], active: [], rest: [], tally: nothing() };
    this.#stores.set(store, known);
    return known;
  }
}

/** When a session last gave a sign, epoch milliseconds. */
export function touchedAt({ lastSeenAt, updatedAt, endedAt, startedAt }: Session): number | undefined {
  return lastSeenAt ?? updatedAt ?? endedAt ?? startedAt;
}

/** A row that claims to run stays among the active ones while nobody can say that it does not. */
function placedOf(session: ShownSession, worst: Severity | undefined): Placed {
  const { verdict, claimed } = session;
  const isActive = verdict === "active" || verdict === "waiting" || (verdict === "unknown" && claimed === "running");
  const needsAttention = worst === "error" || worst === "warning";
  const place = needsAttention ? "attention" : isActive ? "active" : "rest";
  const rank = worst === "error" ? 0 : worst === "warning" ? 1 : verdict === "unknown" ? 3 : 2;
  return { session, place, rank, touched: touchedAt(session) ?? 0 };
}

function count(tally: Tally, { session: { verdict, claimed }, place }: Placed, by: 1 | -1): void {
  const isActive = verdict === "active" || verdict === "waiting";
  const claims = claimed === "running";
  if (isActive) tally.active += by;
  if (claims) tally.claimed += by;
  if (claims && isActive) tally.claimedAndActive += by;
  if (claims && verdict === "unknown") tally.unknown += by;
  if (place === "attention") tally.needAttention += by;
}

function nothing(): Tally {
  return { active: 0, claimed: 0, claimedAndActive: 0, unknown: 0, needAttention: 0 };
}

/** Where it stands, or belongs. */
function indexOf(list: readonly Placed[], placed: Placed): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byUrgency(list[middle] as Placed, placed) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Contradictions before suspicions, what is proven to run before what may, then the latest first; ties by key. */
function byUrgency(a: Placed, b: Placed): number {
  return (
    a.rank - b.rank ||
    b.touched - a.touched ||
    (a.session.key < b.session.key ? -1 : Number(a.session.key > b.session.key))
  );
}
