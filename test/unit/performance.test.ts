// The costs that must not creep back, by ratio to the floor or to themselves in the same run: a machine has no speed of its
// own. The figures themselves are in docs/performance.md; `npm run bench` measures them.
import { equal, ok } from "node:assert/strict";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { type Files, nodeFiles } from "../../src/repair/files.ts";
import { scan } from "../../src/scan/scan.ts";
import { type BenchDatabase, writeDatabase } from "../bench/database.ts";
import { BenchHome } from "../bench/store.ts";
import { buildDatabaseHome, type SessionSpec } from "../databaseBuilder.ts";
import { watched } from "../fault/faults.ts";
import { minute, now, running } from "../homeBuilder.ts";
import { benchOf, newestReceipt, repairFindings, repairProven, undoNewest } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

const rounds = 6;

/** CPU milliseconds of the cheapest of some rounds: what else the machine does only adds. */
async function cheapest(work: () => unknown): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return Math.min(...costs);
}

/** Without what only a machine with processes costs. */
function scanOf({ stateDir }: Pick<BenchHome, "stateDir">): () => Promise<unknown> {
  const capture = { processes: parseCapturedProcesses("    1     0 Fri Nov 20 09:00:01 2026 /sbin/init") };
  return () => scan({ where: { homes: [], stateDirs: [stateDir] }, env: {}, capture });
}

/** What a program does that parses the whole, and looks at the end of every transcript. */
function floorOf({ store }: BenchHome): () => void {
  const tail = Buffer.alloc(4096);
  return () => {
    const rows: Record<string, { readonly sessionFile: string }> = JSON.parse(readFileSync(store, "utf8"));
    for (const { sessionFile } of Object.values(rows)) {
      const { size } = statSync(sessionFile);
      const fd = openSync(sessionFile, "r");
      readSync(fd, tail, 0, tail.length, Math.max(0, size - tail.length));
      closeSync(fd);
    }
  };
}

/** What a program does that asks for the narrow columns of every row. */
function narrowOf({ store }: BenchDatabase): () => void {
  return () => {
    const database = new DatabaseSync(store, { readOnly: true });
    database.prepare("SELECT session_key, current_session_id, updated_at, status FROM session_nodes").all();
    database.close();
  };
}

describe("what a scan costs", () => {
  it("is near what parsing the store would, and grows as its rows do", async function () {
    // It writes 50 MB, on a machine that may do much else.
    this.timeout(60_000);
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 600, runningEvery: 20 });
    const [floor, whole] = [await cheapest(floorOf(home)), await cheapest(scanOf(home))];
    ok(whole < 3 * floor, `${whole} ms, the floor ${floor} ms`);
    home.writeStore({ rows: 200, runningEvery: 20 });
    const third = await cheapest(scanOf(home));
    ok(whole < 6 * third, `600 rows ${whole} ms, 200 rows ${third} ms`);
  });

  it("is near what reading the narrow columns of a database would, and grows as its rows do", async function () {
    this.timeout(60_000);
    const spec = { runningEvery: 20 };
    const large = writeDatabase(temporaryDirectory(), { ...spec, rows: 900 });
    const [floor, whole] = [await cheapest(narrowOf(large)), await cheapest(scanOf(large))];
    ok(whole < 20 * floor, `${whole} ms, the floor ${floor} ms`);
    const third = await cheapest(scanOf(writeDatabase(temporaryDirectory(), { ...spec, rows: 300 })));
    ok(whole < 6 * third, `900 rows ${whole} ms, 300 rows ${third} ms`);
  });

  it("does not grow with the size of transcripts", async () => {
    const home = new BenchHome(temporaryDirectory());
    const rows = 50;
    home.writeStore({ rows, runningEvery: 1 });
    const small = await cheapest(scanOf(home));
    for (let at = 0; at < rows; at++) home.growTranscript(at, 1 << 30);
    const huge = await cheapest(scanOf(home));
    ok(huge < 4 * small, `1 KB ${small} ms, 1 GB ${huge} ms`);
  });
});

/** The disk's port, with how many bytes were read through it. */
function counted(): { readonly files: Files; readonly readBytes: () => number } {
  let bytes = 0;
  const files = watched(nodeFiles, ({ name }, make) => {
    const result = make();
    if (name === "read") bytes += Number(result);
    return result;
  });
  return { files, readBytes: () => bytes };
}

describe("what a repair reads", () => {
  it("is the store five times, however many rows it changes: to plan, to keep, to write, and twice to compare", async () => {
    const home = new BenchHome(temporaryDirectory());
    const { files, readBytes } = counted();
    const bench = benchOf({ home: home.home }, { files, now: Date.now() });
    for (const runningEvery of [200, 2]) {
      const size = home.writeStore({ rows: 200, runningEvery });
      const before = readBytes();
      const [result] = await repairProven(bench);
      equal(result?.applied, true, result?.refused);
      equal(result?.plan.edits.length, 200 / runningEvery);
      const times = (readBytes() - before) / size;
      // Each row that changes four times more: to plan, to splice, and in what is written twice.
      ok(times < 5.1 + 4 / runningEvery, `${runningEvery}: ${times} times`);
    }
  });

  it("is the store four times to undo it: to plan, to keep, to write, and what was written", async () => {
    const home = new BenchHome(temporaryDirectory());
    const size = home.writeStore({ rows: 200, runningEvery: 2 });
    const { files, readBytes } = counted();
    const bench = benchOf({ home: home.home }, { files, now: Date.now() });
    await repairProven(bench);
    const before = readBytes();
    equal((await undoNewest(bench)).applied, true);
    const times = (readBytes() - before) / size;
    ok(times < 4.3, `${times} times`);
  });

  it("is what the receipt keeps once, for an undo of many rows of a database", async () => {
    const started = now - 60 * minute;
    const spec = (i: number): SessionSpec => ({
      entry: running({ sessionId: `session-${i}`, startedAt: started, pad: "x".repeat(20_000) }),
      events: [["user", started]],
      trajectory: [
        ["session.started", started],
        ["session.ended", now - 50 * minute, { status: "success" }],
      ],
    });
    const sessions = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`agent:main:direct:${i}`, spec(i)]));
    const { files, readBytes } = counted();
    const bench = benchOf(buildDatabaseHome({ sessions }), { files });
    const [result] = await repairFindings(bench, ({ findings }) =>
      findings.filter(({ code }) => code === "RUN-FINISHED"),
    );
    equal(result?.applied, true, result?.refused);
    const kept = statSync(newestReceipt(bench).backup ?? "").size;
    const before = readBytes();
    equal((await undoNewest(bench)).applied, true);
    const times = (readBytes() - before) / kept;
    ok(times < 2, `${times} times`);
  });
});
