// The stores of agentctl beside OpenClaw's: found, read and judged here, so that `scan.ts` need not know them.
import { dirname, join } from "node:path";
import { readAgentctl } from "./inspect/agentctl/readAgentctl.ts";
import { withLines } from "./inspect/evidenceLines.ts";
import { type FoundStateDir, findFolders } from "./inspect/homes.ts";
import { sqliteStoresIn } from "./inspect/openclawJson/storeFiles.ts";
import type { ProcessTable } from "./inspect/processes.ts";
import { judgeAgentctl } from "./judge/agentctl/judgeAgentctl.ts";
import type { KnownSessions } from "./judge/agentctl/rowCase.ts";
import type { AgentctlFacts } from "./model/agentctl.ts";
import type { WriterReport } from "./model/facts.ts";
import type { Scan, StateDir } from "./model/scan.ts";
import type { Session } from "./model/session.ts";
import type { Permission, Store, Writer } from "./model/store.ts";
import type { Where } from "./model/where.ts";
import { findDaemon } from "./owner/agentctlDaemon.ts";
import { wasStopped } from "./owner/look.ts";
import { blindSpot } from "./owner/writer.ts";
import { permissionFor } from "./repair/permission.ts";

/** What OpenClaw's gateways said of their sessions. */
export interface Reports {
  /** A person says that it is the list of this agentctl's gateway. */
  readonly given: WriterReport | undefined;
  readonly heard: readonly WriterReport[];
}

/** What one look at them gave, to be judged with what OpenClaw's own stores tell. */
export interface NeighbourLook {
  readonly agentctl: readonly { readonly dir: FoundStateDir; readonly facts?: AgentctlFacts }[];
  /** Something may be repaired once a second look, 2 s later, sees the writer stopped too. */
  readonly isUnconfirmed: boolean;
}

type Found = Pick<Scan, "stateDirs" | "stores" | "sessions" | "locks" | "findings">;

/** Finds and reads them; `stoppedSince` is the memory of the looks at writers (owner/look.ts). Never throws for what it finds on disk. */
export async function lookAtNeighbours(
  where: Where,
  processes: ProcessTable,
  stoppedSince: Map<string, number>,
): Promise<NeighbourLook> {
  const agentctl: { dir: FoundStateDir; facts?: AgentctlFacts }[] = [];
  let isUnconfirmed = false;
  for (const dir of findFolders({ where, named: where.agentctlDirs ?? [], name: ".agentctl" })) {
    if (dir.problem !== undefined) {
      agentctl.push({ dir });
      continue;
    }
    const seen = await findDaemon(dir.path, processes);
    const writer = believed(dir.path, seen, processes, stoppedSince);
    const facts = readAgentctl({ directory: dir.path, processes, blind: blindSpot(dir.path, processes), writer });
    if (writer !== seen && facts.rows.length + facts.locks.length > 0) isUnconfirmed = true;
    agentctl.push({ dir, facts });
  }
  return { agentctl, isUnconfirmed };
}

/** `stopped` is believed when every look of two seconds saw it (DESIGN, Words: quiet); a captured list needs no second look. */
function believed(path: string, seen: Writer, { source }: ProcessTable, stoppedSince: Map<string, number>): Writer {
  if (seen.state !== "stopped") {
    stoppedSince.delete(path);
    return seen;
  }
  if (source === "captured" || wasStopped(path, stoppedSince)) return seen;
  return { ...seen, state: "unknown", why: `${seen.why}, seen once so far` };
}

/** Judges them and puts them behind what OpenClaw's stores gave. */
export function withNeighbours(scan: Scan, look: NeighbourLook, reports: Reports): Scan {
  const found = look.agentctl.map(({ dir, facts }) => agentctlFound(dir, facts, scan, reports));
  const all = [scan, ...found];
  return {
    ...scan,
    stateDirs: all.flatMap(({ stateDirs }) => stateDirs),
    stores: all.flatMap(({ stores }) => stores),
    sessions: all.flatMap(({ sessions }) => sessions),
    locks: all.flatMap(({ locks }) => locks),
    findings: all.flatMap(({ findings }) => findings),
  };
}

