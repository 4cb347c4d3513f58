// What VS Code runs in its extension host to measure it: how long the extension keeps that thread to itself.
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { Session as Inspector, type Profiler } from "node:inspector/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InspectorApi } from "../../src/extension.ts";
import { commands, views } from "../../src/ids.ts";
import { answering } from "../host/asked.ts";
import type { FirstWindow, ScreenCosts } from "./screen.ts";

const id = "openclaw-session-inspector.openclaw-session-inspector";
const { SCREEN_FIRST = "", SCREEN_RESULT = "", SCREEN_TRANSCRIPT = "", SCREEN_PROFILES = "" } = process.env;

const samplesUs = 200;
/** Between two samples; more is another program that has the processor. */
const longestPauseUs = 5 * samplesUs;

/**
 * The longest time that code of ours kept the thread to itself, in milliseconds, as V8 profiles it: VS Code's own starts
 * of programs and whatever else runs there take as long, whether we are there or not.
 * @param name of the profile that is written where one is asked for
 */
async function during(name: string, what: () => Promise<unknown>): Promise<number> {
  const inspector = new Inspector();
  inspector.connect();
  await inspector.post("Profiler.enable");
  await inspector.post("Profiler.setSamplingInterval", { interval: samplesUs });
  await inspector.post("Profiler.start");
  // Starting it took a while, which is over in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await what();
  const { profile } = await inspector.post("Profiler.stop");
  inspector.disconnect();
  if (SCREEN_PROFILES !== "") writeFileSync(join(SCREEN_PROFILES, `${name}.cpuprofile`), JSON.stringify(profile));
  return longestBlockMs(profile);
}

/** From the first to the last sample with our code on its stack, with what comes between, in one run without a pause. */
function longestBlockMs({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ours = new Map<number, boolean>();
  const isOurs = (id: number | undefined): boolean => {
    const node = id === undefined ? undefined : byId.get(id);
    if (id === undefined || node === undefined) return false;
    const known = ours.get(id) ?? (/\/dist\/extension[^/]*$/.test(node.callFrame.url) || isOurs(parents.get(id)));
    ours.set(id, known);
    return known;
  };
  let [longest, run, sinceOurs] = [0, 0, 0];
  for (const [index, id] of samples.entries()) {
    const delta = Math.min(timeDeltas[index] ?? 0, longestPauseUs);
    const name = byId.get(id)?.callFrame.functionName;
    if (name === "(idle)" || name === "(program)") [run, sinceOurs] = [0, 0];
    else if (isOurs(id)) {
      run += sinceOurs + delta;
      sinceOurs = 0;
      longest = Math.max(longest, run);
    } else if (run > 0) sinceOurs += delta;
  }
  return longest / 1000;
}

interface Mark {
  readonly name: string;
  readonly startTime: number;
}

/** By the marks that VS Code sets. */
function betweenMarks(from: string, to: string): number {
  const { MonacoPerformanceMarks: kept } = globalThis as { MonacoPerformanceMarks?: { getMarks(): readonly Mark[] } };
  const at = (name: string): number =>
    kept?.getMarks().find((mark) => mark.name === `code/extHost/${name}/${id}`)?.startTime ?? Number.NaN;
  return at(to) - at(from);
}

async function activated(): Promise<Pick<FirstWindow, "loadMs" | "activateMs"> & { readonly api: InspectorApi }> {
  const api = await vscode.extensions.getExtension<InspectorApi>(id)?.activate();
  assert.ok(api);
  return {
    api,
    loadMs: betweenMarks("willLoadExtensionCode", "didLoadExtensionCode"),
    // VS Code calls `activate` right after the first; before the second, other extensions may have their turn.
    activateMs: betweenMarks("willActivateExtension", "didActivateExtension"),
  };
}

/** Resolves when the tree has given VS Code the first of its sessions to draw. */
async function firstRow({ sessions }: InspectorApi): Promise<number> {
  await sessions.load();
  const { tree } = sessions;
  const getTreeItem = tree.getTreeItem.bind(tree);
  return new Promise((resolve) => {
    tree.getTreeItem = (node) => {
      if (node.type === "session") resolve(performance.now());
      return getTreeItem(node);
    };
  });
}

/** The view is opened, and everything is drawn as it is. */
async function opening(name: string): Promise<FirstWindow & { readonly api: InspectorApi }> {
  const { api, ...activation } = await activated();
  // VS Code's own start is over by then.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const drawn = firstRow(api);
  let firstRowMs = Number.NaN;
  const opened = await during(name, async () => {
    const began = performance.now();
    await vscode.commands.executeCommand(`${views.sessions}.focus`);
    firstRowMs = (await drawn) - began;
    await api.inspection.ready();
    await quiet(api);
    await api.recollection.idle();
  });
  return { api, ...activation, firstRowMs, opened };
}

async function measure(first: FirstWindow): Promise<ScreenCosts> {
  const { api, ...again } = await opening("openedAgain");
  const { model } = api;
  const grown = await during("grown", async () => {
    const told = next(api);
    appendFileSync(SCREEN_TRANSCRIPT, "\n");
    await told;
    await quiet(api);
  });
  const claimed = model.counts().claimed;
  const yes = { modal: ({ buttons }: { readonly buttons: readonly string[] }) => buttons[0] };
  const repaired = await during("repaired", async () => {
    const { errors } = await answering(yes, () => vscode.commands.executeCommand(commands.finalizeAll));
    assert.deepEqual(errors, []);
    await quiet(api);
  });
  assert.equal(model.counts().claimed, 0);
  const undone = await during("undone", async () => {
    const { errors } = await answering(yes, () => vscode.commands.executeCommand(commands.undoLastRepair));
    assert.deepEqual(errors, []);
    await quiet(api);
  });
  assert.equal(model.counts().claimed, claimed);
  return { rows: model.sessions.size, claimed, first, again, grown, repaired, undone };
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
  const known = existsSync(SCREEN_FIRST) ? (JSON.parse(readFileSync(SCREEN_FIRST, "utf8")) as FirstWindow) : undefined;
  try {
    if (known !== undefined) writeFileSync(SCREEN_RESULT, JSON.stringify(await measure(known)));
    else {
      const { api: _api, ...first } = await opening("opened");
      writeFileSync(SCREEN_FIRST, JSON.stringify(first));
    }
  } catch (error) {
    writeFileSync(SCREEN_RESULT, JSON.stringify({ error: String(error instanceof Error ? error.stack : error) }));
    throw error;
  }
}
