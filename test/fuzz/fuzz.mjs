// `npm run test:fuzz -- --minutes 10`: starts the long run on the Node that the tests run on.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureNode } from "../vscode/install.mjs";

const run = join(import.meta.dirname, "run.ts");
const args = ["--disable-warning=ExperimentalWarning", run, ...process.argv.slice(2)];
process.exit(spawnSync(ensureNode(), args, { stdio: "inherit" }).status ?? 1);
