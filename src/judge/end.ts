// How a run ended, from the strongest record of it: trajectory, registry, cron log, transcript (facts I: E1 to E4).
import type { Evidence } from "../model/evidence.ts";
import type { LifecycleEvent, SessionFacts, TrajectoryFacts } from "../model/facts.ts";
import type { RepairClass } from "../model/finding.ts";
import { placeOf } from "./place.ts";
import { clock } from "./words.ts";

export const outcomes = ["failed", "killed", "timeout", "done"] as const;
export type Outcome = (typeof outcomes)[number];

export interface End {
  readonly source: "trajectory" | "registry" | "cron" | "transcript";
  readonly outcome: Outcome;
  /** `proven` where the record leaves one outcome, `ask` where the outcome is only the likeliest. */
  readonly class: RepairClass;
  readonly at: number;
  readonly runtimeMs?: number;
  readonly how: string;
  readonly evidence: Evidence;
}

/** From this size on a recorder may have stopped recording: what is missing proves nothing (facts C5, Caps). */
const recorderLimitBytes = 10 << 20;
const dayMs = 86_400_000;

/** Undefined where no record of an end is newer than the start of the run that the row speaks of. */
export function endOf(facts: SessionFacts, startedAt: number | undefined, now: number): End | undefined {
  const { transcript, trajectory, subagent, cron } = facts;
  if (transcript.tail === undefined && trajectory === undefined && subagent === undefined && cron === undefined)
    return undefined;
  const records = [fromTrajectory(facts), fromRegistry(facts), fromCronLog(facts)]
    .filter((end) => end !== undefined)
    .filter((end) => end.at >= (startedAt ?? 0) && end.at <= now + dayMs);
  const [strongest] = records;
  if (strongest === undefined) {
    const last = fromTranscript(facts);
    return last !== undefined && last.at >= (startedAt ?? 0) && last.at <= now + dayMs ? last : undefined;
  }
  const agree = records.every((end) => end.outcome === strongest.outcome);
  if (!agree) return { ...strongest, class: "ask", how: `${strongest.how}; other records disagree` };
  // OpenClaw copies the registry into the row: it would put `running` back (facts B2).
  if (facts.subagent?.status === "running" && (facts.subagent.startedAt ?? 0) <= strongest.at)
    return { ...strongest, class: "ask", how: `${strongest.how}; the sub-agent registry says running` };
  // The times that OpenClaw itself copies into a sub-agent's row: its runtime counts earlier runs too (facts B2, I 26).
  const registered = records.find(({ source }) => source === "registry");
  if (registered === undefined) return strongest;
  const { at, runtimeMs } = registered;
  return { ...strongest, at, ...(runtimeMs !== undefined && { runtimeMs }) };
}

/** E1. The last `session.ended`, with no later start or prompt of any run and no later user message (DESIGN, finalize). */
function fromTrajectory({ trajectory, transcript }: SessionFacts): End | undefined {
  if (trajectory === undefined || !trajectory.decided || trajectory.truncated) return undefined;
  const { last } = trajectory;
  if (trajectory.sizeBytes >= recorderLimitBytes || last?.type !== "session.ended" || last.at === undefined)
    return undefined;
  const asked = transcript.tail?.lastUserMessage?.at;
  if (asked !== undefined && asked > last.at) return undefined;
  const { outcome, class: repairClass } = outcomeOf(last, transcript.tail?.lastMessage);
  return {
    source: "trajectory",
    outcome,
    class: repairClass,
    at: last.at,
    how: `its trajectory ends with session.ended, ${describe(last)}`,
    evidence: trajectoryEvidence(trajectory, last),
  };
}

