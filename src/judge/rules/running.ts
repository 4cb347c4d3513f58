// Rows that claim to run (facts I 1, 2, 4, 5, 6).
import type { Evidence } from "../../model/evidence.ts";
import type { Repair, Severity } from "../../model/finding.ts";
import { type Draft, said } from "../draft.ts";
import { finalization } from "../finalization.ts";
import { unlistedKinds } from "../ownership.ts";
import { placeOf } from "../place.ts";
import { rowEvidence } from "../rowEvidence.ts";
import { isInDatabase, type SessionCase } from "../sessionCase.ts";
import { compareVersions } from "../versions.ts";
import { clock, span } from "../words.ts";
import { hasYielded, yieldedParent } from "./yielded.ts";

/** People run scripts that call a row finished this long after its session.ended. */
const afterEndMs = 30_000;
/** From here on a start acts on every ownerless running main session (facts 0.2). */
const firstThatResumes = "2026.6.11";
const quotaGraceMs = 2 * 30 * 60_000;
/** The trajectory is opened some moments before the row is marked (seen: 80 ms). */
const startSkewMs = 5000;
const rpcIdleMs = 10 * 60_000;

export function runningRules(session: SessionCase): readonly Draft[] {
  if (!session.claimsToRun) return [];
  if (hasYielded(session)) return [yieldedParent(session)];
  if (isArchived(session)) return runArchived(session);
  return said(
    runFinished(session),
    runEnded(session),
    runDeadlock(session),
    rpcIdle(session),
    ...runAbandoned(session),
  );
}

/** Suspended until its quota comes back: legitimately paused (facts B1, quotaSuspension). */
export function isSuspended({ facts, now }: SessionCase): boolean {
  const suspension = facts.row.fields["quotaSuspension"] as { expectedResumeBy?: unknown } | null | undefined;
  const by = suspension?.expectedResumeBy;
  return typeof by === "number" && by + quotaGraceMs > now;
}

/** An error only once it is certain that nobody works on it. */
function severity({ quiet }: SessionCase): { severity: Severity } {
  return { severity: quiet ? "error" : "warning" };
}

function ownerEvidence({ store, ownership }: SessionCase): Evidence[] {
  const [first] = store.writer.evidence;
  return [{ kind: "writer", path: first?.path ?? store.path, text: ownership.why }];
}

function runFinished(session: SessionCase): Draft | undefined {
  const { end, quiet, now, ownership, key } = session;
  if (end === undefined || end.source === "transcript" || ownership.state === "owned") return undefined;
  if (!quiet && (end.source !== "trajectory" || now - end.at < afterEndMs)) return undefined;
  return {
    code: "RUN-FINISHED",
    ...severity(session),
    session: key,
    field: "status",
    args: { key, ended: clock(end.at), how: end.how },
    evidence: [rowEvidence(session, "status is running"), end.evidence, ...ownerEvidence(session)],
    repair: finalization(session),
  };
}

function runEnded(session: SessionCase): Draft | undefined {
  const { key, startedAt, endedAt, end } = session;
  if (endedAt === undefined || endedAt < (startedAt ?? 0) || isInDatabase(session.store)) return undefined;
  return {
    code: "RUN-ENDED-J",
    ...severity(session),
    session: key,
    field: "endedAt",
    args: { key, ended: clock(endedAt) },
    evidence: [
      rowEvidence(session, `status is running, endedAt is ${clock(endedAt)}`, endedAt),
      ...(end === undefined ? [] : [end.evidence]),
      ...ownerEvidence(session),
    ],
    repair: finalization(session),
  };
}

function runDeadlock(session: SessionCase): Draft | undefined {
  const { deadLocks, key, ownership, end } = session;
  const [lock] = deadLocks;
  if (lock === undefined || ownership.state === "owned") return undefined;
  return {
    code: "RUN-DEADLOCK",
    ...severity(session),
    session: key,
    lock: lock.path,
    field: "status",
    args: { key, owner: lock.why },
    evidence: [
      rowEvidence(session, "status is running", session.startedAt),
      { kind: "lock", path: lock.path, text: lock.why, ...(lock.createdAt !== undefined && { at: lock.createdAt }) },
      ...(end === undefined ? [] : [end.evidence]),
    ],
    repair: finalization(session),
    identity: lock.identity,
  };
}

/**
 * Rule 7: the gateway lives and says itself that nothing runs. Once the session is quiet the other rules say it better.
 * Its list alone is a weak word: it makes a warning, and none of a row that it is known to miss; while it counts runs, none.
 */
function rpcIdle(session: SessionCase): Draft | undefined {
  const { store, key, kind, now, lastChangeAt, quiet, ownership } = session;
  const unchanged = now - lastChangeAt;
  if (store.report?.idle.has(key) !== true || store.writer.state === "stopped" || quiet) return undefined;
  if (store.report.counts === "some" || (store.report.counts === "unknown" && unlistedKinds.has(kind)))
    return undefined;
  if (ownership.state === "owned" || isSuspended(session) || unchanged < rpcIdleMs) return undefined;
  return {
    code: "RUN-RPC-IDLE",
    ...(store.report.counts === "unknown" && { severity: "warning" }),
    session: key,
    field: "status",
    args: { key, age: span(unchanged) },
    evidence: [
      rowEvidence(session, "status is running", session.startedAt),
      { kind: "writer", path: store.path, at: store.report.at, text: "The gateway reports no run of it." },
    ],
    repair: finalization(session),
  };
}

