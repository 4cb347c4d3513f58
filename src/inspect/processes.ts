// Who runs on this machine, or ran on the captured one. Nothing of a process but its name, arguments and start is read:
// its environment holds secrets (promise 9).
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { programOf } from "../owner/program.ts";

export interface ProcessInfo {
  readonly pid: number;
  readonly ppid?: number;
  /** Epoch milliseconds; to the second where it comes from `ps`. */
  readonly startedAt?: number;
  /** Linux: field 22 of /proc/<pid>/stat, clock ticks since boot. Lock payloads hold the same number (facts D1). */
  readonly startTicks?: number;
  /** Undefined where it may not be read. A process that set its title has just that one. */
  readonly argv?: readonly string[];
  /** Of an OpenClaw program in a pid namespace below ours: the pid that it has there, and writes into its locks. */
  readonly innerPid?: number;
}

export interface ProcessTable {
  readonly source: "live" | "captured";
  readonly platform: NodeJS.Platform;
  /** When the machine was started, epoch milliseconds. */
  readonly bootAt?: number;
  /** Why processes may exist that are not listed; absent where the list is whole. */
  readonly incomplete?: string;
  /** A container's own list: whole for what lives in the container, blind to who shares its mounts. */
  readonly container: boolean;
  readonly byPid: ReadonlyMap<number, ProcessInfo>;
}

const clockTicksPerSecond = 100;
/** Linux: in field 9 of /proc/<pid>/stat, a thread of the kernel's own (PF_KTHREAD). It has no arguments. */
const isKernelThread = 0x0020_0000;
/** Inode of the first pid namespace on Linux (PROC_PID_INIT_INO): whoever has it sees every process of the machine. */
const firstPidNamespace = "pid:[4026531836]";

/** Reads the list of this machine's processes. Linux: /proc. macOS: `ps`. Windows: nothing, and says so. */
export function readProcesses(): ProcessTable {
  if (process.platform === "linux") return readProc();
  if (process.platform === "darwin") {
    const list = execFileSync("/bin/ps", ["-axww", "-o", "pid=,ppid=,lstart=,args="], {
      encoding: "utf8",
      env: { LC_ALL: "C", PATH: "/usr/bin:/bin" },
      maxBuffer: 64 << 20,
      timeout: 10_000,
    });
    return { source: "live", platform: "darwin", container: false, byPid: parseList(list) };
  }
  const incomplete = "processes are not read on this platform";
  return { source: "live", platform: process.platform, incomplete, container: false, byPid: new Map() };
}

/**
 * Whether a process of this machine that was seen earlier is still there, without a look at any other. Where no start time
 * can be had that cheaply, another one may have got its pid.
 */
export function stillRuns({ pid, startTicks }: ProcessInfo): boolean {
  if (process.platform === "linux")
    return startTicks !== undefined && readProcess(pid, undefined)?.startTicks === startTicks;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * The output of `ps -eo pid,ppid,lstart,args` of another machine (CLI.md). Times are in the local zone.
 * Throws a RangeError where no line of it is a process.
 */
export function parseCapturedProcesses(text: string): ProcessTable {
  const byPid = parseList(text);
  if (byPid.size === 0) throw new RangeError("no line of it is a process");
  const init = byPid.get(1)?.startedAt;
  return {
    source: "captured",
    platform: process.platform,
    container: false,
    byPid,
    ...(init !== undefined && { bootAt: init }),
  };
}

/** Of another machine of which nobody wrote down what ran. `why`: half a sentence. */
export function unlistedProcesses(why: string): ProcessTable {
  return { source: "captured", platform: process.platform, incomplete: why, container: false, byPid: new Map() };
}

function parseList(text: string): Map<number, ProcessInfo> {
  const byPid = new Map<number, ProcessInfo>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+[\d:]+\s+\d{4})\s+(.*)$/.exec(line);
    if (match === null) continue;
    const [, pid, ppid, lstart, args] = match as unknown as [string, string, string, string, string];
    const startedAt = Date.parse(lstart.replace(/\s+/g, " "));
    byPid.set(Number(pid), {
      pid: Number(pid),
      ppid: Number(ppid),
      argv: args.trim().split(/\s+/),
      ...(Number.isFinite(startedAt) && { startedAt }),
    });
  }
  return byPid;
}

function readProc(): ProcessTable {
  const bootAt = bootTime();
  const byPid = new Map<number, ProcessInfo>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const info = readProcess(Number(name), bootAt);
    if (info !== undefined) byPid.set(info.pid, info);
  }
  const hidden = byPid.has(1) ? undefined : "the processes of other users are hidden";
  return {
    source: "live",
    platform: "linux",
    container: !isFirstPidNamespace(),
    byPid,
    ...(bootAt !== undefined && { bootAt }),
    ...(hidden !== undefined && { incomplete: hidden }),
  };
}

/** Undefined where it is gone, or dead and only waits to be collected. One that may not be looked at is there all the same. */
function readProcess(pid: number, bootAt: number | undefined): ProcessInfo | undefined {
  try {
    // As UTF-8 Node reads it in one call. The name in parentheses may hold any bytes; what counts comes after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const after = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (after[0] === "Z" || after[0] === "X") return undefined;
    const startTicks = Number(after[19]);
    const argv = (Number(after[6]) & isKernelThread) === 0 ? readArgv(pid) : [];
    const innerPid = argv !== undefined && programOf({ pid, argv }) === "openclaw" ? readInnerPid(pid) : undefined;
    return {
      pid,
      ppid: Number(after[1]),
      startTicks,
      ...(argv !== undefined && { argv }),
      ...(innerPid !== undefined && { innerPid }),
      ...(bootAt !== undefined && { startedAt: bootAt + (startTicks * 1000) / clockTicksPerSecond }),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ESRCH" ? undefined : { pid };
  }
}

/** Undefined where it may not be read. Throws where the process is gone by now: then there is nothing to tell. */
function readArgv(pid: number): string[] | undefined {
  try {
    const raw = readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0+$/, "");
    return raw === "" ? [] : raw.split("\0");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") throw error;
    return undefined;
  }
}

/** The last of the pids that it has in our namespace and in those below. Throws where the process is gone by now. */
function readInnerPid(pid: number): number | undefined {
  const pids = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]?.split(/\s+/) ?? [];
  return pids.length > 1 ? Number(pids.at(-1)) : undefined;
}

function bootTime(): number | undefined {
  try {
    const seconds = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "latin1"))?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1000;
  } catch {
    return undefined;
  }
}

function isFirstPidNamespace(): boolean {
  try {
    return readlinkSync("/proc/self/ns/pid") === firstPidNamespace;
  } catch {
    return false;
  }
}
