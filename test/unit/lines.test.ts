import assert from "node:assert/strict";
import { closeSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineNumber, lineNumbers, readLinesBackwards } from "../../src/inspect/lines.ts";
import { randomNumbers } from "../mutations.ts";
import { temporaryDirectory } from "../temporary.ts";

interface Read {
  readonly lines: readonly string[];
  readonly offsets: readonly number[];
  readonly whole: readonly boolean[];
  readonly seenAll: boolean;
}

function linesOf(content: string | Buffer, stopAfter = Number.POSITIVE_INFINITY): Read {
  const path = join(temporaryDirectory(), "lines");
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    const lines: string[] = [];
    const offsets: number[] = [];
    const whole: boolean[] = [];
    const seenAll = readLinesBackwards(fd, Buffer.byteLength(content), (line) => {
      lines.push(line.bytes.toString("utf8"));
      offsets.push(line.offset);
      whole.push(line.whole);
      return lines.length >= stopAfter ? "stop" : undefined;
    });
    return { lines, offsets, whole, seenAll };
  } finally {
    closeSync(fd);
  }
}

describe("lines from the end of a file", () => {
  it("gives none of an empty file and has seen all of it", () => {
    assert.deepEqual(linesOf(""), { lines: [], offsets: [], whole: [], seenAll: true });
  });

  it("gives the last first, with offsets, and says that the last lacks its newline", () => {
    assert.deepEqual(linesOf("one\ntwo\nthree"), {
      lines: ["three", "two", "one"],
      offsets: [8, 4, 0],
      whole: [false, true, true],
      seenAll: true,
    });
  });

  it("passes over empty lines, also those of CRLF", () => {
    assert.deepEqual(linesOf("\n\none\n\n\ntwo\n\n").lines, ["two", "one"]);
    const crlf = linesOf("one\r\n\r\ntwo\r\n\r\n");
    assert.deepEqual(crlf.lines, ["two", "one"]);
    assert.deepEqual(crlf.offsets, [7, 0]);
  });

  it("stops when it is told to", () => {
    assert.deepEqual(linesOf("one\ntwo\nthree\n", 2), {
      lines: ["three", "two"],
      offsets: [8, 4],
      whole: [true, true],
      seenAll: true,
    });
  });

  it("gives every line once, wherever the reads meet", () => {
    for (const length of [1, 2, 62, 63, 64, 999, 8190, 8191, 8192, 8193, 40_959, 40_960, 40_961]) {
      const count = Math.max(3, Math.floor(200_000 / (length + 1)));
      const lines = Array.from({ length: count }, (_, i) => String(i % 10).repeat(length));
      for (const end of ["\n", ""]) {
        const read = linesOf(lines.join("\n") + end);
        assert.deepEqual(read.lines, lines.toReversed(), `lines of ${length} bytes`);
        const offsets = lines.map((_, i) => i * (length + 1)).toReversed();
        assert.deepEqual(read.offsets, offsets, `lines of ${length} bytes`);
      }
    }
  });

  it("does not cut characters where reads meet", () => {
    const text = "é😀".repeat(9_000);
    assert.deepEqual(linesOf(`first\n${text}\nlast\n`).lines, ["last", text, "first"]);
  });

  it("gives up on a line longer than it may read, and says that it has not seen all", () => {
    const path = join(temporaryDirectory(), "long");
    writeFileSync(path, "first\n");
    // Sparse: 200 MB of zeros without a newline.
    truncateSync(path, 200 << 20);
    const fd = openSync(path, "r");
    const before = process.memoryUsage().arrayBuffers;
    let given = 0;
    const seenAll = readLinesBackwards(fd, 200 << 20, () => {
      given += 1;
      return undefined;
    });
    assert.deepEqual({ given, seenAll }, { given: 0, seenAll: false });
    assert.ok(process.memoryUsage().arrayBuffers - before < 32 << 20);
    closeSync(fd);
  });

  it("reads at most 4 MB", () => {
    const line = `${"x".repeat(1023)}\n`;
    const read = linesOf(line.repeat(6 << 10));
    assert.equal(read.seenAll, false);
    const bytes = read.lines.length << 10;
    assert.ok(bytes > (4 << 20) - 2048 && bytes <= 4 << 20, `${bytes} bytes`);
  });

  it("takes a file that became shorter since it was measured as it is", () => {
    const path = join(temporaryDirectory(), "short");
    writeFileSync(path, "one\ntwo\n");
    const fd = openSync(path, "r");
    const lines: string[] = [];
    readLinesBackwards(fd, 100_000, (line) => {
      lines.push(line.bytes.toString());
      return undefined;
    });
    assert.deepEqual(lines, ["two", "one"]);
    closeSync(fd);
  });
});

describe("line numbers", () => {
  it("counts the lines before a byte", () => {
    const path = join(temporaryDirectory(), "numbered");
    writeFileSync(path, `one\ntwo\n${"x".repeat(3 << 20)}\nlast`);
    const fd = openSync(path, "r");
    const at = (offset: number): number | undefined => lineNumber(fd, offset);
    assert.deepEqual([at(0), at(3), at(4), at(8), at((3 << 20) + 9)], [1, 1, 2, 3, 4]);
    closeSync(fd);
  });

  it("counts newlines wherever they stand among bytes that are like one", () => {
    const path = join(temporaryDirectory(), "dense");
    const alike = [0x0a, 0x8a, 0x0b, 0x00, 0xff, 0x09, 0x0a];
    const random = randomNumbers(1);
    const bytes = Buffer.from(Array.from({ length: 9000 }, () => alike[random(alike.length)] ?? 0));
    writeFileSync(path, bytes);
    const fd = openSync(path, "r");
    const counted: number[] = [];
    let line = 1;
    for (const byte of bytes) {
      counted.push(line);
      if (byte === 0x0a) line += 1;
    }
    assert.deepEqual(lineNumbers(fd, [...counted.keys()]), counted);
    for (const offset of [4097, 8191, 8999]) assert.equal(lineNumber(fd, offset), counted[offset]);
    closeSync(fd);
  });
});