/** Rules 2 and 6: what the next start makes of it, or that nothing ever will. */
function runAbandoned(session: SessionCase): Draft[] {
  const { quiet, key, end, endedAt, startedAt, deadLocks } = session;
  if (!quiet || isSuspended(session)) return [];
  if (hasTombstone(session.facts.row.fields)) return [];
  const resumes = willResume(session)?.effect;
  const explained = deadLocks.length > 0 || (end !== undefined && end.source !== "transcript") || endedAt !== undefined;
  if (resumes === undefined && explained) return [];
  const evidence = [
    rowEvidence(session, "status is running", startedAt),
    ...(end === undefined ? lastTrace(session) : [end.evidence]),
    ...ownerEvidence(session),
  ];
  const repair = finalization(session);
  const common = { session: key, field: "status", evidence, repair };
  if (resumes !== undefined) return [{ ...common, code: "RUN-WILL-RESUME", args: { key, effect: resumes } }];
  const started = startedAt === undefined ? "an unknown time" : clock(startedAt);
  return [{ ...common, code: "RUN-NO-OWNER", args: { key, started } }];
}

/** What the next gateway start does with the row, or undefined where it does nothing or nothing is known (facts 0.2, B6). */
export function willResume({
  store,
  facts,
  kind,
}: SessionCase): { readonly effect: string; readonly asksModel: boolean } | undefined {
  const { fields } = facts.row;
  if (isInDatabase(store) && kind === "subagent") {
    return { effect: "the next gateway start marks it as interrupted", asksModel: false };
  }
  const spawned = typeof fields["spawnDepth"] === "number" && fields["spawnDepth"] > 0;
  if (kind === "subagent" || kind === "cron" || kind === "acp" || spawned || fields["subagentRole"] != null)
    return undefined;
  // Recovery looks for rows by their column.
  if (isInDatabase(store) && facts.columns?.status !== "running") return undefined;
  if (isInDatabase(store)) {
    const effect = "the next gateway start sends a model request for this row, to go on with its run";
    return { effect, asksModel: true };
  }
  const from = store.version?.from;
  const role = facts.transcript.tail?.lastMessage?.role;
  const waits = role === "user" || role === "tool" || role === "toolResult";
  if (from !== undefined && compareVersions(from, firstThatResumes) >= 0) {
    const effect = waits
      ? "the next gateway start sends a model request to go on with it"
      : "the next gateway start marks it as failed and tells its chat that it was interrupted";
    return { effect, asksModel: waits };
  }
  if (fields["abortedLastRun"] !== true || from === undefined) return undefined;
  const effect = waits
    ? "it is marked as aborted, so the next gateway start resumes it"
    : "it is marked as aborted, so the next gateway start fails it";
  return { effect, asksModel: waits };
}

/** The gateway's recovery gave up on it, and says so: WEDGED. */
function hasTombstone(fields: SessionCase["facts"]["row"]["fields"]): boolean {
  const recovery = fields["mainRestartRecovery"] as { tombstone?: unknown } | null | undefined;
  return recovery?.tombstone != null;
}

/** Rule 11, only in a database: no start resumes or settles what was archived while it ran (#119117). */
function isArchived({ store, facts }: SessionCase): boolean {
  return isInDatabase(store) && typeof facts.row.fields["archivedAt"] === "number";
}

function runArchived(session: SessionCase): Draft[] {
  const { key, facts, end, quiet } = session;
  const archivedAt = facts.row.fields["archivedAt"] as number;
  const repair = quiet ? archivedSettlement(session) : finalization(session);
  return [
    {
      code: "RUN-ARCHIVED",
      ...severity(session),
      session: key,
      field: "status",
      args: { key, archived: clock(archivedAt) },
      evidence: [
        rowEvidence(session, `status is running, archived ${clock(archivedAt)}`, archivedAt),
        ...(end === undefined ? lastTrace(session) : [end.evidence]),
        ...ownerEvidence(session),
      ],
      repair,
    },
  ];
}

/** Nobody will go on with it, so that its outcome is the record's, or that of what was cut short; claims leave it open. */
function archivedSettlement(session: SessionCase): Repair {
  const { facts, store, end } = session;
  const asked = finalization(session);
  if (asked.kind === "none") return asked;
  const recovery = facts.row.fields["mainRestartRecovery"] as Readonly<Record<string, unknown>> | undefined;
  const claim =
    store.database?.hasRegistries !== true
      ? "whether it is placed on another machine cannot be told"
      : facts.placement !== undefined
        ? `it is placed on another machine (${facts.placement})`
        : recovery?.["reservation"] != null || recovery?.["foregroundClaims"] != null
          ? "its recovery is claimed"
          : undefined;
  if (claim !== undefined) return { ...asked, class: "ask", why: `Yours to decide: ${claim}.` };
  if (end !== undefined && end.class !== "proven") return asked;
  const how = end === undefined ? "its run left no end, and nothing goes on with an archived session" : end.how;
  return { ...asked, class: "proven", why: `Proven: ${how}.` };
}

function lastTrace({ facts, lastTraceAt, startedAt }: SessionCase): Evidence[] {
  const { transcript, trajectory } = facts;
  const at = lastTraceAt === undefined ? {} : { at: lastTraceAt };
  // A trajectory may be that of the run before.
  if (trajectory?.last !== undefined && (trajectory.last.at ?? 0) >= (startedAt ?? 0) - startSkewMs) {
    return [
      {
        kind: "trajectory",
        path: trajectory.path,
        ...placeOf(trajectory.last),
        text: `The last event of its run is ${trajectory.last.type}.`,
        ...at,
      },
    ];
  }
  const last = transcript.tail?.lastMessage;
  if (last !== undefined && transcript.path !== undefined) {
    return [
      {
        kind: "transcript",
        path: transcript.path,
        ...placeOf(last),
        text: `The last message is from the ${last.role}.`,
        ...at,
      },
    ];
  }
  return [];
}