function agentctlFound(dir: FoundStateDir, facts: AgentctlFacts | undefined, scan: Scan, reports: Reports): Found {
  const writer: Writer = facts?.writer ?? { state: "unknown", why: "nobody looked", evidence: [] };
  const { path, origin, problem } = dir;
  const stateDir: StateDir = {
    path,
    origin,
    program: "daemon",
    writer,
    stores: facts === undefined ? 0 : 1,
    ...(problem !== undefined && { problem }),
  };
  if (facts === undefined) return { stateDirs: [stateDir], stores: [], sessions: [], locks: [], findings: [] };
  const { findings, ...judged } = judgeAgentctl(facts, scan.now, knownSessions(dir, scan, reports));
  return { stateDirs: [stateDir], stores: [agentctlStore(facts)], ...judged, findings: withLines(findings) };
}

function agentctlStore({ path, directory, writer, rows, sizeBytes, fileVersion, broken }: AgentctlFacts): Store {
  const [worst] = broken;
  const problem =
    worst === undefined ? undefined : worst.state === "unparsable" ? "STORE-UNPARSABLE" : "STORE-UNREADABLE";
  return {
    id: path,
    kind: "agentctl",
    path,
    stateDir: directory,
    agent: "agentctl",
    writer,
    permission: permissionOf(writer, problem),
    sessions: rows.length,
    sizeBytes,
    ...(fileVersion !== undefined && { fileVersion }),
    ...(problem !== undefined && { problem }),
  };
}

function permissionOf(writer: Writer, problem: string | undefined): Permission {
  return permissionFor({
    kind: "agentctl",
    writer: writer.state,
    writerWhy: writer.why,
    platform: process.platform,
    problem,
    movedFrom: undefined,
  });
}

/** What OpenClaw's stores of the same home, and its gateway, tell of sessions that agentctl only mirrors. */
function knownSessions({ path }: FoundStateDir, scan: Scan, { given, heard }: Reports): KnownSessions {
  const home = dirname(path);
  const dirs = scan.stateDirs.filter((dir) => dirname(dir.path) === home || dir.origin !== "home");
  const stores = scan.stores.filter(({ stateDir }) => dirs.some((dir) => dir.path === stateDir));
  const ids = new Set(stores.map(({ id }) => id));
  const sessions = scan.sessions.filter(({ store }) => ids.has(store));
  const paths = new Set(stores.map((store) => store.path));
  const isWhole =
    stores.length > 0 &&
    dirs.every(({ problem }) => problem === undefined) &&
    stores.every(({ problem }) => problem === undefined) &&
    // From 2026.8 on the sessions are in these.
    dirs.every((dir) => sqliteStoresIn(dir.path).every((database) => paths.has(database)));
  const byId = new Map<string, Session>();
  for (const session of sessions) if (session.sessionId !== undefined) byId.set(session.sessionId, session);
  return {
    byId,
    byKey: new Map(sessions.map((session) => [session.key, session])),
    isWhole,
    running: new Set([given, ...heard].flatMap((report) => [...(report?.running ?? [])])),
    ...listOf(given, heard),
  };
}

/** All that was listed, if every gateway that was heard listed all of its own. */
function listOf(
  given: WriterReport | undefined,
  heard: readonly WriterReport[],
): Pick<KnownSessions, "listed" | "isGiven"> {
  if (given !== undefined) return { isGiven: true, ...(given.listed !== undefined && { listed: given.listed }) };
  const lists = heard.map(({ listed }) => listed).filter((listed) => listed !== undefined);
  if (lists.length === 0 || lists.length < heard.length) return { isGiven: false };
  return { isGiven: false, listed: new Set(lists.flatMap((listed) => [...listed])) };
}

/** Files and directories whose changes matter; nothing else in those folders is looked at. */
export function followedPaths(stores: readonly Store[]): string[] {
  return stores
    .filter(({ kind }) => kind === "agentctl")
    .flatMap(({ stateDir }) => ["state.json", "locks.json", "fuses.json"].map((name) => join(stateDir, name)));
}
