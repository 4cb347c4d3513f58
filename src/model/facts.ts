// What inspection hands to judgement: plain data, nothing decided yet. Times are epoch milliseconds, sizes bytes.
import type { EntryPlace, EventName, Evidence } from "./evidence.ts";
import type { LockKind, LockOwner } from "./lock.ts";
import type { ByteRange } from "./session.ts";
import type { Era, StoreKind, VersionRange, Writer } from "./store.ts";

export interface StoreFacts {
  readonly id: string;
  readonly kind: Extract<StoreKind, "openclaw-json" | "openclaw-sqlite">;
  readonly path: string;
  readonly stateDir: string;
  readonly agent?: string;
  readonly era?: Era;
  readonly version?: VersionRange;
  readonly writer: Writer;
  readonly content: StoreContent;
  readonly locks: readonly LockFacts[];
  /** agents.defaults.timeoutSeconds of the configuration, where it is set. */
  readonly runTimeoutMs?: number;
  /** session.maintenance.pruneAfter, where it is set. */
  readonly pruneAfterMs?: number;
  /** session.maintenance.resetArchiveRetention, where it is set; Infinity where it is switched off. */
  readonly resetRetentionMs?: number;
  readonly movedFrom?: string;
  /** session.maintenance.mode and maxEntries, where they are set. */
  readonly maintenanceMode?: string;
  readonly maxEntries?: number;
  readonly place: PlaceFacts;
  readonly leftovers: Leftovers;
  /** What is said of a database as a whole. */
  readonly database?: DatabaseFacts;
  /** Keys of rows that the writer itself reports; absent where it was not asked. */
  readonly report?: WriterReport;
}

/** A database of 2026.8 and later (facts G). */
export interface DatabaseFacts {
  readonly schemaVersion?: number;
  /** Why its rows are read with care and never written; absent where it is of a kind that is known. */
  readonly unknown?: string;
  readonly walBytes: number;
  /** Rows without their other half, one line each; some of them where there are many. */
  readonly orphans: readonly string[];
  /** Whether the registries of sub-agents, cron and placements could be read: otherwise what they may say is unknown. */
  readonly hasRegistries: boolean;
}

/** Where the store's file lies and who may touch it. */
export interface PlaceFacts {
  /** Permission bits; absent where the file may not be looked at, or where modes mean nothing (a captured or moved copy). */
  readonly mode?: number;
  readonly isOwn: boolean;
  /** It is this very user's: being root is not enough to change its mode. */
  readonly hasOwnUid: boolean;
  /** The network or shared file system, or the cloud folder, that it is on. */
  readonly shared?: string;
}

/** Files beside a store that no row names (facts C4, C5, E). */
export interface Leftovers {
  /** Transcripts, their sizes and times. */
  readonly transcripts: readonly FileFacts[];
  /** Trajectories and pointers without a transcript, an archive or a row. */
  readonly trajectories: readonly LeftFile[];
  readonly checkpoints: readonly LeftFile[];
  /** Temporary files of the store's writers. */
  readonly temporaries: readonly LeftFile[];
  readonly archives: readonly ArchiveFacts[];
  /** Older copies of the store itself, newest first. */
  readonly copies: readonly FileFacts[];
}

export type StoreContent =
  | {
      readonly state: "read";
      readonly sizeBytes: number;
      readonly mtimeMs: number;
      /** What its rows were read from, and what byte ranges hold for. */
      readonly fileVersion: string;
      readonly sessions: readonly SessionFacts[];
    }
  | {
      readonly state: "unparsable";
      readonly sizeBytes: number;
      /** Byte at which reading as JSON fails. */
      readonly offset: number;
      readonly line: number;
      readonly reason: string;
      /** Files it might be restored from, newest first. */
      readonly candidates: readonly FileFacts[];
    }
  /** `copyBytes`: of the private copy that it takes to read it, which is made on request only. */
  | { readonly state: "unreadable"; readonly reason: string; readonly copyBytes?: number };

