import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { InspectorClient } from "../../src/ui/inspectorClient.ts";

describe("A worker that crashes", () => {
  const directory = mkdtempSync(join(tmpdir(), "crash-"));
  const script = join(directory, "worker.cjs");
  const log = vscode.window.createOutputChannel("Crash test", { log: true });
  after(() => {
    log.dispose();
    rmSync(directory, { recursive: true });
  });

  it("is started again once, and then the person is told what to do", async () => {
    writeFileSync(script, 'require("node:worker_threads").parentPort.on("message", () => process.exit(3));');
    const client = new InspectorClient(script, log);
    let restarts = 0;
    client.onRestarted(() => restarts++);
    const ask = (): Promise<unknown> =>
      client.ask("scan", { where: { homes: [], stateDirs: [] }, captured: [], claimed: [], mayAsk: false });
    await assert.rejects(ask(), { name: "UserError", message: /stopped before it could answer\. Try again\.$/ });
    await client.idle();
    await assert.rejects(ask(), { name: "UserError", message: /Try again\.$/ });
    await assert.rejects(ask(), { name: "UserError", message: /Reload the window/ });
    assert.equal(restarts, 1);
    client.dispose();
  });

  it("gives its own sentences to the person and its bugs to the log", async () => {
    writeFileSync(
      script,
      `const { parentPort } = require("node:worker_threads");
       parentPort.on("message", ({ id, kind }) =>
         parentPort.postMessage({ id, error: kind === "row" ? "Look elsewhere." : "TypeError: x\\n at y", expected: kind === "row" }));`,
    );
    const client = new InspectorClient(script, log);
    const name = { store: "", key: "" };
    await assert.rejects(client.ask("row", name), { name: "UserError", message: "Look elsewhere." });
    await assert.rejects(client.ask("comparison", name), { name: "Error", message: "TypeError: x", stack: /at y/ });
    client.dispose();
    await assert.rejects(client.ask("row", name), { name: "UserError" });
  });
});

describe("A worker that is busy", () => {
  it("is stopped in the middle, and whoever asked knows that it was", async () => {
    const directory = mkdtempSync(join(tmpdir(), "busy-"));
    const script = join(directory, "worker.cjs");
    const log = vscode.window.createOutputChannel("Busy test", { log: true });
    // It hears no message while it works, as the real one does not.
    writeFileSync(
      script,
      `const { parentPort, workerData } = require("node:worker_threads");
       parentPort.on("message", ({ id }) => {
         Atomics.wait(new Int32Array(workerData.stops), 0, 0);
         parentPort.postMessage({ id, error: "", expected: true, stopped: true });
       });`,
    );
    const client = new InspectorClient(script, log);
    const working: boolean[] = [];
    client.onWorking((works) => working.push(works));
    const where = { homes: [], stateDirs: [] };
    const asked = client.ask("scan", { where, captured: [], claimed: [], mayAsk: false });
    client.stop();
    await assert.rejects(asked, vscode.CancellationError);
    assert.deepEqual([working, client.isIdle()], [[true, false], true]);
    client.dispose();
    log.dispose();
    rmSync(directory, { recursive: true });
  });
});
