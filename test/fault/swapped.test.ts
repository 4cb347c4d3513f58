// Between any two calls of a repair the directory becomes a link to another one, whose files have the same names and, but
// for the store, the same bytes: the store there stays as it is and no byte there is lost, and what was moved away is old
// or the previewed new. Node has no openat, so two things are left to who can swap within one call: a file there gets the
// new name that the one here was to get, and the one name that is being removed goes there instead of here.
import { deepEqual, equal, ok } from "node:assert/strict";
import { cpSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { recoverRepairs } from "../../src/repairs.ts";
import { imagesIn } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";
import { disks, watched } from "./faults.ts";
import { act, undisturbed } from "./outcome.ts";
import { type Scene, type Stage, stages } from "./scenes.ts";
import { pointsOf, stepsOf } from "./steps.ts";

type Images = ReadonlyMap<string, string>;

/** What a repair of ours leaves where it cannot reach any more: a file of its own, the store lock of 2026.4. */
const isOurs = (name: string): boolean => /\.session-inspector\.|sessions\.json\.lock$/.test(name);

function decoyOf({ store }: Scene): string {
  const decoy = temporaryDirectory();
  cpSync(dirname(store), decoy, { recursive: true, preserveTimestamps: true });
  writeFileSync(join(decoy, basename(store)), readFileSync(store, "utf8").replace("{", '{\n  "theirs": {},'));
  return decoy;
}

/** At the `point`-th call from the first change of the repair on: what is swapped before is planned with. */
async function swappedAt(stage: Stage, allowed: readonly Images[], point: number, told: string): Promise<void> {
  const scene = await stage();
  const { home } = scene.bench;
  const sessionsDir = dirname(scene.store);
  const aside = `${sessionsDir}.aside`;
  const decoy = decoyOf(scene);
  const theirs = imagesIn(decoy);
  let count = 0;
  let removing = "";
  await act(
    scene,
    watched(disks[scene.disk], (call, make) => {
      if (count > 0 || call.changes) count += 1;
      if (count === point) {
        count += 1;
        renameSync(sessionsDir, aside);
        symlinkSync(decoy, sessionsDir);
        if (call.name === "unlink") removing = basename(String(call.args[0]));
      }
      return make();
    }),
  );
  ok(count > point, `${told} is not met`);
  const left = imagesIn(decoy);
  const store = basename(scene.store);
  equal(left.get(store), theirs.get(store), `${told}: their store was changed`);
  const contents = new Set(left.values());
  const lost = [...theirs].map(([name, image]) => (contents.has(image) ? removing : name));
  deepEqual(
    lost.filter((name) => name !== removing),
    [],
    `${told}: theirs was lost`,
  );
  rmSync(sessionsDir);
  renameSync(aside, sessionsDir);
  await recoverRepairs(scene.bench.context);
  const found = imagesIn(home);
  for (const name of new Set([...found.keys(), ...allowed.flatMap((images) => [...images.keys()])])) {
    const isKnown = allowed.some((images) => images.get(name) === found.get(name));
    ok(isKnown || isOurs(name), `${told}: ${name} is neither the old nor the new`);
  }
}

describe("A directory that is swapped for a link during a repair", () => {
  let points = 0;
  // A row of a database and a lock in agentctl's list are each compared by itself: the same one behind the link is meant too.
  const isWhole = (name: string): boolean =>
    !/field by field|undo of a restore|agentctl|claude-mem|in a database/.test(name);
  const some = Object.entries(stages).filter(([name]) => isWhole(name));
  for (const [name, stage] of some) {
    it(`leaves what lies behind the link alone: ${name}`, async () => {
      const { before, after } = await undisturbed(stage);
      const steps = await stepsOf(stage);
      const firstChange = steps.findIndex(({ changes }) => changes);
      const chosen = pointsOf(steps.slice(firstChange), () => true);
      for (const point of chosen) await swappedAt(stage, [before, after], point, `${name}, call ${point}`);
      points += chosen.length;
    });
  }

  it("was tried at hundreds of points", () => {
    ok(points > 400, `only ${points}`);
  });
});
