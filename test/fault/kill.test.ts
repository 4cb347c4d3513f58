// A process that is killed at one point after another of a repair, of an undo and of the recovery itself: what it leaves is the old or
// the new, and the next start settles it (promise 2).
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { key } from "../homeBuilder.ts";
import { imagesIn } from "../repairing.ts";
import { figures, isLong } from "./extent.ts";
import type { Moment } from "./faults.ts";
import { bundledChild, eachOf, eachPoint, orderOf, wasKilled } from "./killing.ts";
import { type End, eachIsOldOrNew, settles, undisturbed } from "./outcome.ts";
import { type Scene, type Stage, stages, writeOtherRow } from "./scenes.ts";
import { pointsOf, type Step, stepsOf } from "./steps.ts";

/** Just after a change the disk is as just before the next one: `npm test` leaves that out, the long run does not. */
const moments: readonly Moment[] = isLong ? ["before", "inTheMiddle", "after"] : ["before", "inTheMiddle"];

/** `npm test` kills at every step of these, and once at each kind of change of the others. */
const stepByStep = new Set<string>([
  "finalize under the store lock of 2026.4",
  "prune, receipts on another disk",
  "undo of a prune, field by field, after the archive was deleted",
  "finalize in a database",
  "undo of a finalize in a database",
]);

/** What counts as a point there: in the long run also what only reads. */
function countsAt(moment: Moment, { name, changes }: Step): boolean {
  return moment === "inTheMiddle" ? name === "write" || name === "copy" : isLong || changes;
}

describe("a process that is killed", () => {
  let all = 0;
  const tried = figures(() => `${all} processes killed in all`);
  const start = bundledChild();
  const kill = (scene: Scene, point: number, moment: Moment, everyCall = false): Promise<boolean> =>
    wasKilled(start(orderOf(scene, { point, moment, everyCall }, "kill")));

  for (const [name, stage] of Object.entries(stages) as [string, Stage][]) {
    it(`${name}: wherever that is`, async () => {
      const known = await undisturbed(stage);
      const steps = await stepsOf(stage);
      const ends: Record<End, number> = { old: 0, new: 0 };
      const points: string[] = [];
      for (const moment of moments) {
        const kind = stepByStep.has(name) ? undefined : (step: Step) => step.name;
        const chosen = pointsOf(steps, (step) => countsAt(moment, step), kind);
        await eachOf(chosen, async (point) => {
          const scene = await stage();
          const told = `${name}, ${moment} ${point}`;
          ok(await kill(scene, point, moment, isLong), `${told} is not met`);
          eachIsOldOrNew(known, scene, told);
          ends[await settles(known, scene, told)] += 1;
        });
        points.push(`${chosen.length} ${moment === "inTheMiddle" ? "in the middle" : moment}`);
        all += chosen.length;
      }
      ok(ends.old > 0 && ends.new > 0, JSON.stringify(ends));
      tried.push(`${name}: ${points.join(", ")}; ${ends.old} taken back, ${ends.new} finished`);
    }).timeout(1_800_000);
  }

  const recovered: readonly (keyof typeof stages)[] = isLong
    ? (Object.keys(stages) as (keyof typeof stages)[])
    : ["finalize under the store lock of 2026.4"];
  const [step, recoveryStep] = isLong ? [12, 1] : [16, 2];
  for (const name of recovered) {
    it(`${name}: and the recovery too`, async () => {
      const stage: Stage = stages[name];
      const known = await undisturbed(stage);
      let points = 0;
      const again = async (first: number): Promise<boolean> => {
        let killed = true;
        points += await eachPoint(async (point) => {
          const scene = await stage();
          killed = await kill(scene, first, "before");
          if (!killed || !(await kill({ ...scene, task: { do: "recover" } }, point, "before"))) return false;
          eachIsOldOrNew(known, scene, `${name}, before ${first}, recovery before ${point}`);
          await settles(known, scene, `${name}, before ${first}, recovery before ${point}`);
          return true;
        }, recoveryStep);
        return killed;
      };
      for (let first = 1; await again(first); first += step);
      ok(points > 0);
      all += points;
      tried.push(`${name}: killed, and the recovery killed at ${points} points`);
    }).timeout(3_600_000);
  }

  it("is told truly also where others wrote the store before it was recovered", async () => {
    const stage = stages["finalize and its lock"];
    const points = pointsOf(await stepsOf(stage), ({ changes }) => changes);
    await eachOf(points, async (point) => {
      const scene = await stage();
      ok(await kill(scene, point, "before"), `point ${point} is not met`);
      const { store, bench } = scene;
      writeOtherRow(scene);
      await recoverRepairs(bench.context);
      const written = imagesIn(bench.home);
      const [receipt] = receiptsOf(bench.context);
      const rows = (): Record<string, { status?: string }> => JSON.parse(readFileSync(store, "utf8"));
      const isNew = rows()[key]?.status === "done";
      equal(receipt?.state === "done", isNew, `point ${point}: ${receipt?.state}`);
      if (receipt !== undefined && isNew) await undoReceipt(receipt, bench.context);
      equal(rows()[key]?.status, "running", `point ${point}`);
      ok("agent:main:new" in rows());
      deepEqual(
        [...written.keys()].filter((path) => path.endsWith(".tmp")),
        [],
        `point ${point}`,
      );
    });
    all += points.length;
    tried.push(`others wrote before the recovery: ${points.length} points`);
  }).timeout(240_000);
});
