import type { Evidence } from "../model/evidence.ts";
import type { SessionCase } from "./sessionCase.ts";

/** The row itself, at the field that lies. */
export function rowEvidence({ store, facts, key }: SessionCase, text: string, at?: number): Evidence {
  return {
    kind: "row",
    path: store.path,
    ...(facts.row.range === undefined ? { row: { store: store.id, key } } : { offset: facts.row.range.start }),
    text: `${key}: ${text}`,
    ...(at !== undefined && { at }),
  };
}
