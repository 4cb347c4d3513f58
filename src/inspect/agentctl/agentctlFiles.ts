// The three files that agentctl's daemon writes, as they are on disk (facts 1). Nothing else in its folder is opened but
// its pid file: the rest holds its start environment, a device key and a webhook's secret (promise 9).
import type { BrokenFile } from "../../model/agentctl.ts";
import type { ByteRange } from "../../model/session.ts";
import { scanStore } from "../openclawJson/storeScanner.ts";
import { fileVersion, isUnreadable, readRange, withFile } from "../regularFile.ts";
import { arrayElements } from "./arrayElements.ts";

export interface Element {
  readonly value: unknown;
  readonly range: ByteRange;
  /** As it is spelled. */
  readonly text: string;
}

export interface StateFile {
  readonly sizeBytes: number;
  readonly fileVersion: string;
  /** By id, in the order of the file. */
  readonly rows: ReadonlyMap<string, Element>;
}

export interface ListFile {
  readonly elements: readonly Element[];
}

/** Genuine ones are some hundred KB; what is far larger is none of agentctl's. */
const limitBytes = 64 << 20;
const noFields = { has: (): boolean => false };

/** `state.json`; undefined where there is none. */
export function readState(path: string): StateFile | BrokenFile | undefined {
  return readJson(path, (bytes, version) => {
    const sessions = rowsIn(bytes, { start: 0, end: bytes.length }).get("sessions");
    const rows = new Map<string, Element>();
    if (sessions !== undefined && isObject(bytes, sessions)) {
      for (const [id, range] of rowsIn(bytes, sessions)) {
        const text = bytes.toString("utf8", range.start, range.end);
        rows.set(id, { range, text, value: JSON.parse(text) });
      }
    }
    return { sizeBytes: bytes.length, fileVersion: version, rows };
  });
}

/** `locks.json` or `fuses.json`; undefined where there is none. */
export function readList(path: string): ListFile | BrokenFile | undefined {
  return readJson(path, (bytes, _version, parsed) => {
    // Then the daemon fails at every call (facts 1.4).
    if (!Array.isArray(parsed)) throw new SyntaxError("it is no list");
    const ranges = arrayElements(bytes);
    return {
      elements: parsed.map((value, i) => {
        const range = ranges[i] as ByteRange;
        return { value, range, text: bytes.toString("utf8", range.start, range.end) };
      }),
    };
  });
}

export function isBroken(file: object): file is BrokenFile {
  return "state" in file;
}

function readJson<T extends object>(
  path: string,
  use: (bytes: Buffer, version: string, parsed: unknown) => T,
): T | BrokenFile | undefined {
  const read = withFile(path, ({ fd, stats }) => {
    if (stats.size > limitBytes) return { code: "TOOLARGE", reason: `it is larger than ${limitBytes} bytes` };
    return { bytes: readRange(fd, 0, stats.size), version: fileVersion(stats) };
  });
  if (isUnreadable(read)) {
    if (read.code === "ENOENT") return undefined;
    return { path, state: "unreadable", reason: read.reason, sizeBytes: 0, line: 1, offset: 0 };
  }
  const { bytes, version } = read;
  try {
    return use(bytes, version, JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { path, state: "unparsable", sizeBytes: bytes.length, ...placeOf(bytes, error.message) };
  }
}

/** Where reading as JSON fails. */
function placeOf(bytes: Buffer, message: string): { reason: string; line: number; offset: number } {
  const scan = scanBytes(bytes, { start: 0, end: bytes.length }, () => {});
  if (scan.ok) return { reason: message, line: 1, offset: 0 };
  const line = bytes.toString("latin1", 0, scan.offset).split("\n").length;
  return { reason: scan.reason, line, offset: scan.offset };
}

/** Bytes of the values of an object by key; the last of duplicates counts, as in JSON.parse. */
function rowsIn(bytes: Buffer, within: ByteRange): Map<string, ByteRange> {
  const rows = new Map<string, ByteRange>();
  scanBytes(bytes, within, ({ key, range }) => {
    rows.set(key, { start: range.start + within.start, end: range.end + within.start });
  });
  return rows;
}

function scanBytes(
  bytes: Buffer,
  within: ByteRange,
  onRow: (row: { readonly key: string; readonly range: ByteRange }) => void,
): ReturnType<typeof scanStore> {
  let at = within.start;
  const source = (target: Buffer, offset: number): number => {
    const got = bytes.copy(target, offset, at, Math.min(within.end, at + target.length - offset));
    at += got;
    return got;
  };
  return scanStore(source, { fields: noFields }, onRow);
}

function isObject(bytes: Buffer, { start }: ByteRange): boolean {
  return bytes[start] === 0x7b;
}
