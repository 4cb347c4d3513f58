#!/usr/bin/env node
// The same core without VS Code (the contract is in CLI.md of the project's design). Nothing exits before its output is
// flushed: only the exit code is set.
import { type Command, parseCall, usage } from "./cli/arguments.ts";
import { exitCodes, failUnlessRead, type Run } from "./cli/command.ts";
import { print, printJson } from "./cli/output.ts";
import { scanJson } from "./cli/scanJson.ts";
import { type Paint, scanText } from "./cli/scanText.ts";
import { storeMemory } from "./inspect/openclawJson/readStore.ts";
import { UserError } from "./model/userError.ts";
import { visibleLines, visibleText } from "./plan/visibleText.ts";
import { stateFolder } from "./repair/stateFolder.ts";
import type { RepairContext } from "./repairs.ts";
import { type ScanInput, scan } from "./scan/scan.ts";

// agentctl's daemon kills processes by what their command line says; a title of our own is also no `openclaw-…`.
process.title = "session-inspector";

const longestSentence = 2000;
const neededNode = [22, 19] as const;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    await print(process.stdout, `${usage}\n`);
    return name === undefined ? exitCodes.wrongCall : exitCodes.fine;
  }
  if (!isCommand(name)) throw new UserError(`There is no command "${name}". See "openclaw-session-inspector --help".`);
  const call = parseCall(name, rest, process.env);
  // The looks of the scan count for those before each write: one wait of two seconds, however many stores there are.
  const input: ScanInput = { ...call.input, memory: { stores: storeMemory(), stoppedSince: new Map() } };
  const context: RepairContext = { input, folder: stateFolder(process.env, call.backupDir) };
  const unattended = name === "repair" && call.proven && !call.strict;
  try {
    return await commands[name](call, context);
  } catch (error) {
    if (!unattended) throw error;
    // It must never keep a gateway from starting (CLI.md).
    await print(process.stderr, `${messageOf(error)}\n`);
    return exitCodes.fine;
  }
}

const late = (name: Exclude<Command, "scan">): Run => {
  return async (call, context) => (await import("./cli/repairCommands.ts")).repairCommands[name](call, context);
};

const commands: Readonly<Record<Command, Run>> = {
  async scan({ input, json }) {
    const result = await scan(input);
    if (json) await printJson(process.stdout, scanJson(result));
    else await print(process.stdout, scanText(result, painter()));
    failUnlessRead(result, input);
    return result.findings.some(({ severity }) => severity !== "info") ? exitCodes.findings : exitCodes.fine;
  },
  repair: late("repair"),
  prune: late("prune"),
  undo: late("undo"),
  receipts: late("receipts"),
};

function isCommand(name: string): name is Command {
  return Object.hasOwn(commands, name);
}

function painter(): Paint {
  const codes = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32 };
  const coloured = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined;
  return (style, text) => (coloured ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** A sentence where the person can do something about it; a bug with its stack. */
function messageOf(error: unknown): string {
  if (error instanceof UserError) return visibleText(error.message, longestSentence);
  if (!(error instanceof Error)) return visibleText(String(error), longestSentence);
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return visibleLines(error.stack ?? error.message, longestSentence);
  return visibleText(`The system refused to ${syscall} ${path ?? "a file"} (${code}). Mend that and try again.`);
}

function nodeIsOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major < neededNode[0] || (major === neededNode[0] && minor < neededNode[1]);
}

async function start(): Promise<void> {
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
    await print(process.stderr, `${messageOf(error)}\n`);
    process.exitCode = exitCodes.wrongCall;
  }
}

void start();
