// Does agentctl's daemon run? Its files prove nothing: pid file and socket outlive it (facts 1.8). It is asked over its
// socket, with the one request that only reads, and never started.
import { join } from "node:path";
import { asNumber, asRecord } from "../inspect/openclawJson/records.ts";
import type { ProcessInfo, ProcessTable } from "../inspect/processes.ts";
import type { Writer } from "../model/store.ts";
import { callDaemon } from "./agentctlSocket.ts";
import { blindSpot } from "./writer.ts";

const patienceMs = 1500;
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

/** Never rejects. Connected but silent counts as running (facts 1.8). */
async function askStatus(path: string): Promise<Heard> {
  const heard = await callDaemon(path, "daemon.status", {}, patienceMs);
  if (heard.state !== "answers") return heard;
  const pid = asNumber(asRecord(asRecord(heard.answer)?.["result"])?.["pid"]);
  return { state: "answers", ...(pid !== undefined && Number.isInteger(pid) && pid > 0 && { pid }) };
}
