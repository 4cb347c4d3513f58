// The way through a row whose fields are named, in order, as those of a row before it: of nearly every row that is all.
import { digitsEnd, literals, plainEnd, sameBytes } from "./jsonBytes.ts";
import type { RepeatedNames } from "./repeatedNames.ts";
import type { RepeatedValues } from "./repeatedValues.ts";
import type { RowCollector } from "./rowCollector.ts";

const quote = 0x22;
const comma = 0x2c;
const lineBreak = 0x0a;

/**
 * Passes over names that are as expected and over values that are plain to see, as most of a row's are, from `from` in the
 * window on. Gives the place of a value that it left, or, inverted (`~`), of what is no name that was expected. It is a
 * function of its own since one that is called for each row is compiled long before the machine around it is.
 */
export function passKnown(
  collector: RowCollector,
  names: RepeatedNames,
  repeated: RepeatedValues,
  from: number,
  isFirstOfRow: boolean,
): number {
  const { window, base, filled } = collector;
  let isFirst = isFirstOfRow;
  let i = from;
  for (;;) {
    const gap = names.start(isFirst, base, i, filled);
    if (gap === undefined) return ~i;
    isFirst = false;
    i += gap.bytes.length;
    collector.knownKey(gap.field);
    repeated.knownName(2, gap.slot);
    const known = repeated.start(2, base, i, filled);
    const end = known > 0 ? i + known : plainValueEnd(window, i, filled);
    if (end < 0) return i;
    collector.startField(base + i);
    if (known === 0 && window[i] === quote) repeated.end(2, base, end);
    collector.endField(base + end);
    i = end;
  }
}

/** One past the end of a string without escapes, a whole number or a word; -1 where it is another or not all there. */
function plainValueEnd(window: Buffer, from: number, filled: number): number {
  const byte = window[from] as number;
  if (byte === quote) {
    const end = plainEnd(window, from + 1, filled);
    return end < filled && window[end] === quote ? end + 1 : -1;
  }
  if (byte >= 0x30 && byte <= 0x39) {
    const end = byte === 0x30 ? from + 1 : digitsEnd(window, from + 1, filled);
    return end < filled && (window[end] === comma || window[end] === lineBreak) ? end : -1;
  }
  const word = literals.get(byte);
  if (word === undefined || from + word.length > filled) return -1;
  return sameBytes(window, from, from + word.length, word) ? from + word.length : -1;
}
