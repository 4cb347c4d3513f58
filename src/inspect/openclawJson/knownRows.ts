// Rows repeat one another. What stands between two values of a row (a comma, a line break, blanks, a name, a colon) is the
// same from row to row, and so is what is large in genuine ones: snapshots of the same skills and tools, byte for byte the
// same in every captured store, but for what they say of their row: when they were made, and of what session. The same
// bytes, read at the same point of the grammar, lead to the same place: what was read once is only compared after that,
// which is far cheaper.
import { literals, numberEnd, sameBytes, spaceEnd, stringEnd } from "./jsonBytes.ts";
import type { FieldName, RowCollector } from "./rowCollector.ts";

/** Genuine names have under 60 bytes with what is around them. */
const mostGapBytes = 256;
/** Values below these are read as quickly as compared; short strings, as ids and paths, are mostly of their row alone. */
const leastBytes = 16;
const leastStringBytes = 128;
/** Genuine snapshots have 1 to 15 KB. */
const mostBytes = 1 << 16;
/** A call of `compare` costs as much as to look at these. */
const shortBytes = 128;
/** So many values of one place that never came again, one after the other, and the next are not remembered. */
const mostMisses = 4;
/** Genuine values nest four deep. */
const mostLevels = 16;
/** Where less of the window is left it is read on, since what comes may not be whole in it. */
const leastAheadBytes = 1 << 16;
/** Genuine stores take a twentieth of it. What is beyond it makes all be forgotten and learnt anew: only speed is lost. */
const budgetBytes = 4 << 20;
/** A gap with all that belongs to it but its value. */
const gapBytes = 1 << 10;
/** Of one object's names; where two share one, only speed is lost. */
const slots = 64;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** From the end of a value, or from the opening brace, to the start of the next value, or past the closing brace. */
interface Gap {
  readonly bytes: Buffer;
  readonly closes: boolean;
  /** Of a row's field. */
  readonly field: FieldName | undefined;
  /** What followed the value after it the last time. */
  next: Gap | undefined;
  /** A large value that stood after it, at the beginning of a buffer. */
  value: { readonly bytes: Buffer; readonly length: number } | undefined;
  /** How many values were remembered since one came again. */
  misses: number;
  /** Of the object after it, or of those in the list after it. */
  members: Members | undefined;
}

/** What is known of the objects that stand in one place. */
class Members {
  first: Gap | undefined;
  readonly bySlot: (Gap | undefined)[] = new Array(slots).fill(undefined);
}

/**
 * The way through rows and fields that lie whole in the window, as nearly all do; what is broken, or goes on behind the
 * window, is left to the machine of storeScanner.ts, whose one large loop V8 is slow to compile: here it has little to do.
 */
export class KnownRows {
  /** Whether what was passed over last ends in a row, and not between two. */
  isInRow = false;
  /** Whether what was passed over last ends before the first member of its object. */
  isAtFirst = false;
  readonly #window: Buffer;
  #rows = new Members();
  /** Before the field that was read last, or is being read; undefined where it is not known. */
  #gap: Gap | undefined;
  #keptBytes = 0;

  constructor(window: Buffer) {
    this.#window = window;
  }

  /**
   * Passes over whole rows from `from` in the window on, and into one that does not end there. Gives the place of a value
   * in it that is left, or, inverted (`~`), of what stands between two rows or two fields. `opens`: before the first row.
   */
  passRows(collector: RowCollector, from: number, opens: boolean): number {
    const window = this.#window;
    this.isInRow = false;
    this.isAtFirst = opens;
    let i = from;
    for (;;) {
      const { base, filled } = collector;
      const name = this.#nameStart(i, this.isAtFirst, filled);
      const nameEnd = name < 0 ? -1 : stringEnd(window, name + 1, filled);
      const value = nameEnd < 0 ? -1 : this.#colonEnd(nameEnd, filled);
      if (value < 0 || window[value] !== openBrace) {
        if (!isNearEnd(collector, i)) return ~i;
        collector.readOn(i);
        i = 0;
        continue;
      }
      collector.startKey(base + name);
      collector.endKey(base + nameEnd, 1, false);
      collector.startRow(base + value, "object");
      const next = this.passFields(collector, value + 1, true);
      const end = next < 0 ? spaceEnd(window, ~next, collector.filled) : collector.filled;
      if (end === collector.filled || window[end] !== closeBrace) return next;
      i = end + 1;
      collector.endRow(collector.base + i);
      this.isInRow = false;
      this.isAtFirst = false;
    }
  }

