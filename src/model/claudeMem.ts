// What inspection of claude-mem's database hands to judgement. Times are epoch milliseconds.
import type { Writer } from "./store.ts";

export interface ClaudeMemFacts {
  /** Path of `claude-mem.db`; also the id of the store. */
  readonly path: string;
  /** The folder, which is `~/.claude-mem` unless it is configured elsewhere. */
  readonly directory: string;
  readonly writer: Writer;
  readonly sizeBytes: number;
  /** The files that it was read from. */
  readonly fileVersion?: string;
  /** Highest of its `schema_versions`. */
  readonly schema?: number;
  /** Its rows may be written: the schema is one that we know (facts 2.2). */
  readonly isKnown: boolean;
  readonly rows: readonly MemoryRow[];
  /** Why nothing could be read. */
  readonly problem?: string;
}

/** A row of `sdk_sessions`. */
export interface MemoryRow {
  /** Its number in the table. */
  readonly id: number;
  /** What it is called here: the id that its agent gave it, once in a store. */
  readonly key: string;
  readonly contentId: string;
  readonly platform: string;
  readonly project: string;
  readonly title?: string;
  readonly status: string;
  readonly startedAt?: number;
  readonly completedAt?: number;
  /** The latest prompt, observation or summary; read of active rows only. */
  readonly activeAt?: number;
  /** Another one once anything happened in it. */
  readonly version: string;
  /** Messages that wait to be processed (up to 13.0). */
  readonly waiting: number;
  /** The OpenClaw key that it belongs to, by its content id. */
  readonly openclawKey?: string;
  /** A living process that names it in its arguments. */
  readonly namedBy?: number;
  /** When its Claude transcript last changed. */
  readonly transcriptAt?: number;
  /** No living process can be its agent; undefined where that cannot be told. */
  readonly noAgentRuns?: boolean;
}
