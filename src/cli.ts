#!/usr/bin/env node
// The same core without VS Code (the contract is in CLI.md of the project's design). Nothing exits before its output is
// flushed: only the exit code is set.
import { type Call, type Command, parseCall, usage } from "./cli/arguments.ts";
import {
  pruneCall,
  receiptsJson,
  receiptsText,
  repairCall,
  resultsJson,
  resultsText,
  sparedText,
  undoCall,
} from "./cli/repairCalls.ts";
import { scanJson } from "./cli/scanJson.ts";
import { type Paint, scanText } from "./cli/scanText.ts";
import { storeMemory } from "./inspect/openclawJson/readStore.ts";
import type { Scan } from "./model/scan.ts";
import { UserError } from "./model/userError.ts";
import { visibleLines, visibleText } from "./plan/visibleText.ts";
import { stateFolder } from "./repair/stateFolder.ts";
import { type RepairContext, receiptsOf } from "./repairs.ts";
import { type ScanInput, scan } from "./scan.ts";

// agentctl's daemon kills processes by what their command line says; a title of our own is also no `openclaw-…`.
process.title = "session-inspector";

const longestSentence = 2000;
const neededNode = [22, 19] as const;
const exitCodes = { fine: 0, findings: 1, wrongCall: 2 } as const;

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

type Run = (call: Call, context: RepairContext) => Promise<number>;

const commands: Readonly<Record<Command, Run>> = {
  async scan({ input, json }) {
    const result = await scan(input);
    await print(process.stdout, json ? jsonText(scanJson(result)) : scanText(result, painter()));
    failUnlessRead(result, input);
    return result.findings.some(({ severity }) => severity !== "info") ? exitCodes.findings : exitCodes.fine;
  },
  async repair(call, context) {
    const result = await scan(context.input);
    const unattended = call.proven && !call.strict;
    if (!unattended) failUnlessRead(result, call.input);
    const results = await repairCall(result, call, context);
    await print(process.stdout, call.json ? jsonText(resultsJson(results)) : resultsText(results, call.dryRun));
    return unattended || results.every(({ refused }) => refused === undefined) ? exitCodes.fine : exitCodes.findings;
  },
  async prune(call, context) {
    const result = await scan(context.input);
    failUnlessRead(result, call.input);
    const results = await pruneCall(result, call, context);
    const spared = (result.prune ?? []).filter(({ take }) => !take);
    const told = call.json
      ? jsonText({ ...resultsJson(results), spared: spared.map(({ store, key, why }) => ({ store, key, why })) })
      : `${resultsText(results, call.dryRun)}${sparedText(spared)}`;
    await print(process.stdout, told);
    return results.every(({ refused }) => refused === undefined) ? exitCodes.fine : exitCodes.findings;
  },
  async undo(call, context) {
    const result = await undoCall(call.receipt, context);
    await print(process.stdout, call.json ? jsonText(resultsJson([result])) : resultsText([result], false));
    return result.applied ? exitCodes.fine : exitCodes.findings;
  },
  async receipts({ json }, context) {
    const receipts = receiptsOf(context);
    await print(process.stdout, json ? jsonText(receiptsJson(receipts)) : receiptsText(receipts));
    return exitCodes.fine;
  },
};

function isCommand(name: string): name is Command {
  return Object.hasOwn(commands, name);
}

/** What a terminal would obey or hide, escaped as JSON allows: the value is the same. */
function jsonText(value: unknown): string {
  const escaped = (character: string): string =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join("");
  return `${JSON.stringify(value, null, 2).replace(/[\u007F-\u009F]|[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
}

function failUnlessRead(result: Scan, input: ScanInput): void {
  if (result.stateDirs.some((dir) => dir.problem === undefined)) return;
  const named = [...input.where.homes, ...input.where.stateDirs];
  const reasons = result.stateDirs.map((dir) => `${dir.path}: ${dir.problem}`).join("; ");
  const where = named.length === 0 ? "your home" : named.join(", ");
  throw new UserError(`No OpenClaw state directory could be read in ${where}${reasons && ` (${reasons})`}.`);
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
