// What VS Code runs in its extension host to measure it: how long the extension keeps that thread to itself.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { Session as Inspector, type Profiler } from "node:inspector/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { InspectorApi } from "../../src/extension.ts";
import { commands, views } from "../../src/ids.ts";
import { answering } from "../host/asked.ts";
import type { Block, ScreenCosts } from "./screen.ts";

const id = "openclaw-session-inspector.openclaw-session-inspector";
const { SCREEN_RESULT = "", SCREEN_TRANSCRIPT = "", SCREEN_PROFILES = "" } = process.env;

/** The longest turn of the event loop, by the CPU of this thread: another program that takes the processor is no block of ours. */
class Turns {
  #longest: Block = { cpuMs: 0, wallMs: 0 };
  #last = reading();
  readonly #timer = setInterval(() => this.#turn(), 1);

  end(): Block {
    this.#turn();
    clearInterval(this.#timer);
    return this.#longest;
  }

  #turn(): void {
    const now = reading();
    const block = { cpuMs: now.cpuMs - this.#last.cpuMs, wallMs: now.wallMs - this.#last.wallMs };
    this.#last = now;
    if (block.cpuMs > this.#longest.cpuMs) this.#longest = block;
  }
}

function reading(): Block {
  const { user, system } = process.threadCpuUsage();
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() };
}

/** @param name of the profile that is written where one is asked for */
async function during(name: string, what: () => Promise<unknown>): Promise<Block> {
  const profiler = SCREEN_PROFILES === "" ? undefined : await startProfiler();
  const turns = new Turns();
  await what();
  const block = turns.end();
  if (profiler !== undefined) {
    const { profile } = await profiler.post("Profiler.stop");
    writeFileSync(join(SCREEN_PROFILES, `${name}.cpuprofile`), JSON.stringify(profile satisfies Profiler.Profile));
    profiler.disconnect();
  }
  return block;
}

async function startProfiler(): Promise<Inspector> {
  const inspector = new Inspector();
  inspector.connect();
  await inspector.post("Profiler.enable");
  await inspector.post("Profiler.setSamplingInterval", { interval: 200 });
  await inspector.post("Profiler.start");
  return inspector;
}

/** Synchronous milliseconds: VS Code gives activate() what require gave it. */
async function activated(): Promise<{
  readonly api: InspectorApi;
  readonly loadMs: number;
  readonly activateMs: number;
}> {
  const extension = vscode.extensions.getExtension<InspectorApi>(id);
  assert.ok(extension && !extension.isActive, "The extension was active before it could be measured.");
  const require = createRequire(__filename);
  const main = join(extension.extensionPath, "dist", "extension.cjs");
  const began = performance.now();
  const { activate } = require(main) as { activate(context: vscode.ExtensionContext): InspectorApi };
  const loadMs = performance.now() - began;
  let activateMs = Number.NaN;
  const timed = (context: vscode.ExtensionContext): InspectorApi => {
    const before = performance.now();
    const api = activate(context);
    activateMs = performance.now() - before;
    return api;
  };
  const loaded = require.cache[require.resolve(main)];
  assert.ok(loaded);
  loaded.exports = { activate: timed };
  return { api: await extension.activate(), loadMs, activateMs };
}

/** Resolves when the tree has given VS Code the first of its sessions to draw. */
function firstRow({ sessions: { tree } }: InspectorApi): Promise<number> {
  const getTreeItem = tree.getTreeItem.bind(tree);
  return new Promise((resolve) => {
    tree.getTreeItem = (node) => {
      if (node.type === "session") resolve(performance.now());
      return getTreeItem(node);
    };
  });
}

async function measure(): Promise<ScreenCosts> {
  const { api, loadMs, activateMs } = await activated();
  const idle = await during("idle", () => new Promise((resolve) => setTimeout(resolve, 1000)));
  const { client, model, inspection } = api;
  const drawn = firstRow(api);
  const began = performance.now();
  let firstRowMs = Number.NaN;
  const opened = await during("opened", async () => {
    await vscode.commands.executeCommand(`${views.sessions}.focus`);
    firstRowMs = (await drawn) - began;
    await inspection.ready();
    await client.idle();
    await quiet(api);
  });
  const grown = await during("grown", async () => {
    const told = next(api);
    appendFileSync(SCREEN_TRANSCRIPT, "\n");
    await told;
    await quiet(api);
  });
  const store = join(dirname(SCREEN_TRANSCRIPT), "sessions.json");
  const before = readFileSync(store, "utf8");
  const claimed = model.counts().claimed;
  const first = { modal: ({ buttons }: { readonly buttons: readonly string[] }) => buttons[0] };
  const repaired = await during("repaired", async () => {
    const { errors } = await answering(first, () => vscode.commands.executeCommand(commands.finalizeAll));
    assert.deepEqual(errors, []);
    await quiet(api);
  });
  assert.equal(model.counts().claimed, 0);
  const undone = await during("undone", async () => {
    const { errors } = await answering(first, () => vscode.commands.executeCommand(commands.undoLastRepair));
    assert.deepEqual(errors, []);
    await quiet(api);
  });
  assert.equal(readFileSync(store, "utf8"), before);
  return { rows: model.sessions.size, claimed, loadMs, activateMs, firstRowMs, idle, opened, grown, repaired, undone };
}

function next({ model }: InspectorApi): Promise<void> {
  return new Promise((resolve) => {
    const subscription = model.onDidChange(() => {
      subscription.dispose();
      resolve();
    });
  });
}

/** Nothing more is drawn: VS Code asks for what it draws a moment after it was told. */
async function quiet({ client }: InspectorApi): Promise<void> {
  await client.idle();
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

export async function run(): Promise<void> {
  try {
    writeFileSync(SCREEN_RESULT, JSON.stringify(await measure()));
  } catch (error) {
    writeFileSync(SCREEN_RESULT, JSON.stringify({ error: String(error instanceof Error ? error.stack : error) }));
    throw error;
  }
}
