// A readable piece of a file around what an evidence points to: nobody can open 1 GB at a line.
import { clock } from "../judge/words.ts";
import type { Excerpt } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { asRecord, asText, timeOf } from "./openclawJson/records.ts";
import { isUnreadable, readRange, withFile } from "./regularFile.ts";

const beforeBytes = 96 << 10;
const afterBytes = 64 << 10;
/** Before and after the one that was asked for. */
export const entriesAround = 30;
const mostCharacters = 4000;
/** Entries that say nothing of what was said. */
const quiet: ReadonlySet<string> = new Set(["custom", "model_change", "thinking_level_change"]);

export interface ExcerptQuestion {
  readonly path: string;
  readonly offset?: number;
  /** 1-based. */
  readonly line?: number;
}

/** Throws a UserError where the file cannot be read. Without an offset or a line: its end. */
export function readExcerpt({ path, offset, line }: ExcerptQuestion): Excerpt {
  const read = withFile(path, ({ fd, stats }): Excerpt => {
    const target = offset ?? (line === undefined ? stats.size : offsetOfLine(fd, stats.size, line));
    const from = Math.max(0, target - beforeBytes);
    const bytes = readRange(fd, from, Math.min(stats.size, target + afterBytes));
    const lines = wholeLines(bytes, from, from + bytes.length < stats.size);
    return path.includes(".jsonl") ? ofEntries(lines, target) : ofLines(lines, target);
  });
  if (isUnreadable(read)) throw new UserError(`${path} cannot be read: ${read.reason}.`);
  return read;
}

interface TextLine {
  readonly offset: number;
  readonly text: string;
}

function offsetOfLine(fd: number, sizeBytes: number, line: number): number {
  const bytes = readRange(fd, 0, Math.min(sizeBytes, 16 << 20));
  let at = 0;
  for (let count = 1; count < line; count++) {
    const next = bytes.indexOf(0x0a, at);
    if (next < 0) break;
    at = next + 1;
  }
  return at;
}

/** The lines that begin in these bytes; one that was cut at either end is left out, unless it is all there is. */
function wholeLines(bytes: Buffer, from: number, cutAtEnd: boolean): TextLine[] {
  const lines: TextLine[] = [];
  let at = from === 0 ? 0 : bytes.indexOf(0x0a) + 1;
  while (at < bytes.length) {
    const newline = bytes.indexOf(0x0a, at);
    if (newline < 0 && cutAtEnd && lines.length > 0) break;
    const end = newline < 0 ? bytes.length : newline;
    if (end > at) lines.push({ offset: from + at, text: bytes.toString("utf8", at, end) });
    at = end + 1;
  }
  return lines;
}

function ofLines(lines: readonly TextLine[], target: number): Excerpt {
  const last = lines.findLastIndex(({ offset }) => offset <= target);
  return { text: lines.map(({ text }) => cut(text)).join("\n"), line: Math.max(0, last) };
}

/** Around the target, not from the beginning: the entries before it say what led to it. */
function ofEntries(lines: readonly TextLine[], target: number): Excerpt {
  return excerptOf(
    lines.map(({ text }) => text),
    lines.findLastIndex(({ offset }) => offset <= target),
  );
}

/** Entries as readable blocks, around the one with this index. */
export function excerptOf(entries: readonly string[], target: number): Excerpt {
  const at = Math.max(0, target);
  const first = Math.max(0, at - entriesAround);
  const shown = entries.slice(first, at + entriesAround);
  const blocks: string[] = [];
  let line = 0;
  let targetLine = 0;
  for (const [i, text] of shown.entries()) {
    const block = entryText(text);
    if (first + i === at) targetLine = line;
    blocks.push(block);
    line += block.split("\n").length + 1;
  }
  return { text: blocks.join("\n\n"), line: targetLine };
}

function entryText(line: string): string {
  let entry: Readonly<Record<string, unknown>> | undefined;
  try {
    entry = asRecord(JSON.parse(line));
  } catch {
    return `(no whole JSON) ${cut(line)}`;
  }
  if (entry === undefined) return cut(line);
  const at = timeOf(entry);
  const when = at === undefined ? "" : `${clock(at)}  `;
  const message = asRecord(entry["message"]);
  if (message === undefined) {
    const type = asText(entry["type"]) ?? "entry";
    return quiet.has(type) ? `${when}${type}` : `${when}${type}\n${indent(dataText(entry))}`;
  }
  const stop = asText(message["stopReason"]);
  const head = `${when}${asText(message["role"]) ?? "message"}${stop === undefined ? "" : ` (${stop})`}`;
  return `${head}\n${indent(contentText(message["content"]) || (asText(message["errorMessage"]) ?? ""))}`;
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part) => {
      const piece = asRecord(part);
      const text = asText(piece?.["text"]) ?? asText(piece?.["thinking"]);
      return text ?? `[${asText(piece?.["type"]) ?? "part"} ${asText(piece?.["name"]) ?? ""}]`;
    })
    .join("\n");
}

function dataText(entry: Readonly<Record<string, unknown>>): string {
  const data = asRecord(entry["data"]) ?? entry;
  return Object.entries(data)
    .filter(([, value]) => typeof value !== "object" && value !== undefined)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join("\n");
}

function indent(text: string): string {
  return cut(text)
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function cut(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}… (${text.length} characters)`;
}
