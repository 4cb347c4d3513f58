// The costs that must not creep back, by ratio to the floor or to themselves in the same run: a machine has no speed of its
// own. The figures themselves are in docs/performance.md; `npm run bench` measures them.
import { ok } from "node:assert/strict";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { scan } from "../../src/scan.ts";
import { BenchHome } from "../bench/store.ts";
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
function scanOf({ stateDir }: BenchHome): () => Promise<unknown> {
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
