// From claude-mem's facts to verdicts and findings: pure.
import type { ClaudeMemFacts, MemoryRow } from "../../model/claudeMem.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Repair } from "../../model/finding.ts";
import type { Session, Verdict } from "../../model/session.ts";
import { saidBy } from "../agentctl/rowCase.ts";
import { type Draft, nothing } from "../draft.ts";
import { codesBySubject, type Digest, finish, type Verdicts } from "../judge.ts";
import { settle } from "../settle.ts";
import { clock, counted } from "../words.ts";

/** Sessions of other stores, which know more of what a row stands for. */
export interface KnownAgents {
  /** OpenClaw's by key. */
  readonly openclaw: ReadonlyMap<string, Session>;
  /** agentctl's by session id. */
  readonly agentctl: ReadonlyMap<string, Session>;
}

interface Claim {
  readonly program: string;
  readonly session: Session;
}

interface MemoryCase {
  readonly row: MemoryRow;
  readonly state: "owned" | "over" | "free" | "silent" | "unknown";
  /** Half a sentence. */
  readonly why: string;
  readonly claims: readonly Claim[];
  /** When the agent's own session ended, epoch milliseconds. */
  readonly endedAt?: number;
}

/** A session between two prompts is silent for as long as its person is away (facts 2.4). */
const silentMs = 3 * 3_600_000;

export function judgeClaudeMem(facts: ClaudeMemFacts, now: number, known: KnownAgents, digest: Digest): Verdicts {
  const newest = newestOfKey(facts.rows);
  const cases = facts.rows.map((row) => memoryCase(row, { now, known, newest, facts }));
  const store = { id: facts.path, path: facts.path };
  const drafts = [
    ...ofStore(facts),
    ...cases.flatMap((one) => settle([...ghost(one, facts, now), ...split(one, facts)])),
  ];
  const findings = drafts.map((draft) => finish(draft, store, digest));
  const codes = codesBySubject(findings);
  return {
    sessions: cases.map((one) => view(one, facts, codes.get(one.row.key) ?? [])),
    locks: [],
    findings,
    claims: new Map(
      cases.flatMap(({ row, claims }) => claims.map(({ session }) => [session.id, ownClaim(row, facts)] as const)),
    ),
  };
}

function ofStore({ path, problem, schema, isKnown }: ClaudeMemFacts): Draft[] {
  const evidence: Evidence[] = [
    { kind: "file", path, text: problem ?? `Its highest schema version is ${schema ?? "not told"}.` },
  ];
  if (problem !== undefined) {
    const repair = nothing("Nothing is known of its sessions, and nothing is written.");
    return [{ code: "STORE-UNREADABLE", path, args: { agent: "claude-mem", reason: problem }, evidence, repair }];
  }
  if (isKnown) return [];
  const repair = nothing("Only known schemas are written.");
  return [{ code: "MEM-SCHEMA", path, args: { schema: schema ?? "?" }, evidence, repair }];
}

/** The plugin takes a new row at each start of a conversation: of several rows of a key only the newest can be in use. */
function newestOfKey(rows: readonly MemoryRow[]): ReadonlyMap<string, MemoryRow> {
  const newest = new Map<string, MemoryRow>();
  for (const row of rows) {
    if (row.openclawKey === undefined) continue;
    const known = newest.get(row.openclawKey);
    if (known === undefined || (row.startedAt ?? 0) > (known.startedAt ?? 0)) newest.set(row.openclawKey, row);
  }
  return newest;
}

interface Seen {
  readonly now: number;
  readonly known: KnownAgents;
  readonly newest: ReadonlyMap<string, MemoryRow>;
  readonly facts: ClaudeMemFacts;
}

function memoryCase(row: MemoryRow, seen: Seen): MemoryCase {
  const openclaw = row.openclawKey === undefined ? undefined : seen.known.openclaw.get(row.openclawKey);
  const agentctl = seen.known.agentctl.get(row.contentId);
  const claims: Claim[] = [
    ...(openclaw === undefined ? [] : [{ program: "OpenClaw", session: openclaw }]),
    ...(agentctl === undefined ? [] : [{ program: "agentctl", session: agentctl }]),
  ];
  if (row.status !== "active") return { row, claims, state: "unknown", why: "" };
  return { row, claims, ...ownership(row, claims, seen) };
}

function ownership(
  row: MemoryRow,
  claims: readonly Claim[],
  seen: Seen,
): Pick<MemoryCase, "state" | "why" | "endedAt"> {
  if (row.namedBy !== undefined) return { state: "owned", why: `process ${row.namedBy} was started with its id` };
  const later = row.openclawKey === undefined ? undefined : seen.newest.get(row.openclawKey);
  const isOlder = later !== undefined && later !== row && (row.activeAt ?? 0) <= (later.startedAt ?? 0);
  if (isOlder && later.startedAt !== undefined) {
    const why = `its conversation went on as ${later.contentId} at ${clock(later.startedAt)}`;
    // Two gateways may have a conversation of that name each.
    return { state: "free", why };
  }
  const works = claims.find(({ session }) => session.verdict === "active" || session.verdict === "waiting");
  if (works !== undefined) return { state: "owned", why: `${works.program} works on it` };
  const over = claims.find(({ session }) => isOver(session, row));
  if (over !== undefined) {
    const { session, program } = over;
    const endedAt = session.endedAt ?? session.lastSeenAt;
    const why = `${program} says ${saidBy(session)}`;
    return { state: "over", why, ...(endedAt !== undefined && { endedAt }) };
  }
  if (claims.length > 0) return { state: "unknown", why: "whether its agent works on it cannot be told" };
  return bySilence(row, seen);
}

