// The person's own VS Code, started so that it touches nothing of theirs.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { findProgram } from "./install.mjs";
import { quietSettings, writeSettings } from "./server.mjs";

const applications = [
  "/Applications/Visual Studio Code.app/Contents/MacOS/Electron",
  "/Applications/VSCodium.app/Contents/MacOS/Electron",
  "/Applications/Cursor.app/Contents/MacOS/Cursor",
  `${process.env["LOCALAPPDATA"]}\\Programs\\Microsoft VS Code\\Code.exe`,
  `${process.env["ProgramFiles"]}\\Microsoft VS Code\\Code.exe`,
];

/**
 * @returns {Promise<string | undefined>} the executable of VS Code (not its shell script, which does not wait), or
 *   undefined where there is no screen to show it on
 */
export async function findDesktop() {
  const named = process.env["VSCODE_EXECUTABLE"];
  if (named) return named;
  const screen = process.platform !== "linux" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (!screen) return undefined;
  const installed = ["code", "codium", "cursor"].map(behindScript).find((path) => path !== undefined);
  const found = installed ?? applications.find((path) => existsSync(path));
  if (found) return found;
  try {
    return await downloadAndUnzipVSCode();
  } catch (error) {
    if (process.platform !== "linux") throw error;
    console.error(`VS Code is not installed and could not be downloaded (${error}). A server is used instead.`);
    return undefined;
  }
}

/**
 * `code` in the PATH is a script in the folder `bin` of the application.
 * @param {string} name
 * @returns {string | undefined} the application's executable
 */
function behindScript(name) {
  const script = findProgram(name);
  if (!script) return undefined;
  const bin = dirname(realpathSync(script));
  if (basename(bin) !== "bin") return undefined;
  const folder = dirname(bin);
  return [join(folder, name), join(folder, "Code.exe")].find((path) => existsSync(path));
}

/**
 * @param {object} options
 * @param {string} options.directory where its profile goes; the caller removes it
 * @param {string} options.folder to open
 * @param {Record<string, unknown>} options.settings
 * @returns {string[]} arguments for a window with a throwaway profile
 */
export function desktopArguments({ directory, folder, settings }) {
  const profile = join(directory, "profile");
  writeSettings(join(profile, "User"), { ...quietSettings, ...settings });
  return [
    folder,
    `--user-data-dir=${profile}`,
    `--extensions-dir=${join(directory, "extensions")}`,
    "--disable-workspace-trust",
    "--skip-welcome",
    "--skip-release-notes",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
}
