import { equal } from "node:assert/strict";
import { waitMs } from "../../src/pace.ts";

describe("the wait before a scan that the disk asks for", () => {
  const now = 1_000_000;
  for (const [what, last, expected] of [
    ["only lets a write settle where nothing was read lately", { at: 0, busyMs: 0 }, 80],
    ["is what is left of a second", { at: now - 300, busyMs: 20 }, 700],
    ["is never longer than five seconds", { at: now, busyMs: 9000 }, 5000],
    ["is ten times as long as reading takes", { at: now - 300, busyMs: 400 }, 3700],
  ] as const) {
    it(what, () => equal(waitMs(now, last), expected));
  }
});
