// A repair struck at every point: each file is the old or the previewed new, recovery settles it, the receipt tells the
// truth, and the undo gives the old bytes back (promises 2 and 3).
import { deepEqual, equal, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Receipt } from "../../src/model/receipt.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { takeStoreLock } from "../../src/repair/storeLock.ts";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { type Deadly, Death, dyingAt, failingAt, watched } from "./faults.ts";
import { type Scene, type Stage, stages, writeOtherRow } from "./scenes.ts";

type Images = ReadonlyMap<string, string>;

interface Known {
  readonly before: Images;
  readonly after: Images;
  /** Which of the receipts is the one of what was struck: the newest of as many. */
  readonly receipts: number;
}

/** The same scene without a fault. */
async function undisturbed(stage: Stage): Promise<Known> {
  const scene = await stage();
  const before = imagesIn(scene.built.home);
  const receipts = receiptsOf(scene.bench.context).length;
  const result = await scene.act(nodeFiles);
  equal(result?.applied, true, result?.refused);
  return { before, after: imagesIn(scene.built.home), receipts };
}

const isOurs = (name: string): boolean => /\.session-inspector\.|sessions\.json\.lock$/.test(name);

function eachIsOldOrNew({ before, after }: Known, { built }: Scene, told: string): void {
  const found = imagesIn(built.home);
  for (const name of new Set([...before.keys(), ...after.keys(), ...found.keys()])) {
    if (isOurs(name)) continue;
    const image = found.get(name);
    ok(image === before.get(name) || image === after.get(name), `${told}: ${name} is neither the old nor the new`);
  }
}

function struckReceipt({ bench }: Scene, { receipts }: Known): Receipt | undefined {
  const all = receiptsOf(bench.context);
  return all.length > receipts ? all[0] : undefined;
}

/** Recovery leaves the whole home old or new, says which, and undo or a second try gives the other. */
async function settles(known: Known, scene: Scene, told: string): Promise<"old" | "new"> {
  const { bench, built } = scene;
  await recoverRepairs(bench.context);
  deepEqual(await recoverRepairs(bench.context), [], `${told}: something is left to recover`);
  const found = imagesIn(built.home);
  const isNew = changedBetween(found, known.after).length === 0;
  const difference = isNew ? [] : changedBetween(found, known.before);
  deepEqual(difference, [], `${told}: neither all old nor all new`);
  const receipt = struckReceipt(scene, known);
  if (isNew) equal(receipt?.state, "done", told);
  else ok(receipt === undefined || receipt.state === "rolledBack", `${told}: ${receipt?.state}`);
  const undone = receipt?.plan.undoes ?? receiptsOf(bench.context).find(({ plan }) => plan.action !== "undo")?.id;
  const isUndo = known.receipts > 0;
  if (isUndo) {
    const original = receiptsOf(bench.context).find(({ id }) => id === undone);
    equal(original?.undoneBy, isNew ? receipt?.id : undefined, `${told}: what was undone`);
  } else if (isNew && receipt !== undefined) {
    equal((await undoReceipt(receipt, bench.context)).refused, undefined, told);
    deepEqual(changedBetween(imagesIn(built.home), known.before), [], `${told}: undo`);
  } else {
    equal((await scene.act(nodeFiles))?.refused, undefined, `${told}: again`);
    deepEqual(changedBetween(imagesIn(built.home), known.after), [], `${told}: again`);
  }
  // What the dead left is cleared up by the next one.
  takeStoreLock(nodeFiles, bench.context.folder, built.store).release();
  deepEqual(readdirSync(bench.context.folder.locks), [], `${told}: our locks`);
  return isNew ? "new" : "old";
}

