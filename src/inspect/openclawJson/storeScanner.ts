// Finds the rows of a store in its bytes. Genuine stores reach 420 MB, near the longest string V8 can make, and most of
// a row is snapshots nobody needs here: so no object of the whole is built and no string of it is held. The grammar is
// JSON's, checked to the last byte, because OpenClaw treats a store that does not parse as empty and its next write
// replaces it (facts 0.5): what we call parsable must be exactly what JSON.parse calls so.

import type { SessionRow } from "../../model/facts.ts";
import type { ByteRange } from "../../model/session.ts";
import { isEscape, isHex, isSpace, literals, plainEnd, spaceEnd } from "./jsonBytes.ts";
import { KnownRows } from "./knownRows.ts";
import { RowCollector } from "./rowCollector.ts";

/** Fills `target` from `at` on and says how many bytes it gave; 0 at the end. */
export type ByteSource = (target: Buffer, at: number) => number;

export interface ScannedRow extends SessionRow {
  readonly range: ByteRange;
  readonly keyRange: ByteRange;
  /** Bytes of the values of the fields in use, where they were asked for. */
  readonly fieldRanges: ReadonlyMap<string, ByteRange>;
  /** Fields in use that stand in the row more than once, where ranges were asked for. */
  readonly repeated: ReadonlySet<string>;
}

export interface ScanOptions {
  /** Names of the row's fields to decode. */
  readonly fields: Pick<ReadonlySet<string>, "has">;
  /** Keys of the only rows whose fields are decoded; all rows are given. */
  readonly only?: ReadonlySet<string>;
  readonly fieldRanges?: boolean;
}

export type StoreScan =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly offset: number; readonly reason: string };

const expectValue = 0;
const expectElementOrEnd = 1;
const expectKeyOrEnd = 2;
const expectKey = 3;
const expectColon = 4;
const afterValue = 5;
const inString = 6;
const inEscape = 7;
const inHex = 8;
const inLiteral = 9;
const inNumber = 10;

// Where a number stands: what may come next depends on it.
const numberMinus = 0;
const numberZero = 1;
const numberInteger = 2;
const numberDot = 3;
const numberFraction = 4;
const numberE = 5;
const numberSign = 6;
const numberExponent = 7;
const numberMayEnd = [false, true, true, false, true, false, false, true];

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

/**
 * Reads a store once, from its first byte to its last, and gives its rows in the order of the file.
 * `onRow` gets every row, duplicates too: the last one of a key is the one that counts, as in JSON.parse.
 * Rows may have been given before the store turns out not to parse; the result says so.
 * Throws what `source` throws. Memory: one window of 1 MB, whatever the size of the store.
 */
