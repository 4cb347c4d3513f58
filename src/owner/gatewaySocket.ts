// A talk with a gateway as its own backend clients have it (facts G): over this machine's loopback and nowhere else, without
// a device identity, so that nothing is paired or stored.
import { asRecord } from "../inspect/openclawJson/records.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface GatewayAddress {
  /** Of a gateway on this machine's loopback; no other address can be named. */
  readonly port: number;
  /** The gateway's shared token, where it wants one. Held for this talk, and told to nobody else. */
  readonly token?: string;
}

/** Why nothing came of a talk, as half a sentence about the gateway, and whether that will stay so. */
export interface NoAnswer {
  readonly why: string;
  readonly refused: boolean;
}

/** What it answers to one request; undefined where it says no. */
export type Ask = (method: string, params: Fields) => Promise<Fields | undefined>;

export type Scope = "operator.read" | "operator.write" | "operator.admin";

export const refusal: NoAnswer = { why: "it refused to answer", refused: true };
const hungUp: NoAnswer = { why: "it hung up", refused: false };
export const notAGateway: NoAnswer = { why: "it did not answer as a gateway does", refused: false };
const noWebSocket: NoAnswer = { why: "no answer can be had in this Node", refused: true };
const patienceMs = 10_000;
const silence: NoAnswer = { why: `it did not answer within ${patienceMs / 1000} s`, refused: false };
/** Rows are 1 to 2 KB in an answer. */
const answerLimitBytes = 256 << 20;
/** 2026.4.2 speaks 3, later ones 4. */
const protocols = { minProtocol: 3, maxProtocol: 4 };

/**
 * Connects, lets `say` ask one thing after the other, and hangs up. Gives what `say` gives, or why nothing came of it:
 * nobody answers in 10 s, another answer than a gateway's, access refused, no WebSocket (before Node 22). Never rejects.
 */
export function talk<T>(
  { port, token }: GatewayAddress,
  scopes: readonly Scope[],
  say: (ask: Ask) => Promise<T | NoAnswer>,
): Promise<T | NoAnswer> {
  if (!canTalk(port)) return Promise.resolve(noWebSocket);
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const waiting = new Map<string, (answer: Fields | undefined) => void>();
    let ifItGoes = notAGateway;
    let asked = 0;
    const finish = (result: T | NoAnswer): void => {
      clearTimeout(patience);
      // To close one that could not be opened is an error again.
      socket.onerror = null;
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
      resolve(result);
    };
    const patience = setTimeout(() => finish(silence), patienceMs);
    const ask: Ask = (method, params) =>
      new Promise((answered) => {
        const id = `${++asked}`;
        waiting.set(id, answered);
        socket.send(JSON.stringify({ type: "req", id, method, params }));
      });
    const begin = async (): Promise<T | NoAnswer> => {
      ifItGoes = refusal;
      if ((await ask("connect", connection(token, scopes))) === undefined) return refusal;
      ifItGoes = hungUp;
      return say(ask);
    };
    socket.onerror = () => finish(ifItGoes);
    socket.onclose = () => finish(ifItGoes);
    socket.onmessage = ({ data }) => {
      const frame = frameOf(data);
      if (frame?.["event"] === "connect.challenge" && asked === 0) {
        begin().then(finish, () => finish(notAGateway));
        return;
      }
      if (frame?.["type"] !== "res") return;
      const id = String(frame["id"]);
      const answered = waiting.get(id);
      waiting.delete(id);
      answered?.(frame["ok"] === true ? asRecord(frame["payload"]) : undefined);
    };
  });
}

/** Through a proxy it would leave the machine, with the token. */
function canTalk(port: number): boolean {
  const isPort = Number.isInteger(port) && port > 0 && port <= 65535;
  return isPort && typeof WebSocket === "function" && process.env["NODE_USE_ENV_PROXY"] !== "1";
}

function connection(token: string | undefined, scopes: readonly Scope[]): Fields {
  const client = { id: "gateway-client", mode: "backend", version: "0", platform: process.platform };
  const auth = token === undefined ? {} : { auth: { token } };
  return { ...protocols, client, role: "operator", scopes, ...auth };
}

function frameOf(data: unknown): Fields | undefined {
  try {
    return typeof data === "string" && data.length <= answerLimitBytes ? asRecord(JSON.parse(data)) : undefined;
  } catch {
    return undefined;
  }
}
