import type { RepairClass } from "../model/finding.ts";
import { type Draft, nothing } from "./draft.ts";

const care: Readonly<Record<RepairClass, number>> = { proven: 0, ask: 1, never: 2 };

/**
 * All findings about one session become at most one proposal, carried by the first finding that has one, with the most
 * careful class of them; a veto takes it away from all (DESIGN, Words: settle). Order of the drafts is kept.
 */
export function settle(drafts: readonly Draft[]): Draft[] {
  const veto = drafts.find((draft) => draft.veto !== undefined)?.veto;
  const carrier = drafts.find((draft) => draft.repair.kind !== "none");
  if (carrier === undefined) return [...drafts];
  if (veto !== undefined) {
    return drafts.map((draft) => (draft.repair.kind === "none" ? draft : { ...draft, repair: nothing(veto) }));
  }
  const careful = drafts
    .map((draft) => draft.repair)
    .filter((repair) => repair.kind !== "none")
    .reduce((most, repair) => (care[repair.class] > care[most.class] ? repair : most));
  return drafts.map((draft) => {
    if (draft.repair.kind === "none") return draft;
    if (draft !== carrier) return { ...draft, repair: nothing(`Settled together with ${carrier.code}.`) };
    const milder = careful.class === carrier.repair.class;
    return milder ? draft : { ...draft, repair: { ...carrier.repair, class: careful.class, why: careful.why } };
  });
}
