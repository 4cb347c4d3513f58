// Run by disks.test.ts, once for each of these, on a disk of its own that is gone when this process ends.
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { changedBetween, imagesIn, newestReceipt } from "../repairing.ts";
import { act, type End, eachIsOldOrNew, settles, undisturbed, wasToldTruly } from "./outcome.ts";
import { type Scene, type Stage, stages } from "./scenes.ts";

const page = 4096;
const struck = ["finalize under the store lock of 2026.4", "prune", "restore", "undo of a prune"] as const;

/** Takes all room but `pages`. */
function fill(pages: number): void {
  const fd = openSync(join(tmpdir(), "filler"), "wx");
  let size = 0;
  untilFull(() => {
    size += writeSync(fd, Buffer.alloc(page));
  });
  ftruncateSync(fd, Math.max(0, size - pages * page));
  closeSync(fd);
}

/** Takes all room for names but that of so many. */
function fillNames(files: number): void {
  const folder = join(tmpdir(), "filler");
  mkdirSync(folder);
  let made = 0;
  untilFull(() => writeFileSync(join(folder, `${made++}`), ""));
  for (let i = 0; i < files; i++) rmSync(join(folder, `${i}`), { force: true });
}

function untilFull(take: () => void): void {
  try {
    for (;;) take();
  } catch (error) {
    equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  }
}

/** Room for nothing, for one, for two, …, until there is enough. */
async function withLittleRoom(stage: Stage, take: (room: number) => void): Promise<Record<End, number>> {
  const ends: Record<End, number> = { old: 0, new: 0 };
  const known = await undisturbed(stage);
  for (let room = 0; ; room++) {
    const scene = await stage();
    take(room);
    const result = await act(scene);
    eachIsOldOrNew(known, scene, `room for ${room}`);
    wasToldTruly(known, scene, result);
    rmSync(join(tmpdir(), "filler"), { recursive: true });
    const isWhole = result?.applied === true && newestReceipt(scene.bench).state === "done";
    if (!isWhole) ok(/ENOSPC|interrupted/.test(`${result?.refused}${result?.receipt?.notes}`), result?.refused);
    ends[await settles(known, scene, `room for ${room}`)] += 1;
    rmSync(scene.bench.home, { recursive: true });
    rmSync(scene.bench.context.folder.path, { recursive: true });
    if (isWhole) return ends;
  }
}

async function eachWithLittleRoom(take: (room: number) => void): Promise<void> {
  for (const name of struck) {
    const ends = await withLittleRoom(stages[name], take);
    ok(ends.old > 1, JSON.stringify(ends));
    process.stdout.write(
      `    ${name}: too little room ${ends.old + ends.new - 1} times, ${ends.old} refused or taken back\n`,
    );
  }
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  equal(status, 0, stderr);
}

describe("on a disk of its own", () => {
  it("a disk of 1 MB that is full: nothing is written, or all of it", () => eachWithLittleRoom(fill));

  it("a disk without room for one more file: nothing is written, or all of it", () => eachWithLittleRoom(fillNames));

  it("a disk that was mounted read-only: nothing is written, nothing is said to be", async () => {
    const readOnly: readonly ((scene: Scene) => string)[] = [
      ({ bench }) => bench.home,
      ({ bench }) => join(bench.context.folder.path, ".."),
    ];
    const stage = stages["finalize under the store lock of 2026.4"];
    const known = await undisturbed(stage);
    for (const directoryOf of readOnly) {
      const scene = await stage();
      const directory = directoryOf(scene);
      mount("--bind", directory, directory);
      try {
        mount("-o", "remount,ro,bind", directory);
        const result = await act(scene);
        equal(result?.applied, false);
        ok(result?.refused?.includes("EROFS"), result?.refused);
        deepEqual(changedBetween(imagesIn(scene.bench.home), known.before), []);
      } finally {
        equal(spawnSync("umount", [directory]).status, 0);
      }
      equal(await settles(known, scene, directory), "old");
    }
  });

  it("two disks: what a prune keeps is copied where it cannot be linked, and comes back", async () => {
    const known = await undisturbed(stages.prune);
    const scene = await stages.prune();
    const other = join(tmpdir(), "other");
    mkdirSync(other);
    mount("-t", "tmpfs", "none", other);
    const { context, ...bench } = scene.bench;
    const folder = stateFolder({}, join(other, "inspector"));
    const apart = { ...scene, bench: { ...bench, context: { ...context, folder } } };
    equal((await act(apart))?.applied, true);
    const { kept = [] } = newestReceipt(apart.bench);
    equal(kept.length, 2);
    for (const { copy } of kept) equal(statSync(copy).nlink, 1);
    equal(await settles(known, apart, "two disks"), "new");
  });
});
