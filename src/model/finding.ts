import type { Evidence } from "./evidence.ts";
import type { LeftFile } from "./facts.ts";
import type { OwnerRequest } from "./plan.ts";

export type Severity = "error" | "warning" | "info";

/** `proven`: evidence leaves one right answer. `ask`: a person chooses. `never`: nothing may be done here (DESIGN, Words). */
export type RepairClass = "proven" | "ask" | "never";

export type RepairKind = "finalize" | "prune" | "unlock" | "restore" | "correct" | "tidy" | "none";

export interface Repair {
  readonly kind: RepairKind;
  readonly class: RepairClass;
  /** Fields of the row that would be written, in the order they are shown. `null` takes a field out. */
  readonly set?: Readonly<Record<string, string | number | boolean | null>>;
  /** Locks that go in the same repair, by path. */
  readonly unlock?: readonly string[];
  /** The archive that would be renamed back. */
  readonly from?: string;
  /** The leftovers that would be moved to the quarantine, as they were when they were judged. */
  readonly tidy?: readonly LeftFile[];
  /** The permission bits that the store's file would get. */
  readonly mode?: number;
  /** What its owner would be asked instead of anything being written here: that cannot be undone. */
  readonly request?: OwnerRequest;
  /** One sentence: why this, or why nothing. */
  readonly why: string;
}

export interface Finding {
  /** Hash of what it is about and of the whole proposal: a repair by id is refused once the proposal has changed (CLI.md). */
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  /** Id of the store. */
  readonly store: string;
  /** Key of the session. */
  readonly session?: string;
  /** Path of the lock. */
  readonly lock?: string;
  /** Path of the file that it is about, where that is neither the store nor a lock. */
  readonly path?: string;
  /** The field of the row that lies. */
  readonly field?: string;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly repair: Repair;
}
