// How many sessions there are of each kind that a person is told in numbers. Knows nothing of VS Code.
import type { Tally } from "./placing.ts";
import type { SessionModel } from "./sessionModel.ts";

export interface Counts extends Readonly<Tally> {
  /** Findings about sessions that are proven contradictions. */
  readonly contradictions: number;
  /** Stores that cannot be read. */
  readonly shutStores: number;
}

/** Of this machine: what was captured is no news, and may have ended long ago. */
export function countsOf(model: SessionModel): Counts {
  const stores = model.stores.filter(({ captured }) => captured === undefined);
  const live = new Set(stores.map(({ id }) => id));
  const tallies = stores.map(({ id }) => model.placing.tally(id));
  const sum = (of: keyof Tally): number => tallies.reduce((total, tally) => total + tally[of], 0);
  const contradictions = model.findings.filter(
    ({ severity, session, store }) => severity === "error" && session !== undefined && live.has(store),
  ).length;
  const shutStores = stores.filter(({ problem }) => problem !== undefined).length;
  return {
    active: sum("active"),
    claimed: sum("claimed"),
    claimedAndActive: sum("claimedAndActive"),
    unknown: sum("unknown"),
    needAttention: sum("needAttention"),
    contradictions,
    shutStores,
  };
}
