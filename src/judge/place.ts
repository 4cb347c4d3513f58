import type { EntryPlace } from "../model/evidence.ts";

/** Where an entry stands, for the evidence that points to it. */
export function placeOf({ offset, event }: EntryPlace): EntryPlace {
  return { ...(offset !== undefined && { offset }), ...(event !== undefined && { event }) };
}