async function strike(stage: Stage, deadly: Deadly): Promise<Scene | undefined> {
  const scene = await stage();
  try {
    await scene.act(deadly.files);
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
  return deadly.struck() ? scene : undefined;
}

describe("a repair that is struck", () => {
  const tried: string[] = [];
  after(() => process.stdout.write(`    ${tried.join("\n    ")}\n`));

  for (const [name, stage] of Object.entries(stages)) {
    it(`${name}: killed before and in the middle of every change`, async () => {
      const known = await undisturbed(stage);
      const ends = { old: 0, new: 0 };
      let points = 0;
      for (const inTheMiddle of [false, true]) {
        for (let point = 1; ; point++) {
          const scene = await strike(stage, dyingAt(point, inTheMiddle));
          if (scene === undefined) break;
          const told = `${name}, point ${point}${inTheMiddle ? ", in the middle" : ""}`;
          eachIsOldOrNew(known, scene, told);
          ends[await settles(known, scene, told)] += 1;
          points += 1;
        }
      }
      ok(ends.old > 0 && ends.new > 0, JSON.stringify(ends));
      tried.push(`${name}: killed at ${points} points, ${ends.old} taken back, ${ends.new} finished`);
    }).timeout(240_000);

    it(`${name}: every call fails once, or from then on`, async () => {
      const known = await undisturbed(stage);
      const codes = ["ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE", "EBUSY"];
      let points = 0;
      for (const lasts of [false, true]) {
        for (let point = 1; ; point++) {
          const code = codes[point % codes.length] ?? "EIO";
          const deadly = failingAt(point, code, lasts);
          const scene = await stage();
          const result = await scene.act(deadly.files);
          if (!deadly.struck()) break;
          const told = `${name}, ${code} at call ${point}${lasts ? " and later" : ""}: ${result?.refused}`;
          eachIsOldOrNew(known, scene, told);
          const found = imagesIn(scene.built.home);
          if (result?.refused?.includes("nothing was changed"))
            deepEqual(
              changedBetween(known.before, found).filter((path) => !isOurs(path)),
              [],
              told,
            );
          const end = await settles(known, scene, told);
          if (result?.applied === true) equal(end, "new", told);
          points += 1;
        }
      }
      tried.push(`${name}: ${points} failing calls`);
    }).timeout(240_000);
  }

  it("is told truly also where others wrote the store before it was recovered", async () => {
    const stage = stages["finalize and its lock"] as Stage;
    let points = 0;
    for (let point = 1; ; point++) {
      const scene = await strike(stage, dyingAt(point, false));
      if (scene === undefined) break;
      const { built, bench } = scene;
      writeOtherRow(built);
      await recoverRepairs(bench.context);
      const written = imagesIn(built.home);
      const [receipt] = receiptsOf(bench.context);
      const rows = (): Record<string, { status?: string }> => JSON.parse(readStore(built.store));
      const isNew = rows()["agent:main:main"]?.status === "done";
      equal(receipt?.state === "done", isNew, `point ${point}: ${receipt?.state}`);
      if (receipt !== undefined && isNew) await undoReceipt(receipt, bench.context);
      equal(rows()["agent:main:main"]?.status, "running", `point ${point}`);
      ok("agent:main:new" in rows());
      ok(![...written.keys()].some((path) => path.endsWith(".tmp")), `point ${point}`);
      points += 1;
    }
    tried.push(`others wrote before recovery: ${points} points`);
  }).timeout(240_000);

  it("does not mind a system that takes one byte at a time", async () => {
    for (const stage of Object.values(stages)) {
      const known = await undisturbed(stage);
      const scene = await stage();
      const files = watched((call, make) => {
        if (call.name !== "write") return make();
        const [fd, bytes, offset, length] = call.args as [number, Uint8Array, number, number];
        return nodeFiles.write(fd, bytes, offset, Math.min(length, 1 + (length >> 1)));
      });
      equal((await scene.act(files))?.applied, true);
      deepEqual(changedBetween(imagesIn(scene.built.home), known.after), []);
    }
  });
});

function readStore(path: string): string {
  return readFileSync(path, "utf8");
}
