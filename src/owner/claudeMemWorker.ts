// Does claude-mem's worker run? Its pid file outlives a kill, but names the process by its start too (facts 2.1); the
// port that it wrote down is asked for its health, on loopback only.
import { get } from "node:http";
import { join } from "node:path";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import { isUnreadable, readText } from "../inspect/regularFile.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Writer } from "../model/store.ts";
import { blindSpot } from "./writer.ts";

const pidFileLimitBytes = 64 << 10;
const answerLimitBytes = 64 << 10;
const patienceMs = 1500;
const toleranceMs = 5000;
const tickTolerance = 1;
const runner = /^(node|nodejs|bun|deno)[\d.-]*(\.exe)?$/;

interface PidFile {
  readonly path: string;
  readonly pid: number;
  readonly port?: number;
  readonly startedAt?: number;
  readonly startTicks?: number;
}

/** One look. `ports`: where a worker of this folder listens if nothing else is written down. */
export async function findWorker(
  directory: string,
  processes: ProcessTable,
  ports: readonly number[],
): Promise<Writer> {
  const file = readPidFile(join(directory, "worker.pid"));
  const blind = processes.incomplete ?? blindSpot(directory, processes);
  if (file !== undefined) {
    const held = holder(file, processes);
    if (held === "worker") {
      const since = processes.byPid.get(file.pid)?.startedAt;
      const why = `its worker is process ${file.pid}`;
      return { ...running(why, "lock", file.path), pid: file.pid, ...(since !== undefined && { since }) };
    }
    if (held === "unknown") return unknown(`whether process ${file.pid} is its worker cannot be told`);
  }
  if (processes.source === "live") {
    for (const port of new Set([...(file?.port === undefined ? [] : [file.port]), ...ports])) {
      if (await workerAnswers(port)) return running(`a worker answers on port ${port}`, "writer", `127.0.0.1:${port}`);
    }
  }
  const other = [...processes.byPid.values()].find(isWorker);
  if (other !== undefined)
    return running(
      `process ${other.pid} is a worker, and nothing says that it serves another folder`,
      "process",
      "process list",
    );
  if (blind !== undefined) return unknown(`no worker is seen, but ${blind}`);
  const unreadable = [...processes.byPid.values()].find(({ argv }) => argv === undefined);
  if (unreadable !== undefined) return unknown(`process ${unreadable.pid} does not show what it is`);
  return { state: "stopped", why: "no worker of claude-mem runs", evidence: [] };
}

/** `<runtime> …/worker-service.cjs …` */
export function isWorker({ argv }: Pick<ProcessInfo, "argv">): boolean {
  const [first = "", ...rest] = argv ?? [];
  if (!runner.test(first.split(/[\\/]/).at(-1) ?? "")) return false;
  return rest.some((word) => /(^|[\\/])(worker-service|claude-mem)(\.(cjs|mjs|js|ts))?$/.test(word));
}

function holder(file: PidFile, processes: ProcessTable): "worker" | "unknown" | "gone" {
  const process = processes.byPid.get(file.pid);
  if (process === undefined) return "gone";
  const ticksApart = Math.abs((file.startTicks ?? Number.NaN) - (process.startTicks ?? Number.NaN));
  if (ticksApart <= tickTolerance) return "worker";
  if (ticksApart > tickTolerance) return "gone";
  if (file.startedAt !== undefined && (process.startedAt ?? 0) > file.startedAt + toleranceMs) return "gone";
  if (isWorker(process)) return "worker";
  return process.argv === undefined || runner.test(process.argv[0]?.split(/[\\/]/).at(-1) ?? "") ? "unknown" : "gone";
}

function readPidFile(path: string): PidFile | undefined {
  const text = readText(path, pidFileLimitBytes);
  if (isUnreadable(text)) return undefined;
  try {
    const file = asRecord(JSON.parse(text));
    const pid = asNumber(file?.["pid"]);
    if (pid === undefined || !Number.isInteger(pid) || pid <= 0) return undefined;
    const port = asNumber(file?.["port"]);
    const startedAt = Date.parse(asText(file?.["startedAt"]) ?? "");
    const startTicks = Number(asText(file?.["startToken"]) ?? Number.NaN);
    return {
      path,
      pid,
      ...(port !== undefined && { port }),
      ...(Number.isFinite(startedAt) && { startedAt }),
      ...(Number.isFinite(startTicks) && { startTicks }),
    };
  } catch {
    return undefined;
  }
}

/** GET /api/health answers {status, version, pid, …} (facts 2.1). Never rejects. */
function workerAnswers(port: number): Promise<boolean> {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path: "/api/health", timeout: patienceMs, agent: false };
    const request = get(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        if (text.length > answerLimitBytes) request.destroy();
      });
      response.on("end", () => resolve(isHealth(text)));
      response.on("close", () => resolve(false));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function isHealth(text: string): boolean {
  try {
    const answer = asRecord(JSON.parse(text));
    return asText(answer?.["status"]) !== undefined && asNumber(answer?.["pid"]) !== undefined;
  } catch {
    return false;
  }
}

function running(why: string, kind: Evidence["kind"], path: string): Writer {
  return { state: "running", why, evidence: [{ kind, path, text: why }] };
}

function unknown(why: string): Writer {
  return { state: "unknown", why, evidence: [] };
}
