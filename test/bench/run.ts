// Measures, and writes docs/performance.md: node test/bench/run.ts [--rounds 5] [--openclaw DIR]
// DIR holds a genuine OpenClaw 2026.5.18 in node_modules; without it the vendor's own commands are not measured. They are
// OpenClaw processes, which other tests of this machine would see.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as figures from "./figures.ts";
import { costOf } from "./measure.ts";
import { performancePage } from "./page.ts";
import { BenchHome } from "./store.ts";
import { vendorCosts } from "./vendor.ts";

const { values } = parseArgs({ options: { rounds: { type: "string" }, openclaw: { type: "string" } } });
const rounds = Number(values.rounds ?? 5);
const scratch = mkdtempSync(join(tmpdir(), "session-inspector-bench-"));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const home = new BenchHome(join(scratch, "home"));
  const against = (name: string, spec: Parameters<typeof figures.scanAgainstFloor>[1], times = rounds) => {
    say(name);
    return figures.scanAgainstFloor(home, spec, times);
  };
  const scans = {
    thousand: against("1,000 rows", { rows: 1000, runningEvery: 20 }),
    mixed: against("10,000 rows", { rows: 10_000, runningEvery: 20 }),
    ended: against("10,000 rows that ended", { rows: 10_000 }),
    unlike: against("10,000 rows, no two snapshots alike", { rows: 10_000, size: "unlike", runningEvery: 20 }),
    full: against("10,000 rows, full proof of all", { rows: 10_000, runningEvery: 1 }),
    short: against("10,000 short rows", { rows: 10_000, size: "short", runningEvery: 20 }),
    long: against("10,000 long rows", { rows: 10_000, size: "long", runningEvery: 20 }),
  };
  say("a window");
  home.writeStore({ rows: 10_000, runningEvery: 20 });
  const inWindow = figures.windowCosts(home);
  say("repair");
  const repair = figures.repairCost(home, scratch, rounds);
  home.writeStore({ rows: 10_000, runningEvery: 20 });
  say("the vendor's commands");
  const vendor =
    values.openclaw === undefined
      ? undefined
      : vendorCosts(values.openclaw, home, () => costOf(figures.scanOf(home)).cpuMs);
  say("7 rows");
  const start = figures.startCost(new BenchHome(join(scratch, "seven")), 2 * rounds);
  say("transcripts of 1 GB");
  const transcripts = figures.transcriptSizes(new BenchHome(join(scratch, "huge")), rounds);
  const vsix = join(figures.root, "dist", "openclaw-session-inspector.vsix");
  const page = performancePage({
    machine: `${cpus().length} processors (${cpus()[0]?.model ?? "?"}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    rounds,
    scans,
    inWindow,
    repair,
    vendor,
    start,
    transcripts,
    eagerBytes: figures.eagerBytes(),
    vsixBytes: existsSync(vsix) ? statSync(vsix).size : undefined,
  });
  writeFileSync(join(figures.root, "docs", "performance.md"), page);
} finally {
  rmSync(scratch, { recursive: true });
}
