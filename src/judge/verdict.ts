import type { Evidence } from "../model/evidence.ts";
import type { Verdict } from "../model/session.ts";
import { isSuspended } from "./rules/running.ts";
import { hasYielded, yieldEvidence } from "./rules/yielded.ts";
import type { SessionCase } from "./sessionCase.ts";
import { clock } from "./words.ts";

export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence: how it was reached. */
  readonly why: string;
  readonly proof: readonly Evidence[];
}

/** A run that its trajectory shows as begun this recently, and not ended, is a sign of life where the gateway runs. */
const lifeSignMs = 60_000;
/** The trajectory is opened some moments before the row is marked (seen: 80 ms). */
const startSkewMs = 5000;

/**
 * DESIGN, Words: verdict. A live run is never called anything but active or unknown: `interrupted`, and `finished` for
 * a row that claims to run, need a session that is quiet.
 */
export function verdictOf(session: SessionCase): Judgement {
  if (session.facts.row.shape !== "object") return say("unknown", "The row is no object.");
  if (session.claimsToRun) return ofRunning(session);
  if (session.ownership.state === "owned" && isNewerThanEnd(session)) {
    return say("active", `Although the row says ${String(session.status ?? "nothing")}, ${session.ownership.why}.`);
  }
  if (session.isTerminal) return ofTerminal(String(session.status));
  return ofSilent(session);
}

/** One for each status: it is what is said of nearly every row. */
const terminal = new Map<string, Judgement>();

function ofTerminal(status: string): Judgement {
  const known = terminal.get(status) ?? say("finished", `The row says ${status}, and nothing shows a run since.`);
  terminal.set(status, known);
  return known;
}

function ofRunning(session: SessionCase): Judgement {
  const { ownership, quiet, end, now, store } = session;
  const proof = end === undefined ? [] : [end.evidence];
  if (ownership.state === "owned") return say("active", `${capital(ownership.why)}.`);
  if (isSuspended(session)) return say("waiting", "It is suspended until its quota comes back.");
  const { yielded } = session.facts;
  if (hasYielded(session)) {
    return say("waiting", `Its turn ended, and it waits for its sub-agent ${yielded?.child}.`, yieldEvidence(session));
  }
  if (quiet && end !== undefined && end.outcome !== "killed") {
    return say("finished", `${capital(end.how)} at ${clock(end.at)}, and nobody works on it: ${ownership.why}.`, proof);
  }
  if (quiet) return say("interrupted", `It began and nobody works on it: ${ownership.why}.`, proof);
  if (end !== undefined)
    return say(
      "unknown",
      `${capital(end.how)}, but it is not certain that nobody works on it: ${ownership.why}.`,
      proof,
    );
  const begun = openRunSince(session);
  // What began before the gateway did was cut short with the one before it.
  const isOfThisGateway = begun !== undefined && begun >= (store.writer.since ?? 0);
  if (
    (store.writer.state === "running" || store.writer.state === "draining") &&
    isOfThisGateway &&
    now - begun < lifeSignMs
  ) {
    return say(
      "active",
      `Its trajectory shows a run that began at ${clock(begun)} and has not ended, and ${ownership.why}.`,
    );
  }
  return say("unknown", `It says running, and whether it does cannot be told: ${ownership.why}.`);
}

/** When the last event of its trajectory, a start or a prompt, was written; the row's own start proves nothing of what came of it. */
function openRunSince({ facts, startedAt }: SessionCase): number | undefined {
  const last = facts.trajectory?.last;
  if (last === undefined || last.type === "session.ended" || last.at === undefined) return undefined;
  return last.at >= (startedAt ?? 0) - startSkewMs ? last.at : undefined;
}

/** No status, or one that nobody knows: as embedded runs leave it (facts K). */
function ofSilent({ facts, end, status }: SessionCase): Judgement {
  const claim = status === undefined || status === null ? "The row has no status" : "The row's status is unknown";
  const last = facts.transcript.tail?.lastMessage;
  const ended =
    last?.role === "assistant" &&
    (last.abort || ["stop", "length", "error", "aborted"].includes(last.stopReason ?? ""));
  if (ended)
    return say("finished", `${claim}, and its transcript ends a turn.`, end === undefined ? [] : [end.evidence]);
  return say("unknown", `${claim}, and its transcript does not end a turn.`);
}

/** A lock that was taken before the recorded end is only late in going; anything else that owns it is a run since. */
function isNewerThanEnd({ facts, endedAt, store, key }: SessionCase): boolean {
  if (store.report?.running.has(key) === true) return true;
  return facts.locks.some((lock) => lock.owner === "alive" && (lock.createdAt ?? lock.mtimeMs) > (endedAt ?? 0));
}

function say(verdict: Verdict, why: string, proof: readonly Evidence[] = []): Judgement {
  return { verdict, why, proof };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
