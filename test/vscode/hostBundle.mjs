// Bundles the host tests. The result lies inside the extension's folder: only there does `vscode` mean the very object
// that the extension has, so that a test can stand in for its dialogs.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

/** The bundle is one file: what a source calls its own directory is written into it. */
const ownDirectory = {
  name: "own-directory",
  /** @param {import("esbuild").PluginBuild} build */
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/(fixtures\/.*|fakeGateway)\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
      loader: "ts",
    }));
  },
};

/**
 * @param {string} root the extension's folder
 * @param {string[]} files the tests, absolute
 * @returns {Promise<string>} the file for VS Code's extensionTestsPath
 */
export async function bundleHostTests(root, files) {
  const outfile = join(root, "dist", "test-host", "index.cjs");
  const entry = [
    'import { runInExtensionHost } from "./test/host/extensionHost.mjs";',
    "export const run = () => runInExtensionHost(__filename, () => {",
    // Required late: when they are loaded, mocha's words must be there.
    ...files.map((file) => `  require(${JSON.stringify(`./${relative(root, file).replaceAll("\\", "/")}`)});`),
    "});",
  ];
  await build({
    stdin: { contents: entry.join("\n"), resolveDir: root, sourcefile: "host-tests.js" },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode", "mocha"],
    sourcemap: "linked",
    logLevel: "warning",
    plugins: [ownDirectory],
  });
  return outfile;
}
