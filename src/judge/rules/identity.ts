// Rows whose key, id or file is not their own, or not what it says (facts I 35 to 38, 58).
import { type Draft, nothing, said } from "../draft.ts";
import type { Around, Neighbours, Others } from "../neighbours.ts";
import { basenameOf } from "../paths.ts";
import { rowEvidence } from "../rowEvidence.ts";
import type { SessionCase } from "../sessionCase.ts";

export function identityRules(session: SessionCase, neighbours: Neighbours, around: Around): readonly Draft[] {
  return said(
    fileEscape(session),
    fileStaleId(session),
    idShared(session, neighbours),
    keyAlias(session, neighbours),
    parentGone(session, around),
  );
}

/** OpenClaw ignores it in silence and takes `<sessionId>.jsonl` (facts C1). */
function fileEscape(session: SessionCase): Draft | undefined {
  const { ignored } = session.facts.transcript;
  if (ignored === undefined) return undefined;
  const name = basenameOf(ignored.path);
  return {
    code: "FILE-ESCAPE",
    session: session.key,
    field: "sessionFile",
    args: { key: session.key, file: ignored.path },
    evidence: [rowEvidence(session, `sessionFile is ${ignored.path}`)],
    repair: ignored.isBeside
      ? { kind: "correct", class: "ask", set: { sessionFile: name }, why: "A file of that name lies beside the store." }
      : nothing("No file of that name lies beside the store."),
  };
}

function fileStaleId(session: SessionCase): Draft | undefined {
  const { ownIdFile, path, state } = session.facts.transcript;
  if (ownIdFile === undefined || path === undefined || state === "absent") return undefined;
  return {
    code: "FILE-STALE-ID",
    session: session.key,
    field: "sessionFile",
    args: { key: session.key, file: basenameOf(path), own: basenameOf(ownIdFile) },
    evidence: [
      rowEvidence(session, `sessionFile is ${basenameOf(path)}`),
      { kind: "transcript", path: ownIdFile, text: "The transcript of its own session id." },
    ],
    repair: nothing("Both files are transcripts: nothing tells which of them the conversation is."),
  };
}

function idShared(session: SessionCase, neighbours: Neighbours): Draft | undefined {
  const keys = neighbours.sameTranscript(session);
  if (keys.count === 0) return undefined;
  return {
    code: "ID-SHARED",
    session: session.key,
    field: "sessionId",
    args: { key: session.key, others: listed(keys) },
    evidence: [rowEvidence(session, `its transcript is also that of ${listed(keys)}`)],
    repair: nothing("Nothing tells whose conversation it is."),
  };
}

/** Case alone is no alias: newer versions keep the case of peer ids (facts B1, Keys). */
function keyAlias(session: SessionCase, neighbours: Neighbours): Draft | undefined {
  const { key, store } = session;
  const twins = neighbours.sameKey(session);
  const agent = agentIn(key);
  const isOther = agent !== undefined && store.agent !== undefined && agent.toLowerCase() !== store.agent.toLowerCase();
  const reason =
    twins.count > 0
      ? `it is the same as ${listed(twins)} but for case`
      : key === "main"
        ? "it is the old name of agent:main:main"
        : isOther
          ? `it names the agent ${agent}, but the store is that of ${store.agent}`
          : undefined;
  if (reason === undefined) return undefined;
  return {
    code: "KEY-ALIAS",
    session: key,
    args: { key, reason },
    evidence: [rowEvidence(session, reason)],
    repair: nothing("The gateway keeps the newest of them and deletes the others by itself."),
  };
}

/** `agent:<id>:…` */
function agentIn(key: string): string | undefined {
  const from = "agent:".length;
  const end = key.startsWith("agent:") ? key.indexOf(":", from) : -1;
  return end > from ? key.slice(from, end) : undefined;
}

/**
 * Cron runs are taken out by OpenClaw itself after a day, and the channel of a thread need never have had a session of
 * its own: neither is missed.
 */
function isMissed(parent: string, child: string): boolean {
  const isRun = /:cron:[^:]+:run:/i.test(parent);
  const isThread = child.toLowerCase().startsWith(`${parent.toLowerCase()}:`);
  return !isRun && !isThread;
}

const parentFields = ["spawnedBy", "parentSessionKey"] as const;

function parentGone(session: SessionCase, around: Around): Draft | undefined {
  const { fields } = session.facts.row;
  const field = parentFields.find((name) => typeof fields[name] === "string" && fields[name] !== "");
  const parent = field === undefined ? undefined : fields[field];
  if (field === undefined || typeof parent !== "string" || around.keys === undefined || !isMissed(parent, session.key))
    return undefined;
  const known = parent === "main" ? "agent:main:main" : parent.toLowerCase();
  if (around.keys.has(known) || around.keys.has(parent.toLowerCase())) return undefined;
  return {
    code: "PARENT-GONE",
    session: session.key,
    field,
    args: { key: session.key, parent },
    evidence: [rowEvidence(session, `${field} is ${parent}`)],
    repair: nothing("It is harmless: the session stands for itself."),
  };
}

function listed({ count, named }: Others): string {
  const told = named.join(", ");
  return count > named.length ? `${told} and ${count - named.length} more` : told;
}
