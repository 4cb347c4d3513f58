// What a test runs as a program of its own, or inside of VS Code: one file.
import { build } from "rolldown";

/**
 * @param {string} input
 * @param {string} file CommonJS where it is named so, else a module
 * @param {Pick<import("rolldown").BuildOptions, "external" | "plugins"> & { sourcemap?: boolean }} [more]
 */
export async function bundle(input, file, { sourcemap = false, ...more } = {}) {
  const format = file.endsWith(".cjs") ? "cjs" : "esm";
  await build({ ...more, input, platform: "node", output: { file, format, sourcemap, codeSplitting: false } });
}
