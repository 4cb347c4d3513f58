// Another program changes the store at every call of a plan and of a repair: up to the rename the repair is given up and
// what the other wrote stands, after it the repair is done and what the other wrote stands too (promise 4).
import { equal, ok } from "node:assert/strict";
import { readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { planChoices, provenFindings, receiptsOf } from "../../src/repairs.ts";
import { benchOf, look } from "../repairing.ts";
import { sick } from "../sickStore.ts";
import { figures, isLong } from "./extent.ts";
import { disks, struckAt } from "./faults.ts";
import { act } from "./outcome.ts";
import { type Stage, stages } from "./scenes.ts";

const written = '{\n  "agent:main:theirs": {}\n}';

type Change = (store: string) => void;

const changes: readonly Change[] = [
  (store) => writeFileSync(store, written),
  (store) => {
    writeFileSync(`${store}.theirs`, written);
    renameSync(`${store}.theirs`, store);
  },
  (store) => truncateSync(store, 40),
  (store) => truncateSync(store, 0),
];

type End = "refused" | "overwritten" | "applied";

/** Undefined where the run had fewer calls. */
async function struck(stage: Stage, point: number, change: Change): Promise<End | undefined> {
  const scene = await stage();
  const { store, disk, bench } = scene;
  let theirs: string | undefined;
  const files = struckAt(disks[disk], { point, moment: "before", everyCall: true }, () => {
    change(store);
    theirs = readFileSync(store, "utf8");
  });
  const result = await act(scene, files);
  if (theirs === undefined) return undefined;
  const stands = readFileSync(store, "utf8") === theirs;
  if (result?.applied === true) return stands ? "applied" : "overwritten";
  const told = `call ${point}: ${result?.refused}`;
  equal(stands, true, told);
  ok(result?.refused?.includes("plan anew"), told);
  ok(
    receiptsOf(bench.context).every(({ state }) => state === "rolledBack"),
    told,
  );
  return "refused";
}

describe("a store that is written, replaced, truncated or emptied", () => {
  const measured = figures();

  it("while a repair is planned, at every call", async () => {
    for (const change of changes) {
      let points = 0;
      for (let met = true; met; points++) {
        const built = sick();
        const { context, ...bench } = benchOf(built);
        const seen = await look({ context, ...bench });
        met = false;
        const files = struckAt(disks.usual, { point: points + 1, moment: "before", everyCall: true }, () => {
          change(built.store);
          met = true;
        });
        const choices = provenFindings(seen).map((finding) => ({ finding }));
        const { plans, refused } = planChoices(seen, choices, { ...context, files });
        equal(plans.length, met ? 0 : 1);
        if (met) ok(refused[0]?.refused?.includes("plan anew"), refused[0]?.refused);
      }
      ok(points > 5);
    }
  });

  const repaired = ["finalize and its lock", "finalize under the store lock of 2026.4", "prune"] as const;
  for (const name of repaired) {
    it(`${name}: while it is made, at every call`, async () => {
      const ends: Record<End, number> = { refused: 0, overwritten: 0, applied: 0 };
      for (let point = 1, end: End | undefined = "refused"; end !== undefined; point++) {
        for (const [i, change] of changes.entries()) {
          if (!isLong && i !== point % changes.length) continue;
          end = await struck(stages[name], point, change);
          if (end !== undefined) ends[end] += 1;
        }
      }
      ok(ends.refused > 20 && ends.applied > 20, JSON.stringify(ends));
      // Between the last look and the rename only a lock that both keep could come.
      equal(ends.overwritten, isLong ? changes.length : 1);
      measured.push(
        `${name}, the store changed: ${ends.refused} times told to plan anew, ${ends.applied} times after the rename, ${ends.overwritten} between the last look and the rename`,
      );
    }).timeout(600_000);
  }
});
