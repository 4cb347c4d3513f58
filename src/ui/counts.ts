// How many sessions there are of each kind that a person is told in numbers. Knows nothing of VS Code.
import type { SessionModel } from "./sessionModel.ts";

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

/** Of this machine: what was captured is no news, and may have ended long ago. */
export function countsOf(model: SessionModel): Counts {
  const stores = model.stores.filter(({ captured }) => captured === undefined);
  const live = new Set(stores.map(({ id }) => id));
  let [active, claimed, claimedAndActive, unknown, needAttention] = [0, 0, 0, 0, 0];
  for (const session of model.sessions.values()) {
    if (!live.has(session.store)) continue;
    const isActive = session.verdict === "active" || session.verdict === "waiting";
    const claims = session.claimed === "running";
    if (isActive) active++;
    if (claims) claimed++;
    if (claims && isActive) claimedAndActive++;
    if (claims && session.verdict === "unknown") unknown++;
    if (model.needsAttention(session)) needAttention++;
  }
  const contradictions = model.findings.filter(
    ({ severity, session, store }) => severity === "error" && session !== undefined && live.has(store),
  ).length;
  const shutStores = stores.filter(({ problem }) => problem !== undefined).length;
  return { active, claimed, claimedAndActive, unknown, contradictions, shutStores, needAttention };
}
