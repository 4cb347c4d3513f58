// The end of a line-based file, read backwards: a few KB first and more only while the reader is undecided (DESIGN,
// Size and speed). Transcripts and trajectories reach gigabytes; what is read of one is bounded.
import { readInto } from "./regularFile.ts";

export interface Line {
  /** Byte offset of the line's first byte in the file. */
  readonly offset: number;
  /** They hold for the visit only: what is read next takes their place. */
  readonly bytes: Buffer;
  /** It ends in a newline. Only the last line of a file can lack it. */
  readonly whole: boolean;
}

/** Puts `length` bytes from `position` on to `at` in the buffer; gives how many there were. */
export type ReadAt = (buffer: Buffer, at: number, length: number, position: number) => number;

/** Most transcripts are no larger. */
const smallFileBytes = 16 << 10;
const firstReadBytes = 8 << 10;
const firstForwardBytes = 4 << 10;
const mostBytes = 4 << 20;
/** What is kept for the next file: enough for the last run of most. */
const spareBytes = 256 << 10;
const denseBytes = 64;
const denseStretch = 1 << 10;
const newline = 0x0a;
const fourNewlines = 0x0a0a0a0a;
const carriageReturn = 0x0d;

/** One buffer serves all files, one after the other: ten thousand of their own would be a gigabyte of garbage. */
let spare: Buffer | undefined;
let spareForSmall: Buffer | undefined;

/** How to read an open file; one that is small is read once, however often its lines are gone through until `use` ends. */
export function withReading<T>(fd: number, sizeBytes: number, use: (read: ReadAt) => T): T {
  if (sizeBytes > smallFileBytes) return use(readingOf(fd));
  const whole = spareForSmall ?? Buffer.allocUnsafeSlow(smallFileBytes);
  spareForSmall = undefined;
  try {
    const got = readInto(whole, 0, sizeBytes, fd, 0);
    return use((buffer, at, length, position) =>
      position < got ? whole.copy(buffer, at, position, Math.min(got, position + length)) : 0,
    );
  } finally {
    spareForSmall = whole;
  }
}

function readingOf(fd: number): ReadAt {
  return (buffer, at, length, position) => readInto(buffer, at, length, fd, position);
}

/**
 * Gives the lines of a file from the last to the first until `visit` answers "stop", the file begins, or 4 MB are read;
 * at "enough" no more is read, and what was read already is still given. `firstBytes` are read first, then ever more.
 * A line is given only whole, without its newline or CRLF; empty lines are passed over.
 * Returns whether `visit` stopped it or the first line was reached: otherwise what was not seen is unknown.
 */
export function readLinesBackwards(
  file: number | ReadAt,
  sizeBytes: number,
  visit: (line: Line) => "stop" | "enough" | undefined,
  firstBytes: number = firstReadBytes,
): boolean {
  const read = typeof file === "number" ? readingOf(file) : file;
  // Taken away while it is in use, so that a visit may read another file.
  let buffer = spare ?? Buffer.allocUnsafeSlow(spareBytes);
  spare = undefined;
  const furthest = Math.max(0, sizeBytes - mostBytes);
  /** Where in the file the buffer ends. */
  let bufferEnd = sizeBytes;
  /** What was read and not given yet: the end of a line whose beginning is still to be read. */
  let start = sizeBytes;
  let end = sizeBytes;
  let step = firstBytes;
  let isEnough = false;
  try {
    while (start > furthest) {
      const from = Math.max(furthest, start - step);
      if (bufferEnd - from > buffer.length) {
        const rest = buffer.subarray(buffer.length - (bufferEnd - start), buffer.length - (bufferEnd - end));
        if (end - from > buffer.length) buffer = Buffer.allocUnsafeSlow(Math.max(end - from, 4 * buffer.length));
        rest.copy(buffer, buffer.length - rest.length);
        bufferEnd = end;
      }
      const got = read(buffer, buffer.length - (bufferEnd - from), start - from, from);
      // It became shorter since it was measured: it ends here.
      if (got < start - from) end = from + got;
      const bytes = buffer.subarray(buffer.length - (bufferEnd - from), buffer.length - (bufferEnd - end));
      let to = bytes.length;
      while (to > 0) {
        const whole = bytes[to - 1] === newline;
        const before = to >= 2 ? bytes.lastIndexOf(newline, to - 2) : -1;
        if (before < 0 && from > 0) break;
        const text = withoutReturn(bytes.subarray(before + 1, whole ? to - 1 : to));
        const answer = text.length > 0 ? visit({ offset: from + before + 1, bytes: text, whole }) : undefined;
        if (answer === "stop") return true;
        if (answer === "enough") isEnough = true;
        to = before + 1;
      }
      if (isEnough) return true;
      start = from;
      end = from + to;
      step *= 4;
    }
    return start === 0;
  } finally {
    if (buffer.length === spareBytes) spare = buffer;
  }
}

