// How the sessions of a store fall into groups, and in what order. Knows nothing of VS Code.
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

/** Shapes of all stores, made in one pass over the sessions; only those that were asked for. */
export function storeShapes(
  model: SessionModel,
  filter: SessionFilter,
  stores: ReadonlySet<string>,
): Map<string, StoreShape> {
  const sorted = new Map<string, { groups: Map<GroupName, Session[]>; hidden: number }>();
  for (const id of stores) sorted.set(id, { groups: new Map(order.map((name) => [name, []])), hidden: 0 });
  for (const session of model.sessions.values()) {
    const store = sorted.get(session.store);
    if (store === undefined) continue;
    const group = groupOf(session, model);
    if (passes(session, filter, group === "attention" || group === "active")) store.groups.get(group)?.push(session);
    else store.hidden++;
  }
  return new Map([...sorted].map(([id, { groups, hidden }]) => [id, shapeOf(id, groups, hidden, model)]));
}

function shapeOf(
  id: string,
  sessions: ReadonlyMap<GroupName, Session[]>,
  hidden: number,
  model: SessionModel,
): StoreShape {
  const groups = new Map<GroupName, readonly string[]>();
  for (const [name, members] of sessions) {
    if (members.length > 0)
      groups.set(
        name,
        members.sort((a, b) => byUrgency(a, b, model)).map((one) => one.id),
      );
  }
  const locks = model.looseLocks(id).map(({ path }) => path);
  if (locks.length > 0) groups.set("locks", locks);
  const doubtful = sessions.get("active")?.filter(({ verdict }) => verdict === "unknown").length ?? 0;
  const findings = model.findingsOfStore(id).map((finding) => finding.id);
  const frame = JSON.stringify([...groups.keys(), hidden, findings, model.store(id)?.sessions]);
  return { groups, hidden, doubtful, frame };
}

/** A row that claims to run stays among the active ones while nobody can say that it does not. */
export function groupOf(session: Session, model: SessionModel): GroupName {
  if (model.needsAttention(session)) return "attention";
  if (session.verdict === "active" || session.verdict === "waiting") return "active";
  if (session.verdict === "unknown" && session.claimed === "running") return "active";
  return model.clockOf(session.store) - (touchedAt(session) ?? 0) <= recentMs ? "recent" : "older";
}

/** When a session last gave a sign, epoch milliseconds. */
export function touchedAt({ lastSeenAt, updatedAt, endedAt, startedAt }: Session): number | undefined {
  return lastSeenAt ?? updatedAt ?? endedAt ?? startedAt;
}

/** Contradictions before suspicions, what is proven to run before what may, then the latest first; ties by key. */
function byUrgency(a: Session, b: Session, model: SessionModel): number {
  return (
    rank(a, model) - rank(b, model) ||
    (touchedAt(b) ?? 0) - (touchedAt(a) ?? 0) ||
    (a.key < b.key ? -1 : Number(a.key > b.key))
  );
}

function rank(session: Session, model: SessionModel): number {
  const severity = model.findingsOf(session)[0]?.severity;
  if (severity === "error") return 0;
  if (severity === "warning") return 1;
  return session.verdict === "unknown" ? 3 : 2;
}
