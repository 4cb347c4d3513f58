// A real VS Code server, everything of which lies in one temporary directory.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureServer } from "./install.mjs";
import { startProgram, temporaryDirectory } from "./scratch.mjs";

/**
 * What would otherwise differ from a quiet desktop: side bars that open by themselves, files that are saved unasked
 * (the default in a browser), questions to the outside.
 */
export const quietSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "files.autoSave": "off",
  "git.autofetch": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/**
 * @typedef {object} Server
 * @property {string} directory its temporary directory, with an empty folder `workspace`
 * @property {string} workspace that folder
 * @property {string} authority `127.0.0.1:PORT`, as the page names the machine
 * @property {string} userSettings the file with the person's settings; VS Code takes up changes of it
 * @property {(folder: string, payload?: [string, string][]) => string} address what to open in a browser
 * @property {() => string} output what the server has printed
 * @property {() => Promise<void>} close ends it and removes its directory
 */

/**
 * @param {object} options
 * @param {import("./install.mjs").Edition} [options.edition]
 * @param {string} [options.vsix] a packaged extension to install
 * @param {boolean} [options.testDriver] lets a page load an extension under development and run its tests; it also
 *   silences notifications, so it is not for tests of the surface
 * @param {Record<string, unknown>} [options.settings] the person's settings
 * @param {Record<string, unknown>} [options.machineSettings]
 * @param {Record<string, string>} [options.env] for the extension host
 * @param {boolean} [options.restricted] folders are not trusted, and nobody is asked whether to
 * @param {number} [options.port] 0: any free one
 * @returns {Promise<Server>}
 */
export async function startServer({ edition = "current", port = 0, ...options }) {
  const { node, main } = ensureServer(edition);
  const directory = temporaryDirectory();
  const at = (/** @type {string[]} */ ...names) => join(directory.path, ...names);
  const workspace = at("workspace");
  mkdirSync(workspace);
  mkdirSync(at("tmp"));
  const trust = options.restricted
    ? { "security.workspace.trust.startupPrompt": "never", "security.workspace.trust.banner": "never" }
    : {};
  const userSettings = writeSettings(at("data", "User"), { ...quietSettings, ...trust, ...options.settings });
  writeSettings(at("data", "Machine"), options.machineSettings ?? {});

  // An empty gallery: nothing leaves the machine. TMPDIR: sockets and logs stay where they are removed, and
  // XDG_STATE_HOME: so do the receipts of repairs.
  const own = { EXTENSIONS_GALLERY: "{}", TMPDIR: at("tmp"), XDG_STATE_HOME: at("state") };
  const env = { ...process.env, ...own, ...options.env };
  const places = ["--server-data-dir", directory.path, "--extensions-dir", at("extensions")];
  const common = [main, "--accept-server-license-terms", ...places];
  if (options.vsix) {
    const install = spawnSync(node, [...common, "--install-extension", options.vsix], { env, encoding: "utf8" });
    if (install.status !== 0) throw new Error(`The extension was not installed.\n${install.stdout}${install.stderr}`);
  }

  // Whoever reaches the port has a shell, so it takes a token, although the port is only open to this machine.
  const token = randomBytes(16).toString("hex");
  const { child, end } = startProgram(
    node,
    [
      ...[...common, "--host", "127.0.0.1", "--port", String(port), "--connection-token", token],
      ...(options.restricted ? [] : ["--disable-workspace-trust"]),
      ...["--disable-telemetry", "--disable-experiments"],
      "--disable-getting-started-override",
      ...(options.testDriver ? ["--enable-smoke-test-driver"] : []),
    ],
    { cwd: workspace, env },
  );
  let output = "";
  const listening = new Promise((resolve, reject) => {
    const listen = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-100_000);
      const [, number] = /listening on (\d+)/.exec(output) ?? [];
      if (number) resolve(number);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`The VS Code server ended.\n${output}`)));
  });
  const close = async () => {
    await end();
    directory.remove();
  };
  try {
    const authority = `127.0.0.1:${await listening}`;
    const address = (/** @type {string} */ folder, /** @type {[string, string][]} */ payload = []) => {
      const query = new URLSearchParams({ folder, tkn: token });
      if (payload.length) query.set("payload", JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    };
    return { directory: directory.path, workspace, authority, userSettings, address, output: () => output, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {string} directory
 * @param {Record<string, unknown>} settings
 * @returns {string} the file
 */
export function writeSettings(directory, settings) {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "settings.json");
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
  return file;
}
