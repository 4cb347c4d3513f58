// What VS Code loads instead of a person's work: runs the host tests inside the extension host.
import { appendFileSync, writeFileSync } from "node:fs";
import { format } from "node:util";
import { runMocha } from "../mocha.mjs";

/**
 * @param {() => void} defineTests requires the bundled test files
 * @returns {Promise<void>} rejects when a test failed; VS Code makes that its exit code
 */
export async function runInExtensionHost(defineTests) {
  process.setSourceMapsEnabled(true);
  const write = reportTo(process.env["TEST_REPORT"] ?? "");
  const counts = await runMocha({
    load: (mocha) => {
      mocha.suite.emit("pre-require", globalThis, "", mocha);
      defineTests();
    },
    write,
    timeoutMs: 20_000,
  });
  writeFileSync(process.env["TEST_RESULT"] ?? "", JSON.stringify(counts));
  if (counts.failed) throw new Error(`${counts.failed} failed`);
}

/**
 * The tests' own lines would drown in the workbench's log, so they go to a file that the runner follows. VS Code's
 * console silently refuses new methods; the whole object can be replaced.
 * @param {string} file
 * @returns {(line: string) => void}
 */
function reportTo(file) {
  const write = (/** @type {string} */ line) => appendFileSync(file, `${line}\n`);
  const console = Object.create(globalThis.console);
  for (const method of ["log", "info", "warn", "error", "debug"]) {
    Object.defineProperty(console, method, { value: (/** @type {unknown[]} */ ...parts) => write(format(...parts)) });
  }
  globalThis.console = console;
  return write;
}
