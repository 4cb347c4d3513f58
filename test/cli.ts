// The command as it is shipped: built once, run as a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { now } from "./homeBuilder.ts";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltCli {
  /** Path of the built `cli.js`. */
  readonly path: string;
  readonly folder: string;
  /** Runs it with this Node and no more environment than that. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  remove(): void;
}

export async function buildCli(): Promise<BuiltCli> {
  const folder = mkdtempSync(join(tmpdir(), "session-inspector-cli-"));
  const path = join(folder, "cli.js");
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  await bundle(join(import.meta.dirname, "..", "src", "cli.ts"), path);
  return {
    path,
    folder,
    run: (args, env = {}) => runProcess(process.execPath, [path, ...args], { HOME: join(folder, "nobody"), ...env }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function runProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const pieces = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (piece: string) => {
        pieces[name] += piece;
      });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...pieces }));
  });
}

/** What makes a call judge a home as captured at the builders' time, with these processes besides init. */
export function captured(folder: string, ...processes: readonly string[]): string[] {
  const file = join(folder, `ps-${processes.length}.txt`);
  writeFileSync(file, ["      1       0 Fri Nov 20 09:00:01 2026 /sbin/init", ...processes, ""].join("\n"));
  return ["--processes", file, "--now", `${now}`];
}
