// The gateway of one store, asked at this moment because a person wants something: what it shows, whether it is at nothing,
// to do something.

import type { WriterReport } from "../model/facts.ts";
import type { RequestAnswer } from "../model/messages.ts";
import type { Era, Permission } from "../model/store.ts";
import { type AskSubject, askNow, requestNow } from "../owner/asking.ts";
import type { GatewayRequest } from "../owner/gatewayRequest.ts";
import { writerOf } from "../owner/look.ts";
import { knownPort, lookAt, type PermissionSubject, permissionOf } from "./freshLook.ts";
import type { ScanInput } from "./scan.ts";

export interface ServedStore {
  readonly stateDir: string;
  readonly era?: Era | undefined;
  /** How many rows it holds. */
  readonly sessions: number;
}

/** What the gateway of this store shows right now; undefined where it is not asked or does not answer. */
export async function gatewayView(store: ServedStore, input: ScanInput): Promise<WriterReport | undefined> {
  return (await askNow(subjectOf(store, input), await lookAt(store.stateDir, input))).report;
}

/** Asks the gateway of this store to do something that cannot be undone here. */
export async function requestOfGateway(
  store: ServedStore,
  request: GatewayRequest,
  input: ScanInput,
): Promise<RequestAnswer> {
  return requestNow(subjectOf(store, input), await lookAt(store.stateDir, input), request);
}

/**
 * Who may write a row of a store although its gateway runs, by a fresh look. It is asked last, so that nothing but the
 * answer lies between its word and who goes on with it.
 */
export async function lookWhileItRuns(
  store: ServedStore & PermissionSubject,
  isOneRow: boolean,
  input: ScanInput,
): Promise<Permission> {
  const look = await lookAt(store.stateDir, input);
  const writer = writerOf(look, store.stateDir);
  const asks = isOneRow && writer.state === "running" && input.capture === undefined;
  const { report, said } = asks ? await askNow(subjectOf(store, input), look) : {};
  return permissionOf(store, writer, input, { isOneRow, counts: report?.counts, ...(said !== undefined && { said }) });
}

function subjectOf({ stateDir, era, sessions }: ServedStore, input: ScanInput): AskSubject {
  const port = knownPort(stateDir, input);
  return { stateDir, era, rows: sessions, ...(port !== undefined && { port }) };
}
