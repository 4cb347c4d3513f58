// The members of one JSON object, as places in its bytes, and what becomes of them: the one way in which rows leave a
// store and fields leave a row, so that a comma is never left over or missing (promise 6).
import type { ByteRange } from "../model/session.ts";

/** Bytes `[start, end)` become `bytes`. */
export interface Splice extends ByteRange {
  readonly bytes: Buffer;
}

/** From the first byte of its name to the last of its value. */
export type Member = ByteRange;

export interface Field extends Member {
  /** The name is spelled in these bytes, quotes included. */
  readonly name: string;
  readonly value: ByteRange;
}

const quote = 0x22;
const backslash = 0x5c;
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Every member of an object that is known to parse, duplicates too, in order; offsets count from its opening brace. */
export function fieldsOf(object: Buffer): Field[] {
  const fields: Field[] = [];
  let at = skipSpace(object, 1);
  while (object[at] === quote) {
    const nameEnd = endOfString(object, at);
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = endOfValue(object, start);
    const name = JSON.parse(object.toString("utf8", at, nameEnd)) as string;
    fields.push({ start: at, end, name, value: { start, end } });
    at = skipSpace(object, end);
    if (object[at] === 0x2c) at = skipSpace(object, at + 1);
  }
  return fields;
}

export interface MembersEdit {
  readonly members: readonly Member[];
  readonly isRemoved: (index: number) => boolean;
  /** `name: value`, each, to come last. */
  readonly added: readonly string[];
  /** Offset behind the opening brace. */
  readonly inside: number;
  /** What stands before the first added member of an object without any other, and after the last. */
  readonly whenEmpty: { readonly before: string; readonly after: string };
  /** What stands between a comma and the next member. */
  readonly gap: string;
}

/** Neighbours go together, with the comma between them and what stays before them, or after where nothing does. */
export function editMembers({ members, isRemoved, added, inside, whenEmpty, gap }: MembersEdit): Splice[] {
  const joined = added.join(`,${gap}`);
  const last = members.at(-1);
  if (last === undefined) {
    const { before, after } = whenEmpty;
    return added.length === 0 ? [] : [{ start: inside, end: inside, bytes: Buffer.from(`${before}${joined}${after}`) }];
  }
  if (members.every((_, i) => isRemoved(i))) {
    const [first = last] = members;
    const start = added.length === 0 ? inside : first.start;
    return [{ start, end: last.end, bytes: Buffer.from(joined) }];
  }
  const splices: Splice[] = [];
  for (let i = 0; i < members.length; i++) {
    if (!isRemoved(i)) continue;
    let next = i;
    while (next < members.length && isRemoved(next)) next += 1;
    const start = members[i - 1]?.end ?? members[i]?.start ?? inside;
    const end = i === 0 ? (members[next]?.start ?? last.end) : (members[next - 1]?.end ?? last.end);
    splices.push({ start, end, bytes: Buffer.alloc(0) });
    i = next;
  }
  if (added.length > 0) splices.push({ start: last.end, end: last.end, bytes: Buffer.from(`,${gap}${joined}`) });
  return splices;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** `from`: its opening quote. One past its closing one. */
function endOfString(bytes: Buffer, from: number): number {
  for (let at = from + 1; ; ) {
    const end = bytes.indexOf(quote, at);
    if (end < 0) return bytes.length;
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === quote) {
      at = endOfString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    const closes = byte === 0x7d || byte === 0x5d;
    if (depth === 0 && (closes || byte === 0x2c || isSpace(byte))) return at;
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    if (closes) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  return bytes.length;
}
