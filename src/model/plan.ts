// What a repair would change. Every edit carries the value before it, so that preview, apply, undo, receipt and audit are
// one thing.
import type { RepairKind } from "./finding.ts";
import type { StoreKind } from "./store.ts";

/** Values are JSON text, spelled as in the store; null: the field is not there. */
export interface FieldEdit {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface FileEdit {
  readonly path: string;
  /** Keys of the rows that it goes with: an undo of one of them takes it along. */
  readonly rows?: readonly string[];
}

export interface ListElement {
  /** Place in the list, so that it comes back there. */
  readonly index: number;
  /** As it is spelled. */
  readonly text: string;
  /** What it is, for people: the directory that it locks. */
  readonly name: string;
}

interface LockContent {
  readonly content: string;
  readonly mode: number;
}

/** A row of a database by the number that it has there. */
export interface RowPlace {
  readonly id: number;
  /** What the plan was made from, in words of our own: another one voids the plan (promise 4). */
  readonly version: string;
}

/** What the program that owns a store is asked to do itself, since its memory is the truth while it runs. */
export type OwnerRequest =
  /** The lock by hand on a directory. `text`: as it is stored, so that no other is released. */
  | { readonly method: "lock.release"; readonly directory: string; readonly text: string }
  /** All that it finds dead by itself. */
  | { readonly method: "session.prune" };

export type Edit =
  | {
      readonly kind: "fields";
      readonly key: string;
      readonly fields: readonly FieldEdit[];
      /** In a database: the hash of the whole row that it was made from; any other voids the plan. */
      readonly basis?: string;
      /** In a database: the columns that go with them, as `table.column`; null is NULL. */
      readonly columns?: readonly FieldEdit[];
      /** In a database whose rows are written cell by cell. */
      readonly row?: RowPlace;
      /** An undo in a database: the file of the receipt that holds the row as it was, and the hash of that. */
      readonly rowFrom?: { readonly path: string; readonly sha256: string };
    }
  | { readonly kind: "removeRow"; readonly key: string; readonly before: string }
  | { readonly kind: "addRow"; readonly key: string; readonly after: string }
  /** `identity`: device and inode, so that exactly this lock is taken. `content`: its text, to put it back. */
  | (FileEdit & { readonly kind: "removeLock"; readonly identity: string } & LockContent)
  | (FileEdit & { readonly kind: "addLock" } & LockContent)
  /** Exactly these elements of a list leave it, or come back to it. */
  | (FileEdit & { readonly kind: "removeElements" | "addElements"; readonly elements: readonly ListElement[] })
  /** Never over a file that is there. */
  | (Omit<FileEdit, "path"> & {
      readonly kind: "rename";
      readonly from: string;
      readonly to: string;
      /** Only where the file is still this one, unchanged. */
      readonly stamp?: string;
      /** Copies of a receipt, put where their file is gone. */
      readonly copies?: readonly { readonly from: string; readonly to: string }[];
    })
  /** To the quarantine or out of it: never over a file that is there, and only while the file is still this one. */
  | {
      readonly kind: "move";
      readonly quarantine: "in" | "out";
      readonly from: string;
      readonly to: string;
      readonly stamp: string;
      readonly sizeBytes: number;
    }
  /** Permission bits of the store's file; `identity`: device and inode, so that no other file gets them. */
  | {
      readonly kind: "mode";
      readonly path: string;
      readonly before: number;
      readonly after: number;
      readonly identity: string;
    }
  /** The whole store from a copy, only where it still has the bytes that the undone repair left. */
  | { readonly kind: "content"; readonly from: string; readonly sha256: string };

/** The version of a store's file that a plan was made from: any other voids the plan (promise 4). Of a database: of its rows. */
export interface PlanBasis {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Permission bits of a file, and which file it is: device and inode. */
export interface StoredMode {
  readonly bits: number;
  readonly identity: string;
}

export interface PlannedStore {
  readonly id: string;
  readonly kind: StoreKind;
  readonly path: string;
  readonly stateDir: string;
  readonly agent?: string;
  readonly era?: string;
}

export interface Plan {
  readonly store: PlannedStore;
  readonly action: Exclude<RepairKind, "none"> | "undo";
  /** Undefined where nothing rests on what the store says: neither is it written, nor does it say that a file is left over. */
  readonly basis?: PlanBasis;
  readonly edits: readonly Edit[];
  /** Instead of edits, and without a way back. */
  readonly requests?: readonly OwnerRequest[];
  /** Of the findings that it settles. */
  readonly findings: readonly PlannedFinding[];
  /** Id of the receipt that it undoes. */
  readonly undoes?: string;
  /** What an undo leaves as it is, one sentence each. */
  readonly left?: readonly string[];
}

export interface PlannedFinding {
  readonly id: string;
  readonly code: string;
  readonly session?: string;
  readonly message: string;
}
