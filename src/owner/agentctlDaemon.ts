// Does agentctl's daemon run? Its files prove nothing: pid file and socket outlive it (facts 1.8). It is asked over its
// socket, with the one request that only reads, and never started.
import { connect } from "node:net";
import { join } from "node:path";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { Writer } from "../model/store.ts";
import { blindSpot } from "./writer.ts";

const patienceMs = 1500;
const answerLimitBytes = 64 << 10;
/** Longer paths are cut by the system: another socket might answer. */
const longestSocketPath = 103;
const scriptRunner = /^(node|nodejs|bun|deno)[\d.-]*(\.exe)?$/;

/** One look; the caller takes a second one before it believes `stopped`. */
export async function findDaemon(directory: string, processes: ProcessTable): Promise<Writer> {
  if (processes.source === "live") {
    const socket = join(directory, "agentctl.sock");
    const heard = await askStatus(socket);
    if (heard.state === "answers" || heard.state === "silent") {
      const why = heard.state === "answers" ? "its daemon answers on its socket" : "something holds its socket open";
      const since = processes.byPid.get(heard.pid ?? 0)?.startedAt;
      return {
        state: "running",
        why,
        evidence: [{ kind: "writer", path: socket, text: why }],
        ...(heard.pid !== undefined && { pid: heard.pid }),
        ...(since !== undefined && { since }),
      };
    }
    if (heard.state === "unclear") return unknown(`its socket cannot be asked (${heard.code})`);
  }
  for (const process of processes.byPid.values()) {
    if (!isDaemon(process)) continue;
    const why = `process ${process.pid} is a daemon of agentctl, and nothing says that it serves another folder`;
    return {
      state: "running",
      why,
      evidence: [{ kind: "process", path: "process list", text: why }],
      pid: process.pid,
      ...(process.startedAt !== undefined && { since: process.startedAt }),
    };
  }
  const blind = processes.incomplete ?? blindSpot(directory, processes);
  if (blind !== undefined) return unknown(`no daemon is seen, but ${blind}`);
  const unreadable = [...processes.byPid.values()].find(({ argv }) => argv === undefined);
  if (unreadable !== undefined) return unknown(`process ${unreadable.pid} does not show what it is`);
  return { state: "stopped", why: "no daemon of agentctl runs", evidence: [] };
}

function unknown(why: string): Writer {
  return { state: "unknown", why, evidence: [] };
}

/** `agentctl daemon …`, or a runtime with a script of agentctl and that word. A viewer of its log is none. */
export function isDaemon({ argv }: Pick<ProcessInfo, "argv">): boolean {
  const [first = "", ...rest] = argv ?? [];
  const at = rest.indexOf("daemon");
  if (at < 0) return false;
  const name = first.split(/[\\/]/).at(-1) ?? "";
  if (/^agentctl(\.js)?$/.test(name)) return true;
  const before = rest.slice(0, at).flatMap((word) => word.split(/[\\/]/));
  return scriptRunner.test(name) && before.some((part) => /^agentctl(\.js)?$/.test(part));
}

type Heard =
  | { readonly state: "answers"; readonly pid?: number }
  | { readonly state: "silent"; readonly pid?: undefined }
  | { readonly state: "absent"; readonly pid?: undefined }
  | { readonly state: "unclear"; readonly code: string; readonly pid?: undefined };

/** Never rejects. Refused, or no socket: nobody listens. Connected but silent counts as running (facts 1.8). */
function askStatus(path: string): Promise<Heard> {
  if (Buffer.byteLength(path) > longestSocketPath)
    return Promise.resolve({ state: "unclear", code: "its path is too long" });
  return new Promise((resolve) => {
    let text = "";
    let connected = false;
    const socket = connect({ path });
    const finish = (heard: Heard): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(heard);
    };
    const patience = setTimeout(
      () => finish(connected ? { state: "silent" } : { state: "unclear", code: "no answer" }),
      patienceMs,
    );
    socket.setEncoding("utf8");
    socket.on("connect", () => {
      connected = true;
      socket.write('{"id":"1","method":"daemon.status","params":{}}\n');
    });
    socket.on("data", (piece: string) => {
      text += piece;
      if (text.includes("\n") || text.length > answerLimitBytes) finish({ state: "answers", ...pidIn(text) });
    });
    socket.on("end", () => finish(text === "" ? { state: "silent" } : { state: "answers", ...pidIn(text) }));
    socket.on("error", ({ code = "error" }: NodeJS.ErrnoException) => {
      if (connected) finish({ state: "silent" });
      else finish(code === "ECONNREFUSED" || code === "ENOENT" ? { state: "absent" } : { state: "unclear", code });
    });
  });
}

function pidIn(line: string): { readonly pid?: number } {
  try {
    const answer = JSON.parse(line.split("\n")[0] ?? "") as { result?: { pid?: unknown } } | null;
    const pid = answer?.result?.pid;
    return typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? { pid } : {};
  } catch {
    return {};
  }
}
