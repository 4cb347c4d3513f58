// The end of a transcript: who spoke last, and how the turn stood (facts C2, C3, C7).
import type { EntryPlace } from "../../model/evidence.ts";
import type { MessageFacts, TranscriptTail } from "../../model/facts.ts";
import { readLinesBackwards, withReading } from "../lines.ts";
import { readBeginning } from "./beginnings.ts";
import { asRecord, asWord, parseLine, timeOf } from "./records.ts";

/**
 * Reads backwards until the last message and the last user message are known.
 * `decided` is false where 4 MB held no message although the file goes on before them.
 */
export function readTranscriptTail(fd: number, sizeBytes: number): TranscriptTail {
  const end = transcriptEnd();
  const [seenAll, { header, firstUserAt }] = withReading(fd, sizeBytes, (read) => [
    readLinesBackwards(read, sizeBytes, (line) => end.see(parseLine(line), { offset: line.offset })),
    readBeginning(read, sizeBytes),
  ]);
  return { ...end.facts(seenAll, header), ...(firstUserAt !== undefined && { firstUserAt }) };
}

type Entry = Readonly<Record<string, unknown>>;

export interface TranscriptEnd {
  /** Shown the entries from the last to the first, undefined where one is torn, until it says "stop". */
  see(entry: Entry | undefined, place: EntryPlace): "stop" | undefined;
  /** `seenAll`: it said stop, or the first entry was shown. */
  facts(seenAll: boolean, header: TranscriptTail["header"]): TranscriptTail;
}

/** What the end of a transcript shows, wherever its entries are kept. */
export function transcriptEnd(): TranscriptEnd {
  let torn: boolean | undefined;
  let lastAt: number | undefined;
  let lastMessage: MessageFacts | undefined;
  let lastUserMessage: MessageFacts | undefined;
  return {
    see(entry, place) {
      torn ??= entry === undefined;
      if (entry === undefined) return undefined;
      lastAt ??= timeOf(entry);
      if (entry["type"] !== "message") return undefined;
      const message = messageOf(entry, place);
      lastMessage ??= message;
      if (message.role === "user") lastUserMessage = message;
      // Before an assistant's answer only an earlier turn's user message can come; it cannot be later than the end.
      return lastUserMessage !== undefined || message.role === "assistant" ? "stop" : undefined;
    },
    facts: (seenAll, header) => ({
      decided: seenAll || lastMessage !== undefined,
      torn: torn === true,
      ...(header !== undefined && { header }),
      ...(lastMessage !== undefined && { lastMessage }),
      ...(lastUserMessage !== undefined && { lastUserMessage }),
      ...(lastAt !== undefined && { lastAt }),
    }),
  };
}

function messageOf(entry: Entry, place: EntryPlace): MessageFacts {
  const message = asRecord(entry["message"]) ?? {};
  const stopReason = asWord(message["stopReason"]);
  const at = timeOf(entry) ?? timeOf(message);
  return {
    role: asWord(message["role"]) ?? "",
    ...place,
    abort: message["model"] === "gateway-injected" || asRecord(message["openclawAbort"])?.["aborted"] === true,
    ...(at !== undefined && { at }),
    ...(stopReason !== undefined && { stopReason }),
  };
}
