// What agentctl's daemon is asked to do, with a person's consent: to release a lock by hand, to settle what it finds dead,
// to end. Each is looked at before and after; nothing of it can be taken back here. The daemon is never started, and
// neither is any program of agentctl's, since most of them would start it (facts 1.6).
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { asRecord, asText } from "../inspect/openclawJson/records.ts";
import type { OwnerRequest } from "../model/plan.ts";
import { UserError } from "../model/userError.ts";
import { callDaemon } from "./agentctlSocket.ts";

/** As its own client waits (facts 1.9). */
const patienceMs = 30_000;
/** It ends 100 ms after it has said so (facts 1.9). */
const endPatienceMs = 10_000;
const betweenLooksMs = 100;

/** Throws a UserError where the daemon does not do it, or where what was judged is not there any more. */
export async function askOfDaemon(directory: string, request: OwnerRequest): Promise<void> {
  const socket = socketIn(directory);
  if (request.method === "session.prune") {
    await ask(socket, "session.prune");
    return;
  }
  const judged: unknown = JSON.parse(request.text);
  if (!(await locksNow(socket)).some((lock) => isDeepStrictEqual(lock, judged)))
    throw new UserError(`The lock on ${request.directory} changed since it was looked at. Look again.`);
  await ask(socket, "lock.release", { directory: request.directory });
  if ((await locksNow(socket)).some((lock) => isDeepStrictEqual(lock, judged)))
    throw new UserError(`agentctl was asked to release ${request.directory}, and still lists it. Look again.`);
}

/**
 * Asks the daemon to end and waits until its socket is shut and its process gone. Throws a UserError where it does not.
 * `isGone`: whether a pid is of no living process.
 */
export async function endDaemon(directory: string, pid: number, isGone: (pid: number) => boolean): Promise<void> {
  const socket = socketIn(directory);
  const { pid: now } = (await ask(socket, "daemon.status")) as { readonly pid?: unknown };
  if (now !== pid) throw new UserError("Another daemon of agentctl runs there by now. Look again.");
  await ask(socket, "daemon.shutdown");
  const giveUpAt = Date.now() + endPatienceMs;
  while (Date.now() < giveUpAt) {
    if ((await callDaemon(socket, "daemon.status", {}, patienceMs)).state === "absent" && isGone(pid)) return;
    await wait(betweenLooksMs);
  }
  throw new UserError("agentctl's daemon was asked to end and still runs, or was started anew. Nothing was written.");
}

function socketIn(directory: string): string {
  return join(directory, "agentctl.sock");
}

async function locksNow(socket: string): Promise<readonly unknown[]> {
  const locks = await ask(socket, "lock.list");
  return Array.isArray(locks) ? locks : [];
}

/** What it gave. Throws a UserError where it gave an error, or nothing that makes sense. */
async function ask(socket: string, method: string, params: object = {}): Promise<unknown> {
  const call = await callDaemon(socket, method, params, patienceMs);
  if (call.state === "absent") throw new UserError("agentctl's daemon does not run any more. Look again.");
  const answer = call.state === "answers" ? asRecord(call.answer) : undefined;
  if (answer === undefined) throw new UserError(`agentctl's daemon did not answer ${method}. Look again.`);
  const error = asRecord(answer["error"]);
  if (error !== undefined)
    throw new UserError(`agentctl's daemon refused ${method}: ${asText(error["message"]) ?? "no reason"}`);
  return answer["result"];
}
