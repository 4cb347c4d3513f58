import type { Finding } from "./finding.ts";
import type { Lock } from "./lock.ts";
import type { Session } from "./session.ts";
import type { Store, Writer } from "./store.ts";
import type { CapturedPlace } from "./where.ts";

/** Everything that one look at a machine or at a captured home gave. */
export interface Scan {
  /** The clock that it was judged by, epoch milliseconds; what was captured has its own. */
  readonly now: number;
  readonly stateDirs: readonly StateDir[];
  readonly stores: readonly Store[];
  readonly sessions: readonly Session[];
  readonly locks: readonly Lock[];
  readonly findings: readonly Finding[];
  /** When a gateway that was asked what it runs may be asked again. */
  readonly askAgainAt?: number;
  /** Only where it was asked for. */
  readonly prune?: readonly PruneCandidate[];
}

/** What pruning would do with a row. */
export interface PruneCandidate {
  readonly store: string;
  readonly key: string;
  readonly take: boolean;
  /** Half a sentence. */
  readonly why: string;
  readonly unchangedMs: number;
  readonly transcript?: string;
}

/** A state directory that was found, with or without stores in it. */
export interface StateDir {
  readonly path: string;
  /** Why it was looked at: "home", "OPENCLAW_STATE_DIR", "setting", … */
  readonly origin: string;
  /** Why nothing could be read in it. */
  readonly problem?: string;
  readonly stores: number;
  readonly writer: Writer;
  /** What writes it; OpenClaw's gateway where it is left out. */
  readonly program?: "daemon" | "worker";
  /** How it was opened as captured; absent for what is live. */
  readonly captured?: CapturedPlace;
}
