// What OpenClaw's own recovery left in a row (facts I 30, 32, 33, 56, 57).
import type { Repair } from "../../model/finding.ts";
import { type Draft, nothing, said } from "../draft.ts";
import { rowEvidence } from "../rowEvidence.ts";
import type { SessionCase } from "../sessionCase.ts";
import { clock } from "../words.ts";

const runtimeToleranceMs = 1000;
const acpSilenceMs = 30 * 60_000;
/** A suspension is dropped at twice its time to live of 30 minutes (facts B1). */
const quotaGraceMs = 2 * 30 * 60_000;

export function recoveryRules(session: SessionCase): readonly Draft[] {
  return said(wedged(session), abortFlagStale(session), acpSplit(session), quotaStale(session), runtimeOdd(session));
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function time(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}

function wedged(session: SessionCase): Draft | undefined {
  const tombstoned = mainTombstone(session);
  if (tombstoned !== undefined) return tombstoned;
  const recovery = record(session.facts.row.fields["subagentRecovery"]);
  const at = time(recovery?.["wedgedAt"]);
  if (at === undefined) return undefined;
  const reason = typeof recovery?.["wedgedReason"] === "string" ? recovery["wedgedReason"] : "no reason given";
  return {
    code: "WEDGED",
    session: session.key,
    field: "subagentRecovery",
    args: { key: session.key, at: clock(at), reason },
    evidence: [rowEvidence(session, `given up at ${clock(at)}: ${reason}`, at)],
    repair: nothing(
      "OpenClaw's own commands settle it: `openclaw doctor --fix`, `openclaw tasks maintenance --apply`, or /new in the chat.",
    ),
  };
}

/** From 2026.8 on the recovery of main sessions gives up too (facts B1, I 32); one that went on elsewhere is settled. */
function mainTombstone(session: SessionCase): Draft | undefined {
  const tombstone = record(record(session.facts.row.fields["mainRestartRecovery"])?.["tombstone"]);
  if (tombstone === undefined || tombstone["recoveredSessionId"] != null || tombstone["recoveredSessionKey"] != null)
    return undefined;
  const at = time(tombstone["at"]) ?? session.endedAt;
  const when = at === undefined ? "an unknown time" : clock(at);
  const reason = typeof tombstone["reason"] === "string" ? tombstone["reason"] : "no reason given";
  return {
    code: "WEDGED",
    session: session.key,
    field: "mainRestartRecovery",
    args: { key: session.key, at: when, reason },
    evidence: [rowEvidence(session, `given up at ${when}: ${reason}`, at)],
    repair: nothing(
      "OpenClaw's own ways settle it: /new in the chat, or `openclaw doctor --fix` with the gateway stopped.",
    ),
    veto: "OpenClaw's recovery gave up on it, and its own commands settle that.",
  };
}

/** A genuine timeout, kill or settled restart carries the flag rightly (facts I 33). */
function abortFlagStale(session: SessionCase): Draft | undefined {
  const { fields } = session.facts.row;
  const isRecovering = ["restartRecoveryRuns", "subagentRecovery", "mainRestartRecovery"].some(
    (name) => fields[name] !== undefined,
  );
  if (session.status !== "done" || fields["abortedLastRun"] !== true || isRecovering) return undefined;
  return {
    code: "ABORT-FLAG-STALE",
    session: session.key,
    field: "abortedLastRun",
    args: { key: session.key },
    evidence: [rowEvidence(session, "status is done, abortedLastRun is true")],
    repair: {
      kind: "correct",
      class: "ask",
      set: { abortedLastRun: false },
      why: "The run ended well; sub-agent recovery reads the flag whatever the status is.",
    },
  };
}

function acpSplit(session: SessionCase): Draft | undefined {
  const acp = record(session.facts.row.fields["acp"]);
  const state = acp?.["state"];
  if (typeof state !== "string") return undefined;
  const at = time(acp?.["lastActivityAt"]);
  const silent = state === "running" && session.quiet && (at === undefined || session.now - at > acpSilenceMs);
  const contradicts = session.quiet && session.claimsToRun && state === "idle";
  if (!silent && !contradicts) return undefined;
  const since = at === undefined ? "an unknown time" : clock(at);
  const against = silent ? "nobody works on it" : "the row says running";
  return {
    code: "ACP-SPLIT",
    session: session.key,
    field: "acp",
    args: { key: session.key, state, against, since },
    evidence: [rowEvidence(session, `acp.state is ${state}, last active ${since}`, at)],
    repair: nothing("ACP has its own recovery, which settles it when the session is used again."),
  };
}

function quotaStale(session: SessionCase): Draft | undefined {
  const by = time(record(session.facts.row.fields["quotaSuspension"])?.["expectedResumeBy"]);
  if (by === undefined || by + quotaGraceMs > session.now) return undefined;
  return {
    code: "QUOTA-STALE",
    session: session.key,
    field: "quotaSuspension",
    args: { key: session.key, by: clock(by) },
    evidence: [rowEvidence(session, `suspended, expected back by ${clock(by)}`, by)],
    repair: nothing("The gateway drops it by itself at its next look at the row."),
  };
}

/** Sub-agents accumulate their runtime over follow-ups, so that it need not be the difference (facts B1). */
function accumulates({ kind, facts }: SessionCase): boolean {
  const { spawnDepth, spawnedBy, subagentRole } = facts.row.fields;
  const isSpawned = (typeof spawnDepth === "number" && spawnDepth > 0) || spawnedBy != null || subagentRole != null;
  return kind === "subagent" || kind === "acp" || isSpawned || facts.subagent !== undefined;
}

function runtimeOdd(session: SessionCase): Draft | undefined {
  const { key, startedAt, endedAt, isTerminal, facts } = session;
  const value = facts.row.fields["runtimeMs"];
  if (value === undefined || value === null || !isTerminal) return undefined;
  const isBroken = typeof value !== "number" || value < 0;
  const difference = startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt);
  const isOff =
    !isBroken && !accumulates(session) && difference !== undefined && Math.abs(value - difference) > runtimeToleranceMs;
  if (!isBroken && !isOff) return undefined;
  const shown = JSON.stringify(value)?.slice(0, 40) ?? "?";
  const repair: Repair =
    isBroken && difference !== undefined && session.quiet && !accumulates(session)
      ? {
          kind: "correct",
          class: "proven",
          set: { runtimeMs: difference },
          why: "It is the time between startedAt and endedAt.",
        }
      : nothing("It is harmless; startedAt may be that of an older run.");
  return {
    code: "RUNTIME-ODD",
    session: key,
    field: "runtimeMs",
    args: { key, value: shown },
    evidence: [rowEvidence(session, `runtimeMs is ${shown}`)],
    repair,
  };
}
