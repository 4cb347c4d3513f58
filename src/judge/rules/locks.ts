// Locks whose row does not claim to run, and the store's own lock (facts I 14 to 19). A dead lock of a row that claims to
// run is its row's affair: the gateway needs it as evidence (facts 0.3).
import type { Evidence } from "../../model/evidence.ts";
import type { LockFacts, StoreFacts } from "../../model/facts.ts";
import type { Repair } from "../../model/finding.ts";
import type { Lock } from "../../model/lock.ts";
import { type Draft, nothing } from "../draft.ts";
import { basenameOf } from "../paths.ts";
import { emptyStaleMs, isForsaken, isInDatabase, type SessionCase } from "../sessionCase.ts";
import { clock, span } from "../words.ts";

/** A payload comes moments after the file (facts D1: 5 s to 30 s of grace). */
const emptyGraceMs = 30_000;
/** Runs raise their hold to the run timeout and more: 12 to 17 minutes are normal (facts D1). */
const longHoldMs = 30 * 60_000;
const releaseGraceMs = 60_000;

export interface LockCase {
  readonly store: StoreFacts;
  readonly lock: LockFacts;
  /** The session whose transcript it locks; of several, the one that claims to run. */
  readonly session: SessionCase | undefined;
  readonly now: number;
}

export function lockVerdict({ store, lock, now }: LockCase): Lock["verdict"] {
  if (lock.owner === "alive") return "held";
  if (lock.owner !== "unknown") return "stale";
  return store.writer.state === "stopped" && isForsaken(lock, now) ? "stale" : "unknown";
}

export function lockRules(lockCase: LockCase): Draft[] {
  const { lock } = lockCase;
  if (isInDatabase(lockCase.store) && lock.kind !== "gateway") return eraLock(lockCase);
  if (lock.kind === "store") return storeLock(lockCase);
  if (lock.kind === "gateway") return gatewayLock(lockCase);
  if (lock.kind !== "transcript") return [];
  if (lock.owner === "alive") return outlived(lockCase) ?? heldLong(lockCase);
  if (lock.payload === "empty" || lock.payload === "unparsable") return nameless(lockCase);
  if (lockCase.session?.claimsToRun === true) return [];
  if (lock.owner === "foreign") return [draft(lockCase, "LOCK-FOREIGN-PID", unlock(lockCase))];
  if (lock.owner === "dead" || lock.owner === "recycled") return [draft(lockCase, "LOCK-DEAD-IDLE", unlock(lockCase))];
  return [];
}

function draft(lockCase: LockCase, code: Draft["code"], repair: Repair): Draft {
  const { lock, session } = lockCase;
  const name = basenameOf(lock.path);
  const row = session === undefined ? "no row has that transcript" : `${session.key} is not running`;
  const age = span(lockCase.now - (lock.createdAt ?? lock.mtimeMs));
  return {
    code,
    lock: lock.path,
    args: { lock: name, owner: lock.why, row, age, effect: "" },
    evidence: [lockEvidence(lock)],
    repair,
    identity: lock.identity,
  };
}

function lockEvidence(lock: LockFacts): Evidence {
  const at = lock.createdAt ?? lock.mtimeMs;
  return { kind: "lock", path: lock.path, at, text: `${basenameOf(lock.path)}, taken ${clock(at)}: ${lock.why}` };
}

/** DESIGN, Who may write: a transcript lock goes alone only while the writer is stopped. */
function unlock({ store, lock }: LockCase): Repair {
  if (store.writer.state !== "stopped")
    return nothing(`Locks are left alone until the gateway is proven stopped: ${store.writer.why}.`);
  return { kind: "unlock", class: "proven", unlock: [lock.path], why: `Proven: ${lock.why}, and ${store.writer.why}.` };
}

function heldLong(lockCase: LockCase): Draft[] {
  const { lock, now, store } = lockCase;
  const limit = Math.max(longHoldMs, lock.maxHoldMs ?? 0, (store.runTimeoutMs ?? 0) + 2 * 60_000);
  if (now - (lock.createdAt ?? lock.mtimeMs) <= limit) return [];
  return [
    draft(
      lockCase,
      "LOCK-LIVE-OLD",
      nothing("Its owner lives: abort the run or restart the gateway, which drops its own locks."),
    ),
  ];
}

/** Rule 18: the run that took it ended, by its own record, after it was taken; a minute for the release is left. */
function outlived(lockCase: LockCase): Draft[] | undefined {
  const { lock, session, now } = lockCase;
  const end = session?.end;
  if (end === undefined || end.source !== "trajectory" || session?.claimsToRun === true) return undefined;
  if (end.at < (lock.createdAt ?? lock.mtimeMs) || now - end.at < releaseGraceMs) return undefined;
  const base = draft(
    lockCase,
    "LOCK-SELF-PID",
    nothing("Its owner lives: restart the gateway, which drops its own locks."),
  );
  return [{ ...base, args: { ...base.args, ended: clock(end.at) }, evidence: [...base.evidence, end.evidence] }];
}

/**
 * Its next start takes it over by itself; until then some commands believe that the gateway runs. From 2026.8 on the lock
 * lies in the state directory itself and has a coordinator beside it that nobody else may touch (facts D3). While some
 * gateway runs that may be this one, its lock is its own: in a container it has another pid.
 */
function gatewayLock(lockCase: LockCase): Draft[] {
  const { lock, store } = lockCase;
  if (lock.owner !== "dead" && lock.owner !== "recycled" && lock.owner !== "foreign") return [];
  if (store.writer.state !== "stopped") return [];
  const isNew = lock.path.startsWith(`${store.stateDir}/`) || lock.path.startsWith(`${store.stateDir}\\`);
  const repair = isNew ? nothing("Gateways from 2026.8 on settle their locks themselves.") : unlock(lockCase);
  return [draft(lockCase, "GW-LOCK-STALE", repair)];
}

function nameless(lockCase: LockCase): Draft[] {
  const { lock, now, session } = lockCase;
  const age = now - lock.mtimeMs;
  if (age <= emptyGraceMs) return [];
  if (age <= emptyStaleMs)
    return [draft(lockCase, "LOCK-EMPTY", nothing("It may still be in the making: wait until it is 30 minutes old."))];
  if (session?.claimsToRun === true) {
    return [
      draft(lockCase, "LOCK-EMPTY", nothing("Its row claims to run: it goes with the row's repair, never alone.")),
    ];
  }
  return [draft(lockCase, "LOCK-EMPTY", unlock(lockCase))];
}

/** No version with a database looks at them; 7.2 betas did, and their schemas are not known ones (facts D1, I 20). */
function eraLock(lockCase: LockCase): Draft[] {
  if (lockVerdict(lockCase) !== "stale" || lockCase.store.database?.unknown !== undefined) return [];
  return [draft(lockCase, "ERA-S-LOCKS", unlock(lockCase))];
}

/** J1 takes it for every write, so a dead one blocks them all; later versions never look at it (facts D2). */
function storeLock(lockCase: LockCase): Draft[] {
  const { lock, store } = lockCase;
  const dead = lock.owner === "dead" || lock.owner === "recycled" || lock.owner === "foreign";
  const old = lock.payload !== "valid" && lockVerdict(lockCase) === "stale";
  if (!dead && !old) return [];
  const debris = store.era === "J2";
  const base = draft(lockCase, "STORE-LOCK", unlock(lockCase));
  const effect = debris
    ? ": debris of an older version, which this one ignores"
    : ": it blocks every write of the store";
  return [{ ...base, ...(debris && { severity: "info" }), args: { ...base.args, effect } }];
}
