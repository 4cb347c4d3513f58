import type { Plan } from "./plan.ts";

/**
 * How far a repair came; every state is harmless (promise 2). Up to `backedUp` recovery rolls back, from `rowsWritten` on
 * it rolls forward. `prepared`: the new row file is whole and lies beside the store; once it is gone from there, it was
 * put in place.
 */
export type RepairState = "intended" | "backedUp" | "prepared" | "rowsWritten" | "done" | "rolledBack";

/** The record of one repair of one store: written before anything is changed, kept until it is deleted. */
export interface Receipt {
  readonly schema: 1;
  readonly id: string;
  /** Repairs that were confirmed together. */
  readonly batch: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly plan: Plan;
  readonly state: RepairState;
  /**
   * Of the store's file before and after, the same where it was only looked at; absent where not even that. In a
   * database: of the rows in question.
   */
  readonly before?: FileImage;
  readonly after?: FileImage;
  /** The copy of the store from before, in the receipt's folder; of a database its rows from before and after. */
  readonly backup?: string;
  /** The temporary file beside the store, while there is one. */
  readonly temporary?: string;
  /** Device and inode of the new row file, which it keeps in the store's place. */
  readonly rowFile?: string;
  /** Files that got another name, and what lay beside them: links or copies in the receipt's folder. */
  readonly kept?: readonly KeptFile[];
  /** The store lock of the inspected program that we took, or were about to take. */
  readonly vendorLock?: { readonly path: string; readonly content: string };
  /** The store was named as captured and as the person's own: an undo looks at no process. */
  readonly captured?: boolean;
  /** The receipt of the repair that undid it. */
  readonly undoneBy?: string;
  /** When what it moved to the quarantine was purged, epoch milliseconds: it cannot be undone since. */
  readonly purgedAt?: number;
  /** What did not go as planned and was left, one sentence each. */
  readonly notes?: readonly string[];
}

export interface KeptFile {
  readonly path: string;
  readonly copy: string;
  /** Inode, size and time of change. */
  readonly stamp: string;
  /** The file whose new name is the reason. */
  readonly goesWith: string;
}

export interface FileImage {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What one repair came to, for whoever asked. */
export interface RepairResult {
  /** Absent where it was refused before anything was recorded. */
  readonly receipt?: Receipt;
  readonly plan: Plan;
  readonly applied: boolean;
  /** One sentence with the next step in it. */
  readonly refused?: string;
  /** The person stopped it: nothing of it was done or, where it was applied, not all of what could be left. */
  readonly stopped?: true;
}
