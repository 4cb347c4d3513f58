import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { caseNames, unpackCase } from "../fixtures/unpack.ts";

describe("captured cases", () => {
  for (const name of caseNames) {
    it(`${name} is unpacked with its modes, times and empty directories`, () => {
      const unpacked = unpackCase(name);
      const listed = readFileSync(join(dirname(unpacked.processesFile), "files.tsv"), "utf8")
        .trim()
        .split("\n");
      const found = listed.map((line) => {
        const path = line.split("\t")[0] ?? "";
        const stats = statSync(join(unpacked.home, path));
        return `${path}\t${(stats.mode & 0o7777).toString(8)}\t${(stats.mtimeMs / 1000).toFixed(3)}`;
      });
      assert.deepEqual(found, listed);
      assert.equal(unpacked.now, unpacked.truth.now);
      assert.ok(existsSync(unpacked.processesFile));
    });
  }
});
