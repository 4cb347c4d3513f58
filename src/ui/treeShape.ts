// How the sessions of a store fall into groups, and in what order. Knows nothing of VS Code.
import { passing, type SessionFilter } from "./sessionFilter.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { GroupName } from "./treeNode.ts";

export interface StoreShape {
  /** Groups that are not empty, in the order to show them, with the ids of their sessions, or with the paths of the locks. */
  readonly groups: ReadonlyMap<GroupName, readonly string[]>;
  /** How many there are in each. */
  readonly counts: ReadonlyMap<GroupName, number>;
  /** How many sessions the filter hides. */
  readonly hidden: number;
  /** How many of the active ones may as well be dead. */
  readonly doubtful: number;
  /** Equal in two shapes: the store itself and what stands right below it look the same. */
  readonly frame: string;
}

/** What is told of a store in numbers. */
export type StoreTotals = Pick<StoreShape, "counts" | "hidden" | "doubtful">;

const recentMs = 24 * 3_600_000;
const order: readonly GroupName[] = ["attention", "active", "recent", "older"];

/** Shapes of those stores that were asked for. */
export function storeShapes(
  model: SessionModel,
  filter: SessionFilter,
  stores: ReadonlySet<string>,
): Map<string, StoreShape> {
  return new Map([...stores].map((id) => [id, shapeOf(id, model, filter)]));
}

function shapeOf(id: string, model: SessionModel, filter: SessionFilter): StoreShape {
  const groups = new Map<GroupName, string[]>(order.map((name) => [name, []]));
  const passes = passing(filter);
  const clock = model.clockOf(id);
  let [hidden, doubtful] = [0, 0];
  for (const place of ["attention", "active", "rest"] as const) {
    for (const { session, touched } of model.placing.of(id, place)) {
      if (!passes(session, place !== "rest")) {
        hidden++;
        continue;
      }
      if (place === "active" && session.verdict === "unknown") doubtful++;
      const name = place !== "rest" ? place : clock - touched <= recentMs ? "recent" : "older";
      groups.get(name)?.push(session.id);
    }
  }
  groups.set(
    "locks",
    model.looseLocks(id).map(({ path }) => path),
  );
  for (const [name, ids] of groups) if (ids.length === 0) groups.delete(name);
  const findings = model.findingsOfStore(id).map((finding) => finding.id);
  const frame = JSON.stringify([...groups.keys(), hidden, findings, model.store(id)?.sessions]);
  const counts = new Map([...groups].map(([name, ids]) => [name, ids.length]));
  return { groups, counts, hidden, doubtful, frame };
}
