// The end of a line-based file, read backwards: a few KB first and more only while the reader is undecided (DESIGN,
// Size and speed). Transcripts and trajectories reach gigabytes; what is read of one is bounded.
import { readRange } from "./regularFile.ts";

export interface Line {
  /** Byte offset of the line's first byte in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** It ends in a newline. Only the last line of a file can lack it. */
  readonly whole: boolean;
}

const firstReadBytes = 8 << 10;
const mostBytes = 4 << 20;
const windowBytes = 1 << 20;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Gives the lines of `fd` from the last to the first until `visit` answers "stop", the file begins, or 4 MB are read.
 * A line is given only whole, without its newline or CRLF; empty lines are passed over.
 * Returns whether `visit` stopped it or the first line was reached: otherwise what was not seen is unknown.
 */
export function readLinesBackwards(fd: number, sizeBytes: number, visit: (line: Line) => "stop" | undefined): boolean {
  const furthest = Math.max(0, sizeBytes - mostBytes);
  let start = sizeBytes;
  let step = firstReadBytes;
  /** Bytes of a line whose beginning has not been read yet. */
  let rest = Buffer.alloc(0);
  while (start > furthest) {
    const from = Math.max(furthest, start - step);
    const bytes = Buffer.concat([readRange(fd, from, start), rest]);
    let end = bytes.length;
    while (end > 0) {
      const whole = bytes[end - 1] === newline;
      const before = end >= 2 ? bytes.lastIndexOf(newline, end - 2) : -1;
      if (before < 0 && from > 0) break;
      const text = withoutReturn(bytes.subarray(before + 1, whole ? end - 1 : end));
      if (text.length > 0 && visit({ offset: from + before + 1, bytes: text, whole }) === "stop") return true;
      end = before + 1;
    }
    rest = bytes.subarray(0, end);
    start = from;
    step *= 4;
  }
  return start === 0;
}

/** Gives the whole lines of the first `mostBytes` of `fd`, first to last, until `visit` answers "stop". */
export function readLinesForwards(
  fd: number,
  sizeBytes: number,
  mostBytes: number,
  visit: (line: Line) => "stop" | undefined,
): void {
  const end = Math.min(sizeBytes, mostBytes);
  let from = 0;
  for (let step = firstReadBytes; from < end; step *= 4) {
    const bytes = readRange(fd, from, Math.min(end, from + step));
    let start = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, start)) {
      const text = withoutReturn(bytes.subarray(start, at));
      if (text.length > 0 && visit({ offset: from + start, bytes: text, whole: true }) === "stop") return;
      start = at + 1;
    }
    if (from + bytes.length >= end) return;
    from += start;
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

/** 1-based number of the line that holds byte `offset`. Reads everything before it, a window at a time. */
export function lineNumber(fd: number, offset: number): number {
  let count = 1;
  for (let from = 0; from < offset; from += windowBytes) {
    const bytes = readRange(fd, from, Math.min(offset, from + windowBytes));
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  }
  return count;
}
