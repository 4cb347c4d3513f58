// What agentctl's adapters write beside the agents' own sessions at each launch: pid and start time (facts 1).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { asNumber, asRecord, asText } from "../openclawJson/records.ts";
import { isUnreadable, readText, statsAt } from "../regularFile.ts";

export interface LaunchRecord {
  readonly path: string;
  readonly pid: number;
  /** As `ps` told it, epoch milliseconds, to the second. */
  readonly startedAt?: number;
}

export interface LaunchRecords {
  of(sessionId: string): LaunchRecord | undefined;
}

const agentFolders = [".claude", ".codex", ".pi"];
const limitBytes = 64 << 10;

/** Each folder is listed once; a record is read when it is asked for. */
export function launchRecords(home: string): LaunchRecords {
  const paths = new Map<string, string>();
  for (const folder of agentFolders) {
    const directory = join(home, folder, "agentctl", "sessions");
    for (const name of namesIn(directory))
      if (name.endsWith(".json")) paths.set(name.slice(0, -5), join(directory, name));
  }
  return {
    of(sessionId) {
      const path = paths.get(sessionId);
      return path === undefined ? undefined : readRecord(path, sessionId);
    },
  };
}

function readRecord(path: string, sessionId: string): LaunchRecord | undefined {
  const text = readText(path, limitBytes);
  if (isUnreadable(text)) return undefined;
  try {
    const record = asRecord(JSON.parse(text));
    const pid = asNumber(record?.["pid"]);
    if (pid === undefined || !Number.isInteger(pid) || pid <= 0 || record?.["sessionId"] !== sessionId)
      return undefined;
    const startedAt = Date.parse(asText(record["startTime"]) ?? "");
    return { path, pid, ...(Number.isFinite(startedAt) && { startedAt }) };
  } catch {
    return undefined;
  }
}

/** When the transcript of a Claude session last changed; undefined where there is none. */
export function transcriptChangedAt(home: string, cwd: string, sessionId: string): number | undefined {
  if (!/^[0-9a-f-]{36}$/.test(sessionId)) return undefined;
  const project = cwd.replace(/[^A-Za-z0-9]/g, "-");
  return statsAt(join(home, ".claude", "projects", project, `${sessionId}.jsonl`))?.mtimeMs;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
