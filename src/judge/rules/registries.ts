// Rows against OpenClaw's own registries (facts I 26, 27).
import { type Draft, nothing, said } from "../draft.ts";
import { finalization } from "../finalization.ts";
import { placeOf } from "../place.ts";
import { rowEvidence } from "../rowEvidence.ts";
import type { SessionCase } from "../sessionCase.ts";
import { clock } from "../words.ts";

export function registryRules(session: SessionCase): readonly Draft[] {
  // While somebody may work on it the two are written apart for moments; that is no split.
  const { subagent, cron } = session.facts;
  if (!session.quiet || (subagent === undefined && cron === undefined)) return said();
  return said(subagentSplit(session), cronSplit(session));
}

function subagentSplit(session: SessionCase): Draft | undefined {
  const { key, facts, claimsToRun, isTerminal, startedAt, endedAt } = session;
  const { subagent } = facts;
  if (subagent === undefined) return undefined;
  const endedInRegistry = subagent.endedAt !== undefined && subagent.endedAt >= (startedAt ?? 0);
  const rowBehind = claimsToRun && endedInRegistry;
  const registryBehind = isTerminal && subagent.status === "running" && (subagent.startedAt ?? 0) <= (endedAt ?? 0);
  if (!rowBehind && !registryBehind) return undefined;
  const at = subagent.endedAt;
  const registered = at === undefined ? subagent.status : `${subagent.status} at ${clock(at)}`;
  const claimed = String(session.status);
  return {
    code: "SUB-REGISTRY-SPLIT",
    session: key,
    field: "status",
    args: { key, claimed, registered },
    evidence: [
      rowEvidence(session, `status is ${claimed}`),
      {
        kind: "registry",
        path: subagent.path,
        text: `run ${subagent.runId}: ${registered}`,
        ...(at !== undefined && { at }),
      },
    ],
    repair: rowBehind
      ? finalization(session)
      : nothing(
          "The row has ended; it is the registry that was not told, and OpenClaw settles that at its next start.",
        ),
  };
}

function cronSplit(session: SessionCase): Draft | undefined {
  const { key, facts, claimsToRun, startedAt } = session;
  const { cron } = facts;
  if (!claimsToRun || cron === undefined || cron.endedAt < (startedAt ?? 0)) return undefined;
  return {
    code: "CRON-SPLIT",
    session: key,
    field: "status",
    args: { key, ended: clock(cron.endedAt), status: cron.status || "no status" },
    evidence: [
      rowEvidence(session, "status is running", startedAt),
      {
        kind: "cron",
        path: cron.path,
        ...placeOf(cron),
        at: cron.endedAt,
        text: `job ${cron.jobId}: finished, ${cron.status || "no status"}`,
      },
    ],
    repair: finalization(session),
  };
}
