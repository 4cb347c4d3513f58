// When a running gateway is asked what it runs, and when it is left alone (issue 4, "Asking the gateway").
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { WriterReport } from "../model/facts.ts";
import type { RequestAnswer } from "../model/messages.ts";
import type { Era } from "../model/store.ts";
import { accessOf, askGateway, type GatewayQuestion } from "./gatewayReport.ts";
import { type GatewayRequest, knowsRequest, makeRequest } from "./gatewayRequest.ts";
import { type Look, writerOf } from "./look.ts";

/** What came of asking, or why it was not asked. */
export interface Told {
  /** Half a sentence about the gateway; a report that was given needs none. */
  readonly said?: string;
  readonly report?: WriterReport;
  /** When it may be asked again, epoch milliseconds. */
  readonly againAt?: number;
}

/** What gateways said, by state directory: nobody is asked twice within a minute. */
export type Answers = Map<string, Answer>;

interface Answer extends Told {
  readonly at: number;
  /** The gateway that said it. */
  readonly writer: string;
  /** It will not answer another time either. */
  readonly refused: boolean;
}

export interface AskSubject {
  readonly stateDir: string;
  readonly era: Era | undefined;
  /** The loopback port that is known to be this directory's, where its gateway's lock names none. */
  readonly port?: number;
  /** How many rows its stores hold. */
  readonly rows: number;
}

const noCertainGateway = "it is not asked, since no gateway is certain to be the one of this store";
const againAfterMs = 60_000;
/** It takes up to 10 s to be answered, and a look is a little late. */
const staleAfterMs = againAfterMs + 30_000;

/**
 * What the gateway of a state directory says of its runs: asked now where `mayAsk` and the last answer is a minute old, else
 * what it said within the last minute and a half. Undefined where that is nothing, or where its gateway has no lock.
 */
export async function hear(
  subject: AskSubject,
  look: Look,
  answers: Answers,
  mayAsk: boolean,
): Promise<Told | undefined> {
  const { stateDir } = subject;
  const { pid, since } = writerOf(look, stateDir);
  const writer = `${pid} ${since}`;
  const last = answers.get(stateDir);
  const age = last === undefined || last.writer !== writer ? Number.POSITIVE_INFINITY : Date.now() - last.at;
  const isOver = last?.refused === true && age < Number.POSITIVE_INFINITY;
  if (last !== undefined && (isOver || age < (mayAsk ? againAfterMs : staleAfterMs))) return last;
  if (!mayAsk) return undefined;
  const question = questionFor(subject, look);
  if (question === undefined) return undefined;
  const told = typeof question === "string" ? { said: question, refused: false } : await answerTo(question);
  const at = Date.now();
  const answer = { ...told, at, writer, ...(!told.refused && { againAt: at + againAfterMs }) };
  answers.set(stateDir, answer);
  return answer;
}

/** What it says right now, whatever it said within the last minute, or why it says nothing. */
export async function askNow(subject: AskSubject, look: Look): Promise<Told> {
  const question = questionFor(subject, look) ?? noCertainGateway;
  return typeof question === "string" ? { said: question } : answerTo(question);
}

/** Asks it to do something, where it could be asked what it runs. */
export async function requestNow(subject: AskSubject, look: Look, request: GatewayRequest): Promise<RequestAnswer> {
  const question = addressFor(subject, look) ?? noCertainGateway;
  if (typeof question === "string") return { done: "no", said: question };
  if (!knowsRequest(subject.era, request.what))
    return { done: "no", said: "it is not asked, since its version cannot" };
  const { rows: _rows, ...address } = question;
  return makeRequest(address, request);
}

async function answerTo(question: GatewayQuestion): Promise<Told & { readonly refused: boolean }> {
  const { report, why, refused } = await askGateway(question);
  return report === undefined ? { said: `asked, ${why}`, refused } : { said: inWords(report), report, refused };
}

function inWords({ running, counts }: WriterReport): string {
  if (counts === "none") return "it reports no run at all";
  if (running.size === 0) return "it does not say which sessions run";
  return running.size === 1 ? "it reports a run of one session" : `it reports runs of ${running.size} sessions`;
}

/** What to ask, why not to, or undefined where no gateway is certain to be this directory's. */
function questionFor(subject: AskSubject, look: Look): GatewayQuestion | string | undefined {
  const address = addressFor(subject, look);
  // 2026.4.2 notes every question without a device identity as refused (seen).
  const isKnown = address === undefined || subject.era === "J2";
  return isKnown ? address : "it is not asked, since its version may answer paired devices only";
}

/** Where and with what it is asked; otherwise as for a question. */
function addressFor({ stateDir, port, rows }: AskSubject, look: Look): GatewayQuestion | string | undefined {
  const { pid } = writerOf(look, stateDir);
  const lock = look.gatewayLocks.find(({ facts, holder }) => holder === pid && facts.owner === "alive");
  const asked = lock?.port ?? port;
  if (pid === undefined || lock === undefined || asked === undefined) return undefined;
  const access = accessOf(stateDir);
  if (access === undefined) return "it is not asked, since that takes more than a token in its configuration";
  if (!isHeldBy(pid, asked)) return `it is not asked, since port ${asked} is not seen to be its own`;
  return { port: asked, rows, ...access };
}

/**
 * Whether everything that listens on a loopback port is this process: whoever else does must not get its token. Without
 * /proc its lock, its start time and its command line have to do.
 */
function isHeldBy(pid: number, port: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    const sockets = listenersOn(port);
    const own = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
    return sockets.length > 0 && sockets.every((inode) => own.has(`socket:[${inode}]`));
  } catch {
    return false;
  }
}

/** Inodes of the sockets that listen on a port, from /proc/net/tcp and tcp6 (proc_pid_net(5)): state 0A. */
function listenersOn(port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    textOf(table)
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(wanted) && state === "0A")
      .map((fields) => fields[9] ?? ""),
  );
}

/** Empty where there is none: a kernel without IPv6 has no tcp6. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
