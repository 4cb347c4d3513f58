// Leftovers to the quarantine: pure. Where the quarantine is, and what lies there now, comes in.
import type { Edit, Plan, PlanBasis, PlannedStore } from "../model/plan.ts";
import { UserError } from "../model/userError.ts";
import type { Choice } from "./repairPlan.ts";

export interface Leftovers {
  /** Of the store that does not name them. */
  readonly basis: PlanBasis;
  /** Stamps of the files as they are now, by path; what is gone has none. */
  readonly files: ReadonlyMap<string, string>;
  /** Where a file goes, by path. */
  readonly places: ReadonlyMap<string, string>;
}

/**
 * One plan for one store. Two findings can have a file in common, which goes once. Throws a UserError where a file is
 * not what was judged any more.
 */
export function planTidy(store: PlannedStore, now: Leftovers, choices: readonly Choice[]): Plan {
  const edits = new Map<string, Edit>();
  for (const { path: from, stamp, sizeBytes } of choices.flatMap(({ finding }) => finding.repair.tidy ?? [])) {
    const to = now.places.get(from);
    if (to === undefined || now.files.get(from) !== stamp)
      throw new UserError(`${from} is not what it was when it was looked at. Look at it again and plan anew.`);
    edits.set(from, { kind: "move", quarantine: "in", from, to, stamp, sizeBytes });
  }
  const findings = choices.map(({ finding: { id, code, message } }) => ({ id, code, message }));
  return { store, action: "tidy", edits: [...edits.values()], findings, basis: now.basis };
}
