// JSON in bytes: where its smallest pieces end, and what values are that are known to be whole and right, as `[from, to)`
// of a buffer. What is in use of a row is short and mostly plain: JSON.parse is left for what it alone can do.

const quote = 0x22;
const backslash = 0x5c;
const zero = 0x30;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const letterU = 0x75;
/** 1 for bytes that a string holds as they are. */
const plainInString = new Uint8Array(256).fill(1, 0x20);
plainInString[quote] = 0;
plainInString[backslash] = 0;
export const isSpace = new Uint8Array(256);
for (const space of [0x20, 0x0a, 0x0d, 0x09]) isSpace[space] = 1;
export const isHex = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") isHex[digit.charCodeAt(0)] = 1;
/** What may come after a backslash, but for `u` and its four digits. */
export const isEscape = new Uint8Array(256);
for (const letter of '"\\/bfnrt') isEscape[letter.charCodeAt(0)] = 1;
/** The words, by their first byte. */
export const literals = new Map<number, Buffer>(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);
/** Longer integers are not exact: JSON.parse rounds them as every program does. */
const exactDigits = 15;
/** Genuine values nest four deep. What JSON.parse reads, JSON.stringify and the message port can fail at: they recurse. */
const deepest = 64;

export function decodeValue(buffer: Buffer, from: number, to: number): unknown {
  if (buffer[from] === quote) return decodeText(buffer, from, to);
  return decodeInteger(buffer, from, to) ?? JSON.parse(buffer.toString("utf8", from, to));
}

/** Of a string with its quotes. */
export function decodeText(buffer: Buffer, from: number, to: number): string {
  let isAscii = true;
  for (let at = from + 1; at < to - 1; at++) {
    const byte = buffer[at] as number;
    if (byte === backslash) return JSON.parse(buffer.toString("utf8", from, to)) as string;
    if (byte > 0x7f) isAscii = false;
  }
  return buffer.toString(isAscii ? "latin1" : "utf8", from + 1, to - 1);
}

/** Undefined for what is not a whole number without a sign, or may not be exact. */
function decodeInteger(buffer: Buffer, from: number, to: number): number | undefined {
  if (to - from > exactDigits) return undefined;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (buffer[at] as number) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether a value nests deeper than any of ours. */
export function isDeep(buffer: Buffer, from: number, to: number): boolean {
  if (to - from <= deepest * 2 || !isOpener(buffer[from] as number)) return false;
  let depth = 0;
  let inString = false;
  for (let at = from; at < to; at++) {
    const byte = buffer[at] as number;
    if (inString && byte === backslash) at += 1;
    else if (byte === quote) inString = !inString;
    else if (inString) continue;
    else if (isCloser(byte)) depth -= 1;
    else if (isOpener(byte) && ++depth > deepest) return true;
  }
  return false;
}

function isOpener(byte: number): boolean {
  return byte === 0x5b || byte === 0x7b;
}

function isCloser(byte: number): boolean {
  return byte === 0x5d || byte === 0x7d;
}

/** Whether `[from, to)` are just these bytes. For short ones: a call of `compare` costs more than to look at a hundred. */
export function sameBytes(buffer: Buffer, from: number, to: number, bytes: Buffer, length = bytes.length): boolean {
  if (to - from !== length) return false;
  for (let at = 0; at < length; at++) if (buffer[from + at] !== bytes[at]) return false;
  return true;
}

/** Where the plain bytes of a string, blanks or digits end. Small functions are compiled first: what calls these takes its time. */
export function plainEnd(window: Buffer, from: number, filled: number): number {
  let at = from;
  while (at < filled && plainInString[window[at] as number] === 1) at += 1;
  return at;
}

export function spaceEnd(window: Buffer, from: number, filled: number): number {
  let at = from;
  while (at < filled && isSpace[window[at] as number] === 1) at += 1;
  return at;
}

/** One past a string's closing quote, from behind its opening one; -1 where it is broken, or not all there. */
export function stringEnd(window: Buffer, from: number, filled: number): number {
  let at = from;
  for (;;) {
    at = plainEnd(window, at, filled);
    if (at >= filled) return -1;
    if (window[at] === quote) return at + 1;
    if (window[at] !== backslash) return -1;
    if (isEscape[window[at + 1] as number] === 1) at += 2;
    else if (window[at + 1] === letterU && hexEnd(window, at + 2) === at + 6) at += 6;
    else return -1;
  }
}

function hexEnd(window: Buffer, from: number): number {
  let at = from;
  while (at < from + 4 && isHex[window[at] as number] === 1) at += 1;
  return at;
}

/** One past a number; -1 where it is broken, or may go on behind what is there. */
export function numberEnd(window: Buffer, from: number, filled: number): number {
  const start = window[from] === minus ? from + 1 : from;
  const whole = window[start] === zero ? start + 1 : digitsEnd(window, start, filled);
  if (start >= filled || whole === start) return -1;
  let end = whole;
  if (end < filled && window[end] === dot) end = someDigitsEnd(window, end + 1, filled);
  if (end < filled && (window[end] === 0x65 || window[end] === 0x45)) {
    const sign = window[end + 1];
    end = someDigitsEnd(window, end + (sign === plus || sign === minus ? 2 : 1), filled);
  }
  return end < filled ? end : -1;
}

/** Behind all that is there where there is no digit. */
function someDigitsEnd(window: Buffer, from: number, filled: number): number {
  const end = digitsEnd(window, from, filled);
  return end > from ? end : filled;
}

function digitsEnd(window: Buffer, from: number, filled: number): number {
  let at = from;
  for (; at < filled; at++) {
    const byte = window[at] as number;
    if (byte < 0x30 || byte > 0x39) break;
  }
  return at;
}
