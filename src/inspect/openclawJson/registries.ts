// What OpenClaw's own registries say of a session's run: the sub-agent registry (facts B2) and the cron run logs.
import { join } from "node:path";
import type { CronFacts, SubagentFacts } from "../../model/facts.ts";
import { readLinesBackwards } from "../lines.ts";
import { isUnreadable, readText, withFile } from "../regularFile.ts";
import { asNumber, asRecord, asText, asWord, parseLine } from "./records.ts";

const registryLimitBytes = 64 << 20;

/** The latest run of each sub-agent by its session key; empty where there is no registry or it does not parse. */
export function readSubagents(stateDir: string): ReadonlyMap<string, SubagentFacts> {
  const path = join(stateDir, "subagents", "runs.json");
  const latest = new Map<string, { facts: SubagentFacts; order: number }>();
  for (const value of registryRuns(path)) {
    const run = asRecord(value) ?? {};
    const [runId, childKey] = [asWord(run["runId"]), asText(run["childSessionKey"])];
    if (runId === undefined || childKey === undefined) continue;
    const order = asNumber(run["startedAt"]) ?? asNumber(run["createdAt"]) ?? 0;
    const known = latest.get(childKey);
    if (known !== undefined && known.order > order) continue;
    latest.set(childKey, { facts: subagentFacts(path, runId, run), order });
  }
  return new Map([...latest].map(([key, { facts }]) => [key, facts]));
}

function registryRuns(path: string): readonly unknown[] {
  const text = readText(path, registryLimitBytes);
  if (isUnreadable(text)) return [];
  try {
    const runs = asRecord(JSON.parse(text))?.["runs"];
    return Array.isArray(runs) ? runs : Object.values(asRecord(runs) ?? {});
  } catch {
    return [];
  }
}

/** As OpenClaw itself maps a run to a row (resolveSubagentSessionStatus, getSubagentSessionRuntimeMs). */
function subagentFacts(path: string, runId: string, run: Readonly<Record<string, unknown>>): SubagentFacts {
  const [startedAt, sessionStartedAt] = [asNumber(run["startedAt"]), asNumber(run["sessionStartedAt"])];
  const endedAt = asNumber(run["endedAt"]);
  const ended = endedAt !== undefined && endedAt > 0;
  const status = asRecord(run["outcome"])?.["status"];
  const outcome =
    run["endedReason"] === "subagent-killed"
      ? "killed"
      : status === "error"
        ? "failed"
        : status === "timeout"
          ? "timeout"
          : "done";
  return {
    path,
    runId,
    status: ended ? outcome : "running",
    ...(startedAt !== undefined && { startedAt }),
    ...(sessionStartedAt !== undefined && { sessionStartedAt }),
    ...(ended && { endedAt }),
    ...(ended &&
      startedAt !== undefined && {
        runtimeMs: Math.max(0, (asNumber(run["accumulatedRuntimeMs"]) ?? 0) + Math.max(0, endedAt - startedAt)),
      }),
  };
}

/** Job id of a cron key, `…:cron:<job>` or `…:cron:<job>:run:<run>`. */
export function cronJobOf(key: string): string | undefined {
  return /:cron:([^:/\\]+)/.exec(key)?.[1];
}

/**
 * The latest `finished` record of the job that belongs to this row: it names its key or its session id, or it names
 * neither and the row is the job's own. Undefined where the log is absent or says nothing of it.
 */
export function readCronRun(stateDir: string, key: string, sessionId: string | undefined): CronFacts | undefined {
  const jobId = cronJobOf(key);
  if (jobId === undefined) return undefined;
  const path = join(stateDir, "cron", "runs", `${jobId}.jsonl`);
  let found: CronFacts | undefined;
  const read = withFile(path, ({ fd, stats }) =>
    readLinesBackwards(fd, stats.size, (line) => {
      const record = parseLine(line);
      const endedAt = asNumber(record?.["ts"]);
      if (record === undefined || record["action"] !== "finished" || endedAt === undefined) return undefined;
      const named = asText(record["sessionKey"]);
      const namedId = asText(record["sessionId"]);
      const about = named === key || (namedId !== undefined && namedId === sessionId);
      const ofTheJob = named === undefined && namedId === undefined && !key.includes(":run:");
      if (!about && !ofTheJob) return undefined;
      const runAt = asNumber(record["runAtMs"]);
      const status = asWord(record["status"]) ?? "";
      found = { path, jobId, offset: line.offset, endedAt, status, ...(runAt !== undefined && { runAt }) };
      return "stop";
    }),
  );
  return isUnreadable(read) ? undefined : found;
}
