// claude-mem's folders: found, read, and judged with what the other stores tell of the agents' own sessions.
import { homedir } from "node:os";
import { dataDirectoryOf } from "../inspect/claudeMem/dataDirectory.ts";
import { readClaudeMem } from "../inspect/claudeMem/readClaudeMem.ts";
import { type FoundStateDir, findFolders, isUnnamed } from "../inspect/homes.ts";
import { type ProcessTable, readProcesses } from "../inspect/processes.ts";
import { judgeClaudeMem } from "../judge/claudeMem/judgeClaudeMem.ts";
import type { ClaudeMemFacts } from "../model/claudeMem.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Permission, StoreKind } from "../model/store.ts";
import type { Where } from "../model/where.ts";
import { findWorker } from "../owner/claudeMemWorker.ts";
import { blindSpot } from "../owner/writer.ts";
import { digest } from "./digest.ts";
import {
  believed,
  type Found,
  type LookAgainInput,
  type Neighbour,
  type NeighbourInput,
  neighbourPermission,
  placed,
  shut,
} from "./neighbour.ts";

export async function claudeMemStores(input: NeighbourInput): Promise<Neighbour[]> {
  const { where, env, processes, databases } = input;
  const isOwnHome = isUnnamed(where);
  const configured = isOwnHome ? dataDirectoryOf(homedir(), env) : undefined;
  const found: Neighbour[] = [];
  const question = { where, named: where.claudeMemDirs ?? [], name: ".claude-mem", env: configured };
  for (const dir of findFolders(question)) {
    if (dir.problem !== undefined) {
      found.push(shut(dir, "worker"));
      continue;
    }
    const seen = await findWorker(dir.path, processes, isOwnHome ? usualPorts() : []);
    const writer = believed(dir.path, seen, input);
    const blind = processes.incomplete ?? blindSpot(dir.path, processes);
    const facts = readClaudeMem({ directory: dir.path, processes, blind, writer, memory: databases });
    if (facts === undefined) continue;
    found.push({
      awaitsSecondLook: writer !== seen && facts.rows.some(({ status }) => status === "active"),
      judge: (before) => judged(dir, facts, processes, before),
    });
  }
  return found;
}

/** Who may write it, by a fresh look at its worker; that its schema is known is looked at with the rows. */
export async function claudeMemPermission(
  { stateDir, problem }: { readonly stateDir: string; readonly problem?: string },
  input: LookAgainInput & { readonly where: Where },
): Promise<Permission> {
  const ports = isUnnamed(input.where) ? usualPorts() : [];
  const processes = input.capture?.processes ?? readProcesses();
  return neighbourPermission("claude-mem", {
    writer: await findWorker(stateDir, processes, ports),
    processes,
    problem,
  });
}

/** Up to 12.3 and since (facts 2.1). */
function usualPorts(): number[] {
  return [37_777, 37_700 + (process.getuid === undefined ? 77 : process.getuid() % 100)];
}

function judged(dir: FoundStateDir, facts: ClaudeMemFacts, processes: ProcessTable, before: Scan): Found {
  const { path, writer, rows, sizeBytes, fileVersion, problem, schema, isKnown } = facts;
  const unknown = isKnown || problem !== undefined ? undefined : `schema ${schema ?? "?"}`;
  const place = placed(
    dir,
    "worker",
    {
      kind: "claude-mem",
      path,
      agent: "claude-mem",
      writer,
      sessions: rows.length,
      sizeBytes,
      ...(fileVersion !== undefined && { fileVersion }),
      ...(problem !== undefined && { problem: "STORE-UNREADABLE" }),
      ...(unknown !== undefined && { unknown }),
    },
    neighbourPermission("claude-mem", { writer, processes, problem: problem && "STORE-UNREADABLE", unknown }),
  );
  const known = {
    openclaw: sessionsOf(before, ["openclaw-json", "openclaw-sqlite"]),
    agentctl: sessionsOf(before, ["agentctl"]),
  };
  const { findings, sessions, claims } = judgeClaudeMem(facts, before.now, known, digest);
  return { ...place, sessions, locks: [], findings, ...(claims !== undefined && { claims }) };
}

/** Sessions of stores of these kinds by key. */
function sessionsOf({ stores, sessions }: Scan, kinds: readonly StoreKind[]): ReadonlyMap<string, Session> {
  const ids = new Set(stores.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id));
  return new Map(sessions.filter(({ store }) => ids.has(store)).map((session) => [session.key, session]));
}
