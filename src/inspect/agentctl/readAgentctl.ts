// Everything that agentctl's folder tells, with who holds each pid that it names. Written by no era but read of all
// (facts 1.1 to 1.3).
import { dirname, join } from "node:path";
import type { AgentctlFacts, AgentRow, BrokenFile, DirectoryLock, Fuse, PidHolder } from "../../model/agentctl.ts";
import type { Writer } from "../../model/store.ts";
import { isDaemon } from "../../owner/agentctlDaemon.ts";
import { agentProcesses, holderOfAgent } from "../../owner/agentProcess.ts";
import { asNumber, asRecord, asText } from "../openclawJson/records.ts";
import type { ProcessTable } from "../processes.ts";
import { isAbsent, isUnreadable, readText, statsAt } from "../regularFile.ts";
import { type Element, isBroken, type ListFile, readList, readState } from "./agentctlFiles.ts";
import { type LaunchRecords, launchRecords, transcriptChangedAt } from "./launchRecords.ts";

export interface AgentctlInput {
  readonly directory: string;
  readonly processes: ProcessTable;
  /** Why processes may exist that are not seen. */
  readonly blind: string | undefined;
  readonly writer: Writer;
}

type Fields = Readonly<Record<string, unknown>>;

const activeStatuses: ReadonlySet<string> = new Set(["running", "idle"]);
const pidFileLimitBytes = 64;

export function readAgentctl({ directory, processes, blind, writer }: AgentctlInput): AgentctlFacts {
  const path = join(directory, "state.json");
  const home = dirname(directory);
  const records = launchRecords(home);
  const state = readState(path);
  const lists = ["locks.json", "fuses.json"].map((name) => ({
    file: join(directory, name),
    list: readList(join(directory, name)),
  }));
  const broken: BrokenFile[] = [];
  if (state !== undefined && isBroken(state)) broken.push(state);
  for (const { list } of lists) if (list !== undefined && isBroken(list)) broken.push(list);
  const elementsOf = (name: number): { file: string; elements: ListFile["elements"] } => {
    const { file = "", list } = lists[name] ?? {};
    return { file, elements: list === undefined || isBroken(list) ? [] : list.elements };
  };

  const seen: Seen = { processes, blind, records, home, lockedAt: new Map() };
  const locks = elementsOf(0);
  for (const { value } of locks.elements) noteLock(asRecord(value), seen.lockedAt);
  const read = state === undefined || isBroken(state) ? undefined : state;
  const rows = [...(read?.rows ?? [])].map(([id, element]) => readRow(id, element, seen));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const fuses = elementsOf(1);
  const pidFile = pidFileOf(join(directory, "agentctl.pid"), processes, blind);
  return {
    path,
    directory,
    writer,
    canBeAsked: processes.source === "live" && writer.evidence.some(({ kind }) => kind === "writer"),
    sizeBytes: read?.sizeBytes ?? 0,
    rows,
    locks: locks.elements.flatMap(({ value, range, text }, index) => {
      const lock = asRecord(value);
      return lock === undefined
        ? []
        : [readLock({ lock, index, text, file: locks.file, offset: range.start }, byId, seen)];
    }),
    fuses: fuses.elements.flatMap(({ value, range }, index) => readFuse(value, index, fuses.file, range.start)),
    broken,
    ...(read !== undefined && { fileVersion: read.fileVersion }),
    ...(blind === undefined && { agents: agentProcesses(new Set(rows.map(({ adapter }) => adapter)), processes) }),
    ...(pidFile !== undefined && { pidFile }),
  };
}

interface Seen {
  readonly processes: ProcessTable;
  readonly blind: string | undefined;
  readonly records: LaunchRecords;
  readonly home: string;
  /** When a directory was locked for a session, by its id. */
  readonly lockedAt: Map<string, number>;
}

function noteLock(lock: Fields | undefined, lockedAt: Map<string, number>): void {
  const sessionId = asText(lock?.["sessionId"]);
  const at = timeIn(lock?.["lockedAt"]);
  if (sessionId !== undefined && at !== undefined) lockedAt.set(sessionId, at);
}

function readRow(id: string, { value, range }: Element, seen: Seen): AgentRow {
  const fields = asRecord(value) ?? {};
  const status = asText(fields["status"]) ?? null;
  const adapter = asText(fields["adapter"]) ?? "";
  const startedAt = timeIn(fields["startedAt"]);
  const stoppedAt = timeIn(fields["stoppedAt"]);
  const cwd = asText(fields["cwd"]);
  const model = asText(fields["model"]);
  const key = adapter === "openclaw" ? asText(asRecord(fields["meta"])?.["key"]) : undefined;
  const named = pidIn(fields["pid"]) ?? pendingPid(id);
  const isActive = status === null || activeStatuses.has(status);
  const record = isActive ? seen.records.of(id) : undefined;
  const pid = named ?? record?.pid;
  const lockedAt = seen.lockedAt.get(id);
  const holder =
    pid === undefined
      ? undefined
      : holderOfAgent(
          {
            pid,
            adapter,
            ...(lockedAt !== undefined && { lockedAt }),
            ...(startedAt !== undefined && { sessionAt: startedAt }),
            ...(record?.pid === pid && record.startedAt !== undefined && { startedAt: record.startedAt }),
          },
          seen.processes,
          seen.blind,
        );
  const tracedAt = isActive && cwd !== undefined ? transcriptChangedAt(seen.home, cwd, id) : undefined;
  return {
    id,
    adapter,
    status,
    range,
    ...(startedAt !== undefined && { startedAt }),
    ...(stoppedAt !== undefined && { stoppedAt }),
    ...(cwd !== undefined && { cwd }),
    ...(model !== undefined && { model }),
    ...(key !== undefined && { key }),
    ...(holder !== undefined && { holder }),
    ...(tracedAt !== undefined && { tracedAt }),
  };
}

