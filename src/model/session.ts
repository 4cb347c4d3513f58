import type { EventName, Evidence } from "./evidence.ts";

/** What we say of a session (DESIGN, Words). */
export type Verdict = "active" | "waiting" | "finished" | "interrupted" | "unknown";

/** What kind of conversation the key names (facts B1, Keys). */
export type SessionKind = "main" | "subagent" | "cron" | "acp" | "heartbeat" | "other";

export interface Session {
  /** Id of the store. */
  readonly store: string;
  readonly key: string;
  readonly kind: SessionKind;
  readonly sessionId?: string;
  /** The row's own `status`; null where it has none. */
  readonly claimed: string | null;
  readonly verdict: Verdict;
  /** One sentence: how the verdict was reached. */
  readonly why: string;
  /** What the verdict rests on. */
  readonly proof: readonly Evidence[];
  /** Epoch milliseconds, as the row has them where they are plausible numbers. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly updatedAt?: number;
  /** The latest trace of any kind, epoch milliseconds. */
  readonly lastSeenAt?: number;
  readonly model?: string;
  readonly label?: string;
  readonly transcript?: string;
  /** Its last event, where it is in a database. */
  readonly transcriptEnd?: EventName;
  readonly trajectory?: string;
  /** As the row is, the next start of a gateway sends a model request to go on with it. */
  readonly resumes?: true;
  /** What a row of a database was judged by: a proposal holds for no other. */
  readonly rowVersion?: string;
  /** Codes of the findings about it, most severe first. */
  readonly findings: readonly string[];
}

export interface ByteRange {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}
