// Collects rows while the machine of storeScanner.ts walks over their bytes: the window that bytes are read into, the key
// or value in it that is being kept, and the row as far as it is known.

import type { SessionRow } from "../../model/facts.ts";
import type { ByteRange } from "../../model/session.ts";
import type { ByteSource, ScannedRow, ScanOptions } from "./storeScanner.ts";

/** Stands for a value in use that is larger or deeper than is worth decoding: there, but of no known type. */
export const oversize: unknown = Object.freeze({ oversize: true });

const windowBytes = 1 << 20;
/** Keys and values in use above this are not decoded; genuine ones are under 1 KB. */
const decodeLimitBytes = 1 << 16;
/** Genuine values nest four deep. What JSON.parse reads, JSON.stringify and the message port can fail at: they recurse. */
const decodeLimitDepth = 64;
const quote = 0x22;
const backslash = 0x5c;
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d]);

export class RowCollector {
  readonly window = Buffer.allocUnsafe(windowBytes);
  /** Offset in the store of the window's first byte. */
  base = 0;
  /** How many bytes of the window are the store's. */
  filled = 0;

  readonly #source: ByteSource;
  readonly #options: ScanOptions;
  readonly #onRow: (row: ScannedRow) => void;
  /** Offset in the store of the key or value that is being kept, or -1. */
  #keptFrom = -1;
  #keptTooLarge = false;

  #keyStart = 0;
  #key = "";
  #keyRange: ByteRange = { start: 0, end: 0 };
  #isWanted = true;
  #start = 0;
  #shape: SessionRow["shape"] = "scalar";
  #fields: Record<string, unknown> = Object.create(null);
  #fieldRanges = new Map<string, ByteRange>();
  #repeated = new Set<string>();
  #fieldName = "";
  #fieldWanted = false;
  #fieldStart = 0;

  constructor(source: ByteSource, options: ScanOptions, onRow: (row: ScannedRow) => void) {
    this.#source = source;
    this.#options = options;
    this.#onRow = onRow;
  }

  /** Reads on, what is being kept stays in the window. Gives the place in the window to go on at, or -1 at the end. */
  refill(): number {
    const { window } = this;
    const end = this.base + this.filled;
    if (this.#keptFrom >= 0 && end - this.#keptFrom > decodeLimitBytes) {
      this.#keptFrom = -1;
      this.#keptTooLarge = true;
    }
    const keep = this.#keptFrom >= 0 ? end - this.#keptFrom : 0;
    if (keep > 0) window.copy(window, 0, this.filled - keep, this.filled);
    this.base = end - keep;
    const got = this.#source(window, keep);
    this.filled = keep + got;
    return got > 0 ? keep : -1;
  }

  /** A key begins, of the store's object (depth 1) or of a row (depth 2). */
  startKey(at: number): void {
    this.#keyStart = at;
    this.#keep(at);
  }

  endKey(end: number, depth: number, hasEscape: boolean): void {
    const bytes = this.#kept(end);
    if (depth === 1) {
      const start = this.#keyStart;
      this.#key = bytes === undefined ? `(a key of ${end - start} bytes at ${start})` : (decode(bytes) as string);
      this.#keyRange = { start, end };
      this.#isWanted = this.#options.only?.has(this.#key) ?? true;
    } else {
      this.#fieldName = bytes === undefined ? "" : decodeKey(bytes, hasEscape);
      this.#fieldWanted = this.#isWanted && this.#shape === "object" && this.#options.fields.has(this.#fieldName);
    }
  }

  /** A row's value begins. */
  startRow(at: number, shape: SessionRow["shape"]): void {
    this.#start = at;
    this.#shape = shape;
    this.#fields = Object.create(null);
    if (this.#options.fieldRanges === true) {
      this.#fieldRanges = new Map();
      this.#repeated = new Set();
    }
  }

  endRow(end: number): void {
    this.#onRow({
      key: this.#key,
      keyRange: this.#keyRange,
      range: { start: this.#start, end },
      shape: this.#shape,
      fields: this.#fields,
      fieldRanges: this.#fieldRanges,
      repeated: this.#repeated,
    });
  }

  /** A value inside a row begins, of a field that may be in use. */
  startField(at: number): void {
    if (!this.#fieldWanted) return;
    this.#fieldStart = at;
    this.#keep(at);
  }

  endField(end: number): void {
    if (!this.#fieldWanted) return;
    this.#fieldWanted = false;
    const name = this.#fieldName;
    const bytes = this.#kept(end);
    this.#fields[name] = bytes === undefined || isDeep(bytes) ? oversize : decode(bytes);
    if (this.#options.fieldRanges !== true) return;
    if (this.#fieldRanges.has(name)) this.#repeated.add(name);
    this.#fieldRanges.set(name, { start: this.#fieldStart, end });
  }

  #keep(at: number): void {
    this.#keptFrom = at;
    this.#keptTooLarge = false;
  }

  #kept(end: number): Buffer | undefined {
    const from = this.#keptFrom;
    this.#keptFrom = -1;
    // The size alone decides, not where the window happens to end: the same row must read the same in every place.
    if (this.#keptTooLarge || from < 0 || end - from > decodeLimitBytes) return undefined;
    return this.window.subarray(from - this.base, end - this.base);
  }
}

/** Text and numbers in use are short and mostly plain: JSON.parse is left for what it alone can do. */
function decode(bytes: Buffer): unknown {
  if (bytes[0] === quote && !bytes.includes(backslash)) return bytes.toString("utf8", 1, bytes.length - 1);
  return JSON.parse(bytes.toString("utf8"));
}

/** Of bytes that are one whole JSON value. */
function isDeep(bytes: Buffer): boolean {
  if (!openers.has(bytes[0] as number) || bytes.length <= decodeLimitDepth * 2) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (inString && byte === backslash) at += 1;
    else if (byte === quote) inString = !inString;
    else if (inString) continue;
    else if (closers.has(byte)) depth -= 1;
    else if (openers.has(byte) && ++depth > decodeLimitDepth) return true;
  }
  return false;
}

function decodeKey(bytes: Buffer, hasEscape: boolean): string {
  if (hasEscape) return JSON.parse(bytes.toString("utf8")) as string;
  return bytes.toString("latin1", 1, bytes.length - 1);
}
