// What an edit leaves of a store: the intended bytes change and every other byte stays, however the store is laid out.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isSpliced, PlanMismatch, placesOf, type RowEdit, readRows, spliceRows } from "../../src/repair/rowSplice.ts";
import { jsonCaseNames, unpackCase } from "../fixtures/unpack.ts";
import { key } from "../homeBuilder.ts";
import { applied, areSpliced, edited, inMemory, set, spelled, taken } from "../splicing.ts";

type Json = Record<string, Record<string, unknown>>;

describe("edits of rows", () => {
  describe("a field of genuine rows", () => {
    for (const name of jsonCaseNames) {
      it(name, () => {
        const { home, truth } = unpackCase(name);
        const agents = new Set(truth.sessions.filter(({ store }) => store === "openclaw-json").map(({ key }) => key));
        let rows = 0;
        for (const agent of ["main", "work"]) {
          let store: string;
          try {
            store = readFileSync(join(home, ".openclaw", "agents", agent, "sessions", "sessions.json"), "utf8");
            JSON.parse(store);
          } catch {
            continue;
          }
          for (const row of Object.keys(JSON.parse(store) as Json)) {
            rows += Number(agents.has(row));
            const fields = JSON.parse(store)[row];
            const after = edited(
              store,
              set("status", fields.status, "failed", row),
              set("endedAt", fields.endedAt, 7, row),
            );
            const expected = JSON.parse(store);
            Object.assign(expected[row], { status: "failed", endedAt: 7 });
            deepEqual(JSON.parse(after), expected);
            // Back again: the very bytes.
            equal(
              edited(after, set("status", "failed", fields.status, row), set("endedAt", 7, fields.endedAt, row)),
              store,
            );
          }
        }
        if (Object.keys(truth.stores).length === 0) ok(rows > 0);
      });
    }
  });

  const layouts: Readonly<Record<string, readonly [before: string, after: string]>> = {
    minified: [
      `{"a":{"status":"x"},"${key}":{"status":"running","n":1}}`,
      `{"a":{"status":"x"},"${key}":{"status":"done","n":1,"endedAt":5}}`,
    ],
    "with tabs": [
      `{\n\t"${key}": {\n\t\t"status": "running",\n\t\t"n": 1\n\t}\n}\n`,
      `{\n\t"${key}": {\n\t\t"status": "done",\n\t\t"n": 1,\n\t\t"endedAt": 5\n\t}\n}\n`,
    ],
    "with CRLF": [
      `{\r\n  "${key}": {\r\n    "status": "running"\r\n  }\r\n}\r\n`,
      `{\r\n  "${key}": {\r\n    "status": "done",\r\n    "endedAt": 5\r\n  }\r\n}\r\n`,
    ],
    "with four spaces and no final newline": [
      `{\n    "${key}": {\n        "status" : "running"\n    }\n}`,
      `{\n    "${key}": {\n        "status" : "done",\n        "endedAt" : 5\n    }\n}`,
    ],
    "on one line with blanks": [
      `{ "${key}": { "status": "running", "n": 1 } }`,
      `{ "${key}": { "status": "done", "n": 1, "endedAt": 5 } }`,
    ],
    "with numbers spelled oddly": [
      `{"${key}":{"a":1e3,"b":1.0,"c":-0,"d":12345678901234567890,"status":"running"}}`,
      `{"${key}":{"a":1e3,"b":1.0,"c":-0,"d":12345678901234567890,"status":"done","endedAt":5}}`,
    ],
    "with names and texts in escapes": [
      `{"${key}":{"\\u0061\\n":"\\ud83d\\ude00 \\/ \\ud800","status":"running","🦞":"é{\\"}"}}`,
      `{"${key}":{"\\u0061\\n":"\\ud83d\\ude00 \\/ \\ud800","status":"done","🦞":"é{\\"}","endedAt":5}}`,
    ],
    "with names that JavaScript minds": [
      `{"__proto__":{"status":"x"},"${key}":{"__proto__":{"status":1},"constructor":2,"status":"running"}}`,
      `{"__proto__":{"status":"x"},"${key}":{"__proto__":{"status":1},"constructor":2,"status":"done","endedAt":5}}`,
    ],
    "where the same name stands inside values": [
      `{"x":{"${key}":{"status":"running"}},"${key}":{"o":{"status":"running"},"t":"\\"status\\":\\"running\\"","status":"running"}}`,
      `{"x":{"${key}":{"status":"running"}},"${key}":{"o":{"status":"running"},"t":"\\"status\\":\\"running\\"","status":"done","endedAt":5}}`,
    ],
    "where the field stands twice: the last counts": [
      `{"${key}":{"status":"old","n":1,"status":"running"}}`,
      `{"${key}":{"status":"old","n":1,"status":"done","endedAt":5}}`,
    ],
  };
  describe("a store", () => {
    for (const [layout, [before, after]] of Object.entries(layouts)) {
      it(layout, () => equal(edited(before, set("status", "running", "done"), set("endedAt", undefined, 5)), after));
    }

    it("whose row is empty gets its first fields", () => {
      equal(
        edited(`{"${key}":{}}`, set("status", undefined, "done"), set("endedAt", undefined, 5)),
        `{"${key}":{"status": "done", "endedAt": 5}}`,
      );
    });

    it("keeps bytes that are no text beside the edit", () => {
      const bad = Buffer.concat([
        Buffer.from('{"b":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from(`","${key}":{"s":1,"t":"`),
        Buffer.from([0xc3]),
        Buffer.from('"}}'),
      ]);
      const after = applied(bad, spliceRows(inMemory(bad), [set("s", 1, 22)]));
      equal(after.toString("latin1"), bad.toString("latin1").replace('"s":1', '"s":22'));
    });
  });

  describe("fields taken out", () => {
    const row = `{"${key}": {"status": "status", "a": 1, "b": {"status":2}, "c": 3}}`;
    const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
      ["first", { status: "status" }, `{"${key}": {"a": 1, "b": {"status":2}, "c": 3}}`],
      ["in the middle", { a: 1 }, `{"${key}": {"status": "status", "b": {"status":2}, "c": 3}}`],
      ["last", { c: 3 }, `{"${key}": {"status": "status", "a": 1, "b": {"status":2}}}`],
      ["first neighbours", { status: "status", a: 1 }, `{"${key}": {"b": {"status":2}, "c": 3}}`],
      ["apart", { a: 1, c: 3 }, `{"${key}": {"status": "status", "b": {"status":2}}}`],
      ["all", { status: "status", a: 1, b: { status: 2 }, c: 3 }, `{"${key}": {}}`],
    ];
    for (const [story, fields, after] of cases) {
      it(story, () =>
        equal(edited(row, ...Object.entries(fields).map(([field, value]) => set(field, value, undefined))), after),
      );
    }

    it("whose name is spelled with escapes", () => {
      equal(edited(`{"${key}":{"\\u0073tatus":1,"n":2}}`, spelled("status", "1", null)), `{"${key}":{"n":2}}`);
    });

    it("with another added: no comma is left over", () => {
      equal(
        edited(`{"${key}":{"status":"x"}}`, set("status", "x", undefined), set("endedAt", undefined, 5)),
        `{"${key}":{"endedAt":5}}`,
      );
    });

    it("that stand twice are refused: the first would come to light", () => {
      throws(() => edited(`{"${key}":{"s":1,"s":2}}`, set("s", 2, undefined)), PlanMismatch);
    });
  });

  describe("rows taken out", () => {
    const rowTexts = ['{"n": 1e3}', '{\n    "s": "}"\n  }', "{}", '{"🦞": [1, {"a": "]"}]}', '{"x":1.0}'];
    const text = `{\n${rowTexts.map((row, i) => `  "k${i}": ${row}`).join(",\n")}\n}\n`;
    const subsets = Array.from({ length: 2 ** rowTexts.length - 1 }, (_, i) =>
      rowTexts.map((_, bit) => bit).filter((bit) => (i + 1) & (1 << bit)),
    );
    it("leave the others' bytes, whichever go: first, last, neighbours, all", () => {
      for (const subset of subsets) {
        const after = edited(text, ...subset.map((i) => taken(text, `k${i}`)));
        const stay = rowTexts.map((_, i) => i).filter((i) => !subset.includes(i));
        const expected = stay.map((i) => `  "k${i}": ${rowTexts[i]}`).join(",\n");
        equal(after, stay.length === 0 ? "{\n}\n" : `{\n${expected}\n}\n`);
      }
    });

    it("come back at the end, spelled as they were", () => {
      for (const subset of subsets) {
        const after = edited(text, ...subset.map((i) => taken(text, `k${i}`)));
        const back = edited(
          after,
          ...subset.map((i): RowEdit => ({ kind: "addRow", key: `k${i}`, after: rowTexts[i] ?? "" })),
        );
        deepEqual(JSON.parse(back), JSON.parse(text));
        for (const row of rowTexts) ok(back.includes(row));
      }
    });

    for (const empty of ["{}", "{}\n", "{\n}\n", `{${" ".repeat(9000)}}`, " {\t}"]) {
      it(`several come back into the empty store ${JSON.stringify(empty).slice(0, 20)}`, () => {
        const back = edited(
          empty,
          { kind: "addRow", key: "a", after: '{"n":1}' },
          { kind: "addRow", key: "b", after: "{}" },
        );
        deepEqual(JSON.parse(back), { a: { n: 1 }, b: {} });
      });
    }

    it("all of them while another comes", () => {
      equal(
        edited(`{"a":{"n":1},"b":{}}`, taken(`{"a":{"n":1},"b":{}}`, "a"), taken(`{"a":{"n":1},"b":{}}`, "b"), {
          kind: "addRow",
          key: "c",
          after: "{}",
        }),
        `{"c":{}}`,
      );
    });

    it("may be no objects", () => equal(edited('{"a":null,"b":[1]}', taken('{"a":null,"b":[1]}', "a")), '{"b":[1]}'));

    it("of 5,000 rows in less than a second", () => {
      const many = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, { i }])));
      const rows = readRows(inMemory(Buffer.from(many)), new Set(Array.from({ length: 2500 }, (_, i) => `k${i * 2}`)));
      const began = performance.now();
      const after = edited(
        many,
        ...[...rows].map(([row, { text }]): RowEdit => ({ kind: "removeRow", key: row, before: text })),
      );
      equal(Object.keys(JSON.parse(after)).length, 2500);
      ok(performance.now() - began < 1000);
    });
  });

  describe("what the store does not hold any more is refused", () => {
    const store = `{"${key}":{"status":"running"},"twice":{"n":1},"twice":{"n":2},"null":null}`;
    const invalid = Buffer.concat([Buffer.from('{"bad":{"s":"'), Buffer.from([0xff]), Buffer.from('"}}')]);
    const long = "k".repeat(70_000);
    const cases: Readonly<Record<string, readonly [string | Buffer, RowEdit]>> = {
      "another value": [store, set("status", "done", "failed")],
      "another spelling of the value": [`{"${key}":{"n":1.0}}`, set("n", 1, 2)],
      "a field that is gone": [store, set("endedAt", 1, 2)],
      "a field that came": [store, set("status", undefined, "done")],
      "a row that is gone": [store, set("status", "running", "done", "other")],
      "a row that changed": [store, { kind: "removeRow", key, before: "{}" }],
      "a row that is there twice": [store, { kind: "removeRow", key: "twice", before: '{"n":2}' }],
      "a field of a row that is there twice": [store, set("n", 2, 3, "twice")],
      "a field of no object": [store, set("n", undefined, 3, "null")],
      "a row to add that is there": [store, { kind: "addRow", key, after: "{}" }],
      "a row that a receipt could not hold": [invalid, { kind: "removeRow", key: "bad", before: '{"s":"\ufffd"}' }],
      "a field whose bytes are no text": [invalid, set("s", "\ufffd", 1, "bad")],
      "a row whose key is not kept": [
        `{"${long}":{"a":1}}`,
        { kind: "removeRow", key: `(a key of ${long.length + 2} bytes at 1)`, before: '{"a":1}' },
      ],
      "a store that does not parse": [store.slice(0, -1), set("status", "running", "done")],
      "two edits of one field": [
        store,
        { kind: "fields", key, fields: [...fieldsOfEdit("failed"), ...fieldsOfEdit("done")] },
      ],
    };
    for (const [story, [before, edit]] of Object.entries(cases)) {
      it(story, () => throws(() => spliceRows(inMemory(Buffer.from(before)), [edit]), PlanMismatch));
    }
  });

  it("is told when what came out is not what was meant", () => {
    const before = Buffer.from(`{"a":{"n":1},"b":{}}`);
    const edits = [set("n", 1, 2, "a")];
    const check = (after: string): boolean =>
      isSpliced(placesOf(inMemory(before)).length, inMemory(Buffer.from(after)), edits);
    ok(check(`{"a":{"n":2},"b":{}}`));
    for (const wrong of [`{"a":{"n":1},"b":{}}`, `{"a":{"n":2}}`, `{"a":{},"b":{}}`, `{"a":{"n":2},"b":{},"c":{}}`])
      ok(!check(wrong), wrong);
  });

  describe("is told by the rows that change alone", () => {
    const before = Buffer.from(`{"a":{"n":1},"b":{},"c": {"n":1} }`);
    const edits = [set("n", 1, 2, "a"), set("n", 1, 3, "c")];
    /** Of a store that has these rows instead. */
    const told = (rows: Readonly<Record<string, string>>): boolean => {
      const places = placesOf(inMemory(before)).filter((place) => place.key in rows);
      const splices = places.map((place) => ({ ...place.range, bytes: Buffer.from(rows[place.key] ?? "") }));
      return areSpliced(before, applied(before, splices), edits, splices);
    };

    it("where they say what was meant, however long they became", () => {
      ok(told({ a: '{"n":2}', c: '{"n":3}' }));
      ok(told({ a: '{"m":{"n":1},"n":2}', c: '{"n":3,"m":[]}' }));
    });

    it("where one of them does not say it", () => {
      ok(!told({ a: '{"n":1}', c: '{"n":3}' }));
      ok(!told({ a: '{"n":2}', c: "{}" }));
      ok(!told({ a: '{"n":2}' }));
    });

    it("where a row comes that was not meant", () => ok(!told({ a: '{"n":2},"x":{"n":2}', c: '{"n":3}' })));

    it("where others than those change", () => ok(!told({ a: '{"n":2}', b: '{"n":2}', c: '{"n":3}' })));

    it("where what is between them would become a part of one", () => {
      const [a, c] = ['{"n":2,"s":{"y":1', '{"n":3}}},"z":{}'];
      equal(Object.keys(JSON.parse(`{"a":${a},"b":{},"c": ${c} }`)).join(), "a,z");
      ok(!told({ a, c }));
    });

    it("where one does not parse", () => throws(() => told({ a: '{"n":2', c: '{"n":3}' }), PlanMismatch));
  });
});

function fieldsOfEdit(after: string): { field: string; before: string; after: string }[] {
  return [{ field: "status", before: '"running"', after: JSON.stringify(after) }];
}
