// The end of a trajectory: did the last run of the file come to its end, and how (facts C5).
import { basename, dirname, join } from "node:path";
import type { EntryPlace } from "../../model/evidence.ts";
import type { LifecycleEvent, PointerFacts, TrajectoryFacts } from "../../model/facts.ts";
import { readLinesBackwards, withReading } from "../lines.ts";
import { namesOtherHost } from "../otherHost.ts";
import { fileVersion, isUnreadable, linkStatsAt, type OpenFile, readText, withFile } from "../regularFile.ts";
import { firstStart } from "./beginnings.ts";
import { asRecord, asText, asWord, parseLine, timeOf } from "./records.ts";

const lifecycle = new Set(["session.started", "prompt.submitted", "session.ended"]);
const pointerLimitBytes = 64 << 10;
/**
 * Half of what a recorder records before it gives up (facts C5, Caps). One that gave up writes `trace.truncated` as the
 * last of its events and none after it (2026.5.18, the source of its recorder): so a `session.ended` is that of a recorder
 * that did not, and in a smaller file than this there is no other that did. Then 80 KB of prompts and answers need not be
 * read to be sure of it.
 */
export const givesUpFromBytes = 5 << 20;
/** Genuine ones end in 600 bytes of `session.ended`, after 1.4 KB of `trace.artifacts`. */
const lastEventsBytes = 2 << 10;
const eventStartBytes = 300;
const eventStart =
  /^\{"traceSchema":"openclaw-trajectory","schemaVersion":1,"traceId":"[^"\\]*","source":"[^"\\]*","type":"([a-z._]+)",/;

export interface ReadTrajectory {
  readonly facts: TrajectoryFacts;
  /** Of the file that they were read from. */
  readonly version: string;
}

/**
 * The trajectory of a transcript: beside it, or where its pointer says. A pointer counts only for the same session and
 * to a regular file that is no symbolic link; one that names another machine's place is looked for beside it by name.
 */
export function readTrajectory(
  transcript: string,
  sessionId: string | undefined,
): { readonly read?: ReadTrajectory; readonly brokenPointer?: PointerFacts } {
  const base = transcript.replace(/\.jsonl$/, "");
  const beside = readTrajectoryFile(`${base}.trajectory.jsonl`);
  if (beside !== undefined) return { read: beside };
  const path = `${base}.trajectory-path.json`;
  const pointer = readPointer(path);
  if (pointer === undefined) return {};
  if (pointer.sessionId !== sessionId)
    return { brokenPointer: { path, sizeBytes: pointer.sizeBytes, reason: "mismatched" } };
  if (namesOtherHost(pointer.file, path)) return {};
  const pointed =
    readTrajectoryFile(pointer.file) ?? readTrajectoryFile(join(dirname(transcript), basename(pointer.file)));
  return pointed === undefined
    ? { brokenPointer: { path, sizeBytes: pointer.sizeBytes, reason: "missing" } }
    : { read: pointed };
}

interface Pointer {
  readonly sessionId: string;
  readonly file: string;
  readonly sizeBytes: number;
}

function readPointer(path: string): Pointer | undefined {
  const text = readText(path, pointerLimitBytes);
  if (isUnreadable(text)) return undefined;
  try {
    const pointer = asRecord(JSON.parse(text));
    if (pointer?.["traceSchema"] !== "openclaw-trajectory-pointer") return undefined;
    const sessionId = asText(pointer["sessionId"]);
    const file = asText(pointer["runtimeFile"]);
    return sessionId === undefined || file === undefined
      ? undefined
      : { sessionId, file, sizeBytes: Buffer.byteLength(text) };
  } catch {
    return undefined;
  }
}

function readTrajectoryFile(path: string): ReadTrajectory | undefined {
  const seen = path.endsWith(".jsonl") ? linkStatsAt(path) : undefined;
  if (seen?.isFile() !== true) return undefined;
  const read = withFile(path, (open) => ({ facts: readEnds(path, open), version: fileVersion(open.stats) }), seen);
  return isUnreadable(read) ? undefined : read;
}

function readEnds(path: string, { fd, stats }: OpenFile): TrajectoryFacts {
  const { size } = stats;
  const end = trajectoryEnd();
  const [seenAll, startedAt] = withReading(fd, size, (read) => [
    readLinesBackwards(
      read,
      size,
      (line) => {
        if (end.hasEnded() && isBystander(line.bytes.toString("latin1", 0, eventStartBytes))) return undefined;
        const answer = end.see(parseLine(line), { offset: line.offset });
        return answer === undefined && end.hasEnded() && size < givesUpFromBytes ? "enough" : answer;
      },
      lastEventsBytes,
    ),
    firstStart(read, size),
  ]);
  return {
    path,
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    ...end.facts(seenAll),
    ...(startedAt !== undefined && { startedAt }),
  };
}

export interface TrajectoryEnd {
  /** Shown the events from the last to the first, undefined where one is torn, until it says "stop". */
  see(event: Readonly<Record<string, unknown>> | undefined, place: EntryPlace): "stop" | undefined;
  /** The end of a run was shown: only where it began is still of interest. */
  hasEnded(): boolean;
  /** `seenAll`: it said stop, or the first event was shown. */
  facts(seenAll: boolean): Pick<TrajectoryFacts, "decided" | "truncated" | "last" | "lastAt">;
}

/** What the end of a trajectory shows, wherever its events are kept. */
export function trajectoryEnd(): TrajectoryEnd {
  let last: LifecycleEvent | undefined;
  let lastAt: number | undefined;
  let truncated = false;
  let torn: boolean | undefined;
  return {
    see(event, place) {
      torn ??= event === undefined;
      if (event?.["traceSchema"] !== "openclaw-trajectory") return undefined;
      const type = asText(event["type"]) ?? "";
      lastAt ??= timeOf(event);
      if (type === "trace.truncated") truncated = true;
      if (!lifecycle.has(type)) return undefined;
      last ??= lifecycleEvent(event, type as LifecycleEvent["type"], place);
      // A run's recorder says that it was truncated between the run's start and its end: look as far back as that.
      return type === "session.started" || last.type !== "session.ended" ? "stop" : undefined;
    },
    hasEnded: () => last?.type === "session.ended",
    facts: (seenAll) => ({
      // A torn last line may be the start of another run, or the end of this one.
      decided: torn !== true && (seenAll || last !== undefined),
      truncated,
      ...(last !== undefined && { last }),
      ...(lastAt !== undefined && { lastAt }),
    }),
  };
}

/**
 * Whether the text of an event, or its beginning, says nothing of where its run began or that its recorder gave up. A run
 * has 80 KB of prompts and answers between its start and its end: they are told by how the recorder begins every event, and
 * not parsed.
 */
export function isBystander(text: string): boolean {
  const type = eventStart.exec(text)?.[1];
  return type !== undefined && type !== "session.started" && type !== "trace.truncated";
}

function lifecycleEvent(
  event: Readonly<Record<string, unknown>>,
  type: LifecycleEvent["type"],
  place: EntryPlace,
): LifecycleEvent {
  const data = asRecord(event["data"]) ?? {};
  const at = timeOf(event);
  const runId = asWord(event["runId"]);
  const sessionKey = asText(event["sessionKey"]);
  const status = asWord(data["status"]);
  return {
    type,
    ...place,
    aborted: data["aborted"] === true,
    externalAbort: data["externalAbort"] === true,
    timedOut: data["timedOut"] === true,
    idleTimedOut: data["idleTimedOut"] === true,
    ...(at !== undefined && { at }),
    ...(runId !== undefined && { runId }),
    ...(sessionKey !== undefined && { sessionKey }),
    ...(status !== undefined && { status }),
  };
}
