// Builds what is shipped: the extension and its worker (CommonJS, as the extension host loads them) and the CLI (a module).
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
  sourcemap: production ? false : "linked",
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
 * The extension host loads CommonJS, and esbuild splits modules only: what is loaded late stays in files of its own, and
 * each is made CommonJS after that.
 * @type {import("esbuild").Plugin}
 */
const chunksAsCommonJs = {
  name: "chunks as CommonJS",
  setup({ onEnd, initialOptions: { minify = false } }) {
    onEnd(async ({ outputFiles = [] }) => {
      await mkdir("dist", { recursive: true });
      for (const { path, text } of outputFiles) {
        const options = { format: /** @type {const} */ ("cjs"), platform: /** @type {const} */ ("node"), minify };
        const isScript = path.endsWith(".cjs");
        const supported = { "dynamic-import": false };
        await writeFile(path, isScript ? (await transform(text, { ...options, supported })).code : text);
      }
    });
  },
};

/**
 * A module that imports one of Node's asks it for all that it exports, and of node:http that is a whole HTTP client: 25 ms
 * at every start. What is required is asked for nothing.
 * @type {import("esbuild").Plugin}
 */
const requiredNode = {
  name: "required node",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "required-node" } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "required-node" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      // Those that nobody imports are dropped as pure.
      const each = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`);
      return { contents: `const all = require(${JSON.stringify(path)});\n${each.join("\n")}` };
    });
  },
};

/** @type {import("esbuild").BuildOptions[]} */
const bundles = [
  {
    ...shared,
    entryPoints: ["src/extension.ts"],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    chunkNames: "extension-[name]-[hash]",
    format: "esm",
    splitting: true,
    write: false,
    external: ["vscode"],
    plugins: [oneVscode, chunksAsCommonJs],
  },
  { ...shared, entryPoints: ["src/worker.ts"], outfile: "dist/worker.cjs", format: "cjs" },
  {
    ...shared,
    entryPoints: ["src/cli.ts"],
    outfile: "dist/cli.js",
    format: "esm",
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    plugins: [requiredNode],
  },
];

const broken = brokenWalls("src");
if (broken.length > 0) throw new Error(`A wall of the design is broken:\n${broken.join("\n")}`);

// Only what is built here: the package, the bundled tests and the screenshots lie in dist/ too.
const built = /^(extension|worker|cli)\b.*\.c?js(\.map)?$/;
for (const name of await readdir("dist").catch(() => [])) if (built.test(name)) await rm(join("dist", name));
if (watch) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
}