export function scanStore(source: ByteSource, options: ScanOptions, onRow: (row: ScannedRow) => void): StoreScan {
  const collector = new RowCollector(source, options, onRow);
  // What is read byte by byte may be all of a store: whatever a byte touches is a local, which stays in a register.
  const { window } = collector;
  const known = new KnownRows(window);
  let base = 0;
  let filled = 0;
  let i = 0;
  let state = expectValue;
  let depth = 0;
  let isObject = new Uint8Array(64);
  let stringIsKey = false;
  let stringHasEscape = false;
  let hexLeft = 0;
  let literal = literals.get(0x74) as Buffer;
  let literalAt = 0;
  let number = numberMinus;
  /** What comes was left by what passes over rows and fields: it is read byte by byte. */
  let isLeft = false;

  for (;;) {
    if (i === filled) {
      const next = collector.refill();
      base = collector.base;
      filled = collector.filled;
      i = filled;
      if (next < 0) break;
      i = next;
    }
    const byte = window[i] as number;
    switch (state) {
      case inString: {
        i = plainEnd(window, i, filled);
        if (i === filled) continue;
        const stop = window[i] as number;
        if (stop === quote) {
          i += 1;
          if (stringIsKey) {
            if (depth <= 2) collector.endKey(base + i, depth, stringHasEscape);
            state = expectColon;
          } else {
            endValue(collector, depth, base + i);
            state = afterValue;
          }
        } else if (stop === backslash) {
          i += 1;
          state = inEscape;
          stringHasEscape = true;
        } else return fail(base + i, "a control character inside a string");
        continue;
      }
      case inEscape:
        if (byte === 0x75) {
          state = inHex;
          hexLeft = 4;
        } else if (isEscape[byte] === 1) state = inString;
        else return fail(base + i, "an unknown escape inside a string");
        i += 1;
        continue;
      case inHex:
        if (isHex[byte] === 0) return fail(base + i, "an unfinished \\u escape inside a string");
        i += 1;
        hexLeft -= 1;
        if (hexLeft === 0) state = inString;
        continue;
      case inLiteral:
        if (byte !== literal[literalAt]) return fail(base + i, "an unknown word");
        i += 1;
        literalAt += 1;
        if (literalAt === literal.length) {
          endValue(collector, depth, base + i);
          state = afterValue;
        }
        continue;
      case inNumber: {
        const next = nextInNumber(number, byte);
        if (next >= 0) {
          number = next;
          i += 1;
        } else if (numberMayEnd[number] === true) {
          endValue(collector, depth, base + i);
          state = afterValue;
        } else return fail(base + i, "an unfinished number");
        continue;
      }
      default:
    }
    if (!isLeft && (state === afterValue || state === expectKeyOrEnd) && depth <= 2 && isObject[depth - 1] === 1) {
      const opens = state === expectKeyOrEnd;
      const next = depth === 1 ? known.passRows(collector, i, opens) : known.passFields(collector, i, opens);
      base = collector.base;
      filled = collector.filled;
      if (known.isInRow) depth = 2;
      isObject[1] = 1;
      state = next >= 0 ? expectValue : known.isAtFirst ? expectKeyOrEnd : afterValue;
      i = next >= 0 ? next : ~next;
      isLeft = true;
      continue;
    }
    if (isSpace[byte] === 1) {
      i = spaceEnd(window, i + 1, filled);
      continue;
    }
    if (state === afterValue) {
      if (depth === 0) return fail(base + i, "something after the end");
      const object = isObject[depth - 1] === 1;
      if (byte === comma) {
        state = object ? expectKey : expectValue;
        i += 1;
      } else if (byte === (object ? closeBrace : closeBracket)) {
        depth -= 1;
        i += 1;
        isLeft = false;
        endValue(collector, depth, base + i);
      } else return fail(base + i, object ? "a comma or } is missing" : "a comma or ] is missing");
    } else if (state === expectColon) {
      if (byte !== colon) return fail(base + i, "a colon is missing");
      state = expectValue;
      i += 1;
    } else if (state === expectKeyOrEnd && byte === closeBrace) {
      depth -= 1;
      i += 1;
      isLeft = false;
      endValue(collector, depth, base + i);
      state = afterValue;
    } else if (state === expectKeyOrEnd || state === expectKey) {
      if (byte !== quote) return fail(base + i, "a key is missing");
      if (depth <= 2) collector.startKey(base + i);
      stringIsKey = true;
      stringHasEscape = false;
      state = inString;
      i += 1;
    } else if (state === expectElementOrEnd && byte === closeBracket) {
      depth -= 1;
      i += 1;
      endValue(collector, depth, base + i);
      state = afterValue;
    } else {
      const at = base + i;
      if (depth === 0 && byte !== openBrace) return fail(base + i, noObject(byte));
      isLeft = false;
      if (byte === openBrace || byte === openBracket) {
        const object = byte === openBrace;
        startValue(collector, depth, at, object ? "object" : "array");
        if (depth === isObject.length) isObject = grown(isObject);
        isObject[depth] = object ? 1 : 0;
        depth += 1;
        state = object ? expectKeyOrEnd : expectElementOrEnd;
      } else if (byte === quote) {
        startValue(collector, depth, at, "scalar");
        stringIsKey = false;
        stringHasEscape = false;
        state = inString;
      } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
        startValue(collector, depth, at, "scalar");
        number = byte === 0x2d ? numberMinus : byte === 0x30 ? numberZero : numberInteger;
        state = inNumber;
      } else {
        const word = literals.get(byte);
        if (word === undefined) return fail(base + i, "a value is missing");
        startValue(collector, depth, at, byte === 0x6e ? "null" : "scalar");
        literal = word;
        literalAt = 1;
        state = inLiteral;
      }
      i += 1;
    }
  }
  if (depth === 0 && state === afterValue) return { ok: true, bytes: base + i };
  return fail(base + i, base + i === 0 ? "it is empty" : "it ends in the middle");
}

function startValue(collector: RowCollector, depth: number, at: number, shape: SessionRow["shape"]): void {
  if (depth === 2) collector.startField(at);
  else if (depth === 1) collector.startRow(at, shape);
}

/** `end`: one past the value's last byte. */
function endValue(collector: RowCollector, depth: number, end: number): void {
  if (depth === 2) collector.endField(end);
  else if (depth === 1) collector.endRow(end);
}

function fail(offset: number, reason: string): StoreScan {
  return { ok: false, offset, reason };
}

/** What editors, and crashes, put before or instead of a store. */
function noObject(byte: number): string {
  if (byte === 0xef) return "it begins with a byte order mark";
  if (byte === 0xff || byte === 0xfe) return "it is UTF-16, not UTF-8";
  return byte === 0 ? "it begins with NUL bytes, as a crash can leave it" : "it is no JSON object";
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** The number's next place, or -1 where the byte does not belong to it. */
function nextInNumber(at: number, byte: number): number {
  const digit = byte >= 0x30 && byte <= 0x39;
  switch (at) {
    case numberMinus:
      return digit ? (byte === 0x30 ? numberZero : numberInteger) : -1;
    case numberZero:
      return byte === 0x2e ? numberDot : byte === 0x65 || byte === 0x45 ? numberE : -1;
    case numberInteger:
      if (digit) return numberInteger;
      return byte === 0x2e ? numberDot : byte === 0x65 || byte === 0x45 ? numberE : -1;
    case numberDot:
      return digit ? numberFraction : -1;
    case numberFraction:
      if (digit) return numberFraction;
      return byte === 0x65 || byte === 0x45 ? numberE : -1;
    case numberE:
      if (byte === 0x2b || byte === 0x2d) return numberSign;
      return digit ? numberExponent : -1;
    default:
      return digit ? numberExponent : -1;
  }
}
