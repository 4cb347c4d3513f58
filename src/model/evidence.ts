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

export interface Evidence {
  readonly kind: EvidenceKind;
  /** The file to open. For a process: the pid file of the system or "process list". */
  readonly path: string;
  /** 1-based line, where it could be counted cheaply. */
  readonly line?: number;
  /** Byte offset of the line; always there for transcripts and trajectories, which can be too large to count lines in. */
  readonly offset?: number;
  /** When it happened, epoch milliseconds. */
  readonly at?: number;
  /** One sentence. May hold text of a store: show it as text only (promise 8). */
  readonly text: string;
}
