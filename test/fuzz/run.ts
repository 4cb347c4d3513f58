// The long run of the properties, each for its share of the time or as often as it is told.
//   npm run test:fuzz -- [--minutes 10] [--runs N] [--only reader|splice|repair|home] [--seed N]
import { parseArgs } from "node:util";
import fc from "fast-check";
import { properties } from "./properties.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    runs: { type: "string" },
    only: { type: "string" },
    seed: { type: "string" },
  },
});
const chosen = Object.entries(properties).filter(([name]) => values.only === undefined || values.only === name);
if (chosen.length === 0) {
  process.stderr.write(`Say which of ${Object.keys(properties).join(", ")}.\n`);
  process.exit(2);
}
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const shareMs = (Number(values.minutes ?? 10) * 60_000) / chosen.length;
let failed = 0;
for (const [name, { make }] of chosen) {
  const counts = new Map<string, number>();
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const began = Date.now();
  const limit =
    values.runs === undefined
      ? { numRuns: 2 ** 31, interruptAfterTimeLimit: shareMs }
      : { numRuns: Number(values.runs) };
  const result = await fc.check(make(count), { ...limit, seed, markInterruptAsFailure: false });
  const kinds = [...counts].map(([kind, times]) => `${times} ${kind}`).join(", ");
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${name}: ${result.numRuns} runs (${kinds}), seed ${seed}, ${seconds} s: ${result.failed ? "FAILED" : "holds"}\n`,
  );
  if (result.failed) process.stdout.write(`${fc.defaultReportMessage(result) ?? ""}\n`);
  failed += Number(result.failed);
}
process.exit(failed > 0 ? 1 : 0);
