// What must hold of any bytes: the reader agrees with JSON.parse or says unparsable; a splice makes the intended change or
// none; a repair that dies anywhere leaves the old bytes or the previewed new ones; and no home, whatever lies in it, stops
// a scan. A failure prints the seed and the smallest case that shows it.
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { jsonPieces } from "../../src/cli/output.ts";
import { scanJson } from "../../src/cli/scanJson.ts";
import { scanText } from "../../src/cli/scanText.ts";
import { rowFields } from "../../src/inspect/openclawJson/rowFields.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { PlanMismatch, type RowEdit, readRows, spliceRows } from "../../src/repair/rowSplice.ts";
import { receiptsOf, recoverRepairs } from "../../src/repairs.ts";
import { Death, dyingAt } from "../fault/faults.ts";
import { act } from "../fault/outcome.ts";
import { stages } from "../fault/scenes.ts";
import { key, scanHome, sessionId } from "../homeBuilder.ts";
import { besideWork, goesOn } from "../hostileHome.ts";
import { compare } from "../reading.ts";
import { applied, inMemory } from "../splicing.ts";
import { removeTemporary } from "../temporary.ts";

export interface Property {
  /** `counts` is told what kinds of cases came up, so that a run can show that it tried them all. */
  readonly make: (counts: (kind: string) => void) => fc.IRawProperty<unknown>;
  /** How often in the quick run. */
  readonly quickRuns: number;
}

/** V8 13.6 takes a quote for a backslash once it has seen an object with a field of that name alone: not our bug. */
const backslashName = /"\\\\"\s*:|"\\u005[cC]"\s*:/;

const blanks = fc.constantFrom("", "", "", " ", "\n  ", "\t", "\r\n");
const names = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "status",
    "label",
    "updatedAt",
    "sessionId",
    "acp",
    "__proto__",
    "constructor",
    "",
    "0",
    "é",
    "🦞",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
/** A string as JSON, with escapes where none are needed. */
const spelled = (text: string, escapes: boolean): string =>
  escapes
    ? `"${[...text]
        .flatMap((character) => character.split(""))
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join("")}"`
    : JSON.stringify(text);
const nameText = fc.tuple(names, fc.boolean()).map(([name, escapes]) => spelled(name, escapes));
const scalar = fc.oneof(
  nameText,
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.0",
    "1e3",
    "-1.5E+308",
    "1e999",
    "123456789012345678901",
    '"running"',
    '"done"',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => JSON.stringify(text)),
);

interface Member {
  readonly name: string;
  readonly value: string;
}

function objectText(members: readonly Member[], gap: string, colon: string): string {
  return `{${members.map(({ name, value }) => `${gap}${name}${colon}${value}`).join(",")}${members.length > 0 ? gap : ""}}`;
}

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc
      .tuple(fc.array(tie("value"), { maxLength: 4 }), blanks)
      .map(([items, gap]) => `[${items.map((item) => gap + item).join(",")}${gap}]`),
    fc
      .tuple(
        fc.array(fc.record({ name: nameText, value: tie("value") }), { maxLength: 5 }),
        blanks,
        fc.constantFrom(":", ": ", " :\n"),
      )
      .map(([members, gap, colon]) => objectText(members, gap, colon)),
  ),
}));
const row = fc
  .tuple(fc.array(fc.record({ name: nameText, value }), { maxLength: 6 }), blanks, fc.constantFrom(":", ": "))
  .map(([members, gap, colon]) => objectText(members, gap, colon));
const storeText = fc
  .tuple(
    fc.array(
      fc.record({ name: nameText, value: fc.oneof({ weight: 4, arbitrary: row }, { weight: 1, arbitrary: value }) }),
      { maxLength: 6 },
    ),
    blanks,
    fc.constantFrom(":", ": "),
    blanks,
  )
  .map(([members, gap, colon, end]) => objectText(members, gap, colon) + end)
  .filter((text) => !backslashName.test(text));

/** Places as parts of the whole, so that a smaller store keeps its damage. */
const damage = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    take: fc.nat({ max: 4 }),
    put: fc.oneof(
      fc
        .constantFrom(
          '"',
          "\\",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "0",
          "-",
          ".",
          "e",
          "\0",
          "\n",
          "\ufeff",
          "nul",
          '"a":1,',
          "\\u00",
        )
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    ),
  }),
  { maxLength: 3 },
);

