// Whatever a file holds: a clear sentence, and the rest goes on.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRowText } from "../../src/inspect/openclawJson/rowText.ts";
import type { Scan } from "../../src/model/scan.ts";
import type { Session } from "../../src/model/session.ts";
import { compareRow } from "../../src/plan/proposedRow.ts";
import {
  done,
  key,
  minute,
  now,
  type Row,
  running,
  scanHome,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";
import { besideWork, goesOn, put, said, storeOf } from "../hostileHome.ts";
import { benchOf, repairFindings } from "../repairing.ts";

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
const row = `"${key}": {"sessionId": "a", "status": "done", "updatedAt": ${now - minute}}`;

/** What stands in the way of reading, and what is said of it. */
const broken: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["nothing", "", /: it is empty \(line 1, byte 0 of 0\)\.$/],
  ["blanks only", " \n\t ", /: it is empty|: it ends in the middle/],
  ["a byte order mark", `\ufeff{${row}}`, /: it begins with a byte order mark \(line 1, byte 0/],
  ["UTF-16, little end first", utf16(`\ufeff{${row}}`), /: it is UTF-16, not UTF-8 \(/],
  ["UTF-16, big end first", utf16(`\ufeff{${row}}`).swap16(), /: it is UTF-16, not UTF-8 \(/],
  ["UTF-16 without a mark", utf16(`{${row}}`), /: a key is missing \(line 1, byte 1 /],
  ["NULs, as a crash leaves them", Buffer.alloc(4096), /: it begins with NUL bytes, as a crash can leave it/],
  ["NULs after it", Buffer.concat([Buffer.from(`{${row}}`), Buffer.alloc(9)]), /: something after the end/],
  ["a NUL in a string", '{"a": {"label": "x\0y"}}', /: a control character inside a string/],
  ["a list", `[{${row}}]`, /: it is no JSON object/],
  ["null", "null", /: it is no JSON object/],
  ["a string", '"{}"', /: it is no JSON object/],
  ["two stores", `{${row}}{${row}}`, /: something after the end/],
  ["a comma too many", `{${row},}`, /: a key is missing/],
  ["a comma too few", `{${row} ${row}}`, /: a comma or } is missing/],
  ["no colon", '{"a" 1}', /: a colon is missing/],
  ["single quotes", "{'a': 1}", /: a key is missing/],
  ["names without quotes", "{a: 1}", /: a key is missing/],
  ["comments", `{/* mine */ ${row}}`, /: a key is missing/],
  ["NaN", '{"a": {"updatedAt": NaN}}', /: a value is missing/],
  ["undefined", '{"a": undefined}', /: a value is missing/],
  ["a word of Python", '{"a": True}', /: a value is missing/],
  ["a word that ends early", '{"a": tru}', /: an unknown word/],
  ["a number with a leading zero", '{"a": 01}', /: a comma or } is missing/],
  ["a number that ends early", '{"a": 1.}', /: an unfinished number/],
  ["a hexadecimal number", '{"a": 0x1}', /: a comma or } is missing/],
  ["an escape that JSON has not", '{"a": "\\x41"}', /: an unknown escape inside a string/],
  ["an escape that ends early", '{"a": "\\u00"}', /: an unfinished \\u escape inside a string/],
  ["a line break in a string", '{"a": "x\ny"}', /: a control character inside a string/],
  ["brackets that do not match", '{"a": [1}', /: a comma or \] is missing/],
  [
    "a depth of 100,000 that never ends",
    `{"a": ${"[".repeat(100_000)}`,
    /: it ends in the middle \(line 1, byte 100006 /,
  ],
  ["another program's bytes", Buffer.from("7f454c460201", "hex"), /: it is no JSON object/],
];

async function scanned(bytes: string | Buffer): Promise<Scan> {
  const scan = await scanHome(storeOf(bytes));
  goesOn(scan);
  return scan;
}

function sessionsOf({ sessions }: Scan): readonly Session[] {
  return sessions.filter(({ store }) => !store.includes("/agents/work/"));
}

describe("A store that cannot be read as JSON", () => {
  for (const [what, bytes, sentence] of broken) {
    it(`is named with the reason and the place: ${what}`, async () => {
      const scan = await scanned(bytes);
      const [finding, ...others] = said(scan);
      equal(finding?.code, "STORE-UNPARSABLE");
      match(finding.message, sentence);
      deepEqual(others, []);
      equal(scan.stores.find(({ agent }) => agent === "main")?.permission.answer, "no");
    });
  }

  it("is one at every truncation, and never a store with fewer rows", async () => {
    const whole = Buffer.from(`{\n  ${row},\n  "b": {"label": "é😀\\u00e9", "n": -1.5e3, "l": [true, null, {}]}\n}\n`);
    const end = whole.lastIndexOf("}") + 1;
    const seen = { broken: 0, whole: 0 };
    for (let length = 0; length <= whole.length; length++) {
      const scan = await scanned(whole.subarray(0, length));
      const isWhole = length >= end;
      deepEqual(
        said(scan).some(({ code }) => code === "STORE-UNPARSABLE"),
        !isWhole,
        `${length} bytes`,
      );
      equal(sessionsOf(scan).length, isWhole ? 2 : 0, `${length} bytes`);
      seen[isWhole ? "whole" : "broken"] += 1;
    }
    deepEqual(seen, { broken: end, whole: 2 });
  }).timeout(20_000);
});

/** What JSON allows and no program writes: read as JSON.parse reads it, judged without a guess. */
const odd: readonly (readonly [string, string, readonly string[]])[] = [
  ["no rows", "{}", []],
  ["rows that are no objects", '{"a": null, "b": [], "c": 1, "d": "running", "e": true}', ["a", "b", "c", "d", "e"]],
  [
    "duplicate keys: the last counts",
    `{"a": {"status": "running"}, "b": {}, "a": ${JSON.stringify(done())}}`,
    ["a", "b"],
  ],
  [
    "__proto__ and constructor",
    '{"__proto__": {"status": "running"}, "constructor": {}, "toString": null}',
    ["__proto__", "constructor", "toString"],
  ],
  ["an empty key", '{"": {"status": "done"}}', [""]],
  ["lone surrogates", '{"\\ud800": {"label": "\\udfff", "status": "\\ud83d"}}', ["\ud800"]],
  ["escapes in a key", '{"a\\u0000\\n\\u001b[31m": {}}', ["a\0\n\u001b[31m"]],
  ["a depth of 100,000 in a field", `{"a": {"acp": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}`, ["a"]],
  ["a depth of 100,000 in a row", `{"a": ${'{"b":'.repeat(100_000)}1${"}".repeat(100_000)}}`, ["a"]],
  [
    "numbers that no number holds",
    '{"a": {"startedAt": 1e999, "updatedAt": -1e999, "runtimeMs": 123456789012345678901234567890}}',
    ["a"],
  ],
];

describe("A store with what no program writes", () => {
  for (const [what, text, keys] of odd) {
    it(`is read: ${what}`, async () => {
      const scan = await scanned(text);
      deepEqual(
        sessionsOf(scan).map((session) => session.key),
        keys,
      );
      deepEqual(
        said(scan).filter(({ code }) => code.startsWith("STORE-UNP") || code.startsWith("STORE-UNR")),
        [],
      );
      deepEqual(
        said(scan).filter(({ repair }) => repair.class === "proven"),
        [],
      );
    });
  }

  it("is read with bytes that are no UTF-8, and the row that holds them is never rewritten by half", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`{"${key}": {"label": "`),
      Buffer.from("e282ffc0af", "hex"),
      Buffer.from('"}}'),
    ]);
    deepEqual(
      sessionsOf(await scanned(bytes)).map((session) => session.label),
      ["\ufffd\ufffd\ufffd\ufffd"],
    );
  });

  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  for (const field of ["status", "updatedAt", "startedAt", "runtimeMs", "acp", "label", "sessionFile"]) {
    it(`is judged where ${field} nests deeper than anything can spell`, async () => {
      const text = JSON.stringify({ [key]: { ...done(), [field]: "HERE" } }).replace('"HERE"', deep);
      const scan = await scanned(text);
      equal(sessionsOf(scan).length, 1);
      JSON.stringify(scan);
    });
  }

  it("can be repaired where the field to correct holds such a value, and gets that very value back", async () => {
    const before = JSON.stringify({ [key]: done({ updatedAt: "HERE" }) }).replace('"HERE"', deep);
    const built = storeOf(before);
    put(built, `agents/main/sessions/${sessionId}.jsonl`, transcript(["user", now - 61 * minute]));
    const bench = benchOf(built);
    const [result] = await repairFindings(bench, ({ findings }) =>
      findings.filter(({ code }) => code === "UPDATEDAT-BAD"),
    );
    equal(result?.refused, undefined);
    equal(result?.applied, true);
    const [edit] = result?.plan.edits ?? [];
    equal(edit?.kind === "fields" && edit.fields[0]?.before, deep);
  });

  it("has rows that can be compared all the same", () => {
    const { proven } = compareRow(JSON.parse(`{"status": "running", "acp": ${deep}}`), { status: "done" });
    match(proven, /"status": "done",\n\n {2}"acp": "… nested too deeply to be shown …"/);
  });

  it("refuses to repair a row whose key stands twice", async () => {
    const one = JSON.stringify(running());
    const built = storeOf(`{"${key}": ${one}, "${key}": ${one}}`);
    put(
      built,
      `agents/main/sessions/${sessionId}.trajectory.jsonl`,
      trajectory(["session.started", now - 60 * minute], ["session.ended", now - 50 * minute, { status: "success" }]),
    );
    const [result] = await repairFindings(benchOf(built), ({ findings }) =>
      findings.filter(({ session, code }) => session === key && code === "RUN-FINISHED"),
    );
    match(result?.refused ?? "", /stands twice/);
  });

  it("shows no row that is larger than an editor takes, and says what to do", () => {
    const built = storeOf(`{"${key}": "${"x".repeat((50 << 20) + 1)}"}`);
    let message = "";
    try {
      readRowText(built.store, key);
    } catch (error) {
      message = (error as Error).message;
    }
    equal(message, "The row is 50.0 MB, too large to show. Open its store instead.");
  });
});

