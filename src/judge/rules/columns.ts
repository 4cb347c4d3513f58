// Rows of a database against their own columns, and fences that nobody holds any more (facts I 9, 10, 12).
import type { Repair } from "../../model/finding.ts";
import { type Draft, nothing, said } from "../draft.ts";
import { fencesOf, finalization } from "../finalization.ts";
import { rowEvidence } from "../rowEvidence.ts";
import { isInDatabase, type SessionCase } from "../sessionCase.ts";

const statuses: ReadonlySet<unknown> = new Set(["running", "done", "failed", "killed", "timeout"]);

export function columnRules(session: SessionCase): readonly Draft[] {
  if (!isInDatabase(session.store)) return [];
  const invalid = rowInvalid(session);
  if (invalid !== undefined) return [invalid];
  return said(statusSplit(session), fenceStranded(session));
}

/** OpenClaw refuses the whole agent's sessions where one row is not valid (facts RAN-9.6-EXT 1). */
function rowInvalid(session: SessionCase): Draft | undefined {
  const { columns } = session.facts;
  if (columns === undefined || (columns.entryValid === 1 && columns.broken === undefined)) return undefined;
  const isPending = columns.entryValid === 0 && columns.broken === undefined;
  const reason =
    columns.broken ??
    (isPending ? "it was changed and not validated since" : "OpenClaw marked it as not valid (entry_valid -1)");
  const why = isPending
    ? "The next gateway start validates it, and `openclaw doctor --fix` does with the gateway stopped."
    : "`openclaw doctor --fix` with the gateway stopped is what may mend it.";
  return {
    code: "SQL-ROW-INVALID",
    session: session.key,
    args: { key: session.key, reason },
    evidence: [rowEvidence(session, `entry_valid is ${columns.entryValid}; ${reason}`)],
    repair: nothing(why),
    veto: "OpenClaw does not accept the row as it is: that comes first.",
  };
}

/** The row's JSON is what counts; its columns and its window are what the gateway finds rows by (facts B5). */
function statusSplit(session: SessionCase): Draft | undefined {
  const { facts, key, status, quiet, ownership } = session;
  const { columns } = facts;
  if (columns === undefined || !columns.isRowRead) return undefined;
  const expected = status === "interrupted" ? "failed" : statuses.has(status) ? status : null;
  const endedAt = facts.row.fields["endedAt"];
  const { window } = columns;
  const differences = [
    columns.status !== expected && `its status column says ${columns.status ?? "nothing"}`,
    window !== undefined && window.status !== expected && `its window says ${window.status ?? "nothing"}`,
    window !== undefined && window.endedAt !== endedAt && `its window has ended_at ${window.endedAt ?? "missing"}`,
  ].filter((difference) => difference !== false);
  if (differences.length === 0) return undefined;
  const claimed = typeof status === "string" ? status : "nothing";
  const repair: Repair = quiet
    ? {
        kind: "correct",
        class: "ask",
        set: { status: typeof status === "string" ? status : null },
        why: "The row itself is what OpenClaw goes by: its columns would be made to say the same.",
      }
    : nothing(`Nothing is proposed until it is certain that nobody works on it: ${ownership.why}.`);
  return {
    code: "SQL-STATUS-SPLIT",
    session: key,
    field: "status",
    args: { key, claimed, difference: differences.join(", ") },
    evidence: [rowEvidence(session, `the row says ${claimed}; ${differences.join("; ")}`)],
    repair,
  };
}

/**
 * A run's place that nobody holds any more makes OpenClaw refuse the next turn (#140467, #146692, #117096). A row that
 * ended rightly keeps `activeWriterRunId`, of the run that `lastRunId` names (seen); and what recovery will go on with is
 * no stranded fence.
 */
function fenceStranded(session: SessionCase): Draft | undefined {
  const { facts, claimsToRun, quiet, key } = session;
  const { fields } = facts.row;
  if (!quiet || facts.columns?.isRowRead !== true) return undefined;
  const fences = claimsToRun ? strandedWhileRunning(session) : strandedAfterwards(fields);
  if (fences.length === 0) return undefined;
  return {
    code: "FENCE-STRANDED",
    session: key,
    ...(fences[0] !== undefined && { field: fences[0] }),
    args: { key, fences: fences.join(", ") },
    evidence: [rowEvidence(session, `${fences.join(", ")} without a run`, session.updatedAt)],
    repair: claimsToRun
      ? finalization(session)
      : {
          kind: "correct",
          class: "ask",
          set: Object.fromEntries(fencesOf(facts).map((field) => [field, null])),
          why: "With a running gateway `sessions.recover` comes first, which goes on with the turn.",
        },
  };
}

function strandedWhileRunning({ facts: { row } }: SessionCase): string[] {
  const { fields } = row;
  if (fields["abortedLastRun"] === true || fields["mainRestartRecovery"] !== undefined) return [];
  return ["restartRecoveryDeliveryRunId", "restartRecoveryRuns"].filter((name) => fields[name] !== undefined);
}

function strandedAfterwards(fields: SessionCase["facts"]["row"]["fields"]): string[] {
  const recovery = fields["mainRestartRecovery"] as { tombstone?: unknown } | undefined;
  if (recovery?.tombstone != null) return [];
  const writer = fields["activeWriterRunId"];
  const isOther = writer !== undefined && writer !== fields["lastRunId"];
  return [
    ...(fields["lifecycleRunId"] === undefined ? [] : ["lifecycleRunId"]),
    ...(isOther ? ["activeWriterRunId"] : []),
  ];
}