/** What happened in the row after that end belongs to a run that the other store does not tell of. */
function isOver({ verdict, endedAt, lastSeenAt }: Session, { activeAt }: MemoryRow): boolean {
  if (verdict !== "finished" && verdict !== "interrupted") return false;
  const end = Math.max(endedAt ?? 0, lastSeenAt ?? 0);
  return end === 0 || (activeAt ?? 0) <= end + 5 * 60_000;
}

function bySilence(row: MemoryRow, { now, facts }: Seen): Pick<MemoryCase, "state" | "why"> {
  const at = lastTrace(row);
  const isSilent = at !== undefined && now - at >= silentMs;
  if (facts.writer.state === "stopped" && row.noAgentRuns === true)
    return { state: "free", why: "no worker runs, and no agent that could be its own" };
  if (isSilent) return { state: "silent", why: "nothing happened in it for hours" };
  return { state: "unknown", why: "its agent may work on it" };
}

function lastTrace({ activeAt, transcriptAt }: MemoryRow): number | undefined {
  const known = [activeAt, transcriptAt].filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function ghost(one: MemoryCase, facts: ClaudeMemFacts, now: number): Draft[] {
  const { row, state, why } = one;
  if (state !== "over" && state !== "free" && state !== "silent") return [];
  const at = lastTrace(row);
  return [
    {
      code: "MEM-GHOST",
      session: row.key,
      field: "status",
      args: { key: row.key, project: row.project, why, last: at === undefined ? "not known" : `of ${clock(at)}` },
      evidence: [rowEvidence(row, facts), ...one.claims.map(claimEvidence)],
      repair: finalization(one, facts, now),
      // The number of the row: the same content id may stand in another one later.
      identity: String(row.id),
    },
  ];
}

/** Facts 2.4: the three columns that its own code sets. */
function finalization({ row, state, why, endedAt, claims }: MemoryCase, facts: ClaudeMemFacts, now: number): Repair {
  if (!facts.isKnown) return nothing("Its schema is not known here, and is never written.");
  const at = Math.min(now, Math.round(Math.max(endedAt ?? 0, lastTrace(row) ?? 0)) || now);
  const wasCut = claims.some(({ session }) => session.verdict === "interrupted");
  const set = {
    status: wasCut ? "failed" : "completed",
    completed_at: new Date(at).toISOString(),
    completed_at_epoch: at,
  };
  if (row.waiting > 0) {
    const left = `${counted(row.waiting, "message")} of it ${row.waiting === 1 ? "waits" : "wait"} to be processed`;
    return { kind: "finalize", class: "ask", set, why: `Yours to decide: ${why}, but ${left}.` };
  }
  if (state === "over") return { kind: "finalize", class: "proven", set, why: `Proven: ${why}.` };
  return { kind: "finalize", class: "ask", set, why: `Yours to decide, and whether it completed or failed: ${why}.` };
}

function split({ row, claims, state }: MemoryCase, facts: ClaudeMemFacts): Draft[] {
  if (row.status !== "active" || state !== "over" || claims.length === 0) return [];
  const all = claims.map(({ program, session }) => `${program}: ${saidBy(session)}`);
  return [
    {
      code: "CROSS-SPLIT",
      session: row.key,
      args: {
        key: row.key,
        claims: [`claude-mem: ${row.status}`, ...all].join(" · "),
        why: claims[0]?.session.why ?? "",
      },
      evidence: [rowEvidence(row, facts), ...claims.map(claimEvidence)],
      repair: nothing("Each store is repaired for itself, by its own finding."),
    },
  ];
}

function rowEvidence(row: MemoryRow, { path }: ClaudeMemFacts): Evidence {
  const at = lastTrace(row);
  return {
    kind: "row",
    path,
    ...(at !== undefined && { at }),
    text: `Row ${row.id} of sdk_sessions (${row.platform}) says ${row.status}.`,
  };
}

function ownClaim(row: MemoryRow, facts: ClaudeMemFacts): Evidence {
  return { ...rowEvidence(row, facts), text: `claude-mem says ${row.status}.` };
}

function claimEvidence({ program, session }: Claim): Evidence {
  return { kind: "row", path: session.store, text: `${program}, ${session.key}: ${saidBy(session)}. ${session.why}` };
}

function verdictOf({ row, state, claims }: MemoryCase): Verdict {
  if (row.status !== "active") return "finished";
  if (state === "owned") return "active";
  if (state === "over")
    return claims.find(({ session }) => session.verdict === "interrupted")?.session.verdict ?? "finished";
  return state === "free" ? "interrupted" : "unknown";
}

function view(one: MemoryCase, facts: ClaudeMemFacts, findings: readonly string[]): Session {
  const { row, why, claims } = one;
  const last = row.status === "active" ? lastTrace(row) : (row.completedAt ?? row.activeAt);
  // A project has many sessions.
  const title = row.title ?? (row.project === "" ? undefined : `${row.platform} · ${row.project} #${row.id}`);
  return {
    id: `${facts.path}\n${row.key}`,
    store: facts.path,
    key: row.key,
    kind: "other",
    sessionId: row.contentId,
    claimed: row.status,
    verdict: verdictOf(one),
    why: why === "" ? `The row says ${row.status}.` : `The row says ${row.status}, and ${why}.`,
    proof: claims.map(claimEvidence),
    range: { start: 0, end: 0 },
    rowVersion: row.version,
    findings,
    ...(row.startedAt !== undefined && { startedAt: row.startedAt }),
    ...(row.completedAt !== undefined && { endedAt: row.completedAt }),
    ...(last !== undefined && { lastSeenAt: last, updatedAt: last }),
    ...(title !== undefined && { label: title }),
  };
}
