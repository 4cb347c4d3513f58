// Which rows may be taken out: what is proven ended, or has nothing to lose (DESIGN, Words: prune, husk).
import type { StoreFacts } from "../model/facts.ts";
import type { PruneCandidate } from "../model/scan.ts";
import { isProtected } from "./rules/maintenance.ts";
import { dayMs, isInDatabase, type SessionCase, sessionCase } from "./sessionCase.ts";
import { verdictOf } from "./verdict.ts";
import { span } from "./words.ts";

export interface PruneQuestion {
  /** Only what has not changed for this long. */
  readonly olderThanMs?: number;
  /** Only these. */
  readonly keys?: ReadonlySet<string>;
}

/** Which rows a question is about, by key and time of change (epoch milliseconds). */
export function askedFor({ keys, olderThanMs = 0 }: PruneQuestion, now: number): (key: string, at: number) => boolean {
  return (key, at) => (keys === undefined ? now - at >= olderThanMs : keys.has(key));
}

/** Every row of the store that was asked about, with what would be done and why. */
export function pruneCandidates(store: StoreFacts, now: number, question: PruneQuestion): PruneCandidate[] {
  const facts = store.content.state === "read" ? store.content.sessions : [];
  return facts
    .filter(({ row }) => question.keys === undefined || question.keys.has(row.key))
    .map((session) => candidate(sessionCase(store, session, now), question, store));
}

function candidate(session: SessionCase, question: PruneQuestion, store: StoreFacts): PruneCandidate {
  const husk = !isInDatabase(store) && whyNoHusk(session) === undefined;
  const spared = husk ? undefined : whySpared(session);
  const unchangedMs = session.now - session.lastChangeAt;
  const transcript = session.facts.transcript;
  // In a database it stays where it is.
  const goesAlong = transcript.path !== undefined && transcript.state !== "absent" && !isInDatabase(store);
  const about = {
    store: store.id,
    key: session.key,
    unchangedMs,
    ...(goesAlong && { transcript: transcript.path }),
  };
  const limit = Math.max(question.olderThanMs ?? 0, question.keys === undefined ? (store.pruneAfterMs ?? 0) : 0);
  if (spared !== undefined) return { ...about, take: false, why: spared };
  if (question.keys === undefined && unchangedMs < limit)
    return { ...about, take: false, why: `it changed within the last ${span(limit)}` };
  return {
    ...about,
    take: true,
    why: husk
      ? "it has nothing to lose: nothing was ever said in it"
      : `it ended, and nothing changed for ${span(unchangedMs)}${isInDatabase(store) ? ": it is archived, in its place" : ""}`,
  };
}

/** Undefined: it may go. */
function whySpared(session: SessionCase): string | undefined {
  const { kind, status, isTerminal, ownership, facts } = session;
  const kept = isInDatabase(session.store) ? whyKept(session) : undefined;
  if (kept !== undefined) return kept;
  if (facts.row.shape !== "object") return "it is no usable row";
  if (ownership.state !== "free") return `somebody may work on it: ${ownership.why}`;
  if (kind === "main") return "it is a main session, which goes only where it has nothing to lose";
  if (!isTerminal) return `it is not proven ended: its status is ${status === undefined ? "missing" : String(status)}`;
  if (verdictOf(session).verdict !== "finished") return "it is not proven ended";
  if (facts.row.fields["pendingFinalDelivery"] || facts.row.fields["pendingFinalDeliveryText"])
    return "it holds a reply that was not delivered";
  if (isProtected(session))
    return "OpenClaw's own maintenance protects sessions of groups, channels, threads and topics";
  return undefined;
}

/** What is asked of a row of a database besides: there it is archived as OpenClaw does it (facts F, B1). */
function whyKept({ facts }: SessionCase): string | undefined {
  const { columns, placement, row } = facts;
  if (columns?.isRowRead !== true) return "there was no time to read all of it";
  if (columns.entryValid !== 1 || columns.broken !== undefined) return "OpenClaw does not accept it as it is";
  if (typeof row.fields["archivedAt"] === "number") return "it is archived already";
  if (row.fields["pinnedAt"] !== undefined) return "it is pinned";
  if (placement !== undefined) return `it is placed on another machine (${placement})`;
  return undefined;
}

/** Undefined: nobody owns it, it was unchanged for a day, and there is nothing to lose (DESIGN, husk). */
function whyNoHusk({ ownership, now, lastChangeAt, facts }: SessionCase): string | undefined {
  const { fields, shape } = facts.row;
  if (shape !== "object" || ownership.state !== "free") return "owned";
  if (lastChangeAt === 0 || now - lastChangeAt < dayMs) return "recent, or of unknown age";
  const bound = [
    "cliSessionBindings",
    "claudeCliSessionId",
    "acp",
    "initializationPending",
    "pendingFinalDelivery",
    "pendingFinalDeliveryText",
  ];
  if (bound.some((field) => Boolean(fields[field]))) return "bound";
  const { transcript } = facts;
  if (transcript.archives.length > 0) return "archived";
  if (transcript.state === "none" && fields["sessionId"] !== undefined) return "its session id names no file";
  if (transcript.state === "none" || transcript.state === "absent") {
    return typeof fields["outputTokens"] === "number" && fields["outputTokens"] > 0 ? "answered" : undefined;
  }
  const { tail } = transcript;
  return tail?.decided === true && !tail.torn && tail.lastMessage === undefined ? undefined : "has messages";
}
