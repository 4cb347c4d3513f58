// What a receipt is on the disk, how long it stays, and who may touch it meanwhile (promises 2 and 3).
import { deepEqual, equal, ok } from "node:assert/strict";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "../../src/model/receipt.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { keptUntil, retention, sweepReceipts } from "../../src/repair/retention.ts";
import { takeStoreLock } from "../../src/repair/storeLock.ts";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { type Bench, benchOf, changedBetween, imagesIn, newestReceipt, repairProven } from "../repairing.ts";
import { sick } from "../sickStore.ts";
import { figures } from "./extent.ts";
import { failingAt, watched } from "./faults.ts";
import { bundledChild, eachOf, orderOf, wasKilled } from "./killing.ts";
import { act, settles, undisturbed } from "./outcome.ts";
import { stages } from "./scenes.ts";
import { pointsOf, stepsOf } from "./steps.ts";

const day = 86_400_000;

/** Receipts of one repair that was truly made, as if it had been made at each of these times, the newest last. */
async function benchWith(...times: readonly number[]): Promise<Bench> {
  const bench = benchOf(sick());
  await repairProven(bench);
  const made = newestReceipt(bench);
  const { receipts } = bench.context.folder;
  for (const [i, at] of times.entries()) {
    const id = `copy-${String(i).padStart(4, "0")}`;
    cpSync(join(receipts, made.id), join(receipts, id), { recursive: true });
    await change(made, bench, { id, at, backup: join(receipts, id, "store.json") });
  }
  rmSync(join(receipts, made.id), { recursive: true });
  return bench;
}

async function change(receipt: Receipt, { context }: Bench, more: Partial<Receipt>): Promise<void> {
  const changed = { ...receipt, ...more };
  await writeFile(join(context.folder.receipts, changed.id, "manifest.json"), JSON.stringify(changed));
}

const ids = ({ context }: Bench): string[] => receiptsOf(context).map(({ id }) => id);

