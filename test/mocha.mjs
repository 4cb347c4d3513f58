// One run of mocha, the same in a plain Node and in VS Code's extension host, and what it counted.
import { format } from "node:util";

/** @typedef {{ passed: number, failed: number, notTried?: number }} Counts tests without a body were not tried here */

/**
 * @param {object} options
 * @param {(mocha: import("mocha")) => unknown} options.load defines the tests
 * @param {(line: string) => void} options.write takes the report
 * @param {number} options.timeoutMs of one test
 * @returns {Promise<Counts>}
 */
export async function runMocha({ load, write, timeoutMs }) {
  // Imported late: mocha is a module, and the extension host's bundle is not.
  const { default: Mocha } = await import("mocha");
  const say = (/** @type {unknown[]} */ ...parts) => write(format(...parts));
  Mocha.reporters.Base.consoleLog = say;
  const mocha = new Mocha({
    ui: "bdd",
    timeout: timeoutMs,
    forbidOnly: true,
    color: process.env["TEST_COLOR"] === "1",
    ...(process.env["TEST_GREP"] ? { grep: process.env["TEST_GREP"] } : {}),
  });
  try {
    await load(mocha);
  } catch (error) {
    say("  The tests could not be loaded.\n", error);
    return { passed: 0, failed: 1 };
  }
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, ...(pending > 0 && { notTried: pending }) });
    });
  });
}
