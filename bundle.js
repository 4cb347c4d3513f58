// Builds what is shipped, as CommonJS: the extension, and its worker and the CLI, which are mostly the same.
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, watch } from "rolldown";
import { brokenWalls } from "./test/checks/walls.mjs";

const production = process.argv.includes("--production");

/**
 * The whole namespace of `vscode` would be copied for each file that imports it: 6 to 18 ms of start-up. With one import
 * for all, which copies nothing, the extension loads in less than one.
 * @type {import("rolldown").Plugin}
 */
const oneVscode = {
  name: "one vscode",
  resolveId: (id) => (id === "one-vscode" ? `\0${id}` : undefined),
  load: (id) => (id === "\0one-vscode" ? 'export const vscode = require("vscode");' : undefined),
  transform(source, id) {
    if (!id.endsWith(".ts")) return undefined;
    const code = source.replace('import * as vscode from "vscode";', 'import { vscode } from "one-vscode";');
    // Every line stays where it is.
    return { code, map: null };
  },
};

/**
 * Modules of Node that most looks need nothing of, and that take milliseconds to load: each is loaded when the first of
 * its functions is called. Another function of theirs fails the build until it is named here.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const lateFunctions = {
  "node:child_process": ["execFileSync"],
  "node:crypto": ["createHash", "hash", "randomUUID"],
  "node:http": ["get"],
  "node:net": ["connect"],
  "node:zlib": ["zstdDecompressSync"],
};

/** @type {import("rolldown").Plugin} */
const lateModules = {
  name: "late modules of Node",
  resolveId: (id, from) => (id in lateFunctions && from !== `\0${id}` ? `\0${id}` : undefined),
  load(id) {
    const path = id.slice(1);
    return lateFunctions[path]
      ?.map((name) => `export const ${name} = (...args) => require("${path}").${name}(...args);`)
      .join("\n");
  },
};

/**
 * Half of json5 writes, which nobody here does, and most of the rest lists the letters of all languages, which V8 knows.
 * @type {import("rolldown").Plugin}
 */
const smallJson5 = {
  name: "small json5",
  resolveId: (id) => (id === "json5" ? "\0json5" : undefined),
  load(id) {
    if (id === "\0json5") return 'import parse from "json5/lib/parse.js"; export default { parse };';
    if (!/json5[\\/]lib[\\/]unicode\.js$/.test(id)) return undefined;
    return "module.exports = { Space_Separator: /\\p{Zs}/u, ID_Start: /\\p{ID_Start}/u, ID_Continue: /\\p{ID_Continue}/u };";
  },
};

/**
 * What only the page about findings says of each is not said a second time: it lies beside, as docs/findings.md. Types
 * keep the rest from using it (catalogue.ts).
 * @type {import("rolldown").Plugin}
 */
const findingsWithoutPage = {
  name: "findings without what the page says",
  transform(source, id) {
    if (!/judge[\\/]catalogue[\\/]/.test(id)) return undefined;
    const text = /^ {4}(?:title|about|repair|issues):\s*(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]),\r?\n/gm;
    const findings = source.split("    sentence:").length - 1;
    if ((source.match(text) ?? []).length !== 4 * findings) throw new Error(`${id} is not spelled as the others are.`);
    return { code: source.replace(text, (found) => found.replaceAll(/[^\n]/g, "")), map: null };
  },
};

/**
 * @param {string} chunkFileNames
 * @returns {import("rolldown").OutputOptions}
 */
const output = (chunkFileNames) => ({
  dir: "dist",
  format: "cjs",
  entryFileNames: "[name].cjs",
  chunkFileNames,
  comments: false,
  minify: production,
  sourcemap: production ? false : "inline",
});

/** @type {import("rolldown").BuildOptions} */
const shared = {
  platform: "node",
  transform: { target: "node20" },
  // No file of ours does anything by being loaded.
  treeshake: { moduleSideEffects: false },
  // What is loaded late takes from the entry what that has anyway.
  preserveEntrySignatures: "allow-extension",
};

/** @type {import("rolldown").BuildOptions[]} */
const bundles = [
  {
    ...shared,
    input: "src/extension.ts",
    external: ["vscode"],
    plugins: [oneVscode],
    output: {
      ...output("extension-[hash].cjs"),
      codeSplitting: {
        groups: [
          { name: "start", tags: ["$initial"], priority: 1 },
          // A file of its own costs what a few KB more do.
          { name: "late", entriesAware: true, entriesAwareMergeThreshold: 4096 },
        ],
      },
    },
  },
  {
    ...shared,
    input: ["src/worker.ts", "src/cli.ts"],
    plugins: [lateModules, smallJson5, findingsWithoutPage],
    output: output("core-[hash].cjs"),
  },
];

const broken = brokenWalls("src");
if (broken.length > 0) throw new Error(`A wall of the design is broken:\n${broken.join("\n")}`);

// Only what is built here: the package, the bundled tests and the screenshots lie in dist/ too.
const built = /^(extension|worker|cli|core)\b.*\.c?js(\.map)?$/;
for (const name of await readdir("dist").catch(() => [])) if (built.test(name)) await rm(join("dist", name));
if (process.argv.includes("--watch")) watch(bundles);
else await build(bundles);
// A module only by its name: one that imports Node's own asks each for all that it exports, and of node:http that is a
// whole HTTP client, 25 ms at every start. The title comes before everything else: agentctl's daemon kills what has the
// words of its own command line in its command line, and ours may name its folder.
const starter = [
  "#!/usr/bin/env node",
  'import { createRequire } from "node:module";',
  "",
  'process.title = "session-inspector";',
  'createRequire(import.meta.url)("./cli.cjs");',
  "",
];
await writeFile("dist/cli.js", starter.join("\n"), { mode: 0o755 });