describe("receipts", () => {
  const at = Date.UTC(2026, 0, 1);

  describe("stay", () => {
    it("until the date that they show, however many and however large", async () => {
      const bench = await benchWith(...Array.from({ length: retention.mostReceipts + 20 }, (_, i) => at + i));
      const [newest] = receiptsOf(bench.context);
      truncateSync(join(bench.context.folder.receipts, newest?.id ?? "", "store.json"), 3 * retention.mostBytes);
      const until = keptUntil({ ...(newest as Receipt), at });
      equal(until, at + 30 * day);
      sweepReceipts(nodeFiles, bench.context.folder, until - 1);
      equal(ids(bench).length, retention.mostReceipts + 20);
    });

    it("after it while there are few and they are small, up to 90 days, and the last one for ever", async () => {
      const bench = await benchWith(at, at + 1, at + 2);
      sweepReceipts(nodeFiles, bench.context.folder, at + 90 * day - 1);
      equal(ids(bench).length, 3);
      sweepReceipts(nodeFiles, bench.context.folder, at + 90 * day);
      deepEqual(ids(bench), ["copy-0002", "copy-0001"]);
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      deepEqual(ids(bench), ["copy-0002"]);
      equal((await undoReceipt(newestReceipt(bench), bench.context)).refused, undefined);
    });

    it("the last one that can be undone too, whatever came after it", async () => {
      const bench = await benchWith(at, at + 1, at + 2);
      const [newest] = receiptsOf(bench.context);
      await change(newest as Receipt, bench, { state: "rolledBack" });
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      deepEqual(ids(bench), ["copy-0002", "copy-0001"]);
    });

    it("where a repair of the same store waits to be finished", async () => {
      const bench = await benchWith(at, at + 1, at + 2);
      const [newest] = receiptsOf(bench.context);
      await change(newest as Receipt, bench, { state: "rowsWritten" });
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      equal(ids(bench).length, 3);
    });

    it("while what they moved lies in the quarantine", async () => {
      const { bench, ...scene } = await stages.tidy();
      equal((await act({ bench, ...scene }))?.applied, true);
      const tidied = newestReceipt(bench);
      for (const id of ["a", "b"]) {
        cpSync(join(bench.context.folder.receipts, tidied.id), join(bench.context.folder.receipts, id), {
          recursive: true,
        });
        await change({ ...tidied, plan: { ...tidied.plan, edits: [] } }, bench, { id, at: tidied.at + 1 });
      }
      sweepReceipts(nodeFiles, bench.context.folder, tidied.at + 9000 * day);
      deepEqual(ids(bench), ["b", tidied.id]);
      equal((await undoReceipt(tidied, bench.context)).refused, undefined);
    });

    it("where somebody repairs or undoes in the same store right now", async () => {
      const bench = await benchWith(at, at + 1);
      const store = newestReceipt(bench).plan.store.path;
      const lock = takeStoreLock(nodeFiles, bench.context.folder, store);
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      equal(ids(bench).length, 2);
      lock.release();
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      equal(ids(bench).length, 1);
    });
  });

  it("go by count, the oldest first", async () => {
    const times = Array.from({ length: retention.mostReceipts + 3 }, (_, i) => at + i);
    const bench = await benchWith(...times);
    sweepReceipts(nodeFiles, bench.context.folder, at + 31 * day);
    equal(ids(bench).length, retention.mostReceipts);
    equal(ids(bench).at(-1), "copy-0003");
  });

  it("go by size, the oldest first; transcripts that are links weigh nothing", async () => {
    const bench = await benchWith(at, at + 1, at + 2, at + 3);
    const { receipts } = bench.context.folder;
    for (const id of ["copy-0000", "copy-0003"])
      truncateSync(join(receipts, id, "store.json"), retention.mostBytes * 0.75);
    const transcript = join(bench.home, "transcript");
    await writeFile(transcript, "");
    truncateSync(transcript, 3 * retention.mostBytes);
    nodeFiles.link(transcript, join(receipts, "copy-0001", "transcript"));
    sweepReceipts(nodeFiles, bench.context.folder, at + 31 * day);
    deepEqual(ids(bench), ["copy-0003", "copy-0002", "copy-0001"]);
  });

  it("are swept whole in the end, whatever call of a sweep fails", async () => {
    let points = 0;
    for (let point = 1; ; point++) {
      const bench = await benchWith(at, at + 1);
      const failing = failingAt(nodeFiles, point, "EIO", true);
      try {
        sweepReceipts(failing.files, bench.context.folder, at + 9000 * day);
      } catch (error) {
        equal((error as NodeJS.ErrnoException).code, "EIO");
      }
      if (!failing.struck()) break;
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      // An empty folder may be one that another window makes right now: it goes when it is a day old.
      for (const name of readdirSync(bench.context.folder.receipts))
        utimesSync(join(bench.context.folder.receipts, name), 0, 0);
      sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
      deepEqual(readdirSync(bench.context.folder.receipts), ["copy-0001"]);
      points += 1;
    }
    ok(points > 10);
  });

  it("leave what is not theirs alone", async () => {
    const bench = await benchWith(at);
    const theirs = join(bench.context.folder.receipts, "mine");
    mkdirSync(theirs);
    await writeFile(join(theirs, "notes.txt"), "mine");
    utimesSync(theirs, 0, 0);
    sweepReceipts(nodeFiles, bench.context.folder, at + 9000 * day);
    equal(await readFile(join(theirs, "notes.txt"), "utf8"), "mine");
  });

  it("keep pruned transcripts by a link, and by a copy where they lie on another disk", async () => {
    for (const [name, isLink] of [
      ["prune", true],
      ["prune, receipts on another disk", false],
    ] as const) {
      const scene = await stages[name]();
      equal((await act(scene))?.applied, true);
      const { kept = [], plan } = newestReceipt(scene.bench);
      const rename = plan.edits.find((edit) => edit.kind === "rename");
      const copy = kept.find(({ path }) => path === rename?.from)?.copy ?? "";
      equal(statSync(copy).ino === statSync(rename?.to ?? "").ino, isLink);
      equal(readFileSync(copy, "utf8"), readFileSync(rename?.to ?? "", "utf8"));
    }
  });

  describe("stop the repair", () => {
    const spoilt: Readonly<Record<string, (to: string) => void>> = {
      "lost its end": (to) => truncateSync(to, statSync(to).size - 1),
      "is empty": (to) => truncateSync(to, 0),
    };
    for (const [what, spoil] of Object.entries(spoilt)) {
      it(`when the copy of the store ${what}`, async () => {
        const scene = await stages["finalize and its lock"]();
        const before = imagesIn(scene.bench.home);
        const files = watched(nodeFiles, (call, make) => {
          const result = make();
          if (call.name === "copy") spoil(String(call.args[1]));
          return result;
        });
        const result = await act(scene, files);
        equal(result?.applied, false);
        ok(result?.refused?.includes("nothing was written"), result?.refused);
        deepEqual(changedBetween(before, imagesIn(scene.bench.home)), []);
        equal(newestReceipt(scene.bench).state, "rolledBack");
      });
    }
  });

  describe("of a repair under way in another window", () => {
    const tried = figures();
    const start = bundledChild();

    it("are not swept, recovered or told of, wherever that window is", async () => {
      const name = "finalize under the store lock of 2026.4";
      const known = await undisturbed(stages[name]);
      const points = pointsOf(await stepsOf(stages[name]), ({ changes }) => changes);
      await eachOf(points, async (point) => {
        const scene = await stages[name]();
        const { context, home } = scene.bench;
        const child = start(orderOf(scene, { point, moment: "before", everyCall: false }, "wait"));
        const ended = wasKilled(child);
        const out = once(child.stdout ?? child, "data").then(([text]) => String(text));
        equal(await Promise.race([out, ended]), "there\n");
        const { receipts } = context.folder;
        const look = (): Map<string, string>[] => [
          imagesIn(home),
          existsSync(receipts) ? imagesIn(receipts) : new Map(),
        ];
        const during = look();
        deepEqual(await recoverRepairs(context), [], `${point}`);
        deepEqual(look(), during, `${point}`);
        child.stdin?.write("\n");
        equal(await ended, false);
        equal(await settles(known, scene, `${point}`), "new");
      });
      tried.push(`another window looked on at ${points.length} points of a repair`);
    }).timeout(120_000);
  });
});
