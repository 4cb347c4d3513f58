// Rows that contradict themselves, whoever runs (facts I 8, 13, 25, 28, 29, 59).
import type { Repair } from "../../model/finding.ts";
import { type Draft, nothing, said } from "../draft.ts";
import { rowEvidence } from "../rowEvidence.ts";
import { dayMs, isInDatabase, plausibleTime, type SessionCase } from "../sessionCase.ts";
import { clock } from "../words.ts";

const deliveryGraceMs = 30 * 60_000;

export function rowRules(session: SessionCase): readonly Draft[] {
  const dropped = rowDropped(session);
  if (dropped !== undefined) return [dropped];
  return said(
    deliveryPending(session),
    endBeforeStart(session),
    endedWithoutTime(session),
    updatedAtBad(session),
    statusUnknown(session),
  );
}

/** Facts E, Readers: not an object, or a sessionId that is a path. */
function rowDropped(session: SessionCase): Draft | undefined {
  const { row } = session.facts;
  const id = row.fields["sessionId"];
  const isPath =
    !isInDatabase(session.store) && typeof id === "string" && (/[\\/]/.test(id) || id === "." || id === "..");
  if (row.shape === "object" && !isPath) return undefined;
  const words = {
    array: "it is an array",
    null: "it is null",
    scalar: "it is a bare value",
    object: "its sessionId is a path",
  };
  return {
    code: "ROW-DROPPED",
    session: session.key,
    ...(isPath && { field: "sessionId" }),
    args: { key: session.key, reason: words[row.shape] },
    evidence: [rowEvidence(session, words[row.shape])],
    repair: nothing("There is nothing to settle in it: copy what you need before the gateway writes the store again."),
    veto: "The gateway will drop the row.",
  };
}

function deliveryPending(session: SessionCase): Draft | undefined {
  const { fields } = session.facts.row;
  const pending = fields["pendingFinalDelivery"];
  const text = fields["pendingFinalDeliveryText"];
  if (!pending && !text) return undefined;
  // With a living gateway a reply is on its way for a moment; that is no finding.
  if (session.ownership.state === "owned") return undefined;
  if (session.store.writer.state !== "stopped" && session.now - session.lastChangeAt < deliveryGraceMs)
    return undefined;
  const why = "An undelivered reply would be lost: start the gateway, which delivers it, or read it in the row first.";
  return {
    code: "DELIVERY-PENDING",
    session: session.key,
    field: pending ? "pendingFinalDelivery" : "pendingFinalDeliveryText",
    args: { key: session.key },
    evidence: [rowEvidence(session, "a final reply waits for its delivery", session.updatedAt)],
    repair: nothing(why),
    veto: why,
  };
}

function endBeforeStart(session: SessionCase): Draft | undefined {
  const { key, startedAt, endedAt, claimsToRun } = session;
  if (startedAt === undefined || endedAt === undefined || endedAt >= startedAt) return undefined;
  const words = `endedAt ${clock(endedAt)} is before startedAt ${clock(startedAt)}`;
  return {
    code: "END-BEFORE-START",
    session: key,
    field: "endedAt",
    args: { key, ended: clock(endedAt), started: clock(startedAt) },
    evidence: [rowEvidence(session, words, startedAt)],
    repair: nothing(
      claimsToRun ? "A new run may have begun after the one that ended." : "Nothing tells which of the two is wrong.",
    ),
  };
}

function endedWithoutTime(session: SessionCase): Draft | undefined {
  const { key, status, isTerminal, end, quiet, startedAt } = session;
  if (!isTerminal || typeof session.facts.row.fields["endedAt"] === "number") return undefined;
  const recorded = end !== undefined && end.source !== "transcript" && quiet;
  const runtime =
    startedAt === undefined ? {} : { runtimeMs: end?.runtimeMs ?? Math.max(0, (end?.at ?? 0) - startedAt) };
  const repair: Repair = recorded
    ? correctEnd(session, { endedAt: end.at, ...runtime }, end.how)
    : nothing("It is harmless, and nothing proves when the run ended.");
  return {
    code: "TERM-NO-END",
    session: key,
    field: "status",
    args: { key, claimed: String(status) },
    evidence: [
      rowEvidence(session, `status is ${String(status)}, endedAt is missing`),
      ...(recorded ? [end.evidence] : []),
    ],
    repair,
  };
}

/** The record gives the time, whatever the outcome; a registry that says running would put that back (facts B2). */
function correctEnd({ facts }: SessionCase, set: NonNullable<Repair["set"]>, how: string): Repair {
  return facts.subagent?.status === "running"
    ? { kind: "correct", class: "ask", set, why: `Likely, but the sub-agent registry says running: ${how}.` }
    : { kind: "correct", class: "proven", set, why: `Proven: ${how}.` };
}

function updatedAtBad(session: SessionCase): Draft | undefined {
  const { key, facts, now } = session;
  const value = facts.row.fields["updatedAt"];
  if (plausibleTime(value, now) !== undefined) return undefined;
  const changedAt = facts.transcript.mtimeMs ?? session.endedAt ?? session.startedAt;
  const known = changedAt !== undefined && changedAt <= now + dayMs;
  const shown = value === undefined ? "no value" : JSON.stringify(value)?.slice(0, 40);
  return {
    code: "UPDATEDAT-BAD",
    session: key,
    field: "updatedAt",
    args: { key, value: shown ?? "no value" },
    evidence: [rowEvidence(session, `updatedAt is ${shown}`)],
    repair: known
      ? {
          kind: "correct",
          class: "ask",
          set: { updatedAt: Math.round(changedAt) },
          why: "The last change of its transcript gives the time.",
        }
      : nothing("Nothing tells when it was last changed."),
  };
}

function statusUnknown(session: SessionCase): Draft | undefined {
  const { key, status, isTerminal, claimsToRun } = session;
  if (status === undefined || status === null || isTerminal || claimsToRun) return undefined;
  const shown = JSON.stringify(status)?.slice(0, 40) ?? "?";
  return {
    code: "STATUS-UNKNOWN",
    session: key,
    field: "status",
    args: { key, value: shown },
    evidence: [rowEvidence(session, `status is ${shown}`)],
    repair: {
      kind: "correct",
      class: "ask",
      set: { status: null },
      why: "OpenClaw treats it as not running; without the field it does too.",
    },
  };
}
