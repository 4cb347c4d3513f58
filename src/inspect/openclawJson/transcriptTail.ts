// The end of a transcript: who spoke last, and how the turn stood (facts C2, C3, C7).
import type { MessageFacts, TranscriptTail } from "../../model/facts.ts";
import { type Line, readLinesBackwards } from "../lines.ts";
import { readRange } from "../regularFile.ts";
import { asNumber, asRecord, asWord, parseLine, timeOf } from "./records.ts";

const headerLimitBytes = 4096;

/**
 * Reads backwards until the last message and the last user message are known.
 * `decided` is false where 4 MB held no message although the file goes on before them.
 */
export function readTranscriptTail(fd: number, sizeBytes: number): TranscriptTail {
  let torn = false;
  let lastAt: number | undefined;
  let lastMessage: MessageFacts | undefined;
  let lastUserMessage: MessageFacts | undefined;
  let isLastLine = true;
  const seenAll = readLinesBackwards(fd, sizeBytes, (line) => {
    const entry = parseLine(line);
    if (isLastLine) torn = entry === undefined;
    isLastLine = false;
    if (entry === undefined) return undefined;
    lastAt ??= timeOf(entry);
    if (entry["type"] !== "message") return undefined;
    const message = messageOf(entry, line);
    lastMessage ??= message;
    if (message.role === "user") lastUserMessage = message;
    // Before an assistant's answer only an earlier turn's user message can come; it cannot be later than the end.
    return lastUserMessage !== undefined || message.role === "assistant" ? "stop" : undefined;
  });
  const header = readHeader(fd, sizeBytes);
  return {
    decided: seenAll || lastMessage !== undefined,
    torn,
    ...(header !== undefined && { header }),
    ...(lastMessage !== undefined && { lastMessage }),
    ...(lastUserMessage !== undefined && { lastUserMessage }),
    ...(lastAt !== undefined && { lastAt }),
  };
}

/** The first line, where it is whole within 4 KB: genuine headers are 200 bytes. Empty where it is no entry. */
function readHeader(fd: number, sizeBytes: number): TranscriptTail["header"] {
  const bytes = readRange(fd, 0, Math.min(sizeBytes, headerLimitBytes));
  const end = bytes.indexOf(0x0a);
  if (end < 0) return undefined;
  const entry = parseLine({ offset: 0, bytes: bytes.subarray(0, end), whole: true }) ?? {};
  const type = asWord(entry["type"]);
  const id = asWord(entry["id"]);
  const version = asNumber(entry["version"]);
  return {
    ...(type !== undefined && { type }),
    ...(id !== undefined && { id }),
    ...(version !== undefined && { version }),
  };
}

function messageOf(entry: Readonly<Record<string, unknown>>, line: Line): MessageFacts {
  const message = asRecord(entry["message"]) ?? {};
  const stopReason = asWord(message["stopReason"]);
  const at = timeOf(entry) ?? timeOf(message);
  return {
    role: asWord(message["role"]) ?? "",
    offset: line.offset,
    abort: message["model"] === "gateway-injected" || asRecord(message["openclawAbort"])?.["aborted"] === true,
    ...(at !== undefined && { at }),
    ...(stopReason !== undefined && { stopReason }),
  };
}
