// What a running gateway is asked to do, by the person's own word: one thing, once. None of it can be undone here, and what
// would take a session away (`sessions.delete`, `sessions.reset`) cannot be said in these types.
import { asRecord, asText } from "../inspect/openclawJson/records.ts";
import type { RequestAnswer, RequestWhat } from "../model/messages.ts";
import type { Era } from "../model/store.ts";
import { type Ask, type Fields, type GatewayAddress, type Scope, talk } from "./gatewaySocket.ts";

export interface GatewayRequest {
  readonly what: RequestWhat;
  /** Key of the session. */
  readonly key: string;
  /** The generation of the session that is meant: another one is left alone. */
  readonly sessionId?: string;
}

/**
 * Whether gateways of an era know a request (facts G), and let a backend without a device make it (seen: 2026.5.18,
 * 2026.9.6). 2026.5 to 2026.7 have neither archive nor recovery.
 */
export function knowsRequest(era: Era | undefined, what: RequestWhat): boolean {
  return era === "S" || (era === "J2" && what === "abort");
}

/** A run that somebody else began is aborted for an administrator only (2026.5.18, seen); this one talk is one. */
const scopes: Readonly<Record<RequestWhat, readonly Scope[]>> = {
  abort: ["operator.write", "operator.admin"],
  archive: ["operator.write"],
  recover: ["operator.write"],
};

const requests: Readonly<Record<RequestWhat, (ask: Ask, request: GatewayRequest) => Promise<RequestAnswer>>> = {
  abort,
  archive,
  recover,
};

/** Never rejects. */
export async function makeRequest(address: GatewayAddress, request: GatewayRequest): Promise<RequestAnswer> {
  let wasAsked = false;
  const answer = await talk<RequestAnswer>(address, scopes[request.what], (ask) => {
    wasAsked = true;
    return requests[request.what](ask, request);
  });
  if ("done" in answer) return answer;
  return { done: wasAsked ? "unknown" : "no", said: answer.why };
}

/** `{ ok, abortedRunId, status }`; a session without a run is answered with `no-active-run`, and nothing is changed. */
async function abort(ask: Ask, { key }: GatewayRequest): Promise<RequestAnswer> {
  const answer = await ask("sessions.abort", { key });
  if (answer === undefined) return refused;
  if (asText(answer["abortedRunId"]) !== undefined) return { done: "yes", said: "it aborted the run" };
  if (answer["status"] === "no-active-run") return { done: "no", said: "it knows of no run of this session" };
  return { done: "unknown", said: "it did not say whether it aborted a run" };
}

async function archive(ask: Ask, { key, sessionId }: GatewayRequest): Promise<RequestAnswer> {
  const expected = sessionId === undefined ? {} : { expectedSessionId: sessionId };
  const answer = await ask("sessions.patch", { key, archived: true, ...expected });
  if (answer === undefined) return refused;
  return isArchived(answer)
    ? { done: "yes", said: "it archived the session" }
    : { done: "unknown", said: "it did not say whether it archived the session" };
}

/** `{ ok, key, sessionId, continuation: { status } }`: what was left of the run is settled, and its turn goes on (facts G). */
async function recover(ask: Ask, { key }: GatewayRequest): Promise<RequestAnswer> {
  const answer = await ask("sessions.recover", { key });
  if (answer === undefined) return refused;
  const status = asText(asRecord(answer["continuation"])?.["status"]);
  if (status === "started") return { done: "yes", said: "it goes on with the turn" };
  if (status === "rejected")
    return { done: "no", said: "the turn does not go on; what became of its run, its row says" };
  return { done: "unknown", said: "it did not say whether it goes on with the turn" };
}

function isArchived(answer: Fields): boolean {
  const entry = asRecord(answer["entry"]);
  return entry?.["archivedAt"] !== undefined || entry?.["archived"] === true;
}

const refused: RequestAnswer = { done: "no", said: "it refused" };
