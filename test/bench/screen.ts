// What the extension costs a window of a real VS Code: node test/bench/screen.ts HOME [PROFILES] prints it for a home that
// `BenchHome` made. Written to PROFILES: what the extension host did meanwhile, as V8 profiles it.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { bundle } from "../bundle.mjs";
import { openBrowser } from "../vscode/browser.mjs";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { startServer } from "../vscode/server.mjs";
import { median } from "./measure.ts";

const root = resolve(import.meta.dirname, "..", "..");
const limitMs = 300_000;

/** What it takes until everything that was found is shown. */
export interface FirstWindow {
  /** Milliseconds of reading the bundle. */
  readonly loadMs: number;
  /** Milliseconds of what activation does before it returns. */
  readonly activateMs: number;
  /** From opening the view until VS Code was given its first row. */
  readonly firstRowMs: number;
  /** The longest block, in milliseconds. */
  readonly opened: number;
}

export interface ScreenCosts {
  readonly rows: number;
  readonly claimed: number;
  /** A window without a last index, and one with it. */
  readonly first: FirstWindow;
  readonly again: FirstWindow;
  /** The longest block, in milliseconds, as a transcript grew, and as all that claim to run were repaired and undone. */
  readonly grown: number;
  readonly repaired: number;
  readonly undone: number;
}

/**
 * Medians over so many rounds.
 * @param transcript of a session of the home
 */
export async function screenCosts(home: string, transcript: string, rounds: number): Promise<ScreenCosts> {
  const all: ScreenCosts[] = [];
  for (let round = 0; round < rounds; round++) all.push(await oneRound(home, transcript));
  const [one] = all;
  if (one === undefined) throw new Error("Nothing was measured.");
  const middle = (of: (costs: ScreenCosts) => number): number => median(all.map(of));
  const window = (which: "first" | "again"): FirstWindow => ({
    loadMs: middle((costs) => costs[which].loadMs),
    activateMs: middle((costs) => costs[which].activateMs),
    firstRowMs: middle((costs) => costs[which].firstRowMs),
    opened: middle((costs) => costs[which].opened),
  });
  return {
    rows: one.rows,
    claimed: one.claimed,
    first: window("first"),
    again: window("again"),
    grown: middle(({ grown }) => grown),
    repaired: middle(({ repaired }) => repaired),
    undone: middle(({ undone }) => undone),
  };
}

/** Two windows, one after the other. */
async function oneRound(home: string, transcript: string, profiles = ""): Promise<ScreenCosts> {
  const scratch = temporaryDirectory();
  const result = join(scratch.path, "result.json");
  const tests = await bundled();
  const server = await startServer({
    env: {
      HOME: home,
      SCREEN_FIRST: join(scratch.path, "first.json"),
      SCREEN_RESULT: result,
      SCREEN_TRANSCRIPT: transcript,
      SCREEN_PROFILES: profiles,
    },
    // Nothing is looked at before the view is opened.
    settings: { "openclawSessionInspector.statusBar": false, "remote.autoForwardPorts": false },
    machineSettings: { "openclawSessionInspector.homes": [home] },
    testDriver: true,
  });
  const browser = await openBrowser(server.directory);
  try {
    // The second window finds what the first one kept.
    for (let window = 1; window <= 2; window++) await runIn(await browser.newPage(), server, tests);
    if (!existsSync(result)) throw new Error(`VS Code did not measure. ${server.output().slice(-2000)}`);
    const costs = JSON.parse(readFileSync(result, "utf8"));
    if ("error" in costs) throw new Error(costs.error);
    return costs;
  } finally {
    await browser.close();
    await server.close();
    scratch.remove();
  }
}

async function runIn(page: Page, server: Awaited<ReturnType<typeof startServer>>, tests: string): Promise<void> {
  const ended = new Promise((onEnd, onLimit) => {
    setTimeout(() => onLimit(new Error("VS Code did not end its measurements.")), limitMs).unref();
    void page.exposeFunction("codeAutomationExit", onEnd);
    void page.exposeFunction("codeAutomationLog", () => undefined);
  });
  const remote = (path: string): string => `vscode-remote://${server.authority}${path}`;
  await page.goto(
    server.address(server.workspace, [
      ["extensionDevelopmentPath", remote(root)],
      ["extensionTestsPath", remote(tests)],
      ["skipWelcome", "true"],
      ["skipReleaseNotes", "true"],
    ]),
  );
  await ended;
  await page.close();
}

/** Inside of the extension's folder: only there does `vscode` mean the very object that the extension has. */
async function bundled(): Promise<string> {
  const outfile = join(root, "dist", "test-host", "screen.cjs");
  await bundle(join(import.meta.dirname, "screenRun.ts"), outfile, { external: ["vscode"] });
  return outfile;
}

if (process.argv[1] === import.meta.filename) {
  const [, , home = "", transcript = "", profiles] = process.argv;
  process.stdout.write(`${JSON.stringify(await oneRound(home, transcript, profiles), null, 2)}\n`);
}
