// Collects rows while the machine of storeScanner.ts walks over their bytes: the window that bytes are read into, the key
// or value in it that is being kept, and the row as far as it is known.

import type { SessionRow } from "../../model/facts.ts";
import type { ByteRange } from "../../model/session.ts";
import { decodeText, decodeValue, isDeep, sameBytes } from "./jsonBytes.ts";
import { Fields } from "./rowFields.ts";
import type { ByteSource, ScannedRow, ScanOptions } from "./storeScanner.ts";

/** Stands for a value in use that is larger or deeper than is worth decoding: there, but of no known type. */
export const oversize: unknown = Object.freeze({ oversize: true });

const windowBytes = 1 << 20;
/** Keys and values in use above this are not decoded; genuine ones are under 1 KB. */
const decodeLimitBytes = 1 << 16;
/** Longer texts, as ids and paths, are of their row alone. */
const sharedTextBytes = 32;
const nameSlots = 256;
const quote = 0x22;
const backslash = 0x5c;
const noBytes = Buffer.alloc(0);

/** A name that was decoded, and the last short text of that field: in the next row both mostly are the same bytes. */
export interface FieldName {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isInUse: boolean;
  text?: { readonly bytes: Buffer; readonly value: unknown };
}

export class RowCollector {
  readonly window = Buffer.allocUnsafeSlow(windowBytes);
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
  #fields: Record<string, unknown> = new Fields();
  #fieldRanges = new Map<string, ByteRange>();
  #repeated = new Set<string>();
  readonly #names: (FieldName | undefined)[] = new Array(nameSlots).fill(undefined);
  #field: FieldName = { name: "", bytes: noBytes, isInUse: false };
  #fieldWanted = false;
  #fieldStart = 0;

  constructor(source: ByteSource, options: ScanOptions, onRow: (row: ScannedRow) => void) {
    this.#source = source;
    this.#options = options;
    this.#onRow = onRow;
  }

  /** Reads on, what is being kept stays in the window. Gives the place in the window to go on at, or -1 at the end. */
  refill(): number {
    const end = this.base + this.filled;
    if (this.#keptFrom >= 0 && end - this.#keptFrom > decodeLimitBytes) {
      this.#keptFrom = -1;
      this.#keptTooLarge = true;
    }
    const keep = this.#keptFrom >= 0 ? end - this.#keptFrom : 0;
    return this.#readBehind(keep) > 0 ? keep : -1;
  }

  /** Reads on where nothing is being kept: what is at `from` in the window is its first byte then. */
  readOn(from: number): void {
    this.#readBehind(this.filled - from);
  }

  /** How many bytes were read behind the last `keep` ones, which come first in the window then. */
  #readBehind(keep: number): number {
    const { window } = this;
    if (keep > 0) window.copy(window, 0, this.filled - keep, this.filled);
    this.base += this.filled - keep;
    const got = this.#source(window, keep);
    this.filled = keep + got;
    return got;
  }

  /** A key begins, of the store's object (depth 1) or of a row (depth 2). */
  startKey(at: number): void {
    this.#keyStart = at;
    this.#keep(at);
  }

  endKey(end: number, depth: number, hasEscape: boolean): void {
    const from = this.#kept(end);
    const to = end - this.base;
    if (depth === 1) {
      const start = this.#keyStart;
      this.#key = from < 0 ? `(a key of ${end - start} bytes at ${start})` : decodeText(this.window, from, to);
      this.#keyRange = { start, end };
      this.#isWanted = this.#options.only?.has(this.#key) ?? true;
    } else {
      this.#field = from < 0 ? this.#nameOf("", noBytes) : this.#fieldName(from, to, hasEscape);
      this.#fieldWanted = this.#isWanted && this.#shape === "object" && this.#field.isInUse;
    }
  }

  /** The name of a field that stands at these places of the window, with its quotes. */
  nameAt(from: number, to: number): FieldName {
    return this.#fieldName(from, to, this.window.subarray(from, to).includes(backslash));
  }

  /** The same as a key of a row that was read. */
  knownKey(field: FieldName): void {
    this.#keptFrom = -1;
    this.#field = field;
    this.#fieldWanted = this.#isWanted && this.#shape === "object" && field.isInUse;
  }

  /** A row's value begins. */
  startRow(at: number, shape: SessionRow["shape"]): void {
    this.#start = at;
    this.#shape = shape;
    this.#fields = new Fields();
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
    const { name } = this.#field;
    const from = this.#kept(end);
    this.#fields[name] = from < 0 ? oversize : this.#value(from, end - this.base);
    if (this.#options.fieldRanges !== true) return;
    if (this.#fieldRanges.has(name)) this.#repeated.add(name);
    this.#fieldRanges.set(name, { start: this.#fieldStart, end });
  }

  /** Of the same bytes the same text: ten thousand rows hold one `done`, not ten thousand. */
  #value(from: number, to: number): unknown {
    const { window } = this;
    if (window[from] !== quote || to - from > sharedTextBytes) {
      return isDeep(window, from, to) ? oversize : decodeValue(window, from, to);
    }
    const last = this.#field.text;
    if (last !== undefined && sameBytes(window, from, to, last.bytes)) return last.value;
    const value = decodeText(window, from, to);
    this.#field.text = { bytes: Buffer.from(window.subarray(from, to)), value };
    return value;
  }

  #fieldName(from: number, to: number, hasEscape: boolean): FieldName {
    const { window } = this;
    if (hasEscape) return this.#nameOf(decodeText(window, from, to), noBytes);
    const hash = (to - from) * 31 + (window[from + 1] as number) * 7 + (window[to - 2] as number);
    const slot = hash & (nameSlots - 1);
    const known = this.#names[slot];
    if (known !== undefined && sameBytes(window, from, to, known.bytes)) return known;
    const found = this.#nameOf(window.toString("latin1", from + 1, to - 1), Buffer.from(window.subarray(from, to)));
    this.#names[slot] = found;
    return found;
  }

  #nameOf(name: string, bytes: Buffer): FieldName {
    return { name, bytes, isInUse: this.#options.fields.has(name) };
  }

  #keep(at: number): void {
    this.#keptFrom = at;
    this.#keptTooLarge = false;
  }

  /** Where in the window what is kept begins; -1 where it is too large to be decoded. */
  #kept(end: number): number {
    const from = this.#keptFrom;
    this.#keptFrom = -1;
    // The size alone decides, not where the window happens to end: the same row must read the same in every place.
    if (this.#keptTooLarge || from < 0 || end - from > decodeLimitBytes) return -1;
    return from - this.base;
  }
}
