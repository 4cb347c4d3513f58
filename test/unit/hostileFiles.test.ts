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
import { broken, odd, row, troubles } from "../troubles.ts";

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
