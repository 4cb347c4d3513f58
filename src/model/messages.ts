// What the extension host and the worker say to each other: plain data, one request, one answer; events come unasked.
import type { Finding } from "./finding.ts";
import type { Lock } from "./lock.ts";
import type { StateDir } from "./scan.ts";
import type { Session } from "./session.ts";
import type { Store } from "./store.ts";
import type { Where } from "./where.ts";

/** Every question with its answer. */
export interface Requests {
  /** Looks at everything once; what was found arrives as `scanned` events, the last of them before the answer. */
  scan: { ask: { readonly where: Where }; answer: undefined };
  /** Follows changes on disk from now on, or stops to. `focused`: the window has the focus, so that a timer may run too. */
  follow: { ask: { readonly on: boolean; readonly focused: boolean }; answer: undefined };
  /** The stored row, pretty, with the places of the fields that findings name. */
  row: { ask: SessionName; answer: RowText };
  /** The stored row and the row as the evidence proves it, both normalised, the fields that differ first. */
  comparison: { ask: SessionName; answer: Comparison };
  /** A readable piece of a transcript or trajectory around a byte or a line. */
  excerpt: { ask: { readonly path: string; readonly offset?: number; readonly line?: number }; answer: Excerpt };
  /** Where fields stand in the text of a store that is open in an editor. Keys and fields that are not there are left out. */
  locate: { ask: { readonly text: string; readonly fields: readonly FieldName[] }; answer: readonly FieldPlace[] };
}

export type RequestKind = keyof Requests;

export interface SessionName {
  readonly store: string;
  readonly key: string;
}

export interface FieldName {
  readonly key: string;
  /** Absent: the row itself, at its key. */
  readonly field?: string;
}

/** Zero-based, in UTF-16 units, as editors count. */
export interface TextRange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

export interface FieldPlace extends FieldName {
  readonly range: TextRange;
}

export interface RowText {
  readonly text: string;
  /** Of the fields of this row that its findings name; a finding without a place is about the whole row. */
  readonly places: readonly FieldPlace[];
}

export interface Comparison {
  readonly stored: string;
  readonly proven: string;
  /** How many fields differ. */
  readonly differences: number;
}

export interface Excerpt {
  readonly text: string;
  /** Zero-based line of the text that shows what was asked for. */
  readonly line: number;
}

export interface ScanUpdate {
  readonly now: number;
  /** False while something still waits for a second look: verdicts may get firmer in a moment. */
  readonly settled: boolean;
  readonly stateDirs: readonly StateDir[];
  readonly stores: readonly Store[];
  readonly locks: readonly Lock[];
  readonly findings: readonly Finding[];
  /** Sessions that are new or differ from the last update, and ids of those that are gone. */
  readonly changed: readonly Session[];
  readonly removed: readonly string[];
}

export interface Events {
  scanned: ScanUpdate;
  /** Something could not be followed or read and no scan says so, as a sentence for the log. */
  trouble: { readonly message: string };
}

export type EventKind = keyof Events;

/** What goes over the port. */
export type ToWorker = {
  [K in RequestKind]: { readonly id: number; readonly kind: K; readonly ask: Requests[K]["ask"] };
}[RequestKind];
export type FromWorker =
  | { readonly id: number; readonly answer: Requests[RequestKind]["answer"] }
  /** `expected`: the message is fit to show; everything else is a bug, and the message is its stack. */
  | { readonly id: number; readonly error: string; readonly expected: boolean }
  | { [K in EventKind]: { readonly event: K; readonly data: Events[K] } }[EventKind];
