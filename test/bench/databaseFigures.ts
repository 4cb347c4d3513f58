// What is measured of databases: a whole scan, against a program that reads the narrow columns; many rows in one repair.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchDatabase, type DatabaseSpec, writeDatabase } from "./database.ts";
import { type Compared, cli, compared, type Measured, measured, nothingRuns, scanOf } from "./figures.ts";
import { costOf, inTurn } from "./measure.ts";

const floorProgram = join(import.meta.dirname, "databaseFloor.cjs");

/** A whole scan from the start of its process, against the floor, in turn. */
export function databaseAgainstFloor(scratch: string, spec: DatabaseSpec, rounds: number): Compared {
  return withDatabase(scratch, spec, (database) => {
    const { floor, ours } = inTurn({ floor: { args: [floorProgram, database.store] }, ours: scanOf(database) }, rounds);
    return compared(database.bytes, floor, ours);
  });
}

export interface DatabaseRepairCost {
  /** Wall milliseconds of finalizing 500 rows in one transaction, beyond a scan and beyond writing and committing them. */
  readonly beyond: Measured;
  /** Of a program that does nothing but write these rows, as long as ours become, and commit them. */
  readonly commit: Measured;
  /** Of undoing them, beyond an empty Node. */
  readonly undo: Measured;
}

const committer = `const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(process.argv[1]);
database.exec("PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE");
database.exec("UPDATE session_nodes SET entry_json = entry_json || ' ' WHERE status = 'running'; COMMIT");
database.close();`;

export function databaseRepairCost(scratch: string, rounds: number): DatabaseRepairCost {
  const processes = join(scratch, "ps.txt");
  writeFileSync(processes, nothingRuns);
  const costs = Array.from({ length: rounds }, () =>
    withDatabase(scratch, { rows: 10_000, runningEvery: 20 }, ({ stateDir, store }) => {
      const where = ["--state-dir", stateDir, "--processes", processes];
      const backup = ["--backup-dir", join(stateDir, "..", "receipts")];
      const scan = costOf({ args: [cli, "scan", "--json", ...where] });
      const chosen = finishedIn(where).flatMap((id) => ["--finding", id]);
      const repair = costOf({ args: [cli, "repair", ...chosen, "--json", ...backup, ...where], fine: [0] });
      const undo = costOf({ args: [cli, "undo", "--last", ...backup, ...where], fine: [0] });
      // The rows claim to run again by now.
      const commit = costOf({ args: ["-e", committer, store], fine: [0] });
      const start = costOf(empty).wallMs;
      return { repair: repair.wallMs - scan.wallMs, undo: undo.wallMs - start, commit: commit.wallMs - start };
    }),
  );
  return {
    beyond: measured(costs.map(({ repair, commit }) => repair - commit)),
    commit: measured(costs.map(({ commit }) => commit)),
    undo: measured(costs.map(({ undo }) => undo)),
  };
}

const empty = { args: ["-e", "0"] };

/** Ids of the findings that say of a row that its run ended. */
function finishedIn(where: readonly string[]): string[] {
  const { stdout } = spawnSync(process.execPath, [cli, "scan", "--json", ...where], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const { findings } = JSON.parse(stdout) as { findings: { readonly id: string; readonly code: string }[] };
  return findings.filter(({ code }) => code === "RUN-FINISHED").map(({ id }) => id);
}

function withDatabase<T>(scratch: string, spec: DatabaseSpec, use: (database: BenchDatabase) => T): T {
  mkdirSync(scratch, { recursive: true });
  const home = mkdtempSync(join(scratch, "database-"));
  try {
    return use(writeDatabase(home, spec));
  } finally {
    rmSync(home, { recursive: true });
  }
}
