import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Receipt } from "../../src/model/receipt.ts";
import { InspectorClient } from "../../src/ui/inspectorClient.ts";
import { tellRecovered } from "../../src/ui/recovered.ts";
import { answering } from "./asked.ts";
import { inspector, storePath } from "./inspector.ts";

describe("A repair that a crash cut short", () => {
  it("is settled before anything is shown, and told once", async () => {
    // The extension has settled what it found by now, and leaves this one to the client below.
    const { client: own } = await inspector();
    await own.idle();
    const id = "2026-01-01T00-00-00-000Z-cut";
    const folder = join(process.env["XDG_STATE_HOME"] ?? "", "openclaw-session-inspector", "receipts", id);
    const path = storePath("main");
    const store = { id: `openclaw-json:${path}`, kind: "openclaw-json", path, stateDir: "" } as const;
    const receipt: Receipt = {
      schema: 1,
      id,
      batch: "cut",
      at: Date.UTC(2026, 0, 1),
      state: "intended",
      plan: { store, action: "finalize", edits: [], findings: [] },
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(receipt));
    const extension = vscode.extensions.getExtension("openclaw-session-inspector.openclaw-session-inspector");
    const log = vscode.window.createOutputChannel("Recovery test", { log: true });
    const client = new InspectorClient(join(extension?.extensionPath ?? "", "dist", "worker.cjs"), log);
    const telling = tellRecovered(client, log);
    const said = await answering({}, () =>
      client.ask("scan", { where: { homes: [], stateDirs: ["/nowhere"] }, captured: [], claimed: [], mayAsk: false }),
    );
    assert.deepEqual(said.told, [
      `A repair of ${path} that was interrupted was taken back: nothing of it was written.`,
    ]);
    for (const one of [telling, client, log]) one.dispose();
  });
});