interface LockElement {
  readonly lock: Fields;
  readonly index: number;
  readonly text: string;
  readonly file: string;
  readonly offset: number;
}

function readLock({ lock, ...element }: LockElement, rows: ReadonlyMap<string, AgentRow>, seen: Seen): DirectoryLock {
  const directory = asText(lock["directory"]) ?? "";
  // Only what says so is one of agentctl's own; anything else stands until a person takes it.
  const type = lock["type"] === "auto" ? "auto" : "manual";
  const sessionId = asText(lock["sessionId"]);
  const lockedBy = asText(lock["lockedBy"]);
  const reason = asText(lock["reason"]);
  const lockedAt = timeIn(lock["lockedAt"]);
  const holder = type === "auto" ? lockHolder(lock, sessionId, lockedAt, rows, seen) : undefined;
  return {
    ...element,
    directory,
    type,
    directoryState: directoryState(directory, seen.processes),
    hasPid: type === "auto" && pidIn(lock["pid"]) !== undefined,
    ...(sessionId !== undefined && { sessionId }),
    ...(lockedBy !== undefined && { lockedBy }),
    ...(reason !== undefined && { reason }),
    ...(lockedAt !== undefined && { lockedAt }),
    ...(holder !== undefined && { holder }),
  };
}

/** Facts 1.5: its own pid, else its row's, else the one in `pending-<pid>`, else the launch record's. */
function lockHolder(
  lock: Fields,
  sessionId: string | undefined,
  lockedAt: number | undefined,
  rows: ReadonlyMap<string, AgentRow>,
  { records, processes, blind }: Seen,
): PidHolder | undefined {
  const row = sessionId === undefined ? undefined : rows.get(sessionId);
  const record = sessionId === undefined ? undefined : records.of(sessionId);
  const pid = pidIn(lock["pid"]) ?? row?.holder?.pid ?? (sessionId && pendingPid(sessionId)) ?? record?.pid;
  if (pid === undefined || pid === "") return undefined;
  const claim = {
    pid,
    // A directory is locked for what is launched in it, and only Claude is where the row is gone.
    adapter: row?.adapter ?? "claude-code",
    ...(lockedAt !== undefined && { lockedAt }),
    ...(record?.pid === pid && record.startedAt !== undefined && { startedAt: record.startedAt }),
  };
  return holderOfAgent(claim, processes, blind);
}

/** A path of another machine means nothing here, unless what it lies in is here too. */
function directoryState(directory: string, { source }: ProcessTable): DirectoryLock["directoryState"] {
  if (!directory.startsWith("/")) return "unknown";
  if (statsAt(directory) !== undefined) return "there";
  if (!isAbsent(directory)) return "unknown";
  return source === "live" || statsAt(dirname(directory)) !== undefined ? "gone" : "unknown";
}

function readFuse(value: unknown, index: number, file: string, offset: number): Fuse[] {
  const fuse = asRecord(value);
  const sessionId = asText(fuse?.["sessionId"]);
  if (fuse === undefined || sessionId === undefined) return [];
  const expiresAt = timeIn(fuse["expiresAt"]);
  const label = asText(fuse["label"]);
  return [
    {
      index,
      file,
      offset,
      sessionId,
      directory: asText(fuse["directory"]) ?? "",
      ...(expiresAt !== undefined && { expiresAt }),
      ...(label !== undefined && { label }),
    },
  ];
}

/** Undefined where it names nobody, or the daemon itself. */
function pidFileOf(path: string, processes: ProcessTable, blind: string | undefined): AgentctlFacts["pidFile"] {
  const text = readText(path, pidFileLimitBytes);
  const pid = isUnreadable(text) ? undefined : pidIn(Number(text.trim()));
  const process = pid === undefined ? undefined : processes.byPid.get(pid);
  if (pid === undefined || process === undefined || blind !== undefined || isDaemon(process)) return undefined;
  const name = process.argv?.[0];
  if (name === undefined) return undefined;
  return { path, pid, owner: "foreign", why: `pid ${pid} is no daemon of agentctl (${name})`, name };
}

function pendingPid(id: string): number | undefined {
  return pidIn(Number(/^pending-(\d{1,10})$/.exec(id)?.[1]));
}

function pidIn(value: unknown): number | undefined {
  const pid = asNumber(value);
  return pid !== undefined && Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function timeIn(value: unknown): number | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}
