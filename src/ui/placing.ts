// Which sessions stand together in a store, and in what order; kept from update to update, so that one session that
// changed among ten thousand is moved, and nothing is sorted. Knows nothing of VS Code.
import type { Severity } from "../model/finding.ts";
import type { Session } from "../model/session.ts";

/** The rest is told apart by the clock, when it is drawn. */
export type Place = "attention" | "active" | "rest";

export interface Placed {
  session: Session;
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

  /** @param worstOf the most severe of the findings of a session */
  put(sessions: readonly Session[], worstOf: (session: Session) => Severity | undefined): void {
    const moves = new Moves();
    for (const session of sessions) {
      const before = this.#placed.get(session.id);
      const placed = placedOf(session, worstOf(session));
      const places = this.#places(session.store);
      if (before !== undefined) count(places.tally, before, -1);
      count(places.tally, placed, 1);
      if (before !== undefined && before.place === placed.place && byUrgency(before, placed) === 0) {
        before.session = session;
        continue;
      }
      this.#placed.set(session.id, placed);
      if (before !== undefined) moves.out(places[before.place], before);
      moves.into(places[placed.place], placed);
    }
    moves.make();
  }

  remove(sessions: readonly Session[]): void {
    const moves = new Moves();
    for (const session of sessions) {
      const before = this.#placed.get(session.id);
      if (before === undefined) continue;
      const places = this.#places(session.store);
      this.#placed.delete(session.id);
      count(places.tally, before, -1);
      moves.out(places[before.place], before);
    }
    moves.make();
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

/** Out of lists and into lists, each list gone through once however many move. */
class Moves {
  readonly #lists = new Map<Placed[], { readonly out: Set<Placed>; readonly into: Placed[] }>();

  out(list: Placed[], placed: Placed): void {
    this.#of(list).out.add(placed);
  }

  into(list: Placed[], placed: Placed): void {
    this.#of(list).into.push(placed);
  }

  make(): void {
    for (const [list, { out, into }] of this.#lists) {
      into.sort(byUrgency);
      const stayed = out.size === 0 ? [...list] : list.filter((placed) => !out.has(placed));
      list.length = 0;
      let next = 0;
      for (const placed of stayed) {
        for (let one = into[next]; one !== undefined && byUrgency(one, placed) < 0; one = into[next]) {
          list.push(one);
          next++;
        }
        list.push(placed);
      }
      for (; next < into.length; next++) list.push(into[next] as Placed);
    }
  }

  #of(list: Placed[]): { readonly out: Set<Placed>; readonly into: Placed[] } {
    const known = this.#lists.get(list) ?? { out: new Set(), into: [] };
    this.#lists.set(list, known);
    return known;
  }
}

/** When a session last gave a sign, epoch milliseconds. */
export function touchedAt({ lastSeenAt, updatedAt, endedAt, startedAt }: Session): number | undefined {
  return lastSeenAt ?? updatedAt ?? endedAt ?? startedAt;
}

/** A row that claims to run stays among the active ones while nobody can say that it does not. */
function placedOf(session: Session, worst: Severity | undefined): Placed {
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

/** Contradictions before suspicions, what is proven to run before what may, then the latest first; ties by key. */
function byUrgency(a: Placed, b: Placed): number {
  return (
    a.rank - b.rank ||
    b.touched - a.touched ||
    (a.session.key < b.session.key ? -1 : Number(a.session.key > b.session.key))
  );
}
