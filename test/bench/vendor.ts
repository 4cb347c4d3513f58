// What the vendor's own commands cost on the same stores, where genuine OpenClaws are at hand.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BenchDatabase, writeDatabase } from "./database.ts";
import { type Cost, costOf, inTurn, median, type Program } from "./measure.ts";
import type { BenchHome } from "./store.ts";

export interface VendorCost {
  readonly version: string;
  readonly command: string;
  readonly rows: number;
  readonly cost: Cost;
  /** CPU of our scan of the same store. */
  readonly oursMs: number;
  /** How many times ours it is meant to cost at 10,000 rows, at least. */
  readonly target?: number;
}

/** Both take a tenth of a second for each row of these stores: at 10,000 they are stopped. */
const inFiles = [
  { version: "2026.5.18", command: "sessions cleanup --dry-run", target: 6 },
  { version: "2026.5.18", command: "sessions --json", target: 400 },
] as const;
const sizes = [1000, 10_000];
const patienceMs = 300_000;
const inDatabase = [
  { version: "2026.9.6", command: "sessions --json --limit all", target: 5 },
  { version: "2026.9.6", command: "sessions cleanup --dry-run" },
] as const;

/** Folders with versions of OpenClaw in them, as the live tests keep them: `DIR/2026.5.18/node_modules/openclaw`. */
export type Genuine = readonly string[];

/** With ever more rows, until one takes longer than five minutes. None where no genuine one is at hand. */
export function vendorCosts(genuine: Genuine, home: BenchHome, scan: Program): VendorCost[] {
  return inFiles.flatMap((wanted) => {
    const costs: VendorCost[] = [];
    for (const rows of sizes) {
      home.writeStore({ rows, runningEvery: 20 });
      const program = programOf(genuine, wanted, home.stateDir);
      if (program === undefined || costs.at(-1)?.cost.isStopped === true) break;
      costs.push({ ...wanted, rows, oursMs: costOf(scan).cpuMs, cost: costOf({ ...program, limitMs: patienceMs }) });
    }
    return costs;
  });
}

/** In turn with ours, on a database of its own; the first run of each, which settles what it wants to have settled, does not count. */
export function vendorDatabaseCosts(
  genuine: Genuine,
  home: string,
  rows: number,
  rounds: number,
  scanOf: (database: BenchDatabase) => Program,
): VendorCost[] {
  const database = writeDatabase(home, { rows, runningEvery: 20 });
  return inDatabase.flatMap((wanted) => {
    const theirs = programOf(genuine, wanted, database.stateDir);
    if (theirs === undefined) return [];
    costOf(theirs);
    const costs = inTurn({ ours: scanOf(database), theirs }, rounds);
    const of = (cost: (one: Cost) => number): number => median(costs.theirs.map(cost));
    const cost = {
      cpuMs: of(({ cpuMs }) => cpuMs),
      peakMb: of(({ peakMb }) => peakMb),
      wallMs: of(({ wallMs }) => wallMs),
    };
    return [{ ...wanted, rows, cost, oursMs: median(costs.ours.map(({ cpuMs }) => cpuMs)) }];
  });
}

function programOf(
  genuine: Genuine,
  { version, command }: { readonly version: string; readonly command: string },
  stateDir: string,
): Program | undefined {
  const scripts = genuine.map((cache) => join(cache, version, "node_modules", "openclaw", "openclaw.mjs"));
  const script = scripts.find((path) => existsSync(path));
  if (script === undefined) return undefined;
  const env = {
    HOME: dirname(stateDir),
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_DISABLE_BONJOUR: "1",
    NO_COLOR: "1",
  };
  return { args: [script, ...command.split(" ")], env, fine: [0] };
}
