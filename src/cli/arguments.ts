import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { durationMs } from "../inspect/openclawJson/config.ts";
import { asRecord } from "../inspect/openclawJson/records.ts";
import { parseCapturedProcesses } from "../inspect/processes.ts";
import { isUnreadable, readGiven } from "../inspect/regularFile.ts";
import type { PruneQuestion } from "../judge/prune.ts";
import type { WriterReport } from "../model/facts.ts";
import { UserError } from "../model/userError.ts";
import { listedIn } from "../owner/gatewayReport.ts";
import type { ScanInput } from "../scan/scan.ts";

export type Command = "scan" | "repair" | "prune" | "undo" | "receipts";

/** Everything that a command was given, checked. */
export interface Call {
  readonly input: ScanInput;
  readonly json: boolean;
  readonly backupDir?: string;
  readonly proven: boolean;
  readonly findings: readonly string[];
  readonly status?: string;
  readonly strict: boolean;
  readonly dryRun: boolean;
  readonly last: boolean;
  readonly keys: readonly string[];
  readonly receipt?: string;
}

/** Of a machine with many thousands of processes, and a gateway with as many sessions. */
const givenLimitBytes = 64 << 20;

export const usage = `Usage: openclaw-session-inspector COMMAND [where] [options]

  scan [--json]                        what is there and what is wrong; changes nothing
  repair (--proven | --finding ID …) [--set status=VALUE] [--strict] [--dry-run] [--json]
  prune (--key KEY … | --older-than 30d) [--dry-run] [--json]
  undo (RECEIPT_ID | --last) [--json]
  receipts [--json]

Where (each may repeat; default: your home and the environment of OpenClaw)
  --home DIR               a home: .openclaw*, .clawdbot, .agentctl and .claude-mem are looked for in it
  --state-dir DIR          one OpenClaw state directory
  --agentctl-dir DIR       one folder of agentctl
  --claude-mem-dir DIR     one folder of claude-mem
  --backup-dir DIR         receipts and backups elsewhere than in ~/.local/state/openclaw-session-inspector
  --no-ask                 do not ask a running gateway, over loopback, which of its sessions run

A store captured on another machine
  --processes FILE         output of "ps -eo pid,ppid,lstart,args" there
  --now MS|ISO             the time of capture
  --gateway-sessions FILE  what its gateway's sessions.list said
  --mine                   a moved store is yours to repair

Exit status: 0 nothing at warning or above (or the repair was done), 1 findings at warning or above (or a repair was
refused), 2 a wrong call or nothing could be read. "repair --proven" without --strict exits 0 whatever it found.`;

/** Reads the arguments after the command. Throws a UserError for a call that is wrong. */
export function parseCall(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): Call {
  const { values, positionals } = parse(command, args);
  const now = values.now === undefined ? undefined : timeOf(values.now);
  const input: ScanInput = {
    where: {
      homes: values.home ?? [],
      stateDirs: values["state-dir"] ?? [],
      agentctlDirs: values["agentctl-dir"] ?? [],
      claudeMemDirs: values["claude-mem-dir"] ?? [],
    },
    env,
    mine: values.mine === true,
    ...(now !== undefined && { now }),
    ...(values.processes !== undefined && { capture: { processes: processesOf(values.processes) } }),
    ...(values["no-ask"] !== true && { asking: { answers: new Map(), isLookedAt: true } }),
    ...(values["gateway-sessions"] !== undefined && {
      report: reportOf(values["gateway-sessions"], now ?? Date.now()),
    }),
  };
  const prune = pruneOf(command, values.key, values["older-than"]);
  const status = values.set === undefined ? undefined : statusOf(values.set);
  const [receipt] = positionals;
  const call: Call = {
    input: prune === undefined ? input : { ...input, prune },
    json: values.json === true,
    proven: values.proven === true,
    findings: values.finding ?? [],
    strict: values.strict === true,
    dryRun: values["dry-run"] === true,
    last: values.last === true,
    keys: values.key ?? [],
    ...(status !== undefined && { status }),
    ...(values["backup-dir"] !== undefined && { backupDir: resolve(values["backup-dir"]) }),
    ...(receipt !== undefined && { receipt }),
  };
  return checked(command, call);
}

