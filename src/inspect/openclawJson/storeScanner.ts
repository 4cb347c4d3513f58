// Finds the rows of a store in its bytes. Genuine stores reach 420 MB, near the longest string V8 can make, and most of
// a row is snapshots nobody needs here: so no object of the whole is built and no string of it is held. The grammar is
// JSON's, checked to the last byte, because OpenClaw treats a store that does not parse as empty and its next write
// replaces it (facts 0.5): what we call parsable must be exactly what JSON.parse calls so.

import type { SessionRow } from "../../model/facts.ts";
import type { ByteRange } from "../../model/session.ts";

/** Fills `target` from `at` on and says how many bytes it gave; 0 at the end. */
export type ByteSource = (target: Buffer, at: number) => number;

export interface ScannedRow extends SessionRow {
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

/** Stands for a value in use that is larger than is worth decoding: there, but of no known type. */
export const oversize: unknown = Object.freeze({ oversize: true });

const windowBytes = 1 << 20;
/** Keys and values in use above this are not decoded; genuine ones are under 1 KB. */
const decodeLimitBytes = 1 << 16;

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

/** 1 for bytes that a string holds as they are. */
const plainInString = new Uint8Array(256).fill(1, 0x20);
plainInString[quote] = 0;
plainInString[backslash] = 0;
const isSpace = new Uint8Array(256);
for (const space of [0x20, 0x0a, 0x0d, 0x09]) isSpace[space] = 1;
const isHex = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") isHex[digit.charCodeAt(0)] = 1;
const isEscape = new Uint8Array(256);
for (const letter of '"\\/bfnrt') isEscape[letter.charCodeAt(0)] = 1;
const literals = new Map<number, Buffer>(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/**
 * Reads a store once, from its first byte to its last, and gives its rows in the order of the file.
 * `onRow` gets every row, duplicates too: the last one of a key is the one that counts, as in JSON.parse.
 * Rows may have been given before the store turns out not to parse; the result says so.
 * Throws what `source` throws. Memory: one window of 1 MB, whatever the size of the store.
 */
export function scanStore(source: ByteSource, options: ScanOptions, onRow: (row: ScannedRow) => void): StoreScan {
  const wanted = options.fields;
  const keepRanges = options.fieldRanges === true;

  const window = Buffer.allocUnsafe(windowBytes);
  /** Offset in the store of the window's first byte. */
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

  /** Offset in the store of the key or value that is being kept, or -1. */
  let keptFrom = -1;
  let keptTooLarge = false;

  let keyStart = 0;
  let rowKey = "";
  let rowKeyRange: ByteRange = { start: 0, end: 0 };
  let rowWanted = true;
  let rowStart = 0;
  let rowShape: SessionRow["shape"] = "scalar";
  let fieldName = "";
  let fieldWanted = false;
  let fieldStart = 0;
  let fields: Record<string, unknown> = Object.create(null);
  let fieldRanges = new Map<string, ByteRange>();
  let repeated = new Set<string>();

  const refill = (): boolean => {
    if (keptFrom >= 0 && base + filled - keptFrom > decodeLimitBytes) {
      keptFrom = -1;
      keptTooLarge = true;
    }
    const keep = keptFrom >= 0 ? base + filled - keptFrom : 0;
    if (keep > 0) window.copy(window, 0, filled - keep, filled);
    base += filled - keep;
    const got = source(window, keep);
    filled = keep + got;
    i = keep;
    return got > 0;
  };
  const keptBytes = (end: number): Buffer | undefined => {
    const from = keptFrom;
    keptFrom = -1;
    // The size alone decides, not where the window happens to end: the same row must read the same in every place.
    if (keptTooLarge || from < 0 || end - from > decodeLimitBytes) return undefined;
    return window.subarray(from - base, end - base);
  };
  const startKeeping = (at: number): void => {
    keptFrom = at;
    keptTooLarge = false;
  };
  const startValue = (at: number, shape: SessionRow["shape"]): void => {
    if (depth === 1) {
      rowStart = at;
      rowShape = shape;
      fields = Object.create(null);
      if (keepRanges) {
        fieldRanges = new Map();
        repeated = new Set();
      }
    } else if (depth === 2 && fieldWanted) {
      fieldStart = at;
      startKeeping(at);
    }
  };
  /** `end`: one past the value's last byte. */
  const endValue = (end: number): void => {
    state = afterValue;
    if (depth === 2) {
      if (!fieldWanted) return;
      const bytes = keptBytes(end);
      fields[fieldName] = bytes === undefined ? oversize : decode(bytes);
      if (keepRanges) {
        if (fieldRanges.has(fieldName)) repeated.add(fieldName);
        fieldRanges.set(fieldName, { start: fieldStart, end });
      }
      fieldWanted = false;
    } else if (depth === 1) {
      const range = { start: rowStart, end };
      onRow({ key: rowKey, keyRange: rowKeyRange, range, shape: rowShape, fields, fieldRanges, repeated });
    }
  };
  const endKey = (end: number): void => {
    state = expectColon;
    if (depth > 2) return;
    const bytes = keptBytes(end);
    if (depth === 1) {
      rowKey = bytes === undefined ? `(a key of ${end - keyStart} bytes at ${keyStart})` : (decode(bytes) as string);
      rowKeyRange = { start: keyStart, end };
      rowWanted = options.only === undefined || options.only.has(rowKey);
    } else {
      fieldName = bytes === undefined ? "" : decodeKey(bytes, stringHasEscape);
      fieldWanted = rowWanted && rowShape === "object" && wanted.has(fieldName);
    }
  };
  const open = (object: boolean): void => {
    if (depth === isObject.length) {
      const larger = new Uint8Array(depth * 2);
      larger.set(isObject);
      isObject = larger;
    }
    isObject[depth] = object ? 1 : 0;
    depth += 1;
    state = object ? expectKeyOrEnd : expectElementOrEnd;
  };
  const fail = (reason: string): StoreScan => ({ ok: false, offset: base + i, reason });

  for (;;) {
    if (i === filled && !refill()) break;
    const byte = window[i] as number;
    switch (state) {
      case inString: {
        while (i < filled && plainInString[window[i] as number] === 1) i += 1;
        if (i === filled) continue;
        const stop = window[i] as number;
        if (stop === quote) {
          i += 1;
          if (stringIsKey) endKey(base + i);
          else endValue(base + i);
        } else if (stop === backslash) {
          i += 1;
          state = inEscape;
          stringHasEscape = true;
        } else return fail("a control character inside a string");
        continue;
      }
      case inEscape:
        if (byte === 0x75) {
          state = inHex;
          hexLeft = 4;
        } else if (isEscape[byte] === 1) state = inString;
        else return fail("an unknown escape inside a string");
        i += 1;
        continue;
      case inHex:
        if (isHex[byte] === 0) return fail("an unfinished \\u escape inside a string");
        i += 1;
        hexLeft -= 1;
        if (hexLeft === 0) state = inString;
        continue;
      case inLiteral:
        if (byte !== literal[literalAt]) return fail("an unknown word");
        i += 1;
        literalAt += 1;
        if (literalAt === literal.length) endValue(base + i);
        continue;
      case inNumber: {
        const next = nextInNumber(number, byte);
        if (next >= 0) {
          number = next;
          i += 1;
        } else if (numberMayEnd[number] === true) endValue(base + i);
        else return fail("an unfinished number");
        continue;
      }
      default:
    }
    if (isSpace[byte] === 1) {
      i += 1;
      continue;
    }
    if (state === afterValue) {
      if (depth === 0) return fail("something after the end");
      const object = isObject[depth - 1] === 1;
      if (byte === comma) {
        state = object ? expectKey : expectValue;
        i += 1;
      } else if (byte === (object ? closeBrace : closeBracket)) {
        depth -= 1;
        i += 1;
        endValue(base + i);
      } else return fail(object ? "a comma or } is missing" : "a comma or ] is missing");
    } else if (state === expectColon) {
      if (byte !== colon) return fail("a colon is missing");
      state = expectValue;
      i += 1;
    } else if (state === expectKeyOrEnd && byte === closeBrace) {
      depth -= 1;
      i += 1;
      endValue(base + i);
    } else if (state === expectKeyOrEnd || state === expectKey) {
      if (byte !== quote) return fail("a key is missing");
      if (depth <= 2) {
        keyStart = base + i;
        startKeeping(keyStart);
      }
      stringIsKey = true;
      stringHasEscape = false;
      state = inString;
      i += 1;
    } else if (state === expectElementOrEnd && byte === closeBracket) {
      depth -= 1;
      i += 1;
      endValue(base + i);
    } else {
      const at = base + i;
      if (depth === 0 && byte !== openBrace) return fail("it is no JSON object");
      if (byte === openBrace || byte === openBracket) {
        startValue(at, byte === openBrace ? "object" : "array");
        open(byte === openBrace);
      } else if (byte === quote) {
        startValue(at, "scalar");
        stringIsKey = false;
        stringHasEscape = false;
        state = inString;
      } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
        startValue(at, "scalar");
        number = byte === 0x2d ? numberMinus : byte === 0x30 ? numberZero : numberInteger;
        state = inNumber;
      } else {
        const word = literals.get(byte);
        if (word === undefined) return fail("a value is missing");
        startValue(at, byte === 0x6e ? "null" : "scalar");
        literal = word;
        literalAt = 1;
        state = inLiteral;
      }
      i += 1;
    }
  }
  if (depth === 0 && state === afterValue) return { ok: true, bytes: base + i };
  return fail(base + i === 0 ? "it is empty" : "it ends in the middle");
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

/** Text and numbers in use are short and mostly plain: JSON.parse is left for what it alone can do. */
function decode(bytes: Buffer): unknown {
  if (bytes[0] === quote && !bytes.includes(backslash)) return bytes.toString("utf8", 1, bytes.length - 1);
  return JSON.parse(bytes.toString("utf8"));
}

function decodeKey(bytes: Buffer, hasEscape: boolean): string {
  if (hasEscape) return JSON.parse(bytes.toString("utf8")) as string;
  return bytes.toString("latin1", 1, bytes.length - 1);
}
