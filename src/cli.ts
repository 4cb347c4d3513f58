#!/usr/bin/env node
// The same core without VS Code (the contract is in CLI.md of the project's design). Nothing exits before its output is
// flushed: only the exit code is set.
import { parseScanCall, usage } from "./cli/arguments.ts";
import { scanJson } from "./cli/scanJson.ts";
import { type Paint, scanText } from "./cli/scanText.ts";
import { UserError } from "./model/userError.ts";
import { scan } from "./scan.ts";

// agentctl's daemon kills processes by what their command line says; a title of our own is also no `openclaw-…`.
process.title = "session-inspector";

const neededNode = [22, 19] as const;
const exitCodes = { fine: 0, findings: 1, wrongCall: 2 } as const;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === undefined || command === "--help" || command === "-h" || command === "help") {
    await print(process.stdout, `${usage}\n`);
    return command === undefined ? exitCodes.wrongCall : exitCodes.fine;
  }
  if (command !== "scan")
    throw new UserError(`There is no command "${command}". See "openclaw-session-inspector --help".`);
  const { input, json } = parseScanCall(rest, process.env);
  const result = await scan(input);
  await print(process.stdout, json ? `${JSON.stringify(scanJson(result), null, 2)}\n` : scanText(result, painter()));
  const readAny = result.stateDirs.some((dir) => dir.problem === undefined);
  if (!readAny) {
    const named = [...input.where.homes, ...input.where.stateDirs];
    const reasons = result.stateDirs.map((dir) => `${dir.path}: ${dir.problem}`).join("; ");
    const where = named.length === 0 ? "your home" : named.join(", ");
    throw new UserError(`No OpenClaw state directory could be read in ${where}${reasons && ` (${reasons})`}.`);
  }
  return result.findings.some(({ severity }) => severity !== "info") ? exitCodes.findings : exitCodes.fine;
}

/** Resolves when the stream took it all: a pipe takes 64 KB at a time. A reader that closed early is no error of ours. */
function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? resolve() : reject(error)));
    stream.write(text, () => resolve());
  });
}

function painter(): Paint {
  const codes = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32 };
  const coloured = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined;
  return (style, text) => (coloured ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

function nodeIsOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major < neededNode[0] || (major === neededNode[0] && minor < neededNode[1]);
}

const [major = 0] = process.versions.node.split(".").map(Number);
if (nodeIsOld()) {
  const part = major < 20 ? "" : "; this older one reads JSON stores only";
  await print(
    process.stderr,
    `Node ${neededNode.join(".")} or newer is needed, this is ${process.versions.node}${part}.\n`,
  );
}
try {
  process.exitCode = major < 20 ? exitCodes.wrongCall : await main(process.argv.slice(2));
} catch (error) {
  const message =
    error instanceof UserError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  await print(process.stderr, `${message}\n`);
  process.exitCode = exitCodes.wrongCall;
}
