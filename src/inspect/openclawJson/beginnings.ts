// The beginnings of a transcript and of its trajectory: whether the one knows a turn that the other has lost (facts I 42).
import type { AnsweredRun, TranscriptTail } from "../../model/facts.ts";
import { type Line, type ReadAt, readLinesForwards } from "../lines.ts";
import { isUnreadable, withFile } from "../regularFile.ts";
import { asNumber, asRecord, asText, asWord, parseLine, timeOf } from "./records.ts";

const entryStartBytes = 64;
const entryStart = /^\{"type":"([a-z._]+)",/;
const headerBytes = 4 << 10;
const firstLineBytes = 4 << 10;
const firstMessageBytes = 64 << 10;
const firstRunBytes = 512 << 10;

export interface Beginning {
  readonly header: TranscriptTail["header"];
  readonly firstUserAt: number | undefined;
}

/**
 * What a transcript begins with: its header, where that is whole within 4 KB (genuine ones are 200 bytes), and when its
 * first user message was written. That is unknown where none is near, and where a compaction comes first: some versions
 * take out what was before it.
 */
export function readBeginning(read: ReadAt, sizeBytes: number): Beginning {
  let header: TranscriptTail["header"];
  let firstUserAt: number | undefined;
  readLinesForwards(read, sizeBytes, firstMessageBytes, (line) => {
    if (!line.isFirst && isBystander(line)) return undefined;
    const entry = parseLine(line) ?? {};
    if (line.isFirst) {
      if (line.bytes.length <= headerBytes) header = headerOf(entry);
      return undefined;
    }
    if (entry["type"] === "compaction") return "stop";
    const message = asRecord(entry["message"]);
    if (entry["type"] !== "message" || message?.["role"] !== "user") return undefined;
    firstUserAt = timeOf(entry) ?? timeOf(message);
    return "stop";
  });
  return { header, firstUserAt };
}

/** Whether an entry is neither a message nor a compaction: that is told by how OpenClaw begins every line, without parsing. */
function isBystander({ bytes }: Line): boolean {
  const type = entryStart.exec(bytes.toString("latin1", 0, entryStartBytes))?.[1];
  return type !== undefined && type !== "message" && type !== "compaction";
}

/** What the first entry says of the whole transcript. Empty where it is none. */
export function headerOf(entry: Readonly<Record<string, unknown>>): NonNullable<TranscriptTail["header"]> {
  const type = asWord(entry["type"]);
  const id = asWord(entry["id"]);
  const version = asNumber(entry["version"]);
  return {
    ...(type !== undefined && { type }),
    ...(id !== undefined && { id }),
    ...(version !== undefined && { version }),
  };
}

/** When the first run of a trajectory began; undefined where its first line does not say. */
export function firstStart(read: ReadAt, sizeBytes: number): number | undefined {
  let at: number | undefined;
  readLinesForwards(read, sizeBytes, firstLineBytes, (line) => {
    const event = parseLine(line) ?? {};
    if (event["type"] === "session.started") at = timeOf(event);
    return "stop";
  });
  return at;
}

/**
 * The first run of a trajectory, where it succeeded and was over before `time`. Heartbeats are passed over: OpenClaw
 * takes their messages out of the transcript again.
 */
export function readRunBefore(path: string, time: number): AnsweredRun | undefined {
  const read = withFile(path, ({ fd, stats }) => {
    let run: AnsweredRun | undefined;
    let wasAsked = false;
    readLinesForwards(fd, stats.size, firstRunBytes, (line) => {
      const event = parseLine(line) ?? {};
      const data = asRecord(event["data"]) ?? {};
      const endedAt = timeOf(event);
      if (event["type"] === "prompt.submitted") wasAsked = !/heartbeat/i.test(asText(data["prompt"]) ?? "");
      if (event["type"] !== "session.ended") return undefined;
      if (wasAsked && data["status"] === "success" && endedAt !== undefined && endedAt < time)
        run = { path, endedAt, offset: line.offset };
      return "stop";
    });
    return run;
  });
  return isUnreadable(read) ? undefined : read;
}
