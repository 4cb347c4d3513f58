// claude-mem's sessions through its write-ahead log: after a kill the main file is often empty (facts 2.4).
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ClaudeMemFacts, MemoryRow } from "../../model/claudeMem.ts";
import type { Writer } from "../../model/store.ts";
import { agentProcesses } from "../../owner/agentProcess.ts";
import { programOf } from "../../owner/program.ts";
import { type DatabaseMemory, readDatabase } from "../databaseReading.ts";
import type { ProcessTable } from "../processes.ts";
import { isUnreadable, statsAt } from "../regularFile.ts";
import { selectFrom } from "../sqlite.ts";
import { knownSchemas, readMemoryRows, rowVersionOf, type StoredRow, type StoredRows } from "./memoryRows.ts";

export interface ClaudeMemInput {
  readonly directory: string;
  readonly processes: ProcessTable;
  /** Why processes may exist that are not seen. */
  readonly blind: string | undefined;
  readonly writer: Writer;
  readonly memory?: DatabaseMemory | undefined;
}

/** The OpenClaw plugin calls a session `openclaw-<key>-<ms>` (facts 2.2). */
const openclawId = /^openclaw-(.+)-\d+$/;

/** Undefined where there is no database. */
export function readClaudeMem(input: ClaudeMemInput): ClaudeMemFacts | undefined {
  const { directory, writer } = input;
  const path = join(directory, "claude-mem.db");
  const base = { path, directory, writer };
  const read = readDatabase<StoredRows | undefined>({
    path,
    what: "sessions",
    use: (database) => readMemoryRows(selectFrom(database)),
    memory: input.memory,
  });
  if (isUnreadable(read)) {
    if (read.code === "ENOENT") return undefined;
    return { ...base, sizeBytes: 0, isKnown: false, rows: [], problem: read.reason };
  }
  const { value, version, sizeBytes, walBytes } = read;
  const file = { ...base, sizeBytes: sizeBytes + walBytes, fileVersion: version };
  if (value === undefined)
    return { ...file, isKnown: false, rows: [], problem: "it has no table of sessions that is known here" };
  const { rows, schema } = value;
  return {
    ...file,
    isKnown: schema !== undefined && knownSchemas.has(schema),
    rows: memoryRows(rows, input),
    ...(schema !== undefined && { schema }),
  };
}

function memoryRows(rows: readonly StoredRow[], { directory, processes, blind }: ClaudeMemInput): MemoryRow[] {
  const activeIds = new Set(rows.filter(({ status }) => status === "active").map(({ contentId }) => contentId));
  const transcripts = transcriptTimes(join(dirname(directory), ".claude", "projects"), activeIds);
  const named = namesInArguments(activeIds, processes);
  const idle = idlePlatforms(processes, blind);
  return rows.map((stored) => {
    const { memoryId: _memoryId, ...row } = stored;
    const { contentId } = row;
    const openclawKey = openclawId.exec(contentId)?.[1];
    const platform = row.platform ?? (openclawKey === undefined ? "claude" : "openclaw");
    const namedBy = named.get(contentId);
    const transcriptAt = transcripts.get(contentId);
    const noAgentRuns = idle(platform);
    return {
      ...row,
      version: rowVersionOf(stored),
      platform,
      ...(openclawKey !== undefined && { openclawKey }),
      ...(namedBy !== undefined && { namedBy }),
      ...(transcriptAt !== undefined && { transcriptAt }),
      ...(noAgentRuns !== undefined && { noAgentRuns }),
    };
  });
}

/** Whether no process at all can be an agent of a platform; undefined where that cannot be told. */
function idlePlatforms(processes: ProcessTable, blind: string | undefined): (platform: string) => boolean | undefined {
  const none = (adapter: string): boolean => agentProcesses(new Set([adapter]), processes).length === 0;
  const isOpenclaw = [...processes.byPid.values()].some((process) => programOf(process) !== "other");
  const known = new Map([
    ["claude", none("claude-code")],
    ["codex", none("codex")],
    ["openclaw", !isOpenclaw],
  ]);
  return (platform) => (blind === undefined ? known.get(platform) : undefined);
}

/** Agents that were started with the id of their session. */
function namesInArguments(ids: ReadonlySet<string>, { byPid }: ProcessTable): Map<string, number> {
  const named = new Map<string, number>();
  for (const { pid, argv } of byPid.values()) {
    for (const word of argv ?? []) {
      const id = word.slice(word.indexOf("=") + 1);
      if (ids.has(id)) named.set(id, pid);
    }
  }
  return named;
}

/** Times of change of the Claude transcripts of these sessions: one listing of each project. */
function transcriptTimes(projects: string, ids: ReadonlySet<string>): Map<string, number> {
  const times = new Map<string, number>();
  if (ids.size === 0) return times;
  for (const project of namesIn(projects)) {
    for (const name of namesIn(join(projects, project))) {
      const id = name.endsWith(".jsonl") ? name.slice(0, -6) : "";
      if (!ids.has(id)) continue;
      const at = statsAt(join(projects, project, name))?.mtimeMs;
      if (at !== undefined) times.set(id, Math.max(at, times.get(id) ?? 0));
    }
  }
  return times;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
