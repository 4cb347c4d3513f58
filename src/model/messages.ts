// What the extension host and the worker say to each other: plain data, one request, one answer; events come unasked.
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Lock } from "./lock.ts";
import type { Edit } from "./plan.ts";
import type { PruneCandidate, StateDir } from "./scan.ts";
import type { Session } from "./session.ts";
import type { Permission, Store, Writer } from "./store.ts";
import type { Asked, CapturedPlace } from "./where.ts";

/** Every question with its answer. */
export interface Requests {
  /** Looks at everything once; what was found arrives as `scanned` events, the last of them before the answer. */
  scan: { ask: Asked; answer: undefined };
  /** What a folder, and a process list, would be opened as. A UserError where they are none, or are live here. */
  captured: { ask: Omit<CapturedPlace, "at">; answer: CapturedFolder };
  /** Follows changes on disk from now on, or stops to. `focused`: the window has the focus, so that a timer may run too. */
  follow: { ask: { readonly on: boolean; readonly focused: boolean }; answer: undefined };
  /** The stored row, pretty, with the places of the fields that findings name. */
  row: { ask: SessionName; answer: RowText };
  /** The stored row and the row as the evidence proves it, both normalised, the fields that differ first. */
  comparison: { ask: SessionName & { readonly status?: string }; answer: Comparison };
  /** What rows are made of, without their values, for a report of a bug. */
  shapes: { ask: { readonly store: string; readonly keys: readonly string[] }; answer: readonly RowShape[] };
  /** A readable piece of a transcript or trajectory around a byte, a line or an event. */
  excerpt: { ask: ExcerptName; answer: Excerpt };
  /** Who may write this store, by a fresh look: asked before a person is asked to vouch. */
  permission: { ask: { readonly store: string } & WhileItRuns; answer: WritePermission };
  /** Whether the gateway of a state directory runs, by a fresh look. */
  writer: { ask: { readonly stateDir: string }; answer: Writer };
  /** Asks agentctl's daemon of a folder to end, if it still is this process, and waits until it has. */
  endDaemon: { ask: { readonly stateDir: string; readonly pid: number }; answer: undefined };
  /** The person's own program that stops and starts the gateway of a state directory; undefined where there is none. */
  gatewayCommands: { ask: { readonly stateDir: string }; answer: GatewayCommands | undefined };
  /** The status of each row as the gateway of this store shows it right now; undefined where it is not asked or silent. */
  gatewayView: { ask: { readonly store: string }; answer: ReadonlyMap<string, string> | undefined };
  /** Has a database read from a private copy however large that is, until the window is closed. */
  copyDatabase: { ask: { readonly store: string }; answer: undefined };
  /** Asks the gateway of a session to do something, once. It cannot be undone here. */
  request: { ask: SessionName & { readonly what: RequestWhat }; answer: RequestAnswer };
  /** What the chosen repairs would write, value by value; nothing is written. */
  preview: { ask: { readonly choices: readonly RepairChoice[] }; answer: readonly StorePreview[] };
  /** Makes the chosen repairs, each store for itself. A refusal is an answer, not an error. */
  repair: {
    ask: { readonly choices: readonly RepairChoice[] } & Vouched & WhileItRuns;
    answer: readonly RepairSummary[];
  };
  /** What became of a repair, or an undo, of one row while its gateway runs: told this long after it, and not before. */
  aftermath: { ask: { readonly receipt: string; readonly afterMs: number }; answer: Aftermath };
  /** What pruning would take and what it spares: of everything that is older, or of these rows whatever their age. */
  pruneReview: { ask: PruneAsk; answer: readonly PruneCandidate[] };
  /** Takes these rows out; one that may not go by now is refused. */
  prune: { ask: { readonly rows: readonly SessionName[] } & Vouched; answer: readonly RepairSummary[] };
  /** Newest first. */
  receipts: { ask: undefined; answer: readonly ReceiptSummary[] };
  /** What an undo would leave as it is now, one sentence each. `keys`: only these rows. */
  undoLeaves: { ask: { readonly receipt: string; readonly keys?: readonly string[] }; answer: readonly string[] };
  /** What an undo would change now, as two texts, which can be long. */
  undoPreview: { ask: { readonly receipt: string; readonly keys?: readonly string[] }; answer: UndoPreview };
  undo: {
    ask: { readonly receipt: string; readonly keys?: readonly string[] } & Vouched & WhileItRuns;
    answer: RepairSummary;
  };
  /** What was moved out of the way and can be deleted for good. */
  quarantine: { ask: undefined; answer: QuarantineSummary };
  /** Deletes it, if it is still what `token` stands for. */
  emptyQuarantine: { ask: { readonly token: string }; answer: PurgeSummary };
  /** Keeps what was found for the next window, in a file of our own. */
  keepIndex: { ask: { readonly path: string; readonly text: string }; answer: undefined };
  /** Where fields stand in the text of a store that is open in an editor. Keys and fields that are not there are left out. */
  locate: { ask: { readonly text: string; readonly fields: readonly FieldName[] }; answer: readonly FieldPlace[] };
}

