// The same with processes that are truly killed.
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { now } from "../homeBuilder.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { type Stage, stages } from "./scenes.ts";

describe("a process that is killed while it repairs", () => {
  it("leaves the old or the new, and the next one settles it", async () => {
    const ends = { old: 0, new: 0 };
    const child = join(import.meta.dirname, "killChild.ts");
    for (let point = 1; ; point++) {
      const { built, bench } = await (stages["finalize under the store lock of 2026.4"] as Stage)();
      const before = imagesIn(built.home);
      const args = [
        "--disable-warning=ExperimentalWarning",
        child,
        built.home,
        bench.context.folder.path,
        `${now}`,
        `${point}`,
      ];
      const { signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      equal(stderr, "");
      if (signal === null) break;
      equal(signal, "SIGKILL");
      await recoverRepairs(bench.context);
      const [receipt] = receiptsOf(bench.context);
      const changed = changedBetween(before, imagesIn(built.home));
      if (receipt?.state === "done") {
        equal(changed.length, 2, `point ${point}: ${changed.join(", ")}`);
        equal((await undoReceipt(receipt, bench.context)).refused, undefined);
        ends.new += 1;
      } else {
        ok(receipt === undefined || receipt.state === "rolledBack", `point ${point}: ${receipt?.state}`);
        ends.old += 1;
      }
      deepEqual(changedBetween(before, imagesIn(built.home)), [], `point ${point}`);
    }
    ok(ends.old > 0 && ends.new > 0);
    process.stdout.write(`    killed at ${ends.old + ends.new} points, ${ends.old} taken back, ${ends.new} finished\n`);
  }).timeout(240_000);
});