function damaged(bytes: Buffer, wounds: readonly { at: number; take: number; put: Buffer }[]): Buffer {
  let left = bytes;
  for (const { at, take, put } of wounds) {
    const from = Math.floor(at * left.length);
    left = Buffer.concat([left.subarray(0, from), put, left.subarray(from + take)]);
  }
  return left;
}

const reader: Property = {
  quickRuns: 250,
  make: (counts) =>
    fc.property(storeText, damage, fc.integer({ min: 1, max: 64 }), (text, wounds, readBytes) => {
      const bytes = damaged(Buffer.from(text), wounds);
      fc.pre(!backslashName.test(bytes.toString()));
      counts(compare(bytes, readBytes, "fuzz") ? "parsable" : "unparsable");
    }),
};

const editKinds = fc.record({
  rows: fc.array(
    fc.record({
      pick: fc.nat(),
      kind: fc.constantFrom("set", "set", "take", "remove"),
      field: fc.nat(),
      name: names,
      value: scalar,
      wrong: fc.nat({ max: 9 }),
    }),
    { maxLength: 4 },
  ),
  add: fc.option(fc.record({ name: names, value: row }), { nil: undefined }),
});

const splice: Property = {
  quickRuns: 250,
  make: (counts) =>
    fc.property(storeText, editKinds, (text, { rows, add }) => {
      const before = Buffer.from(text);
      const stored = JSON.parse(text) as Record<string, unknown>;
      const keys = Object.keys(stored);
      const texts = readRows(inMemory(before), new Set(keys));
      const edits: RowEdit[] = [];
      for (const { pick, kind, field, name, value: after, wrong } of rows) {
        const rowKey = keys[pick % Math.max(1, keys.length)];
        if (rowKey === undefined || edits.some((edit) => edit.key === rowKey)) continue;
        const known = texts.get(rowKey);
        if (kind === "remove")
          edits.push({ kind: "removeRow", key: rowKey, before: wrong === 0 ? "{}" : (known?.text ?? "") });
        else {
          const own = [...(known?.fields.keys() ?? [])];
          const chosen = field % 3 === 0 || own.length === 0 ? name : (own[field % own.length] ?? name);
          const was = wrong === 0 ? '"another"' : (known?.fields.get(chosen) ?? null);
          edits.push({
            kind: "fields",
            key: rowKey,
            fields: [{ field: chosen, before: was, after: kind === "take" ? null : after }],
          });
        }
      }
      if (add !== undefined) edits.push({ kind: "addRow", key: add.name, after: add.value });
      fc.pre(!backslashName.test(JSON.stringify(edits)) && edits.every(({ key: name }) => name !== "\\"));
      let after: Buffer;
      try {
        after = applied(before, spliceRows(inMemory(before), edits));
      } catch (error) {
        ok(error instanceof PlanMismatch, String(error));
        counts("refused");
        return;
      }
      counts(edits.length === 0 ? "nothing to do" : "spliced");
      const found = readRows(inMemory(after), new Set([...keys, ...edits.map((edit) => edit.key)]));
      for (const [name, { text: old, fields }] of texts) {
        const edit = edits.find((one) => one.key === name);
        if (edit === undefined) equal(found.get(name)?.text, old, "a row that nobody meant");
        else if (edit.kind === "removeRow") equal(found.has(name), false);
        else if (edit.kind === "fields") {
          const [{ field, after: meant } = { field: "", after: null }] = edit.fields;
          const expected = new Map(fields);
          if (meant === null) expected.delete(field);
          else expected.set(field, meant);
          deepEqual(found.get(name)?.fields, expected);
        }
      }
      if (add !== undefined) equal(found.get(add.name)?.text, add.value);
      const left = Object.keys(JSON.parse(after.toString()));
      const gone = new Set(edits.filter(({ kind }) => kind === "removeRow").map((edit) => edit.key));
      deepEqual(
        new Set(left),
        new Set([...keys.filter((name) => !gone.has(name)), ...(add === undefined ? [] : [add.name])]),
      );
    }),
};

const stageNames = Object.keys(stages) as (keyof typeof stages)[];

