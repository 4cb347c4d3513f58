// What VS Code loads instead of a person's work: runs the host tests inside the extension host.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { format } from "node:util";
import { runMocha } from "../mocha.mjs";

/**
 * @param {string} bundle this bundle's file
 * @param {() => void} defineTests requires the bundled test files
 * @returns {Promise<void>} rejects when a test failed; VS Code makes that its exit code
 */
export async function runInExtensionHost(bundle, defineTests) {
  const report = process.env["TEST_REPORT"] ?? "";
  const places = sourcePlaces(bundle);
  const write = (/** @type {string} */ line) => appendFileSync(report, `${places(line)}\n`);
  const restoreConsole = redirectConsole(write);
  const counts = await runMocha({
    load: (mocha) => {
      mocha.suite.emit("pre-require", globalThis, "", mocha);
      defineTests();
    },
    write,
    timeoutMs: 60_000,
  });
  restoreConsole();
  writeFileSync(process.env["TEST_RESULT"] ?? "", JSON.stringify(counts));
  if (counts.failed) throw new Error(`${counts.failed} failed`);
}

/**
 * The tests' own lines would drown in the workbench's log, so they go to a file that the runner follows. VS Code's
 * console silently refuses new methods; the whole object can be replaced.
 * @param {(line: string) => void} write
 * @returns {() => void} puts VS Code's console back
 */
function redirectConsole(write) {
  const original = globalThis.console;
  const console = Object.create(original);
  for (const method of ["log", "info", "warn", "error", "debug"]) {
    Object.defineProperty(console, method, { value: (/** @type {unknown[]} */ ...parts) => write(format(...parts)) });
  }
  globalThis.console = console;
  return () => {
    globalThis.console = original;
  };
}

/**
 * VS Code formats stacks itself, so Node's own source map support has no effect in its extension host.
 * @param {string} bundle
 * @returns {(text: string) => string} replaces places in the bundle by those in the tests
 */
function sourcePlaces(bundle) {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")));
  return (text) =>
    text.replace(/[^\s()]+index\.cjs:(\d+):(\d+)/g, (place, line, column) => {
      const origin = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in origin)) return place;
      const source = origin.originalSource.replace(/^(\.\.\/)+/, "");
      return `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
    });
}
