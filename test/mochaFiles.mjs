// Runs test files in this Node, straight from their TypeScript: node mochaFiles.mjs RESULT TIMEOUT_MS FILE…
// A process of its own, since it needs a newer Node than the one that npm was started with.
import { writeFileSync } from "node:fs";
import { runMocha } from "./mocha.mjs";

const [result = "", timeoutMs, ...files] = process.argv.slice(2);
const counts = await runMocha({
  load: (mocha) => {
    for (const file of files) mocha.addFile(file);
    return mocha.loadFilesAsync();
  },
  write: (line) => process.stdout.write(`${line}\n`),
  timeoutMs: Number(timeoutMs),
});
writeFileSync(result, JSON.stringify(counts));
process.exit(counts.failed ? 1 : 0);
