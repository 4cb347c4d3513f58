import { join } from "node:path";
import JSON5 from "json5";
import { isUnreadable, readText } from "../regularFile.ts";
import { asNumber, asRecord, asText, asWord } from "./records.ts";

/** The few settings of `openclaw.json` that say where stores are and who owns them. Nothing else of it is kept: it holds tokens. */
export interface OpenclawConfig {
  readonly path: string;
  readonly exists: boolean;
  readonly lastTouchedVersion?: string;
  /** `session.store`, as written. */
  readonly storeTemplate?: string;
  readonly agents: readonly string[];
  readonly runTimeoutMs?: number;
  readonly gatewayPort?: number;
  /** session.maintenance.pruneAfter or the older pruneDays. */
  readonly pruneAfterMs?: number;
  /** session.maintenance.resetArchiveRetention; Infinity where it is switched off. pruneAfter where it is left out. */
  readonly resetRetentionMs?: number;
  readonly maintenanceMode?: string;
  readonly maxEntries?: number;
}

/** Genuine ones are a few KB, and JSON5 takes half a second for 1 MB of brackets. */
const configLimitBytes = 1 << 20;

/** Reads `<stateDir>/openclaw.json`, else the legacy `clawdbot.json` (facts A). An absent or broken one gives only defaults. */
export function readConfig(stateDir: string): OpenclawConfig {
  for (const name of ["openclaw.json", "clawdbot.json"]) {
    const path = join(stateDir, name);
    const text = readText(path, configLimitBytes);
    if (isUnreadable(text)) continue;
    return { path, exists: true, ...configOf(text) };
  }
  return { path: join(stateDir, "openclaw.json"), exists: false, agents: [] };
}

function configOf(text: string): Omit<OpenclawConfig, "path" | "exists"> {
  let root: Readonly<Record<string, unknown>>;
  try {
    root = asRecord(parsed(text)) ?? {};
  } catch {
    return { agents: [] };
  }
  const agents = asRecord(root["agents"]);
  const listed = Array.isArray(agents?.["list"]) ? agents["list"] : [];
  const ids = listed.map((agent) => asText(asRecord(agent)?.["id"])).filter((id) => id !== undefined);
  const lastTouchedVersion = asText(asRecord(root["meta"])?.["lastTouchedVersion"]);
  const storeTemplate = asText(asRecord(root["session"])?.["store"]);
  const timeoutSeconds = asNumber(asRecord(agents?.["defaults"])?.["timeoutSeconds"]);
  const maintenance = asRecord(asRecord(root["session"])?.["maintenance"]);
  const pruneAfterMs = pruneAfterOf(maintenance);
  const resetRetentionMs = resetRetentionOf(maintenance?.["resetArchiveRetention"]);
  const maintenanceMode = asWord(maintenance?.["mode"]);
  const maxEntries = asNumber(maintenance?.["maxEntries"]);
  const gatewayPort = asNumber(asRecord(root["gateway"])?.["port"]);
  return {
    agents: [...new Set([...ids, ...Object.keys(asRecord(agents?.["entries"]) ?? {})])],
    ...(lastTouchedVersion !== undefined && { lastTouchedVersion }),
    ...(storeTemplate !== undefined && { storeTemplate }),
    ...(timeoutSeconds !== undefined && { runTimeoutMs: timeoutSeconds * 1000 }),
    ...(gatewayPort !== undefined && { gatewayPort }),
    ...(pruneAfterMs !== undefined && { pruneAfterMs }),
    ...(resetRetentionMs !== undefined && { resetRetentionMs }),
    ...(maintenanceMode !== undefined && { maintenanceMode }),
    ...(maxEntries !== undefined && { maxEntries }),
  };
}

/** Mostly it is plain JSON, which is read 50 times as fast. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON5.parse(text);
  }
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30d`, `12h`, …; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*$/.exec(text);
  const unit = unitMs[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

function pruneAfterOf(maintenance: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const after = maintenance?.["pruneAfter"];
  const days = asNumber(after) ?? asNumber(maintenance?.["pruneDays"]);
  return typeof after === "string" ? durationMs(after) : days === undefined ? undefined : days * 86_400_000;
}

function resetRetentionOf(value: unknown): number | undefined {
  if (value === false) return Number.POSITIVE_INFINITY;
  const days = asNumber(value);
  return typeof value === "string" ? durationMs(value) : days === undefined ? undefined : days * 86_400_000;
}