const second = 1_795_169_900;
/** A time as it should be, and as it comes. */
const times: readonly (readonly [string, unknown])[] = [
  ["seconds", second],
  ["microseconds", second * 1e6],
  ["nanoseconds", second * 1e9],
  ["a number as text", String(second * 1000)],
  ["ISO text", new Date(second * 1000).toISOString()],
  ["negative", -second * 1000],
  ["zero", 0],
  ["a fraction", 0.5],
  ["the year 275760", 8.64e15],
  ["beyond every date", 8.64e15 + 1],
  ["beyond every number", 1e308],
  ["a list", [second * 1000]],
  ["an object", { $date: second }],
  ["true", true],
];

describe("Times of any kind", () => {
  for (const [what, value] of times) {
    it(`in a row prove nothing and are shown as no date of theirs: ${what}`, async () => {
      for (const field of ["startedAt", "endedAt", "updatedAt", "lastInteractionAt"] as const) {
        for (const base of [running(), done()]) {
          const scan = await scanned(JSON.stringify({ [key]: { ...base, [field]: value } }));
          const [session] = sessionsOf(scan);
          if (field !== "lastInteractionAt") equal(session?.[field], undefined, `${field} of ${base["status"]}`);
          for (const { message, repair } of said(scan)) {
            ok(!/NaN|Invalid|undefined/.test(message), message);
            for (const set of Object.values(repair.set ?? {}))
              ok(typeof set !== "number" || (set >= 0 && set <= now), message);
          }
        }
      }
    });

    it(`in transcript, trajectory, lock and registry are no end of a run: ${what}`, async () => {
      const event = (type: string, data: Row): string =>
        JSON.stringify({ traceSchema: "openclaw-trajectory", type, ts: value, sessionId, data });
      const built = besideWork({
        rows: { [key]: running() },
        files: {
          [`~/${sessionId}.jsonl`]: `${JSON.stringify({ type: "message", timestamp: value, message: { role: "assistant", stopReason: "stop", timestamp: value } })}\n`,
          [`~/${sessionId}.trajectory.jsonl`]: `${event("session.started", {})}\n${event("session.ended", { status: "success" })}\n`,
          [`~/${sessionId}.jsonl.lock`]: JSON.stringify({
            pid: 4242,
            createdAt: value,
            starttime: value,
            maxHoldMs: value,
          }),
          "subagents/runs.json": JSON.stringify({
            runs: [{ runId: "r", childSessionKey: key, startedAt: value, endedAt: value, createdAt: value }],
          }),
        },
      });
      const scan = await scanHome(built);
      goesOn(scan);
      for (const { message, repair } of said(scan)) {
        ok(!/NaN|Invalid|undefined/.test(message), message);
        const { endedAt } = repair.set ?? {};
        ok(
          endedAt === undefined || (typeof endedAt === "number" && endedAt > now - 120 * minute && endedAt <= now),
          `${message} ${endedAt}`,
        );
      }
    });
  }
});

