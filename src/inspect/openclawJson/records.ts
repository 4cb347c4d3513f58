// Narrow looks at JSON from outside: everything is unknown until it was looked at.
import type { Line } from "../lines.ts";

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

const longestWord = 200;

/** A word of a program, as a status or an id. It ends up in sentences: what is longer than any word is cut. */
export function asWord(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, longestWord) : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The object that a line of a JSONL file holds; undefined where it holds anything else. */
export function parseLine(line: Line): Readonly<Record<string, unknown>> | undefined {
  try {
    return asRecord(JSON.parse(line.bytes.toString("utf8")));
  } catch {
    return undefined;
  }
}

/** The time of an entry: `timestamp` or `ts`, as ISO text or epoch milliseconds; undefined where neither is a time. */
export function timeOf(entry: Readonly<Record<string, unknown>>): number | undefined {
  const value = entry["timestamp"] ?? entry["ts"];
  const at = typeof value === "string" ? Date.parse(value) : value;
  return typeof at === "number" && Number.isFinite(at) ? at : undefined;
}
