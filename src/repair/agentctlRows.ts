// The rows of agentctl's `state.json` are the members of one object in it: everything that is known of rows holds for
// that object, at its place in the file.
import { type ByteSource, scanStore } from "../inspect/openclawJson/storeScanner.ts";
import type { ByteRange } from "../model/session.ts";
import type { StoreKind } from "../model/store.ts";
import type { Splice } from "./members.ts";
import { PlanMismatch, type StoreBytes } from "./rowSplice.ts";

export interface RowBytes {
  /** The object whose members are the rows. */
  readonly object: StoreBytes;
  /** Where it begins in the file. */
  readonly start: number;
}

const noField = { has: () => false };

/** Throws a PlanMismatch where the file has no such object, or has it twice. */
export function rowBytes(kind: StoreKind, file: StoreBytes): RowBytes {
  if (kind !== "agentctl") return { object: file, start: 0 };
  const found: ByteRange[] = [];
  const scan = scanStore(file.source(), { fields: noField }, ({ key, range, shape }) => {
    if (key === "sessions" && shape === "object") found.push(range);
  });
  if (!scan.ok) throw new PlanMismatch(`the store cannot be read as JSON: ${scan.reason}`);
  const [within, twin] = found;
  if (within === undefined || twin !== undefined) throw new PlanMismatch("the store has not one object of sessions");
  const text = file.slice(within);
  return {
    start: within.start,
    object: {
      source: (): ByteSource => {
        let at = 0;
        return (target, offset) => {
          const got = text.copy(target, offset, at);
          at += got;
          return got;
        };
      },
      slice: ({ start, end }) => text.subarray(start, Math.max(start, end)),
    },
  };
}

export function movedBy(splices: readonly Splice[], start: number): Splice[] {
  return splices.map((splice) => ({ ...splice, start: splice.start + start, end: splice.end + start }));
}