  /** The same with the fields of a row. */
  passFields(collector: RowCollector, from: number, opens: boolean): number {
    this.isInRow = true;
    this.isAtFirst = opens;
    if (opens) this.#gap = undefined;
    let i = from;
    for (;;) {
      const { base, filled } = collector;
      const gap = this.#gapAt(this.#rows, this.#gap, this.isAtFirst, i, filled, collector);
      const start = i + (gap?.bytes.length ?? 0);
      const end = gap?.field === undefined ? -1 : this.#valueEnd(gap, start, filled, mostLevels);
      if (end < 0 && gap?.closes !== true && isNearEnd(collector, i)) {
        collector.readOn(i);
        i = 0;
        continue;
      }
      this.#gap = gap;
      if (gap?.field === undefined) return ~i;
      this.isAtFirst = false;
      collector.knownKey(gap.field);
      if (end < 0) return start;
      collector.startField(base + start);
      collector.endField(base + end);
      i = end;
    }
  }

  /** Undefined where there is none, or not all of it. `before`: the gap before it in this object, if it is known. */
  #gapAt(
    members: Members,
    before: Gap | undefined,
    opens: boolean,
    at: number,
    filled: number,
    names: RowCollector | undefined,
  ): Gap | undefined {
    const expected = opens ? members.first : before?.next;
    if (expected !== undefined) {
      const end = at + expected.bytes.length;
      if (end < filled && sameBytes(this.#window, at, end, expected.bytes)) return expected;
    }
    const gap = this.#readGap(members, opens, at, filled, names);
    if (gap === undefined) return undefined;
    if (opens) members.first = gap;
    else if (before !== undefined) before.next = gap;
    return gap;
  }

  #readGap(
    members: Members,
    opens: boolean,
    at: number,
    filled: number,
    names: RowCollector | undefined,
  ): Gap | undefined {
    const window = this.#window;
    const brace = spaceEnd(window, at, filled);
    const closes = brace < filled && window[brace] === closeBrace;
    const name = closes ? -1 : this.#nameStart(at, opens, filled);
    const nameEnd = name < 0 ? -1 : stringEnd(window, name + 1, filled);
    const end = closes ? brace + 1 : nameEnd < 0 ? -1 : this.#colonEnd(nameEnd, filled);
    if (end < 0 || end - at > mostGapBytes) return undefined;
    const slot = ((end - at) * 7 + (window[end - 4] ?? 0) * 3 + (window[end - 5] ?? 0)) & (slots - 1);
    const known = members.bySlot[slot];
    if (known !== undefined && sameBytes(window, at, end, known.bytes)) return known;
    const bytes = Buffer.from(window.subarray(at, end));
    const field = closes ? undefined : names?.nameAt(name, nameEnd);
    const gap = { bytes, closes, field, next: undefined, value: undefined, misses: 0, members: undefined };
    members.bySlot[slot] = gap;
    this.#count(gapBytes);
    return gap;
  }

  /** The place of the quote that opens a name; -1 where something else comes, or not all is there. */
  #nameStart(at: number, opens: boolean, filled: number): number {
    const window = this.#window;
    let i = spaceEnd(window, at, filled);
    if (!opens) {
      if (i === filled || window[i] !== comma) return -1;
      i = spaceEnd(window, i + 1, filled);
    }
    return i < filled && window[i] === quote ? i : -1;
  }

  /** The place of the value behind a name's colon, something of which is there; else -1. */
  #colonEnd(at: number, filled: number): number {
    const i = spaceEnd(this.#window, at, filled);
    if (i >= filled || this.#window[i] !== colon) return -1;
    const value = spaceEnd(this.#window, i + 1, filled);
    return value < filled ? value : -1;
  }

  /** One past the value that starts at `start`; -1 where only reading it byte by byte tells. */
  #valueEnd(gap: Gap, start: number, filled: number, levels: number): number {
    const byte = this.#window[start] as number;
    const { value } = gap;
    if (value !== undefined) {
      const { bytes, length } = value;
      const end = start + length;
      if (end <= filled && byte === bytes[0] && this.#isAt(start, bytes, length)) {
        gap.misses = 0;
        return end;
      }
    }
    if (byte === openBrace || byte === openBracket) {
      gap.members ??= new Members();
      const end = this.#insideEnd(gap.members, start, filled, levels);
      if (end >= 0) this.#keep(gap, start, end);
      return end;
    }
    const end = this.#scalarEnd(start, filled);
    if (byte === quote && end - start >= leastStringBytes) this.#keep(gap, start, end);
    return end;
  }

  #isAt(at: number, bytes: Buffer, length: number): boolean {
    if (this.#window[at + length - 1] !== bytes[length - 1]) return false;
    return length < shortBytes
      ? sameBytes(this.#window, at, at + length, bytes, length)
      : this.#window.compare(bytes, 0, length, at, at + length) === 0;
  }

  /** One past the object or list that starts at `start`. */
  #insideEnd(members: Members, start: number, filled: number, levels: number): number {
    if (levels === 0) return -1;
    return this.#window[start] === openBrace
      ? this.#membersEnd(members, start + 1, filled, levels - 1)
      : this.#elementsEnd(members, start + 1, filled, levels - 1);
  }

  #membersEnd(members: Members, from: number, filled: number, levels: number): number {
    let i = from;
    let before: Gap | undefined;
    for (;;) {
      const gap = this.#gapAt(members, before, before === undefined, i, filled, undefined);
      if (gap === undefined) return -1;
      i += gap.bytes.length;
      if (gap.closes) return i;
      i = this.#valueEnd(gap, i, filled, levels);
      if (i < 0) return -1;
      before = gap;
    }
  }

  #elementsEnd(members: Members, from: number, filled: number, levels: number): number {
    const window = this.#window;
    let i = spaceEnd(window, from, filled);
    if (i < filled && window[i] === closeBracket) return i + 1;
    while (i < filled) {
      const byte = window[i];
      const isInside = byte === openBrace || byte === openBracket;
      const end = isInside ? this.#insideEnd(members, i, filled, levels) : this.#scalarEnd(i, filled);
      i = end < 0 ? filled : spaceEnd(window, end, filled);
      if (i === filled) return -1;
      if (window[i] === closeBracket) return i + 1;
      if (window[i] !== comma) return -1;
      i = spaceEnd(window, i + 1, filled);
    }
    return -1;
  }

  #scalarEnd(start: number, filled: number): number {
    const byte = this.#window[start] as number;
    if (byte === quote) return stringEnd(this.#window, start + 1, filled);
    const word = literals.get(byte);
    if (word === undefined) return numberEnd(this.#window, start, filled);
    const end = start + word.length;
    return end <= filled && sameBytes(this.#window, start, end, word) ? end : -1;
  }

  #keep(gap: Gap, from: number, end: number): void {
    const length = end - from;
    if (length < leastBytes || length > mostBytes || gap.misses === mostMisses) return;
    gap.misses += 1;
    const known = gap.value?.bytes;
    const bytes = known !== undefined && known.length >= length ? known : Buffer.allocUnsafeSlow(length);
    if (bytes !== known) this.#count(length);
    this.#window.copy(bytes, 0, from, end);
    gap.value = { bytes, length };
  }

  #count(bytes: number): void {
    this.#keptBytes += bytes;
    if (this.#keptBytes <= budgetBytes) return;
    this.#keptBytes = 0;
    this.#rows = new Members();
    this.#gap = undefined;
  }
}

/** What could not be passed over at `at` may be whole once more is read. */
function isNearEnd({ filled }: RowCollector, at: number): boolean {
  return at > 0 && filled - at < leastAheadBytes;
}
