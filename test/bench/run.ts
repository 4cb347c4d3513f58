// Measures, and writes docs/performance.md: node test/bench/run.ts [--rounds 5] [--openclaw DIR …]
// DIR holds genuine OpenClaws, as the live tests keep them (2026.5.18/node_modules/openclaw, 2026.9.6/…); without them the
// vendor's own commands are not measured. They are OpenClaw processes, which other tests of this machine would see, and
// take a quarter of an hour.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { databaseAgainstFloor, databaseRepairCost } from "./databaseFigures.ts";
import * as figures from "./figures.ts";
import { performancePage } from "./page.ts";
import { screenCosts } from "./screen.ts";
import { BenchHome } from "./store.ts";
import { vendorCosts, vendorDatabaseCosts } from "./vendor.ts";

const { values } = parseArgs({ options: { rounds: { type: "string" }, openclaw: { type: "string", multiple: true } } });
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
  const inWindow = await figures.windowCosts(home);
  say("a window of VS Code");
  home.writeStore({ rows: 10_000, runningEvery: 20 });
  const screen = await screenCosts(join(scratch, "home"), home.fileOf(0, ".jsonl"), Math.min(rounds, 3)).catch(
    (error: unknown) => void say(`There is none, or it did not measure. ${error}`),
  );
  const small = new BenchHome(join(scratch, "small"));
  small.writeStore({ rows: 70, runningEvery: 20 });
  const inSmallWindow = await figures.windowCosts(small);
  say("repair");
  const repair = figures.repairCost(home, scratch, rounds);
  home.writeStore({ rows: 10_000, runningEvery: 20 });
  say("databases");
  const databases = {
    plain: databaseAgainstFloor(scratch, { rows: 10_000, runningEvery: 20 }, rounds),
    thousand: databaseAgainstFloor(scratch, { rows: 1000, runningEvery: 20 }, rounds),
    killed: databaseAgainstFloor(scratch, { rows: 10_000, runningEvery: 20, rowsInLog: 250 }, rounds),
  };
  const databaseRepair = databaseRepairCost(scratch, rounds);
  say("the vendor's commands");
  const genuine = values.openclaw ?? [];
  const vendor = [
    ...vendorCosts(genuine, home, figures.scanOf(home)),
    ...vendorDatabaseCosts(genuine, join(scratch, "vendor"), 10_000, rounds, figures.scanOf),
  ];
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
    inSmallWindow,
    repair,
    databases,
    databaseRepair,
    vendor,
    start,
    transcripts,
    screen,
    eagerBytes: figures.eagerBytes(),
    vsixBytes: existsSync(vsix) ? statSync(vsix).size : undefined,
  });
  writeFileSync(join(figures.root, "docs", "performance.md"), page);
} finally {
  rmSync(scratch, { recursive: true });
}
