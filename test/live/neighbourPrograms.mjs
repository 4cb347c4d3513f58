// The genuine programs of other makers beside OpenClaw: agentctl built from its public repository, claude-mem from npm with
// the Bun that runs it. Each runs in a pid and network namespace of its own: agentctl's daemon ends processes by their
// command lines and by pids in its files, and neither of them reaches anybody.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./gateway.mjs";

/** 1.3.0, the last of the old era, and 1.9.1 with what came after it. */
export const agentctlCommits = /** @type {const} */ ({ "1.3.0": "598965b", head: "5923ee3" });
const agentctlRepository = process.env["AGENTCTL_REPOSITORY"] ?? "https://github.com/orgloop/agentctl";
const claudeMemVersion = "13.15.3";

/**
 * @param {keyof typeof agentctlCommits} version
 * @returns {string} its command, built the first time
 */
export function ensureAgentctl(version) {
  const folder = join(cache, `agentctl-${version}`);
  make(folder, (making) => {
    run("git", ["clone", "--quiet", agentctlRepository, making]);
    run("git", ["checkout", "--quiet", agentctlCommits[version]], making);
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], making);
    run("npx", ["tsc"], making);
  });
  return join(folder, "dist", "cli.js");
}

/** @returns {{ bun: string, worker: string }} fetched the first time */
export function ensureClaudeMem() {
  const folder = join(cache, `claude-mem-${claudeMemVersion}`);
  make(folder, (making) => {
    // Its own dependencies are of a server that is not started here, and take npm minutes to resolve.
    mkdirSync(making, { recursive: true });
    run("npm", ["pack", "--silent", `claude-mem@${claudeMemVersion}`], making);
    run("tar", ["-xzf", `claude-mem-${claudeMemVersion}.tgz`], making);
    const wanted = ["@oven/bun-linux-x64@1.4.4", "zod@4.4.3"];
    run(
      "npm",
      ["install", "--prefix", ".", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...wanted],
      making,
    );
  });
  const bun = join(folder, "node_modules", "@oven", "bun-linux-x64", "bin", "bun");
  return { bun, worker: join(folder, "package", "plugin", "scripts", "worker-service.cjs") };
}

/**
 * Runs the driver in namespaces of its own and gives what it says.
 * @param {object} order
 * @returns {any}
 */
export function inNamespace(order) {
  const driver = join(import.meta.dirname, "neighbourDriver.mjs");
  const alone = ["--user", "--map-root-user", "--pid", "--net", "--fork", "--mount-proc", "--kill-child"];
  // What it is told comes through stdin: no command line of ours may name agentctl and its daemon.
  const { stdout, stderr, status } = spawnSync("unshare", [...alone, process.execPath, driver], {
    input: JSON.stringify(order),
    encoding: "utf8",
    timeout: 120_000,
    env: { PATH: process.env["PATH"] },
  });
  if (status !== 0) throw new Error(`${stderr}${stdout}`);
  return JSON.parse(stdout);
}

/** Whether this machine lets us make such namespaces. */
export function canUnshare() {
  const { status } = spawnSync("unshare", [
    "--user",
    "--map-root-user",
    "--pid",
    "--net",
    "--fork",
    "--mount-proc",
    "true",
  ]);
  return status === 0;
}

/**
 * Made beside its place and moved there, so that what was broken off is none.
 * @param {string} folder
 * @param {(making: string) => void} work
 */
function make(folder, work) {
  if (existsSync(folder)) return;
  console.log(`Making ${folder}`);
  mkdirSync(cache, { recursive: true });
  const making = `${folder}.${process.pid}`;
  work(making);
  renameSync(making, folder);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { stdio: "inherit", ...(cwd !== undefined && { cwd }) });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed.`);
}
