// agentctl's folders: found, read, and judged with what OpenClaw's stores and gateways tell of the sessions that it mirrors.
import { dirname, join } from "node:path";
import { readAgentctl } from "../inspect/agentctl/readAgentctl.ts";
import { withLines } from "../inspect/evidenceLines.ts";
import { type FoundStateDir, findFolders } from "../inspect/homes.ts";
import { findDatabases } from "../inspect/openclawSqlite/findDatabases.ts";
import type { ProcessTable } from "../inspect/processes.ts";
import { judgeAgentctl } from "../judge/agentctl/judgeAgentctl.ts";
import type { KnownSessions } from "../judge/agentctl/rowCase.ts";
import type { AgentctlFacts } from "../model/agentctl.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Permission } from "../model/store.ts";
import { findDaemon } from "../owner/agentctlDaemon.ts";
import { blindSpot } from "../owner/writer.ts";
import { digest } from "./digest.ts";
import {
  believed,
  type Found,
  type LookAgainInput,
  lookTwice,
  type Neighbour,
  type NeighbourInput,
  neighbourPermission,
  placed,
  type Reports,
  shut,
} from "./neighbour.ts";

/** The files that its daemon rewrites; its logs and its socket lie beside them. */
export function agentctlFiles(directory: string): string[] {
  return ["state.json", "locks.json", "fuses.json"].map((name) => join(directory, name));
}

export async function agentctlStores(input: NeighbourInput): Promise<Neighbour[]> {
  const { where, processes } = input;
  const found: Neighbour[] = [];
  for (const dir of findFolders({ where, named: where.agentctlDirs ?? [], name: ".agentctl" })) {
    if (dir.problem !== undefined) {
      found.push(shut(dir, "daemon"));
      continue;
    }
    const seen = await findDaemon(dir.path, processes);
    const writer = believed(dir.path, seen, input);
    const facts = readAgentctl({
      directory: dir.path,
      processes,
      blind: processes.incomplete ?? blindSpot(dir.path, processes),
      writer,
    });
    found.push({
      awaitsSecondLook: writer !== seen && facts.rows.length + facts.locks.length > 0,
      judge: (before, reports) => judged(dir, facts, processes, before, reports),
    });
  }
  return found;
}

/** Who may write it, by a fresh look at its daemon, and a second one where no earlier look counts. */
export async function agentctlPermission(
  { stateDir, problem }: { readonly stateDir: string; readonly problem?: string },
  input: LookAgainInput,
): Promise<Permission> {
  const { writer, processes } = await lookTwice(stateDir, input, (processes) => findDaemon(stateDir, processes));
  return neighbourPermission("agentctl", { writer, processes, problem });
}

function judged(
  dir: FoundStateDir,
  facts: AgentctlFacts,
  processes: ProcessTable,
  before: Scan,
  reports: Reports,
): Found {
  const { path, writer, rows, sizeBytes, fileVersion, broken } = facts;
  const [worst] = broken;
  const problem = worst?.state === "unparsable" ? "STORE-UNPARSABLE" : "STORE-UNREADABLE";
  const place = placed(
    dir,
    "daemon",
    {
      kind: "agentctl",
      path,
      agent: "agentctl",
      writer,
      sessions: rows.length,
      sizeBytes,
      ...(fileVersion !== undefined && { fileVersion }),
      ...(worst !== undefined && { problem }),
    },
    neighbourPermission("agentctl", { writer, processes, problem: worst && problem }),
  );
  const { findings, sessions, locks, claims } = judgeAgentctl(
    facts,
    before.now,
    knownSessions(dir, before, reports),
    digest,
  );
  return { ...place, sessions, locks, findings: withLines(findings), ...(claims !== undefined && { claims }) };
}

/** What OpenClaw's stores of the same home, and its gateway, tell of sessions that agentctl only mirrors. */
function knownSessions({ path }: FoundStateDir, scan: Scan, { given, heard }: Reports): KnownSessions {
  const home = dirname(path);
  const dirs = scan.stateDirs.filter(
    (dir) => dir.program === undefined && (dirname(dir.path) === home || dir.origin !== "home"),
  );
  const stores = scan.stores.filter(({ stateDir }) => dirs.some((dir) => dir.path === stateDir));
  const ids = new Set(stores.map(({ id }) => id));
  const sessions = scan.sessions.filter(({ store }) => ids.has(store));
  const paths = new Set(stores.map((store) => store.path));
  const isWhole =
    stores.length > 0 &&
    dirs.every(({ problem }) => problem === undefined) &&
    stores.every(({ problem }) => problem === undefined) &&
    // From 2026.8 on the sessions are in these.
    dirs.every((dir) => databasesIn(dir.path).every((database) => paths.has(database)));
  const byId = new Map<string, Session>();
  for (const session of sessions) if (session.sessionId !== undefined) byId.set(session.sessionId, session);
  return {
    byId,
    byKey: new Map(sessions.map((session) => [session.key, session])),
    isWhole,
    running: new Set([given, ...heard].flatMap((report) => [...(report?.running ?? [])])),
    ...listOf({ given, heard }),
  };
}

/** All that was listed, if every gateway that was heard listed all of its own. */
function listOf({ given, heard }: Reports): Pick<KnownSessions, "listed" | "isGiven"> {
  if (given !== undefined) return { isGiven: true, ...(given.listed !== undefined && { listed: given.listed }) };
  const lists = heard.map(({ listed }) => listed).filter((listed) => listed !== undefined);
  if (lists.length === 0 || lists.length < heard.length) return { isGiven: false };
  return { isGiven: false, listed: new Set(lists.flatMap((listed) => [...listed])) };
}

/** One that cannot be listed may be there: it is told as one that nobody read. */
function databasesIn(stateDir: string): string[] {
  try {
    return findDatabases(stateDir).map(({ path }) => path);
  } catch {
    return [stateDir];
  }
}
