// A repair whose calls fail at every point: each file is the old or the previewed new, the next start settles it, the
// receipt tells the truth, and the undo gives the old bytes back (promises 2 and 3).
import { deepEqual, equal } from "node:assert/strict";
import { changedBetween, imagesIn } from "../repairing.ts";
import { figures, isLong } from "./extent.ts";
import { codes, disks, failingAt, plainCodes, takingHalf } from "./faults.ts";
import { act, eachIsOldOrNew, type Known, settles, undisturbed, wasToldTruly } from "./outcome.ts";
import { type Stage, stages } from "./scenes.ts";

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
    it(`${name}: each call once, and all from one on`, async () => {
      const known = await undisturbed(stage);
      const points = { once: 0, lasting: 0 };
      for (const lasts of [false, true]) {
        // To tell what is in a database takes longer than to read a file.
        const step = isLong ? 1 : lasts || name.includes("database") ? 5 : 1;
        for (let point = 1, met = true; met; point += step) {
          const code = plainCodes[(point + Number(lasts)) % plainCodes.length] ?? "EIO";
          const chosen = isLong && !lasts ? codes : point % 8 === 0 ? ["EXDEV"] : [code];
          for (const each of chosen) {
            met = await fails(known, name, stage, { point, code: each, lasts });
            if (met) points[lasts ? "lasting" : "once"] += 1;
          }
        }
      }
      all += points.once + points.lasting;
      tried.push(`${name}: ${points.once} calls that failed, ${points.lasting} from which on all failed`);
    }).timeout(1_800_000);

    it(`${name}: does not mind a system that takes half of a write`, async () => {
      const known = await undisturbed(stage);
      const scene = await stage();
      equal((await act(scene, takingHalf(disks[scene.disk])))?.applied, true);
      deepEqual(changedBetween(imagesIn(scene.bench.home), known.after), []);
    });
  }
});
