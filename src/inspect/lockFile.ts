import type { LockFacts } from "../model/facts.ts";
import type { LockKind } from "../model/lock.ts";
import { holderOf, ownerOfPid } from "../owner/pidOwner.ts";
import { asNumber, asRecord, asText } from "./openclawJson/records.ts";
import type { ProcessTable } from "./processes.ts";
import { isUnreadable, linkStatsAt, readText } from "./regularFile.ts";

/** What a lock says of its holder (facts D1 to D3, K); the rest is not used. Only the pid is always there. */
export interface LockPayload {
  readonly pid: number;
  readonly createdAt: string | undefined;
  readonly startTicks: number | undefined;
  readonly maxHoldMs: number | undefined;
  readonly configPath: string | undefined;
  readonly stateDir: string | undefined;
  readonly port: number | undefined;
  readonly role: string | undefined;
}

const payloadLimitBytes = 64 << 10;

export interface LockRead {
  readonly facts: LockFacts;
  readonly payload?: LockPayload;
  /** The process that holds it, by its pid here: in a container it writes down another one. */
  readonly holder?: number;
}

/**
 * Reads a lock and tells who holds it. Undefined where it is gone, as locks of a living program often are by then.
 * Newer gateways end the payload in a run of blanks (facts G): it is trimmed.
 */
export function readLock(
  path: string,
  kind: LockKind,
  table: ProcessTable,
  blind: string | undefined,
): LockRead | undefined {
  const stats = linkStatsAt(path);
  if (stats === undefined) return undefined;
  const file = { path, kind, mtimeMs: stats.mtimeMs, sizeBytes: stats.size, identity: `${stats.dev}:${stats.ino}` };
  if (!stats.isFile()) {
    return { facts: { ...file, payload: "unreadable", owner: "unknown", why: "the lock is not a regular file" } };
  }
  const text = readText(path, payloadLimitBytes, stats);
  if (isUnreadable(text)) {
    if (text.code === "ENOENT") return undefined;
    return {
      facts: { ...file, payload: "unreadable", owner: "unknown", why: `the lock cannot be read: ${text.reason}` },
    };
  }
  if (text.trim() === "") {
    return { facts: { ...file, payload: "empty", owner: "unknown", why: "the lock is empty and names nobody" } };
  }
  const payload = parsePayload(text);
  if (payload === undefined) {
    return { facts: { ...file, payload: "unparsable", owner: "unknown", why: "the lock names no process" } };
  }
  const createdAt = payload.createdAt === undefined ? Number.NaN : Date.parse(payload.createdAt);
  const { pid, startTicks } = payload;
  const claim = {
    pid,
    ...(Number.isFinite(createdAt) && { createdAt }),
    ...(startTicks !== undefined && { startTicks }),
  };
  const { owner, why } = ownerOfPid(claim, table, blind);
  const holder = owner === "alive" ? holderOf(claim, table) : undefined;
  const facts: LockFacts = {
    ...file,
    payload: "valid",
    pid,
    owner,
    why,
    ...(claim.createdAt !== undefined && { createdAt: claim.createdAt }),
    ...(payload.maxHoldMs !== undefined && { maxHoldMs: payload.maxHoldMs }),
  };
  return { facts, payload, ...(holder !== undefined && { holder }) };
}

/** Undefined where it names no process. What else is odd about it counts as not said. */
function parsePayload(text: string): LockPayload | undefined {
  let said: ReturnType<typeof asRecord>;
  try {
    said = asRecord(JSON.parse(text.trim()));
  } catch {
    return undefined;
  }
  const pid = asNumber(said?.["pid"]);
  if (said === undefined || pid === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return {
    pid,
    createdAt: asText(said["createdAt"]),
    // Transcript and store locks spell it the first way, gateway locks the second.
    startTicks: asNumber(said["starttime"]) ?? asNumber(said["startTime"]),
    maxHoldMs: asNumber(said["maxHoldMs"]),
    configPath: asText(said["configPath"]),
    stateDir: asText(said["stateDir"]),
    port: asNumber(said["port"]),
    role: asText(said["role"]),
  };
}
