// The one repair that all rules about a row that claims to run share: give it the outcome that the evidence proves.
import type { SessionFacts } from "../model/facts.ts";
import type { Repair } from "../model/finding.ts";
import { nothing } from "./draft.ts";
import type { Outcome } from "./end.ts";
import { isInDatabase, plausibleTime, type SessionCase } from "./sessionCase.ts";

/** How far the row's own endedAt and the record of the end may lie apart and still agree (facts I 4). */
const agreementMs = 5 * 60_000;

const fences = /^(mainRestartRecovery|lifecycleRunId|activeWriterRunId|restartRecoveryRuns|restartRecoveryDelivery.*)$/;

/** DESIGN, Words: finalize. Nothing is proposed before the session is quiet. */
export function finalization(session: SessionCase): Repair {
  const { ownership, quiet } = session;
  if (ownership.state === "owned") return nothing(`Somebody works on it: ${ownership.why}.`);
  if (!quiet) return nothing(`Nothing is proposed until it is certain that nobody works on it: ${ownership.why}.`);
  if (isInDatabase(session.store)) return withCare(session, proposal(session));
  return proposal(session);
}

/**
 * In a database a person decides, whatever the evidence (facts I 1: assist), and what would have the settled row resumed
 * or its next turn refused goes with its status (facts RAN-9.6-EXT 3).
 */
function withCare({ store, facts, endedAt, end }: SessionCase, repair: Repair): Repair {
  if (facts.columns?.isRowRead !== true || facts.transcript.state === "unread") {
    return nothing("There was no time to read all of it: refresh the view.");
  }
  if (endedAt !== undefined && store.database?.hasRegistries !== true) {
    return nothing("It may wait for a sub-agent, and the registry that tells cannot be read.");
  }
  const fences = Object.fromEntries(fencesOf(facts).map((field) => [field, null]));
  const set = { ...repair.set, ...fences };
  const isClear = repair.class === "proven" && end !== undefined;
  return isClear
    ? { ...repair, set, class: "ask", why: `Recorded, and yours to decide: ${end.how}.` }
    : { ...repair, set };
}

/** Fields of a row that keep a run's place (facts B1, RAN-9.6-EXT 3). */
export function fencesOf({ row }: SessionFacts): string[] {
  const recovery = row.fields["mainRestartRecovery"] as { tombstone?: unknown } | null | undefined;
  return Object.keys(row.fields)
    .filter((name) => fences.test(name))
    .filter((name) => name !== "mainRestartRecovery" || recovery?.tombstone == null)
    .sort();
}

function proposal(session: SessionCase): Repair {
  const { end, endedAt, freeLocks } = session;
  const unlock = freeLocks.length === 0 ? {} : { unlock: freeLocks.map((lock) => lock.path) };
  // An end before the start that the row will have is that of an earlier run.
  const begun = registeredStart(session).startedAt ?? session.startedAt ?? 0;
  const rowEnd = endedAt !== undefined && endedAt >= begun ? endedAt : undefined;
  if (end === undefined) {
    const at = rowEnd ?? session.lastTraceAt;
    const set = outcomeFields(session, "failed", at);
    return {
      kind: "finalize",
      class: "ask",
      set,
      ...unlock,
      why: "Nothing records how the run ended: you choose the outcome; its last trace gives the time.",
    };
  }
  const agrees = rowEnd !== undefined && Math.abs(rowEnd - end.at) <= agreementMs;
  const at = agrees ? rowEnd : end.at;
  const set = outcomeFields(session, end.outcome, at, end.runtimeMs);
  const base = { kind: "finalize", set, ...unlock } as const;
  if (rowEnd !== undefined && !agrees) {
    return {
      ...base,
      class: "ask",
      why: `The row's endedAt and the record of the end are more than five minutes apart: ${end.how}.`,
    };
  }
  // A transcript's last answer alone is a guess; together with the row's own endedAt it is proof (facts I 4).
  const agreedByRow = agrees && end.source === "transcript" && end.outcome === "done";
  const repairClass = agreedByRow ? "proven" : end.class;
  const why = repairClass === "proven" ? `Proven: ${end.how}.` : `Likely, but yours to decide: ${end.how}.`;
  return { ...base, class: repairClass, why };
}

/** A runtime that nothing gives goes where the row has one: it is an earlier run's, which a start takes out (facts B2). */
function outcomeFields(
  session: SessionCase,
  outcome: Outcome,
  at: number | undefined,
  runtimeMs?: number,
): NonNullable<Repair["set"]> {
  const { startedAt, facts } = session;
  const runtime = runtimeMs ?? (at !== undefined && startedAt !== undefined ? Math.max(0, at - startedAt) : undefined);
  const isStale = runtime === undefined && facts.row.fields["runtimeMs"] !== undefined;
  return {
    status: outcome,
    ...registeredStart(session),
    ...(at !== undefined && { endedAt: at }),
    ...(runtime !== undefined && { runtimeMs: runtime }),
    ...(isStale && { runtimeMs: null }),
    abortedLastRun: outcome === "killed",
  };
}

/** Of a sub-agent the row has the first start over all follow-ups, which the registry knows (facts B1, I 26). */
function registeredStart({ facts, end, startedAt, now }: SessionCase): { startedAt?: number } {
  const { subagent } = facts;
  if (subagent?.endedAt === undefined || subagent.endedAt !== end?.at) return {};
  const begun = plausibleTime(subagent.sessionStartedAt ?? subagent.startedAt, now);
  return begun === undefined || begun === startedAt || begun > end.at ? {} : { startedAt: begun };
}
