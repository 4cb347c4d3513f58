// What lies where receipts belong may be another version's, or anybody's: nothing is recovered or undone from it.
import { deepEqual, equal, throws } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileImage } from "../../src/model/receipt.ts";
import type { RowImage } from "../../src/model/rowImage.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { imageOfSpelled, loadImages, spelled } from "../../src/repair/rowImages.ts";
import { receiptsOf } from "../../src/repairs.ts";
import { benchOf, newestReceipt, repairProven } from "../repairing.ts";
import { sick } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

/** One of each kind that JSON has, and what is nearly a number. */
const anything: readonly string[] = [
  ...["null", "true", "7", "1e999", '"word"', '""', "[]", "[7]", "[null]", "{}", '{"x":7}', '{"x":null}'],
  ...['{"x":{}}', '{"x":1e999}', '{"__proto__":{"x":7}}', '{"length":1,"0":{}}'],
];

function hashOfImages(images: readonly RowImage[]): FileImage {
  return imageOfSpelled(spelled(images));
}

/** The same with another value in one place, named by its path; without it where that is undefined. */
function replaced(json: string, path: string, value: string | undefined): string {
  const copy = JSON.parse(json);
  const names = path.split(".");
  const last = names.pop() ?? "";
  const parent = names.reduce((at, name) => at[name], copy);
  if (value === undefined) delete parent[last];
  else parent[last] = "\u0001";
  return JSON.stringify(copy).replace('"\\u0001"', () => value ?? "");
}

/** Which of the values do in this place; `undefined` stands for none at all. */
function fitting(json: string, path: string, fits: (text: string) => boolean): string[] {
  return [undefined, ...anything].filter((value) => fits(replaced(json, path, value))).map(String);
}

const [texts, numbers, lists, objects] = [['"word"', '""'], ["7"], ["[]", "[7]", "[null]"], ["{}", '{"x":7}']];

describe("a receipt", () => {
  it("is one only with all that recovery and undo rest on, each of its kind", async () => {
    const bench = benchOf(sick());
    await repairProven(bench);
    const { receipts } = bench.context.folder;
    const path = join(receipts, newestReceipt(bench).id, "manifest.json");
    const genuine = readFileSync(path, "utf8");
    const isOne = (text: string): boolean => {
      writeFileSync(path, text);
      return receiptsOf(bench.context).length === 1;
    };
    const does = (place: string): string[] => fitting(genuine, place, isOne);
    for (const place of ["id", "batch", "plan.action", "plan.store.path", "plan.store.kind"])
      deepEqual(does(place), texts, place);
    for (const place of ["schema", "state", "plan", "plan.store"]) deepEqual(does(place), [], place);
    deepEqual(does("at"), numbers);
    deepEqual(does("plan.edits"), lists);
    for (const version of [0, 2, "1"]) equal(isOne(replaced(genuine, "schema", JSON.stringify(version))), false);
    for (const state of ["intended", "backedUp", "prepared", "rowsWritten", "done", "rolledBack"])
      equal(isOne(replaced(genuine, "state", JSON.stringify(state))), true, state);
    for (const text of ["", "{", genuine.slice(0, -2), ...anything]) equal(isOne(text), false, text);
    equal(does("plan.newer").length, anything.length + 1, "what newer versions add");
  });
});

describe("rows that a receipt keeps", () => {
  const row: RowImage = { key: "k", node: { name: "x", at: 1, by: null }, window: { name: "y" }, isPending: true };
  const genuine = JSON.stringify({ schema: 1, before: [row, { ...row, key: "l", window: null }], after: [row] });
  let backup = "";
  beforeEach(() => {
    backup = join(temporaryDirectory(), "rows.json");
  });
  const changed = /^UserError: The rows from before the repair were changed/;

  /** Also where whoever changed them changed the hashes in the receipt too. */
  function areRows(text: string): boolean {
    writeFileSync(backup, text);
    const { before, after }: { before: RowImage[]; after: RowImage[] } = JSON.parse(text);
    const hash = (rows: unknown): FileImage => hashOfImages(Array.isArray(rows) ? rows : []);
    try {
      const rows = loadImages(nodeFiles, { backup, before: hash(before), after: hash(after) });
      deepEqual(rows, JSON.parse(text));
      return true;
    } catch (error) {
      throws(() => {
        throw error;
      }, changed);
      return false;
    }
  }

  it("are rows only where every column of every row holds text, a number or nothing", () => {
    const does = (place: string): string[] => fitting(genuine, place, areRows);
    equal(areRows(genuine), true);
    for (const which of ["before.0", "before.1", "after.0"]) {
      deepEqual(does(`${which}.key`), texts, which);
      deepEqual(does(`${which}.node`), objects.concat('{"x":null}'), which);
      deepEqual(does(`${which}.node.name`), ["undefined", "null", ...numbers, ...texts], which);
      deepEqual(does(`${which}.window`), ["null", ...objects, '{"x":null}'], which);
      deepEqual(does(`${which}.isPending`), ["undefined", "true"], which);
      deepEqual(does(which), [], which);
    }
    for (const list of ["before", "after"]) deepEqual(does(list), ["[]"], list);
    deepEqual(does("schema"), []);
  });

  for (const text of ["", "{", "null", "7", "[]", "{}"]) {
    it(`are none where the file holds ${JSON.stringify(text)}`, () => {
      writeFileSync(backup, text);
      throws(() => loadImages(nodeFiles, { backup, before: hashOfImages([]), after: hashOfImages([]) }), changed);
    });
  }

  it("are what was kept, byte for byte", () => {
    const [before, after] = [hashOfImages(JSON.parse(genuine).before), hashOfImages(JSON.parse(genuine).after)];
    writeFileSync(backup, replaced(genuine, "after.0.node.at", "2"));
    throws(() => loadImages(nodeFiles, { backup, before, after }), changed);
    writeFileSync(backup, genuine);
    deepEqual(loadImages(nodeFiles, { backup, before, after }), JSON.parse(genuine));
  });
});
