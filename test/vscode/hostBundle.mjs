// Bundles the host tests. The result lies inside the extension's folder: only there does `vscode` mean the very object
// that the extension has, so that a test can stand in for its dialogs.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "../bundle.mjs";

/** The bundle is one file: what a source calls its own directory is written into it. */
const ownDirectory = {
  name: "own directory",
  /** @param {string} path */
  load: (path) =>
    /\/test\/(fixtures\/.*|fakeGateway)\.ts$/.test(path)
      ? readFileSync(path, "utf8").replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
      : undefined,
};

/**
 * @param {string} root the extension's folder
 * @param {string[]} files the tests, absolute
 * @returns {Promise<string>} the file for VS Code's extensionTestsPath
 */
export async function bundleHostTests(root, files) {
  const outfile = join(root, "dist", "test-host", "index.cjs");
  const source = [
    `import { runInExtensionHost } from ${JSON.stringify(join(root, "test", "host", "extensionHost.mjs"))};`,
    "export const run = () => runInExtensionHost(__filename, () => {",
    // Required late: when they are loaded, mocha's words must be there.
    ...files.map((file) => `  require(${JSON.stringify(file)});`),
    "});",
  ];
  const entry = {
    name: "entry",
    /** @param {string} id */
    resolveId: (id) => (id === "host-tests" ? id : undefined),
    /** @param {string} id */
    load: (id) => (id === "host-tests" ? source.join("\n") : undefined),
  };
  const external = ["vscode", "mocha"];
  await bundle("host-tests", outfile, { external, plugins: [entry, ownDirectory], sourcemap: true });
  return outfile;
}