/** What each command needs, beyond single options. */
function checked(command: Command, call: Call): Call {
  if (command === "repair" && call.proven === call.findings.length > 0) {
    throw new UserError("Say which to repair: either --proven, or --finding with the id that scan --json gives.");
  }
  if (command === "repair" && call.status !== undefined && call.proven) {
    throw new UserError("--set goes with --finding: what is proven has its outcome already.");
  }
  if (command === "undo" && call.last === (call.receipt !== undefined)) {
    throw new UserError("Say which repair to undo: its receipt's id, or --last.");
  }
  return call;
}

function pruneOf(
  command: Command,
  keys: string[] | undefined,
  olderThan: string | undefined,
): PruneQuestion | undefined {
  if (command !== "prune") return undefined;
  if ((keys === undefined) === (olderThan === undefined)) {
    throw new UserError(
      "Say which rows to prune: either --key with a row's key, or --older-than with an age such as 30d.",
    );
  }
  if (keys !== undefined) return { keys: new Set(keys) };
  const olderThanMs = durationMs(olderThan ?? "");
  if (olderThanMs === undefined)
    throw new UserError(`--older-than takes an age such as 30d or 12h, not "${olderThan}".`);
  return { olderThanMs };
}

function statusOf(text: string): string {
  const status = /^status=(\w+)$/.exec(text)?.[1];
  if (status === undefined) throw new UserError(`--set takes status=VALUE, not "${text}".`);
  return status;
}

const where = {
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
} as const;
const repairing = {
  proven: { type: "boolean" },
  finding: { type: "string", multiple: true },
  set: { type: "string" },
  strict: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;
const pruning = {
  key: { type: "string", multiple: true },
  "older-than": { type: "string" },
  "dry-run": { type: "boolean" },
} as const;
const all = { ...where, ...repairing, ...pruning, last: { type: "boolean" } } as const;
const allowed: Readonly<Record<Command, readonly string[]>> = {
  scan: Object.keys(where),
  repair: [...Object.keys(where), ...Object.keys(repairing)],
  prune: [...Object.keys(where), ...Object.keys(pruning)],
  undo: [...Object.keys(where), "last"],
  receipts: Object.keys(where),
};

function parse(command: Command, args: readonly string[]) {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof all; allowPositionals: boolean }>>;
  try {
    parsed = parseArgs({ args: [...args], strict: true, allowPositionals: command === "undo", options: all });
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw new UserError(`${sentence}. See "openclaw-session-inspector --help".`);
  }
  const stranger = Object.keys(parsed.values).find((name) => !allowed[command].includes(name));
  if (stranger !== undefined)
    throw new UserError(`--${stranger} is no option of ${command}. See "openclaw-session-inspector --help".`);
  if (parsed.positionals.length > 1) throw new UserError(`undo takes one receipt, not ${parsed.positionals.length}.`);
  return parsed;
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
  const told = Array.isArray(answer) ? undefined : asRecord(answer);
  const rows = told === undefined ? answer : (told["sessions"] ?? []);
  if (!Array.isArray(rows)) throw new UserError(`${file} holds no list of sessions.`);
  const running = new Set<string>();
  const idle = new Set<string>();
  const listed = listedIn(told ?? { sessions: answer });
  for (const row of rows as readonly { key?: unknown; hasActiveRun?: unknown }[]) {
    if (typeof row?.key !== "string" || typeof row.hasActiveRun !== "boolean") continue;
    (row.hasActiveRun ? running : idle).add(row.key);
  }
  return { at, running, idle, counts: "unknown", ...(listed !== undefined && { listed }) };
}

function read(file: string, option: string): string {
  const text = readGiven(file, givenLimitBytes);
  if (isUnreadable(text)) throw new UserError(`The file of ${option} cannot be read: ${file} (${text.reason}).`);
  return text;
}
