// Random stores, random edits and their inverse.
import { deepEqual } from "node:assert/strict";
import { planUndo } from "../../src/plan/undoPlan.ts";
import { type RowEdit, readRows } from "../../src/repair/rowSplice.ts";
import { seededRandom } from "../random.ts";
import { edited, inMemory } from "../splicing.ts";

describe("random edits of rows", () => {
  const seed = 20_261_121;
  it(`any edits and their inverse, field by field, give the old values (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    // No name of a backslash alone: V8 13.6 takes a quote for one once it has seen an object with such a name.
    const names = ["status", "endedAt", "a\n", "🦞", "__proto__", "", "constructor", '"'];
    const values = [
      '"x"',
      "1e3",
      "1.0",
      "null",
      "{}",
      "[]",
      '{"a":[1,{"b":"}"}]}',
      '"\\ud800\\""',
      "true",
      '[ "," ]',
      "-0.5E+2",
    ];
    for (let round = 0; round < 500; round++) {
      const [indent, colon, newline] = pick([
        ["", ":", ""],
        ["  ", ": ", "\n"],
        ["\t", " :\t", "\r\n"],
        ["    ", ":", "\n"],
      ] as const);
      const rows = new Map<string, Map<string, string>>();
      for (let i = Math.floor(random() * 5); i >= 0; i--) {
        const fields = new Map<string, string>();
        for (let j = Math.floor(random() * 5); j > 0; j--) fields.set(pick(names), pick(values));
        rows.set(pick(["k1", "k2", "🦞", "__proto__", "", "k\t"]), fields);
      }
      const objectOf = (members: readonly string[], depth: number): string =>
        members.length === 0
          ? "{}"
          : `{${newline}${members.map((member) => indent.repeat(depth) + member).join(`,${newline}`)}${newline}${indent.repeat(depth - 1)}}`;
      const rowText = (fields: Map<string, string>): string =>
        objectOf(
          [...fields].map(([name, value]) => `${JSON.stringify(name)}${colon}${value}`),
          2,
        );
      const text =
        objectOf(
          [...rows].map(([row, fields]) => `${JSON.stringify(row)}${colon}${rowText(fields)}`),
          1,
        ) + pick(["", "\n"]);
      const edits: RowEdit[] = [];
      const expected = new Map([...rows].map(([row, fields]) => [row, new Map(fields)]));
      for (const [row, fields] of rows) {
        const what = random();
        if (what < 0.3) {
          edits.push({ kind: "removeRow", key: row, before: rowText(fields) });
          expected.delete(row);
        } else if (what < 0.9) {
          const changes = new Map(
            Array.from({ length: 1 + Math.floor(random() * 4) }, () => [
              pick(names),
              random() < 0.3 ? null : pick(values),
            ]),
          );
          edits.push({
            kind: "fields",
            key: row,
            fields: [...changes].map(([field, after]) => ({ field, before: fields.get(field) ?? null, after })),
          });
          for (const [field, after] of changes) {
            if (after === null) expected.get(row)?.delete(field);
            else expected.get(row)?.set(field, after);
          }
        }
      }
      const told = `round ${round}: ${JSON.stringify(edits)} of ${text}`;
      const after = edited(text, ...edits);
      deepEqual(
        JSON.parse(after),
        JSON.parse(
          objectOf(
            [...expected].map(([row, fields]) => `${JSON.stringify(row)}:${rowText(fields)}`),
            1,
          ),
        ),
        told,
      );
      const store = { id: "s", kind: "openclaw-json", path: "/s", stateDir: "/" } as const;
      const undo = planUndo(
        {
          schema: 1,
          id: "r",
          batch: "b",
          at: 0,
          state: "done",
          plan: { store, action: "finalize", findings: [], edits },
        },
        {
          basis: { sha256: "", sizeBytes: 0 },
          rows: readRows(inMemory(Buffer.from(after)), new Set(edits.map((edit) => edit.key))),
          locks: new Map(),
          mode: undefined,
          files: new Map(),
        },
      );
      deepEqual(undo.left, [], told);
      deepEqual(JSON.parse(edited(after, ...(undo.edits as RowEdit[]))), JSON.parse(text), told);
    }
  }).timeout(20_000);
});
