// A parent that ended its turn and waits for its sub-agents: legitimate, whatever its row looks like (facts B4, I 31).
import type { Evidence } from "../../model/evidence.ts";
import { type Draft, nothing } from "../draft.ts";
import { rowEvidence } from "../rowEvidence.ts";
import type { SessionCase } from "../sessionCase.ts";
import { clock } from "../words.ts";

/** As the gateway tells it apart from a run that was cut short (captureYieldedMainSessionContinuation). */
export function hasYielded({ facts, claimsToRun, endedAt }: SessionCase): boolean {
  const isPending = facts.row.fields["pendingFinalDelivery"] !== undefined;
  return claimsToRun && endedAt !== undefined && !isPending && facts.yielded !== undefined;
}

export function yieldEvidence({ facts }: SessionCase): Evidence[] {
  const { yielded } = facts;
  if (yielded === undefined) return [];
  const { path, runId, child } = yielded;
  return [{ kind: "registry", path, text: `Run ${runId} of ${child} wakes it when it is done.` }];
}

export function yieldedParent(session: SessionCase): Draft {
  const { key, endedAt, facts } = session;
  const ended = endedAt === undefined ? "an unknown time" : clock(endedAt);
  return {
    code: "YIELDED-PARENT",
    session: key,
    field: "status",
    args: { key, ended, child: facts.yielded?.child ?? "?" },
    evidence: [rowEvidence(session, `status is running, endedAt is ${ended}`, endedAt), ...yieldEvidence(session)],
    repair: nothing("It goes on by itself when its sub-agent is done; the next gateway start keeps it so."),
    veto: "It waits for its sub-agent.",
  };
}