/** Facts C5, seen in 2026.5.18: a user abort carries `timedOut` too, so the abort is looked at first. */
function outcomeOf(
  event: LifecycleEvent,
  lastMessage: { readonly abort: boolean; readonly stopReason?: string } | undefined,
): { outcome: Outcome; class: RepairClass } {
  if (event.externalAbort || lastMessage?.abort === true) return { outcome: "killed", class: "ask" };
  if (event.timedOut || event.idleTimedOut) return { outcome: "timeout", class: "proven" };
  if (event.aborted) return { outcome: "killed", class: "ask" };
  if (event.status === "success") return { outcome: "done", class: "proven" };
  if (event.status === "error") return { outcome: "failed", class: "proven" };
  const failed = event.status === "cleanup" && lastMessage?.stopReason === "error";
  return { outcome: "failed", class: failed ? "proven" : "ask" };
}

function describe(event: LifecycleEvent): string {
  const flags = [
    event.externalAbort && "aborted by a user",
    !event.externalAbort && (event.timedOut || event.idleTimedOut) && "timed out",
    !event.externalAbort && !event.timedOut && event.aborted && "aborted",
  ].filter((flag) => flag !== false);
  return [event.status ?? "without a status", ...flags].join(", ");
}

function trajectoryEvidence(trajectory: TrajectoryFacts, event: LifecycleEvent): Evidence {
  const text = `${event.type} (${describe(event)})${event.runId === undefined ? "" : ` of run ${event.runId}`}`;
  return {
    kind: "trajectory",
    path: trajectory.path,
    ...placeOf(event),
    text,
    ...(event.at !== undefined && { at: event.at }),
  };
}

/** E2. What OpenClaw itself copies from the registry into the row (facts B2). */
function fromRegistry({ subagent }: SessionFacts): End | undefined {
  if (subagent === undefined || subagent.endedAt === undefined || subagent.status === "running") return undefined;
  return {
    source: "registry",
    outcome: subagent.status,
    class: "proven",
    at: subagent.endedAt,
    how: `the sub-agent registry says ${subagent.status}`,
    evidence: {
      kind: "registry",
      path: subagent.path,
      at: subagent.endedAt,
      text: `run ${subagent.runId} ended at ${clock(subagent.endedAt)}: ${subagent.status}`,
    },
    ...(subagent.runtimeMs !== undefined && { runtimeMs: subagent.runtimeMs }),
  };
}

/** E3. `skipped` and unknown words leave the outcome to a person. */
function fromCronLog({ cron }: SessionFacts): End | undefined {
  if (cron === undefined) return undefined;
  const known = cron.status === "ok" || cron.status === "error";
  return {
    source: "cron",
    outcome: cron.status === "ok" ? "done" : "failed",
    class: known ? "proven" : "ask",
    at: cron.endedAt,
    how: `the cron log says ${cron.status || "finished"}`,
    evidence: {
      kind: "cron",
      path: cron.path,
      ...placeOf(cron),
      at: cron.endedAt,
      text: `job ${cron.jobId} finished at ${clock(cron.endedAt)}: ${cron.status || "no status"}`,
    },
  };
}

const outcomeOfStop: Readonly<Record<string, Outcome>> = {
  stop: "done",
  length: "done",
  error: "failed",
  aborted: "killed",
};

/** E4. A turn that ended is likely the run's end, never proof of it: a run may have more turns. */
function fromTranscript({ transcript }: SessionFacts): End | undefined {
  const last = transcript.tail?.lastMessage;
  if (transcript.path === undefined || last?.role !== "assistant" || last.at === undefined) return undefined;
  const outcome = last.abort ? "killed" : outcomeOfStop[last.stopReason ?? ""];
  if (outcome === undefined) return undefined;
  const words = last.abort ? "an abort" : `an assistant message (${last.stopReason})`;
  return {
    source: "transcript",
    outcome,
    class: "ask",
    at: last.at,
    how: `its transcript ends with ${words}`,
    evidence: {
      kind: "transcript",
      path: transcript.path,
      ...placeOf(last),
      at: last.at,
      text: `The last message is ${words}.`,
    },
  };
}
