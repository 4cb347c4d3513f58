import * as z from "zod/mini";
import type { LockFacts } from "../model/facts.ts";
import type { LockKind } from "../model/lock.ts";
import { holderOf, ownerOfPid } from "../owner/pidOwner.ts";
import type { ProcessTable } from "./processes.ts";
import { isUnreadable, linkStatsAt, readText } from "./regularFile.ts";

/** Facts D1 to D3, K: `starttime` in transcript and store locks, `startTime` in gateway locks; the rest is not used. */
const payloadSchema = z.object({
  pid: z.int().check(z.positive()),
  createdAt: z.catch(z.optional(z.string()), undefined),
  starttime: z.catch(z.optional(z.number()), undefined),
  startTime: z.catch(z.optional(z.number()), undefined),
  maxHoldMs: z.catch(z.optional(z.number()), undefined),
  configPath: z.catch(z.optional(z.string()), undefined),
  stateDir: z.catch(z.optional(z.string()), undefined),
  port: z.catch(z.optional(z.number()), undefined),
  role: z.catch(z.optional(z.string()), undefined),
});
export type LockPayload = z.infer<typeof payloadSchema>;

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
  const startTicks = payload.starttime ?? payload.startTime;
  const claim = {
    pid: payload.pid,
    ...(Number.isFinite(createdAt) && { createdAt }),
    ...(startTicks !== undefined && { startTicks }),
  };
  const { owner, why } = ownerOfPid(claim, table, blind);
  const holder = owner === "alive" ? holderOf(claim, table) : undefined;
  const facts: LockFacts = {
    ...file,
    payload: "valid",
    pid: payload.pid,
    owner,
    why,
    ...(claim.createdAt !== undefined && { createdAt: claim.createdAt }),
    ...(payload.maxHoldMs !== undefined && { maxHoldMs: payload.maxHoldMs }),
  };
  return { facts, payload, ...(holder !== undefined && { holder }) };
}

function parsePayload(text: string): LockPayload | undefined {
  try {
    return z.safeParse(payloadSchema, JSON.parse(text.trim())).data;
  } catch {
    return undefined;
  }
}
