import type { Edit, Plan, PlannedStore } from "../model/plan.ts";
import type { PruneCandidate } from "../model/scan.ts";
import { rowEdit, type Stored } from "./repairPlan.ts";

/**
 * Rows taken out, and their transcripts renamed as OpenClaw does, where no other row uses them. Pure.
 * `usersOf`: how many rows of any store name this transcript. `now`: epoch milliseconds, for the archive's name.
 */
export function planPrune(
  store: PlannedStore,
  stored: Stored,
  candidates: readonly PruneCandidate[],
  usersOf: (transcript: string) => number,
  now: number,
): Plan {
  const edits: Edit[] = [];
  const going = new Map<string, string[]>();
  for (const { transcript, key } of candidates)
    if (transcript !== undefined) going.set(transcript, [...(going.get(transcript) ?? []), key]);
  const stamp = new Date(now).toISOString().replaceAll(":", "-");
  for (const { key } of candidates) {
    const row = stored.rows.get(key);
    if (row !== undefined) edits.push({ kind: "removeRow", key, before: row.text });
  }
  for (const [transcript, rows] of going) {
    if (usersOf(transcript) <= rows.length)
      edits.push({ kind: "rename", from: transcript, to: `${transcript}.deleted.${stamp}`, rows });
  }
  return { store, action: "prune", edits, findings: [], basis: stored.basis };
}

/**
 * The same in a database: its rows stay, archived as OpenClaw does it for a person (facts B1, archiveReason), and nothing
 * of them is taken out. Pure. `now`: epoch milliseconds.
 */
export function planArchive(
  store: PlannedStore,
  stored: Stored,
  candidates: readonly PruneCandidate[],
  now: number,
): Plan {
  const set = { archivedAt: now, archiveReason: "manual", archivedBy: null, pinnedAt: null };
  const edits = candidates.flatMap(({ key }) => {
    const row = stored.rows.get(key);
    return (row && rowEdit(key, row, set)) ?? [];
  });
  return { store, action: "prune", edits, findings: [], basis: stored.basis };
}
