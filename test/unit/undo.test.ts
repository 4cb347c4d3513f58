// The way back after others have written, row by row and field by field, and when there is none.
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { receiptsOf, undoReceipt } from "../../src/repairs.ts";
import { gateway, key, now, running } from "../homeBuilder.ts";
import {
  benchOf,
  changedBetween,
  imagesIn,
  look,
  newestReceipt,
  onlyInit,
  repairProven,
  repairSeen,
  undoNewest,
} from "../repairing.ts";
import { ended, other, rowsOf, sick, write } from "../sickStore.ts";

describe("an undo", () => {
  it("after others have written undoes what is ours, and leaves and lists the rest", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairProven(bench);
    write(built, (rows) => {
      Object.assign(rows[key] ?? {}, { endedAt: 1, updatedAt: now });
      rows["agent:main:new"] = { sessionId: "new" };
    });
    const expected = rowsOf(built);
    const result = await undoNewest(bench);
    deepEqual(result.plan.left, [`endedAt of ${key} was changed since and is left as it is.`]);
    const { runtimeMs: _ours, abortedLastRun: _too, ...row } = expected[key] ?? {};
    deepEqual(rowsOf(built), { ...expected, [key]: { ...row, status: "running" } });
  });

  it("leaves a row that is gone", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairProven(bench);
    write(built, (rows) => delete rows[key]);
    const result = await undoNewest(bench);
    ok(result.refused?.includes(`${key} is gone`), result.refused);
    deepEqual(Object.keys(rowsOf(built)), [other]);
  });

  it("of one row leaves the other rows of the batch", async () => {
    const built = sick("2026.5.18", { [other]: running({ endedAt: ended }) });
    const bench = benchOf(built);
    const seen = await look(bench);
    const asked = seen.findings.filter(({ repair }) => repair.kind !== "none");
    equal(asked.length, 2);
    const text = readFileSync(built.store, "utf8");
    const [result] = await repairSeen(bench, seen, asked);
    equal(result?.applied, true);
    const repaired = rowsOf(built);
    const receipt = newestReceipt(bench);
    await undoReceipt(receipt, bench.context, new Set([key]));
    deepEqual(rowsOf(built), { ...JSON.parse(text), [other]: repaired[other] });
    const rest = await undoReceipt(receipt, bench.context);
    equal(rest.applied, true);
    deepEqual(rowsOf(built), JSON.parse(text));
    equal(receiptsOf(bench.context).find(({ id }) => id === receipt.id)?.undoneBy, rest.receipt?.id);
  });

  it("is made once", async () => {
    const bench = benchOf(sick());
    await repairProven(bench);
    const receipt = newestReceipt(bench);
    equal((await undoReceipt(receipt, bench.context)).applied, true);
    const again = receiptsOf(bench.context).find(({ id }) => id === receipt.id) ?? receipt;
    ok((await undoReceipt(again, bench.context)).refused?.includes("undone already"));
    // A window that shows the receipt as it was.
    equal((await undoReceipt(receipt, bench.context)).applied, false);
  });

  it("puts nothing back from a copy that was changed", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairProven(bench);
    const { backup = "" } = newestReceipt(bench);
    writeFileSync(backup, "{}");
    const before = imagesIn(built.home);
    ok((await undoNewest(bench)).refused?.includes("nothing is put back"));
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("never writes a store that does not parse", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairProven(bench);
    truncateSync(built.store, 100);
    const before = imagesIn(built.home);
    equal((await undoNewest(bench)).applied, false);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("of a live store needs the permission of a repair", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairProven(bench);
    const { captured: _, ...receipt } = newestReceipt(bench);
    const capture = { processes: parseCapturedProcesses(`${onlyInit}\n${gateway}`) };
    const before = imagesIn(built.home);
    const result = await undoReceipt(receipt, { ...bench.context, input: { ...bench.context.input, capture } });
    ok(result.refused?.includes("stop it first"), result.refused);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
    utimesSync(built.store, 1, 1);
    equal((await undoReceipt(receipt, bench.context)).applied, true);
  });
});