/** Files beside the store, each with every kind of trouble in it: what they would tell is unknown, and no more. */
const besides = [
  "openclaw.json",
  "subagents/runs.json",
  `agents/main/sessions/${sessionId}.jsonl`,
  `agents/main/sessions/${sessionId}.trajectory.jsonl`,
  `agents/main/sessions/${sessionId}.trajectory-path.json`,
  `agents/main/sessions/${sessionId}.jsonl.lock`,
  "agents/main/sessions/sessions.json.lock",
];
const deepest = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
const troubles = [
  ...broken.map(([, bytes]) => bytes),
  ...odd.map(([, text]) => text),
  ...[
    "{}",
    "[]",
    '{"runs": {"a": null, "b": []}}',
    '{"runs": [null, 1, {"runId": 1}]}',
    '{"pid": -1}',
    '{"pid": 1e300}',
    '{"pid": "1"}',
  ],
  ...[`${"x".repeat(1 << 20)}\n`, "\n".repeat(10_000), `${deepest}\n${deepest}`, Buffer.alloc(5 << 20, 0x5b)],
];

describe("A file beside a store", () => {
  for (const name of besides) {
    it(`may hold anything, and nothing is proven by it: ${name}`, async () => {
      for (const bytes of troubles) {
        const built = besideWork({ rows: { [key]: running() } });
        put(built, name, bytes);
        const scan = await scanHome(built);
        const told = `${name}: ${bytes.slice(0, 60)}`;
        // A configuration that names no version leaves open which one wrote the stores, and so what is proven.
        goesOn(scan);
        equal(sessionsOf(scan).length, 1, told);
        deepEqual(
          said(scan).filter(({ repair }) => repair.class === "proven" && repair.kind === "finalize"),
          [],
          told,
        );
      }
    }).timeout(20_000);
  }

  it("may hold a line of 5 MB or words of a megabyte, and no sentence grows by that", async () => {
    const word = "\u001b[31m".repeat(1 << 18);
    const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
    const built = besideWork({
      rows: { [key]: running() },
      files: {
        [`~/${sessionId}.jsonl`]: line({
          type: "message",
          timestamp: now - 60 * minute,
          message: { role: word, stopReason: word },
        }),
        [`~/${sessionId}.trajectory.jsonl`]: line({
          traceSchema: "openclaw-trajectory",
          type: "session.ended",
          ts: now - 60 * minute,
          runId: word,
          data: { status: word },
        }),
        "subagents/runs.json": JSON.stringify({
          runs: [{ runId: word, childSessionKey: key, startedAt: now - 60 * minute }],
        }),
        "openclaw.json": JSON.stringify({
          meta: { lastTouchedVersion: `2026.5.18${word}` },
          session: { maintenance: { mode: word } },
        }),
      },
    });
    writeFileSync(join(built.stateDir, "clawdbot.json"), word);
    const scan = await scanHome(built);
    goesOn(scan);
    ok(JSON.stringify(scan).length < 20_000);
  });
});
