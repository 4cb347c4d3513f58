// What the vendor's own commands cost on the same store, where a genuine OpenClaw is at hand.
import { join } from "node:path";
import { type Cost, costOf } from "./measure.ts";
import type { BenchHome } from "./store.ts";

export interface VendorCost {
  readonly command: string;
  readonly target: string;
  readonly rows: number;
  readonly cost: Cost;
  /** Of our scan of the same store. */
  readonly oursMs: number;
}

/** Both take a tenth of a second for each row of these stores: at 10,000 nobody waits for them. */
const commands = [
  { command: "sessions cleanup --dry-run", target: "6 times ours", rows: 1000 },
  { command: "sessions --json", target: "400 times ours", rows: 200 },
];

/** @param directory has OpenClaw in its node_modules */
export function vendorCosts(directory: string, home: BenchHome, scanCpuMs: () => number): VendorCost[] {
  const program = join(directory, "node_modules", "openclaw", "openclaw.mjs");
  const env = { OPENCLAW_STATE_DIR: home.stateDir, HOME: join(home.stateDir, ".."), NO_COLOR: "1" };
  return commands.map(({ command, target, rows }) => {
    home.writeStore({ rows, runningEvery: 20 });
    const cost = costOf({ args: [program, ...command.split(" ")], env, fine: [0] });
    return { command, target, rows, cost, oursMs: scanCpuMs() };
  });
}