export interface FileFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** A file that may be moved out of the way. */
export interface LeftFile extends FileFacts {
  /** Inode, size and time of change: any other file, and any later state of this one, has another. */
  readonly stamp: string;
  /** A regular file of this very user's, and no link to one. */
  readonly isMovable: boolean;
}

/** What the writer said of its own sessions (facts G: sessions.list). A row that it did not name is unknown, never idle. */
export interface WriterReport {
  readonly at: number;
  readonly running: ReadonlySet<string>;
  /** Rows that it calls idle; what that is worth depends on `counts`. */
  readonly idle: ReadonlySet<string>;
  /**
   * What it counts as active altogether (gateway.restart.preflight); `unknown` where only its list is known. Idle is
   * certain only where that is nothing: 2026.5.18 says `hasActiveRun: false` of a run that was begun under another
   * spelling of the key, by a schedule or by a channel, while it streams (seen).
   */
  readonly counts: "none" | "some" | "unknown";
  /** Keys and session ids of every row that it listed; absent where it may not have listed all. */
  readonly listed?: ReadonlySet<string>;
  /** The status of each row, as it shows it. */
  readonly statuses?: ReadonlyMap<string, string>;
}

export interface SessionRow {
  readonly key: string;
  /** Bytes of the value in the store; a row of a database has its key. */
  readonly range?: ByteRange;
  readonly shape: "object" | "array" | "null" | "scalar";
  /** The fields in use, of any type: nothing of a row is trusted. The last of duplicates. No prototype. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SessionFacts {
  readonly row: SessionRow;
  readonly transcript: TranscriptFacts;
  readonly trajectory?: TrajectoryFacts;
  /** The first run of its trajectory, where that was over before the first user message of its transcript. */
  readonly earlierRun?: AnsweredRun;
  /** Where it has no trajectory: the pointer that names one. */
  readonly brokenPointer?: PointerFacts;
  /** Locks on its transcript. */
  readonly locks: readonly LockFacts[];
  readonly subagent?: SubagentFacts;
  readonly cron?: CronFacts;
  /** In a database: what its columns say beside the row. */
  readonly columns?: ColumnFacts;
  /** A sub-agent run that this session yielded to and waits for (facts B4). */
  readonly yielded?: YieldFacts;
  /** It is, or was, placed on another machine (facts I 11). */
  readonly placement?: string;
}

/** Columns are projections of the row, and the gateway finds rows by them (facts B5, G). */
export interface ColumnFacts {
  /** 1: valid; 0: to be validated by the next start; -1: not valid. */
  readonly entryValid: number;
  /** Why the row's JSON cannot be used. */
  readonly broken?: string;
  /** False where only columns were read: then the fields are theirs. */
  readonly isRowRead: boolean;
  readonly status: string | null;
  /** The window of the row's own session id. */
  readonly window?: { readonly status: string | null; readonly endedAt?: number };
}

export interface YieldFacts {
  readonly path: string;
  readonly runId: string;
  /** Key of the sub-agent's session. */
  readonly child: string;
}

export interface TranscriptFacts {
  /** `none`: the row names no transcript. `unread`: there, but full proof was not needed. */
  readonly state: "none" | "absent" | "unreadable" | "unread" | "read";
  /** Where it is, or where it should be: a file, or the database that holds its events. */
  readonly path?: string;
  /** Its last event, where it is in a database. */
  readonly end?: EventName;
  readonly sizeBytes?: number;
  readonly mtimeMs?: number;
  readonly tail?: TranscriptTail;
  /** Archives of the same transcript, newest first; looked for only where it is absent. */
  readonly archives: readonly ArchiveFacts[];
  /** `sessionFile` as OpenClaw ignores it, being outside of what it allows; whether the same name lies beside the store. */
  readonly ignored?: { readonly path: string; readonly isBeside: boolean };
  /** `<sessionId>.jsonl`, where it is there although the row names a file of another id. */
  readonly ownIdFile?: string;
}

