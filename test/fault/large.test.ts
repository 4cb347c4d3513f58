// Files of a size that no program writes: read in seconds, in bounded memory, and the rest goes on.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { closeSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readRowText } from "../../src/inspect/openclawJson/rowText.ts";
import type { Scan } from "../../src/model/scan.ts";
import {
  type BuiltHome,
  done,
  key,
  minute,
  now,
  running,
  scanHome,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";
import { besideWork, goesOn, put, said } from "../hostileHome.ts";
import { benchOf, repairProven } from "../repairing.ts";
import { isLong } from "./extent.ts";

const mb = 1 << 20;

/** The text before, as much filling, and the text after. */
function fill(path: string, before: string, filling: Buffer, times: number, after: string): void {
  const fd = openSync(path, "w", 0o600);
  writeSync(fd, before);
  for (let i = 0; i < times; i++) writeSync(fd, filling);
  writeSync(fd, after);
  closeSync(fd);
}

interface Measured {
  readonly scan: Scan;
  readonly seconds: number;
  /** How much more memory the process held while it was read. */
  readonly grownMb: number;
}

async function measured(built: BuiltHome): Promise<Measured> {
  const began = Date.now();
  let most = 0;
  const before = process.memoryUsage.rss();
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const scan = await scanHome(built);
  clearInterval(look);
  goesOn(scan);
  most = Math.max(most, process.memoryUsage.rss());
  return { scan, seconds: (Date.now() - began) / 1000, grownMb: (most - before) / mb };
}

/** Generous: a machine may do much else at the same time. What it guards against takes minutes or gigabytes. */
function isBounded({ seconds, grownMb }: Measured): void {
  ok(seconds < 20, `${seconds} s`);
  ok(grownMb < 200, `${grownMb} MB`);
}

const home = (): BuiltHome =>
  besideWork({
    rows: {},
    files: {
      [`~/${sessionId}.jsonl`]: transcript(["user", now - 60 * minute]),
      [`~/${sessionId}.trajectory.jsonl`]: trajectory(
        ["session.started", now - 60 * minute],
        ["session.ended", now - 50 * minute, { status: "success" }],
      ),
    },
  });

/** Genuine rows are 6 to 42 KB each. */
const rowBytes = 40_700;
const rows = isLong ? 15_000 : 3000;

describe("A file of hundreds of megabytes", () => {
  it(`may be a store of ${Math.round((rows * rowBytes) / 1e6)} MB with ${rows} rows, one of which is repaired`, async () => {
    const built = home();
    const row = Buffer.from(
      `"agent:main:direct:0": ${JSON.stringify(done({ sessionId: "x", skillsSnapshot: "s".repeat(rowBytes) }))},\n`,
    );
    const fd = openSync(built.store, "w", 0o600);
    writeSync(fd, "{\n");
    for (let i = 0; i < rows; i++)
      writeSync(fd, row.toString("latin1").replace("direct:0", `direct:${i}`), null, "latin1");
    writeSync(fd, `"${key}": ${JSON.stringify(running())}\n}\n`);
    closeSync(fd);
    const { size } = statSync(built.store);
    ok(size > rows * rowBytes, `${size}`);
    const seen = await measured(built);
    isBounded(seen);
    equal(seen.scan.stores.find(({ agent }) => agent === "main")?.sessions, rows + 1);
    match(readRowText(built.store, `agent:main:direct:${rows - 1}`), /^\{"sessionId":"x"/);
    const results = await repairProven(benchOf(built));
    deepEqual(
      results.map(({ applied }) => applied),
      [true, true],
    );
    equal(JSON.parse(readRowText(built.store, key)).status, "done");
  }).timeout(120_000);

  it("may be a store of 600 MB that is cut off", async () => {
    const built = home();
    fill(built.store, `{"${key}": {"label": "`, Buffer.alloc(mb, "x"), 600, "");
    const seen = await measured(built);
    isBounded(seen);
    match(said(seen.scan)[0]?.message ?? "", /cannot be read as JSON: it ends in the middle \(line 1, byte \d{9} /);
  });

  it("may be a store of 600 MB of nothing, as a crash leaves it", async () => {
    const built = home();
    truncateSync(built.store, 0);
    truncateSync(built.store, 600 * mb);
    const seen = await measured(built);
    isBounded(seen);
    match(said(seen.scan)[0]?.message ?? "", /it begins with NUL bytes/);
  });

  it("may be a store with one line of 200 MB, in a field in use, in another, in a key, and as blanks", async () => {
    for (const [before, after, sessions] of [
      [`{"${key}": {"status": "running", "label": "`, '"}}', 1],
      [`{"${key}": {"status": "running", "other": "`, '"}}', 1],
      [`{"${key}": ${JSON.stringify(running())}, "`, '": {}}', 2],
      [`{"${key}": `, `${JSON.stringify(running())}}`, 1],
    ] as const) {
      const built = home();
      fill(built.store, before, Buffer.alloc(mb, before.endsWith(" ") ? " " : "x"), 200, after);
      const seen = await measured(built);
      isBounded(seen);
      equal(seen.scan.sessions.filter(({ store }) => !store.includes("/work/")).length, sessions);
      ok(JSON.stringify(seen.scan).length < 20_000);
    }
  });

  it("may be a transcript, a trajectory, a lock, a registry or a configuration of 600 MB, or with a line of 200 MB", async () => {
    const names = [
      `agents/main/sessions/${sessionId}.jsonl`,
      `agents/main/sessions/${sessionId}.trajectory.jsonl`,
      `agents/main/sessions/${sessionId}.jsonl.lock`,
      "subagents/runs.json",
      "openclaw.json",
    ];
    for (const name of names) {
      const built = home();
      writeFileSync(built.store, JSON.stringify({ [key]: running() }));
      const path = join(built.stateDir, name);
      put(built, name, "{}\n");
      truncateSync(path, 600 * mb);
      isBounded(await measured(built));
      fill(path, '{"type": "message", "text": "', Buffer.alloc(mb, "x"), 200, '"}\n');
      isBounded(await measured(built));
    }
  });
});
