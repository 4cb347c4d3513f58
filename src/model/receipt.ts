import type { Plan } from "./plan.ts";

/**
 * How far a repair came. Before `rowsWritten` recovery rolls back, from there on it rolls forward; every state is
 * harmless (promise 2).
 */
export type RepairState = "intended" | "backedUp" | "rowsWritten" | "done" | "rolledBack";

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
  /** Of the store's file before and after; absent where it is not touched. */
  readonly before?: FileImage;
  readonly after?: FileImage;
  /** The copy of the store from before, in the receipt's folder. */
  readonly backup?: string;
  /** The temporary file beside the store, while there is one. */
  readonly temporary?: string;
  /** The store was named as captured and as the person's own: an undo looks at no process. */
  readonly captured?: boolean;
  /** The receipt of the repair that undid it. */
  readonly undoneBy?: string;
  /** What did not go as planned and was left, one sentence each. */
  readonly notes?: readonly string[];
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
}
