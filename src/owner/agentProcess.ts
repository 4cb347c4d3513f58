// Is the process at a pid still the agent that agentctl launched there? Anything that is not proven is `unknown`.
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { AgentProcess, PidHolder } from "../model/agentctl.ts";
import type { LockOwner } from "../model/lock.ts";

/** What agentctl wrote down of a process. */
export interface AgentClaim {
  readonly pid: number;
  /** Undefined where nothing says which agent it is. */
  readonly adapter?: string;
  /** When its directory was locked for it: it ran by then (facts 1.5). */
  readonly lockedAt?: number;
  /** When its session began, which may be long before the process of a session that was resumed. */
  readonly sessionAt?: number;
  /** Its start as `ps` told it at launch, to the second (`startTime` of its metadata). */
  readonly startedAt?: number;
}

/** What an adapter's agent is called (facts 1.1). An adapter that is not here may be anything. */
const programs: Readonly<Record<string, readonly string[]>> = {
  "claude-code": ["claude", "claude-code"],
  codex: ["codex"],
  opencode: ["opencode"],
  pi: ["pi"],
  "pi-rust": ["pi", "pi-rust"],
};
const runner = /^(node|nodejs|bun|deno|python[\d.]*|bash|sh|zsh|env)(\.exe)?$/;
/** As agentctl's own comparison (facts 1.6): both times are whole seconds, of clocks that may be set meanwhile. */
const toleranceMs = 5000;
/** `startTime` is in local time: a machine that moved to another zone is off by quarters of an hour. */
const zoneStepMs = 15 * 60_000;

/** `blind`: why processes may exist that are not listed; then no absence proves anything. */
export function holderOfAgent(claim: AgentClaim, table: ProcessTable, blind: string | undefined): PidHolder {
  const { pid } = claim;
  const process = table.byPid.get(pid);
  const name = process?.argv?.[0];
  const { owner, why } = judged(claim, process, table, blind);
  return { pid, owner, why, ...(name !== undefined && { name }) };
}

function judged(
  claim: AgentClaim,
  process: ProcessInfo | undefined,
  table: ProcessTable,
  blind: string | undefined,
): { readonly owner: LockOwner; readonly why: string } {
  const { pid, adapter, lockedAt, sessionAt, startedAt } = claim;
  if (blind !== undefined) return { owner: "unknown", why: `pid ${pid} cannot be judged: ${blind}` };
  const ranBy = lockedAt ?? startedAt;
  if (ranBy !== undefined && table.bootAt !== undefined && ranBy < table.bootAt - toleranceMs)
    return { owner: "dead", why: `pid ${pid} is from before the machine's last start` };
  if (process === undefined) return { owner: "dead", why: `no process has pid ${pid}` };
  const name = process.argv?.[0] ?? "?";
  const started = process.startedAt;
  if (started !== undefined) {
    const apart = Math.abs(started - (startedAt ?? started));
    if (apart > toleranceMs && !isZoneShift(apart))
      return { owner: "recycled", why: `pid ${pid} now belongs to a process with another start time (${name})` };
    if (lockedAt !== undefined && started > lockedAt + toleranceMs)
      return { owner: "recycled", why: `pid ${pid} now belongs to a process that started later (${name})` };
  }
  if (process.argv === undefined) return { owner: "unknown", why: `the command line of pid ${pid} may not be read` };
  const isAgent = adapter !== undefined && mayBe(adapter, process) === true;
  if (isAgent) return { owner: "alive", why: `pid ${pid} (${name}) lives` };
  if (started !== undefined && sessionAt !== undefined && started > sessionAt + toleranceMs) {
    return adapter !== undefined && mayBe(adapter, process) === false
      ? { owner: "recycled", why: `pid ${pid} now belongs to a process that started later (${name})` }
      : { owner: "unknown", why: `pid ${pid} (${name}) started later than the session, and may be its agent or not` };
  }
  return { owner: "unknown", why: `pid ${pid} lives as ${name}, and whether that is the agent cannot be told` };
}

function isZoneShift(apartMs: number): boolean {
  const rest = apartMs % zoneStepMs;
  return apartMs >= zoneStepMs - toleranceMs && Math.min(rest, zoneStepMs - rest) <= toleranceMs;
}

/** Every living process that may be an agent of one of these adapters. */
export function agentProcesses(adapters: ReadonlySet<string>, table: ProcessTable): AgentProcess[] {
  const found: AgentProcess[] = [];
  for (const process of table.byPid.values()) {
    const possible = [...adapters].filter((adapter) => mayBe(adapter, process) !== false);
    if (possible.length > 0) found.push({ pid: process.pid, adapters: possible });
  }
  return found;
}

/** Whether a process is called like an adapter's agent; undefined where that cannot be told. */
function mayBe(adapter: string, { argv }: ProcessInfo): boolean | undefined {
  const names = Object.hasOwn(programs, adapter) ? programs[adapter] : undefined;
  if (argv === undefined) return undefined;
  // Kernel threads.
  if (argv.length === 0) return false;
  if (names === undefined) return undefined;
  const [first = "", ...rest] = argv;
  const called = partsOf(first);
  const words = runner.test(called.at(-1) ?? "") ? [called.at(-1) ?? "", ...rest.slice(0, 3).flatMap(partsOf)] : called;
  return words.some((word) => names.includes(word));
}

/** The parts of a path, without the ending of a script. */
function partsOf(word: string): string[] {
  return word.split(/[\\/]/).map((part) => part.replace(/\.(exe|js|mjs|cjs|sh)$/, ""));
}
