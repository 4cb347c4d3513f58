// Builds what is shipped, as CommonJS: the extension, and its worker and the CLI, which are mostly the same.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, context, transform } from "esbuild";
import { brokenWalls } from "./test/checks/walls.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

/** @type {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  minify: production,
  sourcemap: production ? false : "inline",
  legalComments: "none",
  logLevel: "warning",
};

/**
 * esbuild copies the whole namespace of `vscode` for each file that imports it: 6 to 18 ms of start-up. With one import
 * for all, which copies nothing, the extension loads in less than one.
 * @type {import("esbuild").Plugin}
 */
const oneVscode = {
  name: "one vscode",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace('import * as vscode from "vscode";', 'import { vscode } from "one-vscode";');
      return { contents, loader: "ts" };
    });
    onResolve({ filter: /^one-vscode$/ }, ({ path }) => ({ path, namespace: "one-vscode" }));
    onLoad({ filter: /.*/, namespace: "one-vscode" }, () => ({ contents: 'export const vscode = require("vscode");' }));
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

/** @type {import("esbuild").Plugin} */
const lateModules = {
  name: "late modules of Node",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      path in lateFunctions && namespace !== "late" ? { path, namespace: "late" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "late" }, ({ path }) => {
      const late = (/** @type {string} */ name) =>
        `export const ${name} = (...args) => require("${path}").${name}(...args);`;
      return { contents: (lateFunctions[path] ?? []).map(late).join("\n") };
    });
  },
};

/**
 * Half of json5 writes, which nobody here does, and most of the rest lists the letters of all languages, which V8 knows.
 * @type {import("esbuild").Plugin}
 */
const smallJson5 = {
  name: "small json5",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^json5$/ }, ({ resolveDir }) => ({
      path: "json5",
      namespace: "json5",
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: "json5" }, ({ pluginData }) => ({
      contents: 'import parse from "json5/lib/parse.js"; export default { parse };',
      resolveDir: pluginData,
    }));
    onLoad({ filter: /json5[\\/]lib[\\/]unicode\.js$/ }, () => ({
      contents:
        "module.exports = { Space_Separator: /\\p{Zs}/u, ID_Start: /\\p{ID_Start}/u, ID_Continue: /\\p{ID_Continue}/u };",
    }));
  },
};

/**
 * The extension host loads CommonJS, and esbuild splits modules only: what is loaded late stays in files of its own, and
 * each is made CommonJS after that.
 * @type {import("esbuild").Plugin}
 */
const chunksAsCommonJs = {
  name: "chunks as CommonJS",
  setup({ onEnd, initialOptions: { minify = false, sourcemap = false } }) {
    onEnd(async ({ outputFiles = [] }) => {
      await mkdir("dist", { recursive: true });
      for (const { path, text } of outputFiles) {
        const supported = { "dynamic-import": false };
        const { code } = await transform(text, { format: "cjs", platform: "node", minify, sourcemap, supported });
        await writeFile(path, code);
      }
    });
  },
};

/** @type {import("esbuild").BuildOptions} */
const split = {
  ...shared,
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  format: "esm",
  splitting: true,
  write: false,
  plugins: [chunksAsCommonJs],
};

/** @type {import("esbuild").BuildOptions[]} */
const bundles = [
  {
    ...split,
    entryPoints: ["src/extension.ts"],
    chunkNames: "extension-[name]-[hash]",
    external: ["vscode"],
    plugins: [oneVscode, chunksAsCommonJs],
  },
  {
    ...split,
    entryPoints: ["src/worker.ts", "src/cli.ts"],
    chunkNames: "core-[hash]",
    plugins: [lateModules, smallJson5, chunksAsCommonJs],
  },
];

const broken = brokenWalls("src");
if (broken.length > 0) throw new Error(`A wall of the design is broken:\n${broken.join("\n")}`);

// Only what is built here: the package, the bundled tests and the screenshots lie in dist/ too.
const built = /^(extension|worker|cli|core)\b.*\.c?js(\.map)?$/;
for (const name of await readdir("dist").catch(() => [])) if (built.test(name)) await rm(join("dist", name));
if (watch) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
}
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