export interface ArchiveFacts extends FileFacts {
  readonly reason: "deleted" | "reset" | "bak";
  /** The time in its name, which is the one that retention reads (facts C4). */
  readonly archivedAt?: number;
}

/** The end of a transcript (facts C2, C3). */
export interface TranscriptTail {
  /** False where the bytes that may be read did not reach a message: nothing is decided then. */
  readonly decided: boolean;
  /** The last line is no whole JSON value. */
  readonly torn: boolean;
  readonly lastMessage?: MessageFacts;
  /** The last user message, where no assistant message follows it. */
  readonly lastUserMessage?: MessageFacts;
  /** Time of the last entry of any type. */
  readonly lastAt?: number;
  /** When the first user message was written, where that is near the beginning and nothing was compacted before it. */
  readonly firstUserAt?: number;
  /** The first line, where it is whole and short enough for one; empty where it is no object. */
  readonly header?: { readonly type?: string; readonly id?: string; readonly version?: number };
}

export interface MessageFacts extends EntryPlace {
  readonly role: string;
  readonly at?: number;
  readonly stopReason?: string;
  /** It records an abort although it says `stop` (facts C5: model `gateway-injected` or `openclawAbort`). */
  readonly abort: boolean;
}

/** The end of a trajectory (facts C5). */
export interface TrajectoryFacts extends FileFacts {
  readonly decided: boolean;
  /** Its recorder stopped recording: what is missing proves nothing. */
  readonly truncated: boolean;
  /** The last `session.started`, `prompt.submitted` or `session.ended` of any run in the file. */
  readonly last?: LifecycleEvent;
  readonly lastAt?: number;
  /** When the first run of the file began. */
  readonly startedAt?: number;
}

/** A run that answered a message, by its `session.ended`. */
export interface AnsweredRun {
  readonly path: string;
  readonly endedAt: number;
  readonly offset: number;
}

/** A file that names a trajectory which is not there, or which is of another session. */
export interface PointerFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly reason: "missing" | "mismatched";
}

export interface LifecycleEvent extends EntryPlace {
  readonly type: "session.started" | "prompt.submitted" | "session.ended";
  readonly at?: number;
  readonly runId?: string;
  readonly sessionKey?: string;
  /** Of `session.ended`. */
  readonly status?: string;
  readonly aborted: boolean;
  readonly externalAbort: boolean;
  readonly timedOut: boolean;
  readonly idleTimedOut: boolean;
}

export interface LockFacts {
  readonly path: string;
  readonly kind: LockKind;
  /** Base name of the transcript that it locks. */
  readonly transcript?: string;
  readonly payload: "valid" | "empty" | "unparsable" | "unreadable";
  readonly pid?: number;
  readonly createdAt?: number;
  readonly maxHoldMs?: number;
  readonly mtimeMs: number;
  readonly sizeBytes: number;
  /** Device and inode, so that a repair takes exactly this lock. */
  readonly identity: string;
  readonly owner: LockOwner;
  readonly why: string;
}

/** The latest run of a sub-agent in `<state>/subagents/runs.json`, or in the state database (facts B2). */
export interface SubagentFacts {
  readonly path: string;
  readonly runId: string;
  readonly startedAt?: number;
  /** First start over follow-ups: what the row's startedAt copies. */
  readonly sessionStartedAt?: number;
  readonly endedAt?: number;
  readonly status: "running" | "done" | "failed" | "killed" | "timeout";
  readonly runtimeMs?: number;
}

/** The record of a cron run in `<state>/cron/runs/<job>.jsonl`, or in the state database. */
export interface CronFacts extends EntryPlace {
  readonly path: string;
  readonly jobId: string;
  /** When the run started and when its end was recorded. */
  readonly runAt?: number;
  readonly endedAt: number;
  readonly status: string;
}

export type { Evidence };