export interface LeadingLine extends Line {
  readonly isFirst: boolean;
}

/** Gives the whole lines of the first `mostBytes` of a file, first to last, until `visit` answers "stop". */
export function readLinesForwards(
  file: number | ReadAt,
  sizeBytes: number,
  mostBytes: number,
  visit: (line: LeadingLine) => "stop" | undefined,
): void {
  const read = typeof file === "number" ? readingOf(file) : file;
  const end = Math.min(sizeBytes, mostBytes);
  let buffer = spare ?? Buffer.allocUnsafeSlow(spareBytes);
  spare = undefined;
  let isFirst = true;
  let from = 0;
  try {
    for (let step = firstForwardBytes; from < end; step *= 4) {
      const wanted = Math.min(end - from, step);
      if (wanted > buffer.length) buffer = Buffer.allocUnsafeSlow(wanted);
      const bytes = buffer.subarray(0, read(buffer, 0, wanted, from));
      let start = 0;
      for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, start)) {
        const text = withoutReturn(bytes.subarray(start, at));
        if (text.length > 0 && visit({ offset: from + start, bytes: text, whole: true, isFirst }) === "stop") return;
        isFirst = false;
        start = at + 1;
      }
      if (from + bytes.length >= end || bytes.length === 0) return;
      from += start;
    }
  } finally {
    if (buffer.length === spareBytes) spare = buffer;
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line[line.length - 1] === carriageReturn ? line.subarray(0, -1) : line;
}

/** 1-based number of the line that holds byte `offset`. */
export function lineNumber(fd: number, offset: number): number {
  return lineNumbers(fd, [offset])[0] as number;
}

/** The same of each of several bytes, in ascending order. Reads what is before the last, a window at a time. */
export function lineNumbers(fd: number, offsets: readonly number[]): number[] {
  const window = spare ?? Buffer.allocUnsafeSlow(spareBytes);
  let line = 1;
  let from = 0;
  let got = 0;
  /** Everything before this place in the window is counted. */
  let at = 0;
  const numbers = offsets.map((offset) => {
    for (;;) {
      const to = Math.min(got, offset - from);
      line += newlinesIn(window, at, to);
      at = Math.max(at, to);
      if (offset <= from + got) return line;
      from += got;
      at = 0;
      got = readInto(window, 0, window.length, fd, from);
      if (got === 0) return line;
    }
  });
  spare = window;
  return numbers;
}

/** Lines of a trajectory have ten thousand bytes, those of a store thirty: they are looked for, or at, as they come. */
function newlinesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; ) {
    const next = bytes.indexOf(newline, at);
    if (next < 0 || next >= to) return count;
    const end = next - at < denseBytes ? Math.min(to, next + denseStretch) : next + 1;
    count += 1 + denseNewlines(bytes, next + 1, end);
    at = end;
  }
  return count;
}

/** Four bytes at a time, of a buffer that begins at a whole word of its memory. */
function denseNewlines(bytes: Buffer, from: number, to: number): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const firstWord = Math.min(to, (from + 3) & ~3);
  const afterWords = Math.max(firstWord, to & ~3);
  let count = 0;
  for (let at = from; at < firstWord; at++) if (bytes[at] === newline) count += 1;
  for (let at = firstWord >> 2; at < afterWords >> 2; at++) {
    const others = (words[at] as number) ^ fourNewlines;
    // The highest bit of each byte that is none of the others.
    const found = ~(((others & 0x7f7f7f7f) + 0x7f7f7f7f) | others | 0x7f7f7f7f);
    if (found !== 0) count += Math.imul(found >>> 7, 0x01010101) >>> 24;
  }
  for (let at = afterWords; at < to; at++) if (bytes[at] === newline) count += 1;
  return count;
}
