// The walls of the design: which folder may import what. The build fails on a break; a test shows that breaks are found.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** What `inspect` and `owner` may take from node:fs: nothing that writes, whatever its arguments. */
const reading = new Set(
  "closeSync constants fstatSync lstatSync openSync readdirSync readFileSync readlinkSync readSync realpathSync statSync watch FSWatcher Stats".split(
    " ",
  ),
);
/** The only file that may open, since it alone is known to open for reading. */
const opener = "inspect/regularFile.ts";
/** The only file outside of `repair` that writes: into a temporary folder of its own. */
const copier = "inspect/privateCopy.ts";
/** The only file that may open a database, since it alone is known to open it for reading. */
const databaseOpener = "inspect/sqlite.ts";
const mostLines = 400;

const folders = ["model", "owner", "inspect", "judge", "plan", "repair", "scan", "worker", "ui", "cli"];

/** What each folder may import from the others. `""`: files directly in src. */
const mayImport = {
  model: ["model"],
  judge: ["model", "judge"],
  plan: ["model", "judge", "plan"],
  inspect: ["model", "judge", "owner", "inspect"],
  owner: ["model", "inspect", "owner"],
  repair: ["model", "judge", "plan", "inspect", "owner", "repair"],
  scan: ["model", "judge", "inspect", "owner", "repair", "scan"],
  worker: ["model", "judge", "plan", "inspect", "owner", "repair", "scan", "worker", ""],
  ui: ["model", "judge", "plan", "ui", ""],
  cli: ["model", "judge", "plan", "inspect", "owner", "repair", "scan", "cli", ""],
  "": ["", ...folders],
};

/**
 * @param {string} source the folder with the sources
 * @returns {string[]} one sentence for each break
 */
export function brokenWalls(source) {
  return sources(source).flatMap((file) => {
    const name = relative(source, file).split(sep).join("/");
    const text = readFileSync(file, "utf8");
    const lines = text.split("\n").length;
    const tooLong = lines > mostLines ? [`${name} has ${lines} lines: more than ${mostLines}`] : [];
    return [...tooLong, ...importsOf(text).flatMap((found) => breaksOf(name, found, source, file))];
  });
}

/**
 * @param {string} name of the file below the sources
 * @param {{ from: string, names: string[] }} found
 * @param {string} source
 * @param {string} file
 */
function breaksOf(name, { from, names }, source, file) {
  const folder = folders.find((candidate) => name.startsWith(`${candidate}/`)) ?? "";
  if (from === "vscode") return folder === "ui" || name === "extension.ts" ? [] : [`${name} imports vscode`];
  if (from.startsWith("node:")) return breaksOfNode(name, folder, from, names);
  if (!from.startsWith(".")) return [];
  const target = relative(source, resolve(dirname(file), from)).split(sep);
  const into = target.length > 1 ? (target[0] ?? "") : "";
  const allowed = mayImport[/** @type {keyof typeof mayImport} */ (folder)];
  return allowed.includes(into) ? [] : [`${name} imports ${from}: ${folder || "src"} may not use ${into || "src"}`];
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {string} from
 * @param {string[]} names
 */
function breaksOfNode(name, folder, from, names) {
  if (["model", "judge", "plan"].includes(folder)) return [`${name} imports ${from}: ${folder} is pure`];
  if (folder === "repair") return [];
  if (from === "node:fs/promises") return [`${name} imports ${from}: only repair writes`];
  if (from === "node:sqlite" && name !== databaseOpener)
    return [`${name} imports ${from}: only ${databaseOpener} opens`];
  if (from !== "node:fs" || name === copier) return [];
  return names
    .filter((imported) => !reading.has(imported) || (imported === "openSync" && name !== opener))
    .map((imported) => `${name} imports ${imported} of node:fs: only repair writes, only ${opener} opens`);
}

/**
 * @param {string} text
 * @returns {{ from: string, names: string[] }[]}
 */
function importsOf(text) {
  const found = [];
  for (const [, clause = "", from = ""] of text.matchAll(
    /^(?:import|export)\s+([^"';]*?)\s*from\s+["']([^"']+)["']/gm,
  )) {
    const listed = /\{([^}]*)\}/.exec(clause)?.[1];
    const names =
      listed === undefined
        ? ["*"]
        : listed.split(",").map(
            (part) =>
              part
                .replace(/\btype\b/, "")
                .trim()
                .split(/\s+as\s+/)[0] ?? "",
          );
    found.push({ from, names: names.filter((imported) => imported !== "") });
  }
  for (const [, from = ""] of text.matchAll(/\bimport\s*\(\s*["']([^"']+)["']|^import\s+["']([^"']+)["']/gm))
    found.push({ from, names: ["*"] });
  for (const [, from = ""] of text.matchAll(/\bgetBuiltinModule\s*\??\.?\(\s*["']([^"']+)["']/g))
    found.push({ from, names: ["*"] });
  for (const [, from = ""] of text.matchAll(/\brequire\s*\(\s*["']([^"']+)["']/g)) found.push({ from, names: ["*"] });
  return found;
}

/**
 * @param {string} directory
 * @returns {string[]}
 */
function sources(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}
