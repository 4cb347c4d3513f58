// What a running gateway is asked to do, by the person's own word: one thing, once. None of it can be undone here, and what
// would take a session away (`sessions.delete`, `sessions.reset`) cannot be said in these types.
import { asText } from "../inspect/openclawJson/records.ts";
import type { RequestAnswer, RequestWhat } from "../model/messages.ts";
import { type Fields, type GatewayAddress, talk } from "./gatewaySocket.ts";

export interface GatewayRequest {
  readonly what: RequestWhat;
  /** Key of the session. */
  readonly key: string;
}

/** Never rejects. */
export async function makeRequest(address: GatewayAddress, { key }: GatewayRequest): Promise<RequestAnswer> {
  let wasAsked = false;
  const answer = await talk<RequestAnswer>(address, "operator.write", async (ask) => {
    wasAsked = true;
    return ofAbort(await ask("sessions.abort", { key }));
  });
  if ("done" in answer) return answer;
  return { done: wasAsked ? "unknown" : "no", said: answer.why };
}

/** `{ ok, abortedRunId, status }`; a session without a run is answered with `no-active-run`, and nothing is changed (facts G). */
function ofAbort(answer: Fields | undefined): RequestAnswer {
  if (answer === undefined) return { done: "no", said: "it refused" };
  if (asText(answer["abortedRunId"]) !== undefined) return { done: "yes", said: "it aborted the run" };
  if (answer["status"] === "no-active-run") return { done: "no", said: "it knows of no run of this session" };
  return { done: "unknown", said: "it did not say whether it aborted a run" };
}
