// The smallest homes that a rule needs, written as real files and judged as captured ones at a fixed time.
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseCapturedProcesses } from "../src/inspect/processes.ts";
import type { WriterReport } from "../src/model/facts.ts";
import type { Finding } from "../src/model/finding.ts";
import type { Scan } from "../src/model/scan.ts";
import { scan } from "../src/scan/scan.ts";
import { temporaryDirectory } from "./temporary.ts";

/** The time to judge at. */
export const now = Date.UTC(2026, 10, 21, 12);
export const minute = 60_000;
export const sessionId = "11111111-2222-4333-8444-555555555555";
export const key = "agent:main:main";

const init = "      1       0 Fri Nov 20 09:00:01 2026 /sbin/init";
/** A gateway that nothing ties to a directory. */
export const gateway = "   9100       1 Fri Nov 20 10:00:00 2026 openclaw-gateway";

export type Row = Readonly<Record<string, unknown>>;

/** A row whose run began an hour ago and claims to go on. */
export function running(more: Row = {}): Row {
  return { sessionId, status: "running", startedAt: now - 60 * minute, updatedAt: now - 60 * minute, ...more };
}

/** A row whose run ended well. */
export function done(more: Row = {}): Row {
  return {
    sessionId,
    status: "done",
    startedAt: now - 61 * minute,
    endedAt: now - 60 * minute,
    updatedAt: now - 60 * minute,
    ...more,
  };
}

export interface HomeSpec {
  /** Rows of agent main by key, or the text of its store. */
  readonly rows: Readonly<Record<string, unknown>> | string;
  /** `meta.lastTouchedVersion`; 2026.5.18 where it is left out, no configuration where it is null. */
  readonly version?: string | null;
  /** What else is in its configuration. */
  readonly config?: Row;
  /** Other files by path below the state directory; `~` stands for agent main's sessions directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** How old these files are, by the same paths; an hour where it is left out. */
  readonly ages?: Readonly<Record<string, number>>;
  /** How old the store is; an hour where it is left out. */
  readonly storeAge?: number;
  /** Permission bits of the store; 0600 where they are left out. */
  readonly mode?: number;
  /** A directory that the home lies in. */
  readonly within?: string;
}

export interface BuiltHome {
  readonly home: string;
  readonly stateDir: string;
  readonly sessionsDir: string;
  readonly store: string;
}

export function buildHome(spec: HomeSpec): BuiltHome {
  const { rows, version = "2026.5.18", config = {}, files = {}, ages = {}, mode = 0o600, within = "" } = spec;
  const { storeAge = 60 * minute } = spec;
  const home = join(temporaryDirectory(), within);
  const stateDir = join(home, ".openclaw");
  const sessionsDir = join(stateDir, "agents", "main", "sessions");
  const store = join(sessionsDir, "sessions.json");
  const write = (path: string, text: string, ageMs: number): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000);
  };
  write(store, typeof rows === "string" ? rows : JSON.stringify(rows, null, 2), storeAge);
  chmodSync(store, mode);
  if (version !== null) {
    const text = JSON.stringify({ meta: { lastTouchedVersion: version }, ...config });
    write(join(stateDir, "openclaw.json"), text, 60 * minute);
  }
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith("~/") ? join(sessionsDir, name.slice(2)) : join(stateDir, name);
    write(path, text, ages[name] ?? 60 * minute);
  }
  return { home, stateDir, sessionsDir, store };
}

export interface ScanSpec {
  /** Lines of the process list besides init. */
  readonly processes?: readonly string[];
  readonly running?: readonly string[];
  readonly idle?: readonly string[];
  /** What the gateway counts as active altogether. */
  readonly counts?: WriterReport["counts"];
  /** The processes are those of this machine: modes and places mean something. */
  readonly here?: boolean;
}

export function scanHome(
  { home }: BuiltHome,
  { processes = [], running: live, idle, counts = "unknown", here = false }: ScanSpec = {},
): Promise<Scan> {
  const report =
    live === undefined && idle === undefined
      ? {}
      : { report: { at: now, running: new Set(live), idle: new Set(idle), counts } };
  const captured = parseCapturedProcesses([init, ...processes].join("\n"));
  return scan({
    where: { homes: [home], stateDirs: [] },
    env: {},
    now,
    capture: { processes: here ? { ...captured, source: "live" } : captured },
    ...report,
  });
}

/** `CODE severity kind class` of each finding, in order: the whole verdict of the rules at one look. */
export function briefly(findings: readonly Finding[]): string[] {
  return findings.map(({ code, severity, repair }) => `${code} ${severity} ${repair.kind} ${repair.class}`);
}

const iso = (at: number): string => new Date(at).toISOString();

/** A transcript of these messages; each is a role, a time and what else the message holds. */
export function transcript(...messages: readonly (readonly [string, number, Row?])[]): string {
  const header = { type: "session", version: 3, id: sessionId, timestamp: iso(messages[0]?.[1] ?? now), cwd: "/work" };
  const lines = messages.map(([role, at, more]) => ({
    type: "message",
    id: "1",
    parentId: null,
    timestamp: iso(at),
    message: { role, content: [{ type: "text", text: "…" }], timestamp: at, ...more },
  }));
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A trajectory of these events; each is a type, a time and its data. */
export function trajectory(...events: readonly (readonly [string, number, Row?])[]): string {
  return events
    .map(([type, at, data = {}], i) =>
      JSON.stringify({
        traceSchema: "openclaw-trajectory",
        schemaVersion: 1,
        type,
        ts: iso(at),
        seq: i + 1,
        sessionId,
        sessionKey: key,
        runId: "run-1",
        data,
      }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A lock of a pid that no test's process list has, unless it says otherwise. */
export function lock(more: Row = {}): string {
  return JSON.stringify({ pid: 4242, createdAt: iso(now - 60 * minute), ...more }, null, 2);
}
