import type { Evidence } from "./evidence.ts";

export type StoreKind = "openclaw-json" | "openclaw-sqlite" | "agentctl" | "claude-mem";

/** `draining` counts as running; `unknown` is treated as running wherever a session is judged (DESIGN, Words). */
export type WriterState = "running" | "draining" | "stopped" | "unknown";

export interface Writer {
  readonly state: WriterState;
  /** One sentence: how the state was reached. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** The process that shows that it runs. */
  readonly pid?: number;
  /** When that process was started, epoch milliseconds. */
  readonly since?: number;
  /** Half a sentence: what it says of its runs itself, or why it was not asked. */
  readonly said?: string;
}

/**
 * Which versions of the program may own a store, both ends included; an open end is not known.
 * Versions are the program's own, as "2026.5.18" (facts P).
 */
export interface VersionRange {
  readonly from?: string;
  readonly to?: string;
  /** What the range rests on, for people. */
  readonly source: string;
}

/** Storage eras of OpenClaw (facts 0.1): J1 takes `sessions.json.lock` for every write, J2 has no store lock, S is SQLite. */
export type Era = "J1" | "J2" | "S";

/** What may be written, and if not, why (DESIGN, Who may write). */
export interface Permission {
  readonly answer: "yes" | "vouch" | "no";
  /** A sentence with the next step in it. */
  readonly why: string;
  /** Nothing is written, but its owner runs and can be asked to do it. */
  readonly throughOwner?: true;
  /** It is no only until the person says that this moved store is theirs. */
  readonly claimable?: true;
  /** It is no only because the gateway runs. */
  readonly byGateway?: true;
}

export interface Store {
  readonly id: string;
  readonly kind: StoreKind;
  readonly path: string;
  /** The state directory that the store belongs to. */
  readonly stateDir: string;
  readonly agent?: string;
  readonly era?: Era;
  readonly version?: VersionRange;
  readonly writer: Writer;
  readonly permission: Permission;
  /** Code of the finding that keeps the store from being read. */
  readonly problem?: string;
  /** Why it is never written, of a store newer than what is known, half a sentence. */
  readonly unknown?: string;
  /** Where its rows say it lived before it was moved or copied here (facts O). */
  readonly movedFrom?: string;
  /** It was moved here, and the person said that it is theirs. */
  readonly claimed?: true;
  /** The folder that was opened as captured and holds it; absent for what is live. */
  readonly captured?: string;
  /** How many rows it holds. */
  readonly sessions: number;
  readonly sizeBytes: number;
  /** Bytes of the private copy that it takes to read it, where that is made on request only. */
  readonly copyBytes?: number;
  /** The version of the file that the byte ranges of its sessions hold for. */
  readonly fileVersion?: string;
}
