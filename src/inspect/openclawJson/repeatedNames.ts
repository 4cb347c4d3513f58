// What stands between two values of a row (a comma, a line break, blanks, a name, a colon) is the same from row to row:
// the same bytes, read at the same point of the grammar, lead to the same field. Comparing them is cheaper than reading.
import { sameBytes } from "./jsonBytes.ts";
import type { FieldName } from "./rowCollector.ts";

/** Genuine names have under 60 bytes with what is around them. */
const mostBytes = 256;

export interface Gap {
  readonly bytes: Buffer;
  /** It opens a row: no comma comes first. */
  readonly isFirst: boolean;
  readonly field: FieldName;
  /** Of the value after it, in what is remembered of values. */
  readonly slot: number;
  /** What followed that value the last time. */
  next: Gap | undefined;
}

/** The names of rows, each with the one that followed it the last time. */
export class RepeatedNames {
  readonly #window: Buffer;
  #first: Gap | undefined;
  #last: Gap | undefined;
  #isFirst = false;
  /** Where in the store the gap began that is being read; -1 where none is. */
  #from = -1;

  constructor(window: Buffer) {
    this.#window = window;
  }

  /** A gap begins at `at` in the window. Gives it where it is the one that is expected, and all of it is there. */
  start(isFirst: boolean, base: number, at: number, filled: number): Gap | undefined {
    const expected = isFirst ? this.#first : this.#last?.next;
    if (expected !== undefined && expected.isFirst === isFirst) {
      const end = at + expected.bytes.length;
      if (end < filled && sameBytes(this.#window, at, end, expected.bytes)) {
        this.#last = expected;
        return expected;
      }
    }
    if (isFirst) this.#last = undefined;
    this.#isFirst = isFirst;
    this.#from = base + at;
    return undefined;
  }

  /** The value after the gap that was read starts at `at` in the window, and is this field's. */
  end(base: number, at: number, field: FieldName, slot: number): void {
    const from = this.#from - base;
    const before = this.#last;
    this.#last = undefined;
    if (from < 0 || at - from > mostBytes) return;
    const gap = this.#gapOf(field, from, at, slot);
    if (this.#isFirst) this.#first = gap;
    else if (before !== undefined) before.next = gap;
    this.#last = gap;
  }

  #gapOf(field: FieldName, from: number, to: number, slot: number): Gap {
    const { gap: known } = field;
    if (known?.isFirst === this.#isFirst && sameBytes(this.#window, from, to, known.bytes)) return known;
    const bytes = Buffer.from(this.#window.subarray(from, to));
    const gap: Gap = { bytes, isFirst: this.#isFirst, field, slot, next: undefined };
    field.gap = gap;
    return gap;
  }
}
