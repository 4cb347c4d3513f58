import { equal } from "node:assert/strict";
import { waitMs } from "../../src/worker/pace.ts";

describe("the wait before a look that the disk asks for", () => {
  const now = 1_000_000;
  const never = { at: 0, busyMs: 0 };
  for (const [what, reach, last, expected] of [
    ["only lets a write settle where nothing was read lately", "everything", never, 80],
    ["is what is left of a second", "everything", { at: now - 300, busyMs: 20 }, 700],
    ["is never longer than five seconds", "everything", { at: now, busyMs: 9000 }, 5000],
    ["is ten times as long as reading takes", "everything", { at: now - 300, busyMs: 400 }, 3700],
    ["leaves a second between two readings of a store", "store", { at: now - 300, busyMs: 5 }, 700],
    ["is hardly any before the end of a transcript is read", "files", never, 20],
    ["is ten times as long as that takes, too", "files", { at: now - 30, busyMs: 20 }, 170],
  ] as const) {
    it(what, () => equal(waitMs(now, reach, last), expected));
  }
});