export type RequestKind = keyof Requests;

/** `kind` tells a trajectory's event from a transcript's of the same database. */
export type ExcerptName = Pick<Evidence, "path" | "offset" | "line" | "event"> & { readonly kind?: Evidence["kind"] };

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

export interface RowShape {
  readonly key: string;
  readonly shape: "object" | "array" | "null" | "scalar";
  readonly bytes: number;
  /** Fields that OpenClaw itself names. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  readonly otherFields: number;
  /** How many fields stand in it more than once. */
  readonly repeated: number;
  readonly isTwice: boolean;
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

export interface GatewayCommands {
  /** Absolute path. */
  readonly program: string;
  /** What it needs besides the environment that is there. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: GatewayCommand;
  readonly start: GatewayCommand;
}

export interface GatewayCommand {
  readonly args: readonly string[];
  /** As a person would type it, program and all. */
  readonly line: string;
}

/** What a gateway can be asked to do. */
export type RequestWhat = "abort" | "archive" | "recover";

export interface Aftermath {
  readonly key: string;
  /** As it was written; as it was before, which the gateway has written over it; otherwise, which it did since; gone. */
  readonly row: "kept" | "writtenOver" | "changed" | "gone";
  /** How many rows the store holds now. */
  readonly rows: number;
  /** How many other rows were changed since. */
  readonly changed: number;
  /** Keys of other rows that are gone since. */
  readonly gone: readonly string[];
  /** What the gateway seems to have written and the store does not hold: keys of rows, and names of transcripts. */
  readonly lost: readonly string[];
}

export interface RequestAnswer {
  /** Whether it came to pass; `unknown`: it was asked, and did not say. */
  readonly done: "yes" | "no" | "unknown";
  /** Half a sentence about the gateway. */
  readonly said: string;
}

export interface Vouched {
  /** Ids of stores for which the person vouched, in a modal that named store and risk, that no gateway runs. */
  readonly vouched: readonly string[];
}

export interface WhileItRuns {
  /** One row, although its gateway runs, which the person has read and confirmed. */
  readonly whileItRuns?: true;
}

export interface CapturedFolder {
  /** When it was captured by what its files say, epoch milliseconds. */
  readonly at: number;
  readonly stateDirs: readonly string[];
}

export type PruneAsk = { readonly olderThanMs: number } | { readonly rows: readonly SessionName[] };

export interface WritePermission extends Permission {
  /** The folder that a receipt would be kept in, with the copy of what was there before. */
  readonly receipts: string;
}

export interface StorePreview {
  readonly store: string;
  readonly edits: readonly Edit[];
  /** One sentence with the next step in it: nothing can be planned. */
  readonly refused?: string;
}

export interface RepairChoice {
  /** Id of the finding. */
  readonly finding: string;
  /** The outcome that a person chose, for a finalize. */
  readonly status?: string;
}

export interface RepairSummary {
  readonly store: string;
  readonly storePath: string;
  readonly applied: boolean;
  /** One sentence with the next step in it. */
  readonly refused?: string;
  readonly receipt?: string;
  /** How many rows and other files it changed. */
  readonly rows: number;
  readonly files: number;
  /** What was left as it is, one sentence each. */
  readonly notes: readonly string[];
  /** By the person: nothing of what would come after it is wanted either. */
  readonly stopped?: true;
}

export interface ReceiptSummary {
  readonly id: string;
  readonly batch: string;
  readonly at: number;
  /** Epoch milliseconds; until then no retention takes it. */
  readonly keptUntil: number;
  readonly action: string;
  readonly state: string;
  readonly storePath: string;
  readonly agent?: string;
  /** Its store was captured and the person's own: undoing it looks at no process. */
  readonly captured?: boolean;
  readonly undoneBy?: string;
  /** When what it had moved to the quarantine was purged, epoch milliseconds. */
  readonly purgedAt?: number;
  readonly undoes?: string;
  /** Folder of the receipt, to be opened. */
  readonly folder: string;
  /** One line for each edit. */
  readonly edits: readonly { readonly key?: string; readonly text: string }[];
  readonly notes: readonly string[];
}

export interface QuarantineSummary extends PurgeSummary {
  /** The folders that hold it. */
  readonly folders: readonly string[];
  /** Stands for exactly these files. */
  readonly token: string;
}

export interface PurgeSummary {
  readonly files: number;
  readonly bytes: number;
  /** By the person, before all were deleted. */
  readonly stopped?: true;
}

export interface UndoPreview {
  readonly now: string;
  readonly undone: string;
  readonly left: readonly string[];
}

/** A part of what is new in the next `scanned`: no message may keep the extension host busy for long. */
export interface ScanSlice {
  /** Sessions that are new or differ from what was told before; findings likewise. */
  readonly changed: readonly Session[];
  readonly findings: readonly Finding[];
}

/** What comes in one piece, with the news where they are few. */
export interface ScanUpdate extends ScanSlice {
  readonly now: number;
  /** False while something still waits for a second look: verdicts may get firmer in a moment. */
  readonly settled: boolean;
  readonly stateDirs: readonly StateDir[];
  readonly stores: readonly Store[];
  readonly locks: readonly Lock[];
  /** Sessions that are gone. */
  readonly removed: readonly SessionName[];
  /** Ids of all findings, new and old, in the order of the scan; absent where they are those of the last update. */
  readonly order?: readonly string[];
}

export interface Events {
  /** Both are answered with `taken`, before the next one comes. */
  slice: ScanSlice;
  scanned: ScanUpdate;
  /** A repair that a crash had interrupted was finished or taken back, one sentence each. */
  recovered: { readonly messages: readonly string[] };
  /** Something could not be followed or read and no scan says so, as a sentence for the log. */
  trouble: { readonly message: string };
}

export type EventKind = keyof Events;

/** What goes over the port. */
export type ToWorker =
  | { readonly taken: true }
  | { [K in RequestKind]: { readonly id: number; readonly kind: K; readonly ask: Requests[K]["ask"] } }[RequestKind];

/** What the worker is started with. */
export interface WorkerData {
  /** Four bytes: how often the person has stopped something. */
  readonly stops: SharedArrayBuffer;
  /** What is told of scans will be answered with `taken`. */
  readonly takes: true;
}

export type FromWorker =
  | { readonly id: number; readonly answer: Requests[RequestKind]["answer"] }
  /** `stopped`: by the person, who knows. `expected`: the message is fit to show; everything else is a bug, and the message is its stack. */
  | { readonly id: number; readonly error: string; readonly expected: boolean; readonly stopped: boolean }
  | { [K in EventKind]: { readonly event: K; readonly data: Events[K] } }[EventKind];
