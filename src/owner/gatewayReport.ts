// What a running gateway says of its own sessions, asked over loopback as its own backend clients ask (facts G): without
// a device identity, so that nothing is paired or stored.
import { join } from "node:path";
import JSON5 from "json5";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import { isUnreadable, readText } from "../inspect/regularFile.ts";
import type { WriterReport } from "../model/facts.ts";

export interface GatewayQuestion {
  readonly port: number;
  /** The gateway's shared token, where it wants one. Held for this question, and told to nobody else. */
  readonly token?: string;
  /** How many rows its stores hold. */
  readonly rows: number;
}

/** What a gateway on loopback wants of who asks it: nothing, or its shared token. */
export type GatewayAccess = { readonly token?: string };

type Fields = Readonly<Record<string, unknown>>;

/** What came of a question: its report, or why there is none, and whether that will stay so. */
export interface GatewayAnswer {
  readonly report?: WriterReport;
  readonly why: string;
  readonly refused: boolean;
}

const patienceMs = 10_000;
const refusal: GatewayAnswer = { why: "it refused to answer", refused: true };
const hungUp: GatewayAnswer = { why: "it hung up", refused: false };
const notAGateway: GatewayAnswer = { why: "it did not answer as a gateway does", refused: false };
const silence: GatewayAnswer = { why: `it did not answer within ${patienceMs / 1000} s`, refused: false };
const noWebSocket: GatewayAnswer = { why: "no answer can be had in this Node", refused: true };
/** Rows that may come up between two questions. */
const margin = 50;
const configLimitBytes = 8 << 20;
/** Rows are 1 to 2 KB in an answer. */
const answerLimitBytes = 256 << 20;
/** 2026.4.2 speaks 3, later ones 4. */
const protocols = { minProtocol: 3, maxProtocol: 4 };

/**
 * Asks for the sessions once, once more with a larger limit where there are more, and for what the gateway counts as
 * active. No report where that cannot be asked: nobody answers in 10 s, another answer than a gateway's, access refused,
 * no WebSocket (before Node 22). Never rejects.
 */
export function askGateway({ port, token, rows }: GatewayQuestion): Promise<GatewayAnswer> {
  if (!canAsk(port)) return Promise.resolve(noWebSocket);
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const finish = (answer: GatewayAnswer): void => {
      clearTimeout(patience);
      // To close one that could not be opened is an error again.
      socket.onerror = null;
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
      resolve(answer);
    };
    const patience = setTimeout(() => finish(silence), patienceMs);
    const ask = (id: Question, params: Fields): void =>
      socket.send(JSON.stringify({ type: "req", id, method: id === "more" ? "sessions.list" : id, params }));
    let list: Fields | undefined;
    let ifItGoes = notAGateway;
    socket.onerror = () => finish(ifItGoes);
    socket.onclose = () => finish(ifItGoes);
    socket.onmessage = ({ data }) => {
      const frame = frameOf(data);
      if (frame?.["event"] === "connect.challenge") {
        ifItGoes = refusal;
        return ask("connect", connection(token));
      }
      if (frame?.["type"] !== "res") return undefined;
      const answer = frame["ok"] === true ? asRecord(frame["payload"]) : undefined;
      const id = frame["id"] as Question;
      // A version that does not count what is active has told us all that it can.
      if (id === "gateway.restart.preflight") {
        const report = reportOf(list, answer, Date.now());
        return finish(report === undefined ? notAGateway : { report, why: "", refused: false });
      }
      if (answer === undefined) return finish(refusal);
      ifItGoes = hungUp;
      if (id === "connect") return ask("sessions.list", { limit: rows + margin });
      list = answer;
      const total = asNumber(answer["totalCount"]);
      if (id === "sessions.list" && answer["hasMore"] === true && total !== undefined) {
        return ask("more", { limit: total + margin });
      }
      return ask("gateway.restart.preflight", {});
    };
  });
}

type Question = "connect" | "sessions.list" | "more" | "gateway.restart.preflight";

/**
 * What these answers of `sessions.list` and `gateway.restart.preflight` say; undefined where there is no list. The second
 * is asked after the first: what began between the two is counted.
 */
export function reportOf(
  list: Fields | undefined,
  preflight: Fields | undefined,
  at: number,
): WriterReport | undefined {
  const rows = list?.["sessions"];
  if (!Array.isArray(rows)) return undefined;
  const running = new Set<string>();
  const idle = new Set<string>();
  const statuses = new Map<string, string>();
  for (const row of rows.map(asRecord)) {
    const key = asText(row?.["key"]);
    if (key === undefined) continue;
    const status = asText(row?.["status"]);
    if (status !== undefined) statuses.set(key, status);
    if (row?.["hasActiveRun"] === true) running.add(key);
    else if (row?.["hasActiveRun"] === false) idle.add(key);
  }
  for (const key of running) idle.delete(key);
  const active = asNumber(asRecord(preflight?.["counts"])?.["totalActive"]);
  const counts = active === undefined ? "unknown" : active === 0 && running.size === 0 ? "none" : "some";
  const listed = listedIn(list);
  return { at, running, idle, statuses, counts, ...(listed !== undefined && { listed }) };
}

/** Keys and session ids of an answer of `sessions.list`; undefined where it holds no list, or not all of it. */
export function listedIn(answer: Fields | undefined): ReadonlySet<string> | undefined {
  const rows = answer?.["sessions"];
  if (!Array.isArray(rows) || answer?.["hasMore"] === true) return undefined;
  const total = asNumber(answer?.["totalCount"]) ?? rows.length;
  if (total > rows.length) return undefined;
  const names = rows.map(asRecord).flatMap((row) => [asText(row?.["key"]), asText(row?.["sessionId"])]);
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * How the gateway of a state directory lets itself be asked, by its configuration; undefined where it would take more
 * than its literal token: then it is not asked, since a refused question is noted in its log as an attack would be.
 */
export function accessOf(stateDir: string): GatewayAccess | undefined {
  const text = readText(join(stateDir, "openclaw.json"), configLimitBytes);
  const gateway = isUnreadable(text) ? undefined : asRecord(parsed(text)?.["gateway"]);
  if (gateway === undefined || asRecord(gateway["tls"])?.["enabled"] === true) return undefined;
  const auth = asRecord(gateway["auth"]);
  if (auth?.["mode"] === "none") return {};
  if (auth === undefined || (auth["mode"] !== undefined && auth["mode"] !== "token")) return undefined;
  const token = asText(auth["token"])?.trim();
  // "${NAME}" is taken from the gateway's environment, which is not ours.
  return token === undefined || token === "" || token.includes("${") ? undefined : { token };
}

/** Through a proxy it would leave the machine, with the token. */
function canAsk(port: number): boolean {
  const isPort = Number.isInteger(port) && port > 0 && port <= 65535;
  return isPort && typeof WebSocket === "function" && process.env["NODE_USE_ENV_PROXY"] !== "1";
}

function connection(token: string | undefined): Fields {
  const client = { id: "gateway-client", mode: "backend", version: "0", platform: process.platform };
  const auth = token === undefined ? {} : { auth: { token } };
  return { ...protocols, client, role: "operator", scopes: ["operator.read"], ...auth };
}

function frameOf(data: unknown): Fields | undefined {
  try {
    return typeof data === "string" && data.length <= answerLimitBytes ? asRecord(JSON.parse(data)) : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string): Fields | undefined {
  try {
    return asRecord(JSON5.parse(text));
  } catch {
    return undefined;
  }
}
