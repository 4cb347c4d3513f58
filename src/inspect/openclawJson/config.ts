import { join } from "node:path";
import JSON5 from "json5";
import { isUnreadable, readText } from "../regularFile.ts";
import { asNumber, asRecord, asText } from "./records.ts";

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
}

const configLimitBytes = 8 << 20;

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
    root = asRecord(JSON5.parse(text)) ?? {};
  } catch {
    return { agents: [] };
  }
  const agents = asRecord(root["agents"]);
  const listed = Array.isArray(agents?.["list"]) ? agents["list"] : [];
  const ids = listed.map((agent) => asText(asRecord(agent)?.["id"])).filter((id) => id !== undefined);
  const lastTouchedVersion = asText(asRecord(root["meta"])?.["lastTouchedVersion"]);
  const storeTemplate = asText(asRecord(root["session"])?.["store"]);
  const timeoutSeconds = asNumber(asRecord(agents?.["defaults"])?.["timeoutSeconds"]);
  const gatewayPort = asNumber(asRecord(root["gateway"])?.["port"]);
  return {
    agents: [...new Set([...ids, ...Object.keys(asRecord(agents?.["entries"]) ?? {})])],
    ...(lastTouchedVersion !== undefined && { lastTouchedVersion }),
    ...(storeTemplate !== undefined && { storeTemplate }),
    ...(timeoutSeconds !== undefined && { runTimeoutMs: timeoutSeconds * 1000 }),
    ...(gatewayPort !== undefined && { gatewayPort }),
  };
}
