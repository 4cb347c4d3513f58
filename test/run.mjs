// Runs what is asked for and ends with one line: how much passed and how much failed, over everything that ran.
//   node test/run.mjs check | unit | fault | faultLong | host | oldest | e2e | live | all   [--grep TEXT]
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureNode } from "./vscode/install.mjs";
import { temporaryDirectory } from "./vscode/scratch.mjs";

/** @typedef {import("./mocha.mjs").Counts} Counts */

const root = resolve(import.meta.dirname, "..");

const steps = {
  lint: () => script("lint"),
  types: () => script("types"),
  build: () => script("build"),
  package: () => script("package"),
  unit: () => mochaFiles("unit", 60_000, { env: inMemory() }),
  fault: () => mochaFiles("fault", 240_000, { env: inMemory() }),
  faultLong: () => mochaFiles("fault", 240_000, { env: { ...inMemory(), FAULT_EXTENT: "long" } }),
  e2e: () => mochaFiles("e2e", 120_000),
  host: () => hostTests("current"),
  oldest: () => hostTests("oldest"),
  // Genuine programs run and are killed: minutes for each test.
  live: async () => mochaFiles("live", 600_000, { node: (await import("./live/gateway.mjs")).ensureNode() }),
};

/** @type {Record<string, (keyof typeof steps)[]>} */
const plans = {
  check: ["lint", "types", "unit"],
  unit: ["unit"],
  fault: ["fault"],
  faultLong: ["faultLong"],
  host: ["build", "host"],
  oldest: ["build", "oldest"],
  e2e: ["build", "package", "e2e"],
  live: ["live"],
  all: ["lint", "types", "unit", "fault", "build", "package", "host", "e2e"],
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
const plan = plans[positionals[0] ?? ""];
if (!plan) {
  console.error(`Say what to run: ${Object.keys(plans).join(", ")}.`);
  process.exit(2);
}
if (values.grep) process.env["TEST_GREP"] = values.grep;
if (process.stdout.isTTY) process.env["TEST_COLOR"] = "1";
process.chdir(root);

const total = { passed: 0, failed: 0, notTried: 0 };
for (const name of plan) {
  console.log(`\n── ${name} ──`);
  const began = Date.now();
  const {
    passed,
    failed,
    notTried = 0,
  } = await steps[name]().catch((error) => {
    console.error(error);
    return { passed: 0, failed: 1, notTried: 0 };
  });
  total.passed += passed;
  total.failed += failed;
  total.notTried += notTried;
  console.log(`${name}: ${counted({ passed, failed, notTried })}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  // Without what is tested, the tests that follow would only repeat that it is missing.
  if (failed && (name === "build" || name === "package")) break;
}
console.log(`\n${counted(total)}`);
process.exit(total.failed ? 1 : 0);

/** @param {Counts} counts */
function counted({ passed, failed, notTried = 0 }) {
  return `${passed} passed, ${failed} failed${notTried > 0 ? `, ${notTried} not tried` : ""}`;
}

/**
 * @param {string} name of a script in package.json
 * @returns {Promise<Counts>} the script counts as one test
 */
async function script(name) {
  const options = { stdio: /** @type {const} */ ("inherit"), shell: process.platform === "win32" };
  const { status } = spawnSync("npm", ["run", "--silent", name], options);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {string} suite its folder below test/
 * @param {number} timeoutMs of one test
 * @param {{ env?: NodeJS.ProcessEnv, node?: string }} [how]
 * @returns {Promise<Counts>}
 */
async function mochaFiles(suite, timeoutMs, { env = process.env, node = ensureNode() } = {}) {
  const files = testFiles(suite);
  const scratch = temporaryDirectory();
  const result = join(scratch.path, "result.json");
  // Node 22 still warns that it strips types.
  const args = ["--disable-warning=ExperimentalWarning", "test/mochaFiles.mjs", result, String(timeoutMs), ...files];
  spawnSync(node, args, { stdio: "inherit", env });
  const counts = existsSync(result) ? JSON.parse(readFileSync(result, "utf8")) : { passed: 0, failed: 1 };
  scratch.remove();
  return ranSome(counts);
}

/**
 * @param {import("./vscode/install.mjs").Edition} edition
 * @returns {Promise<Counts>}
 */
async function hostTests(edition) {
  const { runHostTests } = await import("./vscode/hostTests.mjs");
  return ranSome(await runHostTests({ root, files: testFiles("host"), edition }));
}

/**
 * @param {string} suite
 * @returns {string[]}
 */
function testFiles(suite) {
  const folder = join(root, "test", suite);
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  return names
    .filter((name) => /\.test\.(ts|mjs)$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

/**
 * @param {Counts} counts
 * @returns {Counts} a suite without a single test proves nothing, so it failed
 */
function ranSome(counts) {
  if (counts.passed + counts.failed > 0) return counts;
  console.error("No test ran.");
  return { passed: 0, failed: 1 };
}

/** Thousands of repairs wait for the disk at every fsync; where there is a file system in memory with room they need not. */
function inMemory() {
  const memory = "/dev/shm";
  // A container may have as little as 64 MB there, and a store of 600 MB is written thrice.
  const { bavail, bsize } = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 };
  return bavail * bsize > 2 ** 32 ? { ...process.env, TMPDIR: memory } : process.env;
}
