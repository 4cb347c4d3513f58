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

/**
 * Gives the lines of `fd` from the last to the first until `visit` answers "stop", the file begins, or 4 MB are read.
 * A line is given only whole; empty lines are passed over.
 * Returns whether `visit` stopped it or the first line was reached: otherwise what was not seen is unknown.
 */
export function readLinesBackwards(fd: number, sizeBytes: number, visit: (line: Line) => "stop" | undefined): boolean {
  let start = sizeBytes;
  let step = firstReadBytes;
  /** Bytes of a line whose beginning has not been read yet. */
  let rest = Buffer.alloc(0);
  while (start > 0 && sizeBytes - start < mostBytes) {
    const from = Math.max(0, start - step);
    const bytes = Buffer.concat([readRange(fd, from, start), rest]);
    let end = bytes.length;
    while (end > 0) {
      const whole = bytes[end - 1] === 0x0a;
      const newline = end >= 2 ? bytes.lastIndexOf(0x0a, end - 2) : -1;
      if (newline < 0 && from > 0) break;
      const text = bytes.subarray(newline + 1, whole ? end - 1 : end);
      if (text.length > 0 && visit({ offset: from + newline + 1, bytes: text, whole }) === "stop") return true;
      end = newline + 1;
    }
    rest = bytes.subarray(0, end);
    start = from;
    step *= 4;
  }
  return start === 0;
}

/** 1-based number of the line that holds byte `offset`; undefined above 16 MB, where counting costs more than it tells. */
export function lineNumber(fd: number, offset: number): number | undefined {
  if (offset > 16 << 20) return undefined;
  const bytes = readRange(fd, 0, offset);
  let count = 1;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
