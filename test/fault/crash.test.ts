// A repair whose calls fail, one after another: each file is the old or the previewed new, the next start settles it, the
// receipt tells the truth, and the undo gives the old bytes back (promises 2 and 3).
import { deepEqual, equal, ok } from "node:assert/strict";
import { changedBetween } from "../repairing.ts";
import { figures, isLong } from "./extent.ts";
import { codes, disks, failingAt, plainCodes, takingHalf } from "./faults.ts";
import { act, eachIsOldOrNew, imagesOf, type Known, settles, undisturbed, wasToldTruly } from "./outcome.ts";
import { type Stage, stages } from "./scenes.ts";
import { pointsOf, stepsOf } from "./steps.ts";

interface Fault {
  readonly point: number;
  readonly code: string;
  readonly lasts: boolean;
}

/** False where the run had fewer calls. */
async function fails(known: Known, name: string, stage: Stage, { point, code, lasts }: Fault): Promise<boolean> {
  const scene = await stage();
  const failing = failingAt(disks[scene.disk], point, code, lasts);
  const result = await act(scene, failing.files);
  if (!failing.struck()) return false;
  const told = `${name}, ${code} at call ${point}${lasts ? " and later" : ""}: ${result?.refused}`;
  eachIsOldOrNew(known, scene, told);
  wasToldTruly(known, scene, result);
  const end = await settles(known, scene, told);
  if (result?.applied === true) equal(end, "new", told);
  return true;
}

describe("a repair whose calls fail", () => {
  let all = 0;
  const tried = figures(() => `${all} points with failing calls in all`);

  for (const [name, stage] of Object.entries(stages)) {
    it(`${name}: one call, and all from one on`, async () => {
      const known = await undisturbed(stage);
      const steps = await stepsOf(stage);
      const points = pointsOf(steps, () => true);
      const tally = { once: 0, lasting: 0 };
      for (const [i, point] of points.entries()) {
        const code = i % 8 === 0 ? "EXDEV" : (plainCodes[i % plainCodes.length] ?? "EIO");
        for (const each of isLong ? codes : [code]) {
          ok(await fails(known, name, stage, { point, code: each, lasts: false }), `call ${point} is not met`);
          tally.once += 1;
        }
        ok(await fails(known, name, stage, { point, code, lasts: true }), `call ${point} is not met`);
        tally.lasting += 1;
      }
      all += tally.once + tally.lasting;
      tried.push(
        `${name}: ${points.length} of ${steps.length} calls, ${tally.once} failures, ${tally.lasting} from which on all failed`,
      );
    }).timeout(1_800_000);

    it(`${name}: does not mind a system that takes half of a write`, async () => {
      const known = await undisturbed(stage);
      const scene = await stage();
      equal((await act(scene, takingHalf(disks[scene.disk])))?.applied, true);
      deepEqual(changedBetween(imagesOf(scene.bench.home), known.after), []);
    });
  }
});
