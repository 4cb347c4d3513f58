import type { Repair, RepairClass } from "../model/finding.ts";
import { type Draft, nothing } from "./draft.ts";

const care: Readonly<Record<RepairClass, number>> = { proven: 0, ask: 1, never: 2 };

/**
 * All findings about one session become at most one proposal, carried by the first finding that has one, with the most
 * careful class of them; a veto takes it away from all (DESIGN, Words: settle). Order of the drafts is kept.
 * Fields of several proposals are set together; what is no field, as an archive to restore, waits for its turn.
 */
export function settle(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts.length === 0) return drafts;
  const veto = drafts.find((draft) => draft.veto !== undefined)?.veto;
  const carrier = drafts.find((draft) => draft.repair.kind !== "none");
  if (carrier === undefined) return drafts;
  if (veto !== undefined) {
    return drafts.map((draft) => (draft.repair.kind === "none" ? draft : { ...draft, repair: nothing(veto) }));
  }
  const proposals = drafts.map(({ repair }) => repair).filter(({ kind }) => kind !== "none");
  const whole = together(carrier.repair, proposals);
  return drafts.map((draft) => {
    if (draft.repair.kind === "none") return draft;
    if (draft === carrier) return { ...draft, repair: whole };
    const isJoined = draft.repair.set !== undefined && whole.set !== undefined;
    return {
      ...draft,
      repair: nothing(isJoined ? `Settled together with ${carrier.code}.` : `${carrier.code} is settled first.`),
    };
  });
}

/** What the carrier sets itself stands. */
function together(carrier: Repair, all: readonly Repair[]): Repair {
  const careful = all.reduce((most, repair) => (care[repair.class] > care[most.class] ? repair : most));
  const { class: repairClass, why } = careful.class === carrier.class ? carrier : careful;
  if (carrier.set === undefined) return { ...carrier, class: repairClass, why };
  const others = Object.assign({}, ...all.map(({ set }) => set)) as NonNullable<Repair["set"]>;
  return { ...carrier, class: repairClass, why, set: { ...carrier.set, ...others, ...carrier.set } };
}
