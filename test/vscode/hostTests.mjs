// Runs the host tests inside a real VS Code: the person's desktop edition where there is a screen, else a server with a
// browser without a window. Both load extension and tests the same way and tell the outcome through two files.
import { existsSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { prepareSampleHome } from "../sampleHome.mjs";
import { openBrowser } from "./browser.mjs";
import { desktopArguments, findDesktop } from "./desktop.mjs";
import { bundleHostTests } from "./hostBundle.mjs";
import { ensureNode } from "./install.mjs";
import { temporaryDirectory } from "./scratch.mjs";
import { startServer } from "./server.mjs";

/** @typedef {{ root: string, tests: string, env: Record<string, string>, settings: Record<string, unknown> }} HostRun */

const limitMs = 300_000;

/**
 * @param {object} options
 * @param {string} options.root the extension's folder, built
 * @param {string[]} options.files the tests
 * @param {import("./install.mjs").Edition} options.edition `oldest` always runs on a server
 * @returns {Promise<import("../mocha.mjs").Counts>}
 */
export async function runHostTests({ root, files, edition }) {
  const scratch = temporaryDirectory();
  const home = await prepareSampleHome(join(scratch.path, "home"));
  const result = join(scratch.path, "result.json");
  const report = join(scratch.path, "report.txt");
  writeFileSync(report, "");
  const tests = await bundleHostTests(root, files);
  // Receipts must never land in the person's own home.
  const state = join(scratch.path, "state");
  // First on the PATH, lest a test runs the person's own openclaw.
  const programs = join(scratch.path, "bin");
  mkdirSync(programs);
  // A server takes its PATH from a login shell of its home.
  writeFileSync(join(home, ".profile"), `export PATH='${programs}':"$PATH"\n`);
  const env = {
    OPENCLAW_INSPECTOR_TEST_HOME: home,
    OPENCLAW_INSPECTOR_TEST_PROGRAMS: programs,
    // One that runs TypeScript; VS Code's own may not.
    OPENCLAW_INSPECTOR_TEST_NODE: ensureNode(),
    PATH: `${programs}${delimiter}${process.env["PATH"]}`,
    XDG_STATE_HOME: state,
    TEST_RESULT: result,
    TEST_REPORT: report,
  };
  const settings = { "openclawSessionInspector.homes": [home] };
  const stopFollowing = follow(report);
  try {
    const desktop = edition === "current" ? await findDesktop() : undefined;
    if (desktop) await runOnDesktop(desktop, scratch.path, { root, tests, env, settings });
    else await runOnServer(edition, home, { root, tests, env, settings });
  } finally {
    stopFollowing();
  }
  const counts = existsSync(result) ? JSON.parse(readFileSync(result, "utf8")) : { passed: 0, failed: 1 };
  scratch.remove();
  return counts;
}

/**
 * @param {import("./install.mjs").Edition} edition
 * @param {string} home also HOME of the extension host, lest a test finds the person's own
 * @param {HostRun} run
 */
async function runOnServer(edition, home, { root, tests, env, settings }) {
  const server = await startServer({
    edition,
    env: { ...env, HOME: home },
    machineSettings: settings,
    testDriver: true,
  });
  const browser = await openBrowser(server.directory);
  const log = /** @type {string[]} */ ([]);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const page = await browser.newPage();
    const remote = (/** @type {string} */ path) => `vscode-remote://${server.authority}${path}`;
    const ended = new Promise((resolve, reject) => {
      const limit = () => reject(new Error(`The host tests did not end in ${limitMs / 1000} s.`));
      timer = setTimeout(limit, limitMs);
      page.once("crash", () => reject(new Error("The browser's page crashed.")));
      // VS Code calls these two in the page when it runs tests.
      page.exposeFunction("codeAutomationExit", resolve);
      page.exposeFunction("codeAutomationLog", (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
        log.push(`${type}: ${args.join(" ")}`);
      });
    });
    const payload = /** @type {[string, string][]} */ ([
      ["extensionDevelopmentPath", remote(root)],
      ["extensionTestsPath", remote(tests)],
      ["skipWelcome", "true"],
      ["skipReleaseNotes", "true"],
    ]);
    await page.goto(server.address(server.workspace, payload));
    const code = await ended;
    if (!existsSync(env["TEST_RESULT"] ?? "")) throw new Error(`VS Code ended its tests with ${code} before they ran.`);
  } catch (error) {
    console.error(error, `\n${log.slice(-30).join("\n")}\n${server.output().slice(-2_000)}`);
  } finally {
    clearTimeout(timer);
    await browser.close();
    await server.close();
  }
}

/**
 * @param {string} executable
 * @param {string} directory for its profile
 * @param {HostRun} run
 */
async function runOnDesktop(executable, directory, { root, tests, env, settings }) {
  const workspace = join(directory, "workspace");
  mkdirSync(workspace);
  const launchArgs = desktopArguments({ directory, folder: workspace, settings });
  const options = { extensionDevelopmentPath: root, extensionTestsPath: tests, extensionTestsEnv: env, launchArgs };
  // Its exit code says nothing that the files do not; a start that failed left no result, which counts as a failure.
  await runTests({ vscodeExecutablePath: executable, ...options }).catch((error) => console.error(String(error)));
}

/**
 * Prints what is appended to a file.
 * @param {string} file
 * @returns {() => void} prints the rest and stops
 */
function follow(file) {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.alloc(1 << 16);
  const print = () => {
    for (let length = -1; length !== 0; ) {
      length = readSync(descriptor, buffer);
      process.stdout.write(buffer.toString("utf8", 0, length));
    }
  };
  const timer = setInterval(print, 100);
  return () => {
    clearInterval(timer);
    print();
  };
}
