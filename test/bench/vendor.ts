// What the vendor's own commands cost on the same store, where a genuine OpenClaw is at hand.
import { join } from "node:path";
import { type Cost, costOf } from "./measure.ts";
import type { BenchHome } from "./store.ts";

export interface VendorCosts {
  /** `sessions cleanup --dry-run` at 10,000 rows. */
  readonly cleanup: Cost;
  /** `sessions --json` at 200 and 400 rows: it grows faster than they do, and at 10,000 nobody waits for it. */
  readonly list: readonly { readonly rows: number; readonly cost: Cost; readonly oursMs: number }[];
}

/** @param directory has OpenClaw in its node_modules */
export function vendorCosts(directory: string, home: BenchHome, scanCpuMs: () => number): VendorCosts {
  const program = join(directory, "node_modules", "openclaw", "openclaw.mjs");
  const env = { OPENCLAW_STATE_DIR: home.stateDir, HOME: join(home.stateDir, ".."), NO_COLOR: "1" };
  const run = (...args: string[]): Cost => costOf({ args: [program, ...args], env, fine: [0] });
  const cleanup = run("sessions", "cleanup", "--dry-run");
  const list = [200, 400].map((rows) => {
    home.writeStore({ rows, runningEvery: 20 });
    return { rows, cost: run("sessions", "--json"), oursMs: scanCpuMs() };
  });
  return { cleanup, list };
}
