import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseCapturedProcesses } from "../inspect/processes.ts";
import type { WriterReport } from "../model/facts.ts";
import { UserError } from "../model/userError.ts";
import type { ScanInput } from "../scan.ts";

export interface ScanCall {
  readonly input: ScanInput;
  readonly json: boolean;
}

export const usage = `Usage: openclaw-session-inspector scan [where] [--json]

  Says which sessions of the OpenClaw stores run, which of their rows lie, and shows the proof. Changes nothing.

Where (each may repeat; default: your home and the environment of OpenClaw)
  --home DIR             a home: .openclaw*, .clawdbot are looked for in it
  --state-dir DIR        one OpenClaw state directory

A store captured on another machine
  --processes FILE       output of "ps -eo pid,ppid,lstart,args" there
  --now MS|ISO           the time of capture
  --gateway-sessions FILE  what its gateway's sessions.list said
  --mine                 a moved store is yours to repair

Exit status: 0 nothing at warning or above, 1 findings at warning or above, 2 a wrong call or nothing could be read.`;

/** Reads the arguments after `scan`. Throws a UserError for a call that is wrong. */
export function parseScanCall(args: readonly string[], env: NodeJS.ProcessEnv): ScanCall {
  const values = parse(args);
  const now = values.now === undefined ? undefined : timeOf(values.now);
  const input: ScanInput = {
    where: { homes: values.home ?? [], stateDirs: values["state-dir"] ?? [] },
    env,
    mine: values.mine === true,
    ...(now !== undefined && { now }),
    ...(values.processes !== undefined && { capture: { processes: processesOf(values.processes) } }),
    ...(values["gateway-sessions"] !== undefined && {
      report: reportOf(values["gateway-sessions"], now ?? Date.now()),
    }),
  };
  return { input, json: values.json === true };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        home: { type: "string", multiple: true },
        "state-dir": { type: "string", multiple: true },
        "agentctl-dir": { type: "string", multiple: true },
        "claude-mem-dir": { type: "string", multiple: true },
        "backup-dir": { type: "string" },
        processes: { type: "string" },
        now: { type: "string" },
        "gateway-sessions": { type: "string" },
        "no-ask": { type: "boolean" },
        mine: { type: "boolean" },
        json: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw new UserError(`${sentence}. See "openclaw-session-inspector --help".`);
  }
}

function timeOf(text: string): number {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isFinite(at)) throw new UserError(`--now takes epoch milliseconds or an ISO time, not "${text}".`);
  return at;
}

function processesOf(file: string): ReturnType<typeof parseCapturedProcesses> {
  try {
    return parseCapturedProcesses(read(file, "--processes"));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`${file} is no process list: make it with "ps -eo pid,ppid,lstart,args".`);
  }
}

/** The answer of sessions.list, or just its array of rows (CLI.md). */
function reportOf(file: string, at: number): WriterReport {
  let answer: unknown;
  try {
    answer = JSON.parse(read(file, "--gateway-sessions"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`${file} is no JSON: give the answer of "openclaw gateway call sessions.list --json".`);
  }
  const rows = Array.isArray(answer) ? answer : ((answer as { sessions?: unknown } | null)?.sessions ?? []);
  if (!Array.isArray(rows)) throw new UserError(`${file} holds no list of sessions.`);
  const running = new Set<string>();
  const idle = new Set<string>();
  for (const row of rows as readonly { key?: unknown; hasActiveRun?: unknown }[]) {
    if (typeof row?.key !== "string" || typeof row.hasActiveRun !== "boolean") continue;
    (row.hasActiveRun ? running : idle).add(row.key);
  }
  return { at, running, idle };
}

function read(file: string, option: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`The file of ${option} cannot be read: ${file} (${(error as NodeJS.ErrnoException).code}).`);
  }
}
