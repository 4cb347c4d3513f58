// Rows of agentctl that claim to be active and are not, that hide a living process, or that are old (facts 1.5 to 1.7).
import type { AgentctlFacts, AgentRow } from "../../model/agentctl.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Repair } from "../../model/finding.ts";
import { type Draft, nothing } from "../draft.ts";
import { settle } from "../settle.ts";
import { clock } from "../words.ts";
import { type RowCase, saidBy } from "./rowCase.ts";

const oldMs = 7 * 86_400_000;
/** The same launch, as two rows tell it: ids were polled every 5 s, for up to 15 s (facts 1.5). */
const sameLaunchMs = 30_000;

export function rowRules(one: RowCase, facts: AgentctlFacts, now: number): readonly Draft[] {
  return settle([...ghost(one, facts), ...pending(one, facts), ...split(one, facts), ...old(one, facts, now)]);
}

function ghost(one: RowCase, facts: AgentctlFacts): Draft[] {
  const { row, isActive, state, why } = one;
  if (!isActive || (state !== "free" && state !== "asked")) return [];
  const repair = finalization(one, facts);
  const certain = state === "free" && facts.writer.state === "stopped";
  const found: Draft = {
    code: "AGENTCTL-GHOST",
    ...(!certain && { severity: "warning" }),
    session: row.id,
    field: "status",
    args: { key: row.id, status: row.status ?? "nothing", why },
    evidence: [rowEvidence(row, facts), ...processEvidence(row), ...one.proof],
    repair,
  };
  if (row.holder?.owner !== "recycled") return [found];
  const { pid, name = "?" } = row.holder;
  const recycled: Draft = {
    code: "AGENTCTL-PID-RECYCLED",
    session: row.id,
    field: "pid",
    args: { subject: row.id, pid, name },
    evidence: [rowEvidence(row, facts), ...processEvidence(row)],
    repair,
  };
  return [found, recycled];
}

/** Facts 1.10: the daemon sets nothing else; the time is that of the last trace, not of the repair (DESIGN, finalize). */
function finalization({ row, state, why, lastAt, openclaw }: RowCase, facts: AgentctlFacts): Repair {
  if (facts.canBeAsked && isPruned(row, facts)) {
    return {
      kind: "finalize",
      class: "ask",
      request: { method: "session.prune" },
      why: "Its daemon runs and stops what it finds dead itself; that cannot be undone here.",
    };
  }
  if (facts.writer.state !== "stopped") return nothing(untilStopped(facts));
  const at = openclaw?.endedAt ?? lastAt;
  const set = { status: "stopped", ...(at !== undefined && { stoppedAt: new Date(at).toISOString() }) };
  if (state === "free") return { kind: "finalize", class: "proven", set, why: `Proven: ${why}.` };
  return { kind: "finalize", class: "ask", set, why: `Yours to decide: ${why} (${row.adapter || "no adapter"}).` };
}

/**
 * Facts 1.7: from 1.4.0 on it marks rows whose pid is dead, and nothing else is lost. Up to 1.3.0 it takes out rows, those of
 * OpenClaw's living sessions too: only what 1.9.0 or later has written shows that it is not that.
 */
function isPruned({ holder }: AgentRow, { locks }: AgentctlFacts): boolean {
  return holder?.owner === "dead" && locks.some(({ hasPid }) => hasPid);
}

/** Why nothing of a running daemon's files is changed: memory is its truth (facts 1.4). */
export function untilStopped({ writer }: AgentctlFacts): string {
  return writer.state === "running"
    ? `agentctl's daemon would write its memory over the change (${writer.why}): stop it, look again, repair, then start it.`
    : `Nothing is changed until it is certain that agentctl's daemon is stopped: ${writer.why}.`;
}

function pending(one: RowCase, facts: AgentctlFacts): Draft[] {
  const { row, isActive } = one;
  if (!isActive || !row.id.startsWith("pending-") || row.holder?.owner !== "alive") return [];
  const twin = facts.rows.find((other) => other !== row && isTwin(row, other));
  const twinWords = twin === undefined ? "" : `; ${twin.id}, which says ${twin.status}, may be the same run`;
  return [
    {
      code: "AGENTCTL-PENDING",
      session: row.id,
      args: { key: row.id, pid: row.holder.pid, twin: twinWords },
      evidence: [rowEvidence(row, facts), ...(twin === undefined ? [] : [rowEvidence(twin, facts)])],
      repair: nothing("Its process lives: agentctl itself exchanges the name or ends the row."),
    },
  ];
}

function isTwin(a: AgentRow, b: AgentRow): boolean {
  const apart = Math.abs((a.startedAt ?? Number.NaN) - (b.startedAt ?? Number.NaN));
  return a.cwd !== undefined && a.cwd === b.cwd && b.holder === undefined && apart <= sameLaunchMs;
}

/** What several stores know is held together; only a contradiction is a finding. */
function split(one: RowCase, facts: AgentctlFacts): Draft[] {
  const { row, isActive, hasEnded, openclaw } = one;
  if (openclaw === undefined) return [];
  const over = openclaw.verdict === "finished" || openclaw.verdict === "interrupted";
  const works = openclaw.verdict === "active";
  if (!(isActive && over) && !(hasEnded && works)) return [];
  return [
    {
      code: "CROSS-SPLIT",
      session: row.id,
      args: { key: row.id, claims: `agentctl: ${row.status} · OpenClaw: ${saidBy(openclaw)}`, why: openclaw.why },
      evidence: [rowEvidence(row, facts)],
      repair: isActive
        ? finalization(one, facts)
        : nothing("agentctl's row has ended already: it is OpenClaw's that goes on."),
    },
  ];
}

function old(one: RowCase, facts: AgentctlFacts, now: number): Draft[] {
  const { row, hasEnded, state } = one;
  const at = row.stoppedAt ?? row.startedAt;
  if (!hasEnded || state === "owned" || at === undefined || now - at <= oldMs) return [];
  return [
    {
      code: "AGENTCTL-OLD",
      session: row.id,
      args: { key: row.id, ended: clock(at) },
      evidence: [rowEvidence(row, facts)],
      repair: pruning(row, facts),
    },
  ];
}

function pruning(row: AgentRow, facts: AgentctlFacts): Repair {
  if (facts.writer.state !== "stopped") return nothing(untilStopped(facts));
  // The row is what tells that the lock is stale.
  if (facts.locks.some(({ sessionId }) => sessionId === row.id))
    return nothing("A lock names it: that is settled first.");
  return { kind: "prune", class: "ask", why: "It ended over a week ago; its prompt and group go with it." };
}

export function rowEvidence(row: AgentRow, { path }: AgentctlFacts): Evidence {
  const at = row.stoppedAt ?? row.startedAt;
  return {
    kind: "row",
    path,
    offset: row.range.start,
    ...(at !== undefined && { at }),
    text: `${row.id} (${row.adapter}) says ${row.status ?? "nothing"}.`,
  };
}

function processEvidence({ holder }: AgentRow): Evidence[] {
  return holder === undefined ? [] : [{ kind: "process", path: "process list", text: `${holder.why}.` }];
}
