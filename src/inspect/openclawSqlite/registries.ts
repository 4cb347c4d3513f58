// What the registries of the state database say of one session: its latest sub-agent run, what it yielded to, its cron run.
import type { CronFacts, SubagentFacts, YieldFacts } from "../../model/facts.ts";
import { asNumber, asRecord, asText } from "../openclawJson/records.ts";
import { cronJobOf } from "../openclawJson/registries.ts";
import type { StateDatabase, SubagentRun } from "./stateDatabase.ts";

/** A receipt is begun some moments before the row is. */
const startSkewMs = 60_000;

/** The latest run of each sub-agent by its session's key, as OpenClaw maps it to a row (resolveSubagentSessionStatus). */
export function subagentsOf({ path, subagentRuns }: StateDatabase): ReadonlyMap<string, SubagentFacts> {
  // They come in the order in which they were made.
  return new Map(subagentRuns.map((run) => [run.child, subagentFacts(path, run)]));
}

function subagentFacts(path: string, { runId, payload }: SubagentRun): SubagentFacts {
  const execution = asRecord(payload["execution"]) ?? payload;
  const startedAt = asNumber(execution["startedAt"]);
  const endedAt = asNumber(execution["endedAt"]);
  const sessionStartedAt = asNumber(payload["sessionStartedAt"]);
  const accumulated = asNumber(payload["accumulatedRuntimeMs"]) ?? 0;
  const hasEnded = endedAt !== undefined && endedAt > 0;
  const outcome = asText(asRecord(execution["outcome"])?.["status"]);
  const status =
    payload["endedReason"] === "subagent-killed"
      ? "killed"
      : outcome === "error"
        ? "failed"
        : outcome === "timeout"
          ? "timeout"
          : "done";
  return {
    path,
    runId,
    status: hasEnded ? status : "running",
    ...(startedAt !== undefined && { startedAt }),
    ...(sessionStartedAt !== undefined && { sessionStartedAt }),
    ...(hasEnded && { endedAt }),
    ...(hasEnded &&
      startedAt !== undefined && { runtimeMs: Math.max(0, accumulated + Math.max(0, endedAt - startedAt)) }),
  };
}

/**
 * What a session waits for that yielded to its sub-agents, by its key: a run whose wake is armed, as the gateway itself
 * looks for it before it calls a row interrupted (captureYieldedMainSessionContinuation, facts B4).
 */
export function yieldsOf({ path, subagentRuns }: StateDatabase): ReadonlyMap<string, YieldFacts> {
  const armed = subagentRuns.filter(({ runId, payload }) => {
    const wake = asRecord(payload["requesterSettleWake"]);
    const batch = wake?.["batchRunIds"];
    const isOwned = payload["collect"] === true || Boolean(payload["requesterTurnRunId"]);
    return (
      !isOwned &&
      payload["expectsCompletionMessage"] === true &&
      wake?.["requesterYieldBatch"] === true &&
      wake["rearmGeneration"] !== undefined &&
      Array.isArray(batch) &&
      batch.includes(runId)
    );
  });
  return new Map(armed.map(({ requester, child, runId }) => [requester, { path, runId, child }]));
}

/** The receipt of the job's run that was going on when the row's run began; undefined where there is none or several. */
export function cronOf(
  { path, cronReceipts }: StateDatabase,
  key: string,
  startedAt: number | undefined,
): CronFacts | undefined {
  const jobId = cronJobOf(key);
  if (jobId === undefined || startedAt === undefined) return undefined;
  const [only, ...others] = cronReceipts.filter(
    (receipt) =>
      receipt.jobId === jobId && receipt.startedAt - startSkewMs <= startedAt && receipt.finishedAt >= startedAt,
  );
  if (only === undefined || others.length > 0) return undefined;
  return { path, jobId, runAt: only.startedAt, endedAt: only.finishedAt, status: only.status };
}
