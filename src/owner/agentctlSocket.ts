// One question to agentctl's daemon over its socket: a line of JSON there, a line of JSON back (facts 1.9).
import { connect } from "node:net";

/** A list of hundreds of locks; what is far larger is none of its. */
const answerLimitBytes = 8 << 20;
/** Longer paths are cut by the system: another socket might answer. */
const longestSocketPath = 103;

export type Call =
  /** `answer`: whatever it said, undefined where that is no JSON. */
  | { readonly state: "answers"; readonly answer: unknown }
  /** Something holds the socket open and says nothing. */
  | { readonly state: "silent" }
  /** Refused, or no socket: nobody listens. */
  | { readonly state: "absent" }
  | { readonly state: "unclear"; readonly code: string };

/** Never rejects. */
export function callDaemon(path: string, method: string, params: object, patienceMs: number): Promise<Call> {
  if (Buffer.byteLength(path) > longestSocketPath)
    return Promise.resolve({ state: "unclear", code: "its path is too long" });
  return new Promise((resolve) => {
    let text = "";
    let connected = false;
    const socket = connect({ path });
    const finish = (call: Call): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(call);
    };
    const patience = setTimeout(
      () => finish(connected ? { state: "silent" } : { state: "unclear", code: "no answer" }),
      patienceMs,
    );
    socket.setEncoding("utf8");
    socket.on("connect", () => {
      connected = true;
      socket.write(`${JSON.stringify({ id: "1", method, params })}\n`);
    });
    socket.on("data", (piece: string) => {
      text += piece;
      if (piece.includes("\n") || text.length > answerLimitBytes)
        finish({ state: "answers", answer: parsed(text.split("\n")[0] ?? "") });
    });
    socket.on("end", () => finish(text === "" ? { state: "silent" } : { state: "answers", answer: parsed(text) }));
    socket.on("error", ({ code = "error" }: NodeJS.ErrnoException) => {
      if (connected) finish({ state: "silent" });
      else finish(code === "ECONNREFUSED" || code === "ENOENT" ? { state: "absent" } : { state: "unclear", code });
    });
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
