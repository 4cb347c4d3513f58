// Rows repeat one another: what is large in genuine ones are snapshots of the same skills and tools, byte for byte the same
// from row to row (in every captured store). Bytes that were read once as one whole JSON value are that wherever they stand
// again, since an object, an array and a string say themselves where they end: comparing them is far cheaper than reading.
import { sameBytes } from "./jsonBytes.ts";

/** Below these, reading is as cheap as comparing; short strings, as ids and paths, are mostly of their row alone. */
const leastBytes = 16;
const leastStringBytes = 128;
/** A call of `compare` costs as much as to look at these. */
const shortBytes = 128;
/** Genuine snapshots have 1 to 15 KB. */
const mostBytes = 1 << 16;
const quote = 0x22;
/** Of each depth; where two names share one, only speed is lost. */
const slotsPerDepth = 32;

interface Known {
  readonly bytes: Buffer;
  readonly length: number;
}

/** The last large value of each field of a row, and of each field in those: what stands at depth 2 and 3 of a store. */
export class RepeatedValues {
  readonly #window: Buffer;
  readonly #known: (Known | undefined)[] = new Array(2 * slotsPerDepth).fill(undefined);
  /** By depth: the slot of the name that was read last, and where in the store the value after it began. */
  readonly #slots = [0, 0, 0, 0];
  readonly #starts = [0, 0, 0, 0];

  constructor(window: Buffer) {
    this.#window = window;
  }

  /** A name was read; `from` and `end` are its places in the window, before the window where `from` is negative. */
  name(depth: number, from: number, end: number): void {
    const letter = from < 0 ? 0 : (this.#window[from + 1] as number);
    const hash = (end - from) * 7 + letter;
    this.#slots[depth] = (depth - 2) * slotsPerDepth + (hash & (slotsPerDepth - 1));
  }

  /** Of the name that was read last. */
  slotAt(depth: number): number {
    return this.#slots[depth] as number;
  }

  /** The same as a name that was read, whose slot is known. */
  knownName(depth: number, slot: number): void {
    this.#slots[depth] = slot;
  }

  /** A value starts at `at` in the window. Gives its length where it is known, else 0. */
  start(depth: number, base: number, at: number, filled: number): number {
    this.#starts[depth] = base + at;
    const known = this.#known[this.#slots[depth] as number];
    if (known === undefined) return 0;
    const { bytes, length } = known;
    const end = at + length;
    if (end > filled || this.#window[at] !== bytes[0] || this.#window[end - 1] !== bytes[length - 1]) return 0;
    const isSame =
      length < shortBytes
        ? sameBytes(this.#window, at, end, bytes, length)
        : this.#window.compare(bytes, 0, length, at, end) === 0;
    return isSame ? length : 0;
  }

  /** The string, object or array that started last at this depth ends before `end` in the window, and is whole JSON. */
  end(depth: number, base: number, end: number): void {
    const from = (this.#starts[depth] as number) - base;
    const length = end - from;
    if (from < 0 || length < leastBytes || length > mostBytes) return;
    if (length < leastStringBytes && this.#window[from] === quote) return;
    const slot = this.#slots[depth] as number;
    const known = this.#known[slot];
    const bytes = known !== undefined && known.bytes.length >= length ? known.bytes : Buffer.allocUnsafeSlow(length);
    this.#window.copy(bytes, 0, from, end);
    this.#known[slot] = { bytes, length };
  }
}
