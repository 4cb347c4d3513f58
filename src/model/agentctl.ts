// What inspection of agentctl's files hands to judgement: plain data, nothing decided yet. Times are epoch milliseconds.
import type { LockOwner } from "./lock.ts";
import type { ByteRange } from "./session.ts";
import type { Writer } from "./store.ts";

export interface AgentctlFacts {
  /** Path of `state.json`; also the id of the store. */
  readonly path: string;
  /** The folder, which is `~/.agentctl` unless it was named. */
  readonly directory: string;
  readonly writer: Writer;
  /** Its daemon listens on its socket, here and now. */
  readonly canBeAsked: boolean;
  readonly sizeBytes: number;
  /** Of `state.json`: what the byte ranges of its rows hold for. */
  readonly fileVersion?: string;
  readonly rows: readonly AgentRow[];
  readonly locks: readonly DirectoryLock[];
  readonly fuses: readonly Fuse[];
  /** Files of it that are there and could not be read. */
  readonly broken: readonly BrokenFile[];
  /** Living processes that may be agents; undefined where some may be hidden. */
  readonly agents?: readonly AgentProcess[];
  /** Whoever lives at the pid of `agentctl.pid` is ended by the next start of the daemon (facts 1.6). */
  readonly pidFile?: { readonly path: string } & PidHolder;
}

/** A session as `state.json` has it (facts 1.1). */
export interface AgentRow {
  readonly id: string;
  readonly adapter: string;
  readonly status: string | null;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly cwd?: string;
  readonly model?: string;
  /** The OpenClaw key, in rows of that adapter. */
  readonly key?: string;
  readonly range: ByteRange;
  readonly holder?: PidHolder;
  /** When its transcript last changed, where it is found. */
  readonly tracedAt?: number;
}

/** Who has the pid that something names, and who named it. */
export interface PidHolder {
  readonly pid: number;
  readonly owner: LockOwner;
  readonly why: string;
  /** What the process is called. */
  readonly name?: string;
}

/** One element of `locks.json` (facts 1.2). */
export interface DirectoryLock {
  /** Place in the list. */
  readonly index: number;
  readonly directory: string;
  readonly type: "auto" | "manual";
  readonly sessionId?: string;
  readonly lockedBy?: string;
  readonly reason?: string;
  readonly lockedAt?: number;
  readonly holder?: PidHolder;
  /** It names its process itself, as locks do from 1.9.0 on. */
  readonly hasPid: boolean;
  /** `unknown`: it lies on another machine, or may not be looked at. */
  readonly directoryState: "there" | "gone" | "unknown";
  /** Its text, so that exactly this element is taken. */
  readonly text: string;
  readonly file: string;
  readonly offset: number;
}

/** One element of `fuses.json` (facts 1.3). */
export interface Fuse {
  readonly index: number;
  readonly directory: string;
  readonly sessionId: string;
  readonly expiresAt?: number;
  readonly label?: string;
  readonly file: string;
  readonly offset: number;
}

export interface BrokenFile {
  readonly path: string;
  readonly state: "unparsable" | "unreadable";
  readonly reason: string;
  readonly sizeBytes: number;
  readonly line: number;
  readonly offset: number;
}

export interface AgentProcess {
  readonly pid: number;
  /** Which adapters' agent it may be. */
  readonly adapters: readonly string[];
}
