// What OpenClaw 2026.8 and later keep of a whole state directory (facts D3, G): who has its databases open, the sub-agent
// registry, receipts of cron runs, placements. The same database holds secrets: only what is named here is ever asked for.
import { join } from "node:path";
import { type DatabaseMemory, readDatabase } from "../databaseReading.ts";
import { asNumber, asRecord, asText } from "../openclawJson/records.ts";
import { isUnreadable } from "../regularFile.ts";
import type { Database } from "../sqlite.ts";
import { type Columns, jsonAt, numberAt, rowsOf, tablesOf, textAt } from "./values.ts";

export interface StateDatabase {
  readonly path: string;
  /** Processes that said that they own the directory, or have a database of it open. */
  readonly leases: readonly Lease[];
  /** Until when OpenClaw's own maintenance keeps everybody else out, epoch milliseconds. */
  readonly maintenanceUntil?: number;
  readonly subagentRuns: readonly SubagentRun[];
  readonly cronReceipts: readonly CronReceipt[];
  /** State of the placement by session id, of sessions that are not on this machine alone. */
  readonly placements: ReadonlyMap<string, string>;
}

export interface Lease {
  /** The gateway's own, or one for an open database. */
  readonly kind: "gateway" | "database";
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat, as in lock payloads. */
  readonly startTicks?: number;
  readonly at?: number;
  /** The machine that the pid is of, and until when its word holds, of a gateway's. */
  readonly host?: string;
  readonly expiresAt?: number;
  /** The database that it has open, as its process names it. */
  readonly path?: string;
}

export interface SubagentRun {
  readonly runId: string;
  readonly child: string;
  readonly requester: string;
  readonly createdAt?: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface CronReceipt {
  readonly jobId: string;
  readonly status: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Undefined where there is none, or where it cannot be read: then nothing is known of all this. */
export function readStateDatabase(stateDir: string, memory?: DatabaseMemory): StateDatabase | undefined {
  const path = join(stateDir, "state", "openclaw.sqlite");
  const reading = readDatabase({ path, what: "state", memory, use: (database) => readTables(database, path) });
  return isUnreadable(reading) ? undefined : reading.value;
}

function readTables(database: Database, path: string): StateDatabase {
  const tables = tablesOf(database);
  const read = (table: string, columns: readonly string[], where = ""): Columns[] => {
    const has = tables.get(table);
    if (has === undefined || !columns.every((column) => has.has(column))) return [];
    return rowsOf(database, `SELECT ${columns.join(", ")} FROM ${table} ${where}`);
  };
  const held = read("state_leases", ["scope", "lease_key", "expires_at", "payload_json"], leaseScopes);
  const open = read("agent_database_leases", ["path", "owner_pid", "owner_start_time", "opened_at"]);
  const maintenance = held.find((row) => textAt(row, "scope") === "core:agent-database-maintenance");
  const maintenanceUntil = numberAt(maintenance, "expires_at");
  const runs = ["run_id", "child_session_key", "requester_session_key", "created_at", "payload_json"];
  const cron = ["job_id", "status", "started_at_ms", "finished_at_ms"];
  return {
    path,
    leases: [...held.flatMap(gatewayLease), ...open.flatMap(databaseLease)],
    ...(maintenanceUntil !== undefined && { maintenanceUntil }),
    subagentRuns: read("subagent_runs", runs, "ORDER BY created_at").flatMap(subagentRun),
    cronReceipts: read("cron_run_receipts", cron, "WHERE finished_at_ms IS NOT NULL").flatMap(cronReceipt),
    placements: new Map(
      read("worker_session_placements", ["session_id", "state"], "WHERE state <> 'local'").map((row) => [
        textAt(row, "session_id") ?? "",
        textAt(row, "state") ?? "",
      ]),
    ),
  };
}

const leaseScopes = "WHERE scope IN ('gateway-owner', 'core:agent-database-maintenance')";

function gatewayLease(row: Columns): Lease[] {
  const owner = asRecord(jsonAt(row, "payload_json")?.["owner"]);
  const pid = asNumber(owner?.["pid"]);
  if (textAt(row, "scope") !== "gateway-owner" || pid === undefined) return [];
  const [startTicks, host] = [asNumber(owner?.["startedAt"]), asText(owner?.["host"])];
  const expiresAt = numberAt(row, "expires_at");
  return [
    {
      kind: "gateway",
      pid,
      ...(startTicks !== undefined && { startTicks }),
      ...(host !== undefined && { host }),
      ...(expiresAt !== undefined && { expiresAt }),
    },
  ];
}

function databaseLease(row: Columns): Lease[] {
  const pid = numberAt(row, "owner_pid");
  if (pid === undefined) return [];
  const [startTicks, at, path] = [numberAt(row, "owner_start_time"), numberAt(row, "opened_at"), textAt(row, "path")];
  return [
    {
      kind: "database",
      pid,
      ...(startTicks !== undefined && { startTicks }),
      ...(at !== undefined && { at }),
      ...(path !== undefined && { path }),
    },
  ];
}

function subagentRun(row: Columns): SubagentRun[] {
  const [runId, child, requester] = [
    textAt(row, "run_id"),
    textAt(row, "child_session_key"),
    textAt(row, "requester_session_key"),
  ];
  if (runId === undefined || child === undefined || requester === undefined) return [];
  const createdAt = numberAt(row, "created_at");
  const payload = jsonAt(row, "payload_json") ?? {};
  return [{ runId, child, requester, payload, ...(createdAt !== undefined && { createdAt }) }];
}

function cronReceipt(row: Columns): CronReceipt[] {
  const [jobId, status] = [textAt(row, "job_id"), textAt(row, "status")];
  const [startedAt, finishedAt] = [numberAt(row, "started_at_ms"), numberAt(row, "finished_at_ms")];
  if (jobId === undefined || status === undefined || startedAt === undefined || finishedAt === undefined) return [];
  return [{ jobId, status, startedAt, finishedAt }];
}
