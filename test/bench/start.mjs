// The bench in a Node that is new enough: it measures with that one.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureNode } from "../vscode/install.mjs";

const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "run.ts"), ...process.argv.slice(2)];
process.exit(spawnSync(ensureNode(), args, { stdio: "inherit" }).status ?? 1);
