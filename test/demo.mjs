// Opens a real VS Code with the extension on a sample home, or on the person's own: `npm run demo -- --home ~`.
// The home is only named in a setting: neither it nor the person's own VS Code is changed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareDemoHome } from "./demoHome.mjs";
import { desktopArguments, findDesktop } from "./vscode/desktop.mjs";
import { startProgram, temporaryDirectory } from "./vscode/scratch.mjs";
import { startServer } from "./vscode/server.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: { home: { type: "string" }, port: { type: "string", default: "0" } },
});

const scratch = temporaryDirectory();
const home = values.home ? ownHome(values.home) : await prepareDemoHome(scratch.path);
// Of the person's own home the receipts go where they always do: they must outlive the demo.
const env = { XDG_STATE_HOME: values.home ? (process.env["XDG_STATE_HOME"] ?? "") : join(scratch.path, "state") };
const settings = { "openclawSessionInspector.homes": [home] };
const desktop = await findDesktop();
if (desktop) await openDesktop(desktop);
else await openServer();

/** @param {string} executable */
async function openDesktop(executable) {
  script("build");
  const folder = join(scratch.path, "workspace");
  mkdirSync(folder);
  const profile = desktopArguments({ directory: scratch.path, folder, settings });
  const { child } = startProgram(executable, [...profile, "--new-window", `--extensionDevelopmentPath=${root}`], {
    env: { ...process.env, ...env },
  });
  child.stderr.resume();
  child.stdout.resume();
  child.once("error", (error) => {
    console.error(`VS Code could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once("exit", () => process.exit());
  console.log(`VS Code shows ${home}. Close its window, or press Ctrl+C here, to end the demo.`);
}

async function openServer() {
  const vsix = join(scratch.path, "extension.vsix");
  script("build");
  script("package", "--", "-o", vsix);
  const server = await startServer({ vsix, machineSettings: settings, env, port: Number(values.port) });
  console.log(`Open ${server.address(server.workspace)} in a browser.`);
  console.log(`It shows ${home}. Press Ctrl+C to end the demo.`);
}

/**
 * @param {string} path
 * @returns {string} absolute, also where the shell left a `~`
 */
function ownHome(path) {
  const absolute = resolve(path.replace(/^~(?=$|[/\\])/, homedir()));
  if (existsSync(absolute)) return absolute;
  console.error(`There is no folder ${absolute}. Name the home that holds .openclaw after --home.`);
  process.exit(1);
}

/** @param {string[]} args of a script in package.json, whose output matters only when it fails */
function script(...args) {
  const shell = process.platform === "win32";
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", ...args], {
    cwd: root,
    shell,
    encoding: "utf8",
  });
  if (status === 0) return;
  console.error(`npm run ${args.join(" ")} failed.\n${stdout}${stderr}`);
  process.exit(1);
}
