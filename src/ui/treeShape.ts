// How the sessions of a store fall into groups, and in what order. Knows nothing of VS Code.
import type { Severity } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import { passes, type SessionFilter } from "./sessionFilter.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { GroupName } from "./treeNode.ts";

export interface StoreShape {
  /** Groups that are not empty, in the order to show them, with the ids of their sessions, or with the paths of the locks. */
  readonly groups: ReadonlyMap<GroupName, readonly string[]>;
  /** How many sessions the filter hides. */
  readonly hidden: number;
  /** How many of the active ones may as well be dead. */
  readonly doubtful: number;
  /** Equal in two shapes: the store itself and what stands right below it look the same. */
  readonly frame: string;
}

const recentMs = 24 * 3_600_000;
const order: readonly GroupName[] = ["attention", "active", "recent", "older"];

/** A session, with what its place among the others rests on. */
interface Placed {
  readonly session: Session;
  readonly rank: number;
  readonly touched: number;
}

/** Shapes of all stores, made in one pass over the sessions; only those that were asked for. */
export function storeShapes(
  model: SessionModel,
  filter: SessionFilter,
  stores: ReadonlySet<string>,
): Map<string, StoreShape> {
  const sorted = new Map<string, { clock: number; groups: Map<GroupName, Placed[]>; hidden: number }>();
  for (const id of stores)
    sorted.set(id, { clock: model.clockOf(id), groups: new Map(order.map((name) => [name, []])), hidden: 0 });
  for (const session of model.sessions.values()) {
    const store = sorted.get(session.store);
    if (store === undefined) continue;
    const worst = model.findingsOf(session)[0]?.severity;
    const touched = touchedAt(session) ?? 0;
    const group = groupOf(session, worst, store.clock - touched);
    if (passes(session, filter, group === "attention" || group === "active"))
      store.groups.get(group)?.push({ session, rank: rank(session, worst), touched });
    else store.hidden++;
  }
  return new Map([...sorted].map(([id, { groups, hidden }]) => [id, shapeOf(id, groups, hidden, model)]));
}

function shapeOf(
  id: string,
  sessions: ReadonlyMap<GroupName, Placed[]>,
  hidden: number,
  model: SessionModel,
): StoreShape {
  const groups = new Map<GroupName, readonly string[]>();
  for (const [name, members] of sessions) {
    if (members.length > 0)
      groups.set(
        name,
        members.sort(byUrgency).map(({ session }) => session.id),
      );
  }
  const locks = model.looseLocks(id).map(({ path }) => path);
  if (locks.length > 0) groups.set("locks", locks);
  const doubtful = sessions.get("active")?.filter(({ session }) => session.verdict === "unknown").length ?? 0;
  const findings = model.findingsOfStore(id).map((finding) => finding.id);
  const frame = JSON.stringify([...groups.keys(), hidden, findings, model.store(id)?.sessions]);
  return { groups, hidden, doubtful, frame };
}

/**
 * A row that claims to run stays among the active ones while nobody can say that it does not.
 * @param worst the most severe of its findings
 */
function groupOf({ verdict, claimed }: Session, worst: Severity | undefined, untouchedMs: number): GroupName {
  if (worst !== undefined && worst !== "info") return "attention";
  if (verdict === "active" || verdict === "waiting") return "active";
  if (verdict === "unknown" && claimed === "running") return "active";
  return untouchedMs <= recentMs ? "recent" : "older";
}

/** When a session last gave a sign, epoch milliseconds. */
export function touchedAt({ lastSeenAt, updatedAt, endedAt, startedAt }: Session): number | undefined {
  return lastSeenAt ?? updatedAt ?? endedAt ?? startedAt;
}

/** Contradictions before suspicions, what is proven to run before what may, then the latest first; ties by key. */
function byUrgency(a: Placed, b: Placed): number {
  return (
    a.rank - b.rank ||
    b.touched - a.touched ||
    (a.session.key < b.session.key ? -1 : Number(a.session.key > b.session.key))
  );
}

function rank({ verdict }: Session, worst: Severity | undefined): number {
  if (worst === "error") return 0;
  if (worst === "warning") return 1;
  return verdict === "unknown" ? 3 : 2;
}
