// From agentctl's facts to verdicts and findings: pure.
import type { AgentctlFacts, BrokenFile } from "../../model/agentctl.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Session } from "../../model/session.ts";
import { type Draft, nothing } from "../draft.ts";
import { codesBySubject, type Digest, finish, type Verdicts } from "../judge.ts";
import { basenameOf } from "../paths.ts";
import { fuseRules, lockCases, lockPath, lockRules, lockView } from "./directoryLocks.ts";
import { type KnownSessions, type RowCase, rowCases } from "./rowCase.ts";
import { rowEvidence, rowRules } from "./rows.ts";

/** Judges one folder of agentctl by the clock `now` (epoch milliseconds). */
export function judgeAgentctl(facts: AgentctlFacts, now: number, known: KnownSessions, digest: Digest): Verdicts {
  const cases = rowCases(facts, known, now);
  const byId = new Map(cases.map((one) => [one.row.id, one]));
  const locks = lockCases(facts, cases);
  const store = { id: facts.path, path: facts.path };
  const drafts = [
    ...facts.broken.map(brokenFile),
    ...pidFile(facts),
    ...cases.flatMap((one) => rowRules(one, facts, now)),
    ...locks.flatMap((one) => lockRules(one, facts)),
    ...facts.fuses.flatMap((fuse) => fuseRules(fuse, byId)),
  ];
  const findings = drafts.map((draft) => finish(draft, store, digest));
  const codes = codesBySubject(findings);
  return {
    sessions: cases.map((one) => view(one, facts, codes.get(one.row.id) ?? [])),
    locks: locks.map((one) => lockView(one, store.id, codes.get(lockPath(one.lock)) ?? [])),
    findings,
    claims: claimsOf(cases, facts),
  };
}

/** What these rows say of OpenClaw's sessions, for those to show. */
function claimsOf(cases: readonly RowCase[], facts: AgentctlFacts): ReadonlyMap<string, Evidence> {
  const claims = new Map<string, Evidence>();
  for (const { row, openclaw } of cases)
    if (openclaw !== undefined)
      claims.set(openclaw.id, { ...rowEvidence(row, facts), text: `agentctl says ${row.status ?? "nothing"}.` });
  return claims;
}

/** The daemon takes a file that does not parse for empty, and writes that over it (facts 1.4). */
function brokenFile({ path, state, reason, sizeBytes, line, offset }: BrokenFile): Draft {
  const agent = `agentctl (${basenameOf(path)})`;
  if (state === "unreadable") {
    return {
      code: "STORE-UNREADABLE",
      path,
      args: { agent, reason },
      evidence: [{ kind: "file", path, text: `The file cannot be opened: ${reason}.` }],
      repair: nothing("Give this user permission to read it, or run the inspector as its owner."),
    };
  }
  return {
    code: "STORE-UNPARSABLE",
    path,
    args: { agent, reason, line, offset, size: sizeBytes },
    evidence: [{ kind: "file", path, line, offset, text: `Reading as JSON fails here: ${reason}.` }],
    repair: nothing("A store that does not parse is never written by this tool."),
  };
}

function pidFile({ pidFile: file, writer }: AgentctlFacts): Draft[] {
  if (file === undefined || writer.state === "running") return [];
  return [
    {
      code: "AGENTCTL-PID-RECYCLED",
      path: file.path,
      args: { subject: basenameOf(file.path), pid: file.pid, name: file.name ?? "?" },
      evidence: [{ kind: "file", path: file.path, text: `It names pid ${file.pid}. ${file.why}.` }],
      repair: nothing("A pid file is agentctl's own: take it away by hand before agentctl is started."),
    },
  ];
}

function view(one: RowCase, facts: AgentctlFacts, findings: readonly string[]): Session {
  const { row, verdict, why, proof, lastAt } = one;
  const said = row.status === null ? "The row has no status" : `The row says ${row.status}`;
  const place = row.key ?? row.cwd?.replace(/^.*[\\/]/, "");
  return {
    id: `${facts.path}\n${row.id}`,
    store: facts.path,
    key: row.id,
    kind: "other",
    sessionId: row.id,
    claimed: row.status,
    verdict,
    why: one.isActive || one.state === "owned" ? `${said}, and ${why}.` : `${said}.`,
    proof,
    range: row.range,
    findings,
    ...(row.startedAt !== undefined && { startedAt: row.startedAt }),
    ...(row.stoppedAt !== undefined && { endedAt: row.stoppedAt }),
    ...(lastAt !== undefined && { lastSeenAt: Math.max(lastAt, row.stoppedAt ?? 0) }),
    ...(row.model !== undefined && { model: row.model }),
    ...(place !== undefined && { label: `${row.adapter} · ${place}` }),
  };
}
