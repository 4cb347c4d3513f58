// What the files of a session look like inside, where full proof read them (facts I 39 to 44).
import { agentOf, type Draft, nothing, said } from "../draft.ts";
import { basenameOf } from "../paths.ts";
import { placeOf } from "../place.ts";
import type { SessionCase } from "../sessionCase.ts";
import { clock, size } from "../words.ts";

/** Written by the JSON eras; 2026.9.6 writes 4 (facts C2). */
const knownVersion = 4;
const recorderLimitBytes = 10 << 20;

export function contentRules(session: SessionCase): readonly Draft[] {
  const { transcript, trajectory, brokenPointer: pointer } = session.facts;
  if (transcript.tail === undefined && trajectory === undefined && pointer === undefined) return said();
  return said(
    header(session),
    torn(session),
    openTool(session),
    headDropped(session),
    truncated(session),
    brokenPointer(session),
  );
}

function header(session: SessionCase): Draft | undefined {
  const { tail, path } = session.facts.transcript;
  const head = tail?.header;
  if (path === undefined || head === undefined) return undefined;
  const id = session.facts.row.fields["sessionId"];
  const isOther = head.id !== undefined && head.id !== id && !basenameOf(path).includes(head.id);
  const reason =
    head.type !== "session"
      ? `its first line is ${head.type ?? "no entry"}`
      : isOther
        ? `its header names the session ${head.id}`
        : (head.version ?? 0) > knownVersion
          ? `its version is ${head.version}`
          : undefined;
  if (reason === undefined) return undefined;
  return {
    code: "TX-HEADER",
    session: session.key,
    args: { key: session.key, reason },
    evidence: [{ kind: "transcript", path, offset: 0, line: 1, text: `${basenameOf(path)}: ${reason}.` }],
    repair: nothing("A transcript is never edited."),
  };
}

/** While somebody works on it the last line may be in the making. */
function torn(session: SessionCase): Draft | undefined {
  const { tail, path, sizeBytes } = session.facts.transcript;
  if (path === undefined || tail?.torn !== true || !session.quiet) return undefined;
  return {
    code: "TX-TORN",
    session: session.key,
    args: { key: session.key, size: sizeBytes ?? 0 },
    evidence: [{ kind: "transcript", path, text: `The last line of ${basenameOf(path)} is no whole entry.` }],
    repair: nothing("A transcript is never edited: OpenClaw passes over a torn last line."),
  };
}

function openTool(session: SessionCase): Draft | undefined {
  const { transcript } = session.facts;
  const last = transcript.tail?.lastMessage;
  if (!session.quiet || transcript.path === undefined || last?.role !== "assistant" || last.stopReason !== "toolUse")
    return undefined;
  return {
    code: "TX-TOOL-OPEN",
    session: session.key,
    args: { key: session.key },
    evidence: [
      { kind: "transcript", path: transcript.path, ...placeOf(last), text: "A tool was called; no result follows." },
    ],
    repair: nothing("The gateway adds the missing result in memory when the session goes on."),
  };
}

/** As the table words it (the first message after the first start) it would be true of every session: a run starts first. */
function headDropped({ key, facts }: SessionCase): Draft | undefined {
  const { earlierRun, transcript } = facts;
  const { path, tail } = transcript;
  if (earlierRun === undefined || path === undefined || tail?.firstUserAt === undefined) return undefined;
  return {
    code: "TX-HEAD-DROP",
    session: key,
    args: { key, first: clock(tail.firstUserAt), ended: clock(earlierRun.endedAt) },
    evidence: [
      {
        kind: "trajectory",
        path: earlierRun.path,
        offset: earlierRun.offset,
        at: earlierRun.endedAt,
        text: "A run answered a message.",
      },
      {
        kind: "transcript",
        path,
        offset: 0,
        line: 1,
        at: tail.firstUserAt,
        text: `${basenameOf(path)} has no message before ${clock(tail.firstUserAt)}.`,
      },
    ],
    repair: nothing("A transcript is never edited: an older copy of it may be in your backups."),
  };
}

/** A moved store keeps pointers to where it was. */
function brokenPointer({ key, facts, store }: SessionCase): Draft | undefined {
  const { brokenPointer: pointer } = facts;
  if (pointer === undefined || store.movedFrom !== undefined) return undefined;
  const reason =
    pointer.reason === "missing" ? "the trajectory that it names is not there" : "it is of another session";
  return {
    code: "TRAJ-ORPHAN",
    session: key,
    path: pointer.path,
    args: { agent: agentOf(store), files: "1 pointer", size: size(pointer.sizeBytes) },
    evidence: [{ kind: "trajectory", path: pointer.path, text: `${basenameOf(pointer.path)}: ${reason}.` }],
    repair: nothing("Nothing depends on it: how the last run ended is judged without it."),
  };
}

function truncated(session: SessionCase): Draft | undefined {
  const { trajectory } = session.facts;
  if (trajectory === undefined || (!trajectory.truncated && trajectory.sizeBytes < recorderLimitBytes))
    return undefined;
  const reason = trajectory.truncated
    ? "its recorder says that it stopped"
    : `with ${size(trajectory.sizeBytes)} it is as large as a recorder lets it grow`;
  return {
    code: "TRAJ-TRUNC",
    session: session.key,
    path: trajectory.path,
    args: { key: session.key, reason },
    evidence: [{ kind: "trajectory", path: trajectory.path, text: `${basenameOf(trajectory.path)}: ${reason}.` }],
    repair: nothing("What is missing in it proves nothing; everything else is judged without it."),
  };
}
