// What a transcript, trajectory, lock, registry or process shows. Every piece can be opened by a person.

export type EvidenceKind =
  | "row"
  | "transcript"
  | "trajectory"
  | "archive"
  | "lock"
  | "registry"
  | "cron"
  | "process"
  | "writer"
  | "file";

/** An event of a transcript or trajectory that is kept in a database. */
export interface EventName {
  readonly sessionId: string;
  readonly seq: number;
}

/** Where an entry stands: the byte offset of its line, or in a database its event. One of them is there. */
export interface EntryPlace {
  readonly offset?: number;
  readonly event?: EventName;
}

export interface Evidence extends EntryPlace {
  readonly kind: EvidenceKind;
  /** The file to open. For a process: the pid file of the system or "process list". */
  readonly path: string;
  /** 1-based line, where it could be counted cheaply. */
  readonly line?: number;
  /** The row itself, in a database: its store's id and its key. */
  readonly row?: { readonly store: string; readonly key: string };
  /** When it happened, epoch milliseconds. */
  readonly at?: number;
  /** One sentence. May hold text of a store: show it as text only (promise 8). */
  readonly text: string;
}
