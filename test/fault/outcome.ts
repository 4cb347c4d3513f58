// What must be so of a repair that was struck, whatever struck it (promises 2 and 3).
import { deepEqual, equal, ok } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Receipt, RepairResult } from "../../src/model/receipt.ts";
import type { Files } from "../../src/repair/files.ts";
import { takeStoreLock } from "../../src/repair/storeLock.ts";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { rowsOf } from "../claudeMemHome.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { disks } from "./faults.ts";
import type { Scene, Stage } from "./scenes.ts";
import { perform } from "./task.ts";

type Images = ReadonlyMap<string, string>;

export interface Known {
  readonly before: Images;
  readonly after: Images;
  /** Which of the receipts is the one of what was struck: the newest of as many. */
  readonly receipts: number;
}

export type End = "old" | "new";

export function act({ task, bench, disk }: Scene, files: Files = disks[disk]): Promise<RepairResult | undefined> {
  return perform(task, { ...bench.context, files });
}

/** The same scene without a fault. */
export async function undisturbed(stage: Stage): Promise<Known> {
  const scene = await stage();
  const before = imagesOf(scene.bench.home);
  const receipts = receiptsOf(scene.bench.context).length;
  const result = await act(scene);
  equal(result?.applied, true, result?.refused);
  return { before, after: imagesOf(scene.bench.home), receipts };
}

/** Every file, and of a database its rows: how it keeps them is its own affair. */
export function imagesOf(home: string): Map<string, string> {
  const images = imagesIn(home);
  for (const name of images.keys()) {
    if (/\.db-(wal|shm)$/.test(name)) images.delete(name);
    else if (name.endsWith(".db")) images.set(name, JSON.stringify(rowsOf(join(home, name))));
  }
  return images;
}

/** What lies beside the store while a repair is under way, and after a crash until the next start. */
const isOurs = (name: string): boolean => /\.session-inspector\.|sessions\.json\.lock$/.test(name);

export function eachIsOldOrNew({ before, after }: Known, { bench }: Scene, told: string): void {
  const found = imagesOf(bench.home);
  for (const name of new Set([...before.keys(), ...after.keys(), ...found.keys()])) {
    if (isOurs(name)) continue;
    const image = found.get(name);
    ok(image === before.get(name) || image === after.get(name), `${told}: ${name} is neither the old nor the new`);
  }
}

/** What a person was told that reads "nothing was changed" is so. */
export function wasToldTruly({ before }: Known, { bench }: Scene, result: RepairResult | undefined): void {
  if (result?.refused?.includes("nothing was changed") !== true) return;
  const changed = changedBetween(before, imagesOf(bench.home)).filter((name) => !isOurs(name));
  deepEqual(changed, [], result.refused);
}

/** The next start leaves the whole home old or new and says which; undo, or a second try, gives the other. */
export async function settles(known: Known, scene: Scene, told: string): Promise<End> {
  const { bench, store, disk } = scene;
  const context = { ...bench.context, files: disks[disk] };
  const unfinished = receiptsOf(context).filter(({ state }) => state !== "done" && state !== "rolledBack");
  const recovered = await recoverRepairs(context);
  deepEqual(await recoverRepairs(context), [], `${told}: something is left to recover`);
  const found = imagesOf(bench.home);
  const notes = leftBehind(known, scene);
  const rest = changedBetween(found, known.after);
  const isNew = rest.every((name) => notes.includes(basename(name)) && found.get(name) === known.before.get(name));
  const difference = isNew ? [] : changedBetween(found, known.before);
  deepEqual(difference, [], `${told}: neither all old nor all new`);
  for (const { id } of unfinished) {
    const how = recovered.find(({ receipt }) => receipt.id === id)?.how;
    equal(how, isNew ? "finished" : "takenBack", `${told}: what the next start says`);
  }
  const all = receiptsOf(context);
  const receipt = all.length > known.receipts ? all[0] : undefined;
  if (isNew) equal(receipt?.state, "done", told);
  else ok(receipt === undefined || receipt.state === "rolledBack", `${told}: ${receipt?.state}`);
  if (known.receipts > 0) isMarked(all, receipt, isNew, told);
  if (isNew && known.receipts === 0 && receipt !== undefined) {
    equal((await undoReceipt(receipt, context)).refused, undefined, told);
    deepEqual(changedBetween(imagesOf(bench.home), known.before), [], `${told}: undo`);
  } else if (!isNew) {
    equal((await act(scene))?.refused, undefined, `${told}: again`);
    deepEqual(changedBetween(imagesOf(bench.home), known.after), [], `${told}: again`);
  }
  // What the dead left is cleared up by the next one.
  takeStoreLock(disks[disk], bench.context.folder, store).release();
  deepEqual(readdirSync(bench.context.folder.locks), [], `${told}: our locks`);
  return isNew ? "new" : "old";
}

/** What a finished repair says that it had to leave, as a file that cannot be moved to another disk: it stays as it was. */
function leftBehind({ receipts }: Known, { bench, disk }: Scene): string {
  const all = receiptsOf({ ...bench.context, files: disks[disk] });
  const [{ state, notes = [] } = {}] = all.length > receipts ? all : [];
  return state === "done" ? notes.join("\n") : "";
}

/** What was undone as a whole says so, and nothing else does. */
function isMarked(all: readonly Receipt[], undo: Receipt | undefined, isNew: boolean, told: string): void {
  const undone = all.find(({ plan }) => plan.action !== "undo");
  const mark = isNew && undo?.plan.undoes !== undefined ? undo.id : undefined;
  equal(undone?.undoneBy, mark, `${told}: what was undone`);
}