const repair: Property = {
  quickRuns: 6,
  make: (counts) =>
    fc.asyncProperty(
      fc.constantFrom(...stageNames),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      async (name, point, inTheMiddle) => {
        try {
          const stage = stages[name];
          const calm = await stage();
          const allowed = [readFileSync(calm.store, "utf8")];
          await act(calm, nodeFiles);
          allowed.push(readFileSync(calm.store, "utf8"));
          const scene = await stage();
          const { store, bench } = scene;
          const deadly = dyingAt(point, inTheMiddle);
          await act(scene, deadly.files).catch((error: unknown) => ok(error instanceof Death, String(error)));
          counts(deadly.struck() ? "died" : "lived");
          ok(allowed.includes(readFileSync(store, "utf8")), "in between");
          await recoverRepairs(bench.context);
          ok(allowed.includes(readFileSync(store, "utf8")), "in between after recovery");
          ok(receiptsOf(bench.context).every(({ state }) => state === "done" || state === "rolledBack"));
        } finally {
          removeTemporary();
        }
      },
    ),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/;
const fieldNames = [...rowFields];
const rowOfUse = fc
  .array(fc.record({ name: fc.constantFrom(...fieldNames).map((name) => JSON.stringify(name)), value }), {
    maxLength: 12,
  })
  .map((members) => objectText(members, "", ":"));
const jsonLine = fc.oneof(
  value,
  fc
    .record({
      type: fc.constantFrom(
        "message",
        "session",
        "session.started",
        "session.ended",
        "prompt.submitted",
        "trace.truncated",
      ),
      text: value,
      at: scalar,
    })
    .map(
      ({ type, text, at }) =>
        `{"traceSchema":"openclaw-trajectory","type":"${type}","ts":${at},"timestamp":${at},"sessionId":${text},"message":{"role":${text},"stopReason":${text}},"data":${text}}`,
    ),
);
const lines = fc.array(jsonLine, { maxLength: 5 }).map((all) => all.map((line) => `${line}\n`).join(""));
const sessions = "agents/main/sessions";
const fileNames = {
  [`${sessions}/${sessionId}.jsonl`]: lines,
  [`${sessions}/${sessionId}.trajectory.jsonl`]: lines,
  [`${sessions}/${sessionId}.trajectory-path.json`]: value,
  [`${sessions}/${sessionId}.jsonl.lock`]: value,
  [`${sessions}/sessions.json.lock`]: value,
  "subagents/runs.json": fc
    .tuple(value, scalar)
    .map(([run, at]) => `{"runs":[${run},{"runId":"r","childSessionKey":"${key}","startedAt":${at},"endedAt":${at}}]}`),
  "cron/runs/j.jsonl": lines,
  "openclaw.json": fc
    .tuple(value, scalar)
    .map(([any, at]) => `{"session":{"maintenance":${any},"store":${at}},"agents":${any},"gateway":{"port":${at}}}`),
};

const home: Property = {
  quickRuns: 60,
  make: (counts) =>
    fc.asyncProperty(
      fc.array(
        fc.record({
          name: fc.oneof(fc.constantFrom(key, "agent:main:cron:j", "agent:main:subagent:x"), names),
          value: fc.oneof(rowOfUse, value),
        }),
        { maxLength: 5 },
      ),
      fc.record(fileNames, { requiredKeys: [] }),
      damage,
      async (rows, files, wounds) => {
        const text = objectText(
          rows.map(({ name, value: one }) => ({ name: JSON.stringify(name), value: one })),
          "\n",
          ": ",
        );
        fc.pre(!backslashName.test(text));
        try {
          const built = besideWork({ rows: text });
          writeFileSync(built.store, damaged(Buffer.from(text), wounds));
          for (const [name, content] of Object.entries(files)) {
            const path = join(built.stateDir, name);
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, content ?? "");
          }
          const scan = await scanHome(built);
          // Another configuration may name another store for all agents.
          if (!("openclaw.json" in files)) goesOn(scan);
          ok(scan.stores.length > 0);
          structuredClone(scan);
          JSON.parse([...jsonPieces(scanJson(scan))].join(""));
          ok(!hidden.test(scanText(scan, (_style, part) => part)));
          for (const { message } of scan.findings)
            ok(!/NaN|Invalid Date|undefined/.test(message) || /NaN|undefined/.test(text), message);
          counts(
            scan.stores.some(({ problem }) => problem !== undefined) ? "with a broken store" : "with whole stores",
          );
        } finally {
          removeTemporary();
        }
      },
    ),
};

export const properties: Readonly<Record<string, Property>> = { reader, splice, repair, home };
