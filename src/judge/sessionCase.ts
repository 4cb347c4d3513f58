// One session with everything that is decided about it before any rule speaks: what it claims, who owns it, whether it
// is quiet, how its run ended. Every rule of a session takes this and nothing else.
import type { LockFacts, SessionFacts, StoreFacts } from "../model/facts.ts";
import type { SessionKind } from "../model/session.ts";
import { type End, endOf } from "./end.ts";
import { isQuiet, type Ownership, ownershipOf } from "./ownership.ts";

export interface SessionCase {
  readonly store: StoreFacts;
  readonly facts: SessionFacts;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly key: string;
  readonly kind: SessionKind;
  /** `status` of the row; undefined where it has none. */
  readonly status: unknown;
  readonly claimsToRun: boolean;
  readonly isTerminal: boolean;
  /** Plausible times only. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly updatedAt: number | undefined;
  /** The latest change of anything that belongs to it. */
  readonly lastChangeAt: number;
  /** The latest trace in what its files say, which survives copying; undefined where there is none. */
  readonly lastTraceAt: number | undefined;
  readonly ownership: Ownership;
  readonly quiet: boolean;
  readonly end: End | undefined;
  /** Locks on its transcript whose owner is gone. */
  readonly deadLocks: readonly LockFacts[];
  /** These, and such as name nobody and are too old to be in the making. */
  readonly freeLocks: readonly LockFacts[];
}

const terminal: ReadonlySet<unknown> = new Set(["done", "failed", "killed", "timeout"]);
/** Before this a number is no time in milliseconds (facts I 25). */
export const firstPlausibleMs = 1e12;
export const dayMs = 86_400_000;

export function sessionCase(store: StoreFacts, facts: SessionFacts, now: number): SessionCase {
  const { fields, key } = facts.row;
  const startedAt = plausibleTime(fields["startedAt"], now);
  const updatedAt = plausibleTime(fields["updatedAt"], now);
  const { transcript, trajectory, locks } = facts;
  const lastMessageAt = transcript.tail?.lastMessage?.at;
  const lastTraceAt = latestOf(now, startedAt, transcript.tail?.lastAt, lastMessageAt, trajectory?.lastAt);
  const changedAt = latestOf(now, lastTraceAt, updatedAt, transcript.mtimeMs, trajectory?.mtimeMs);
  const lastChangeAt = locks.reduce((at, { mtimeMs }) => latestOf(now, at, mtimeMs) ?? at, Math.max(0, changedAt ?? 0));
  const status = fields["status"];
  const kind = kindOf(key);
  const ownership = ownershipOf(store, facts, kind, now - lastChangeAt);
  return {
    store,
    facts,
    now,
    key,
    kind,
    status,
    claimsToRun: status === "running",
    isTerminal: terminal.has(status) || (isInDatabase(store) && status === "interrupted"),
    startedAt,
    endedAt: plausibleTime(fields["endedAt"], now),
    updatedAt,
    lastChangeAt,
    lastTraceAt: lastTraceAt ?? updatedAt,
    ownership,
    quiet: isQuiet(ownership, store, now - lastChangeAt),
    end: endOf(facts, startedAt, now),
    deadLocks: locks.length === 0 ? locks : locks.filter(isDead),
    freeLocks: locks.length === 0 ? locks : locks.filter((lock) => isDead(lock) || isForsaken(lock, now)),
  };
}

/** 2026.8 and later keep their rows in a database (facts G). */
export function isInDatabase({ kind }: StoreFacts): boolean {
  return kind === "openclaw-sqlite";
}

function isDead({ owner }: LockFacts): boolean {
  return owner === "dead" || owner === "recycled" || owner === "foreign";
}

/** A payload comes moments after the file (facts D1, I 17); whether somebody could still write it, the writer tells. */
export const emptyStaleMs = 30 * 60_000;

/** It names nobody, and has not for half an hour. */
export function isForsaken({ payload, mtimeMs }: LockFacts, now: number): boolean {
  return (payload === "empty" || payload === "unparsable") && now - mtimeMs > emptyStaleMs;
}

/** What a copy or a wrong clock puts into the future is no sign of anything. */
function latestOf(now: number, ...times: readonly (number | undefined)[]): number | undefined {
  let latest: number | undefined;
  for (const at of times) if (at !== undefined && at <= now && (latest === undefined || at > latest)) latest = at;
  return latest;
}

/** A number of milliseconds of the last decades, and not from the future by more than a day. */
export function plausibleTime(value: unknown, now: number): number | undefined {
  return typeof value === "number" && value >= firstPlausibleMs && value <= now + dayMs ? value : undefined;
}

/** Facts B1, Keys. Keys are compared without case, as older versions wrote them in any. */
export function kindOf(key: string): SessionKind {
  const low = key.toLowerCase();
  if (low.includes(":subagent:")) return "subagent";
  if (low.includes(":cron:")) return "cron";
  if (low.includes(":acp:")) return "acp";
  if (low.endsWith(":heartbeat") || low.includes(":heartbeat-")) return "heartbeat";
  return /^agent:[^:]+:main$/.test(low) ? "main" : "other";
}
