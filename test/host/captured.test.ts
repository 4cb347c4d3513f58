import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InspectorApi } from "../../src/extension.ts";
import { commands } from "../../src/ids.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { type UnpackedCase, unpackCase } from "../fixtures/unpack.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { drawn, eventually, home, inspector } from "./inspector.ts";

const caseName = "2026.5.18-sigkill-not-restarted";
const extensionId = "openclaw-session-inspector.openclaw-session-inspector";
const hang = "agent:work:hang";

describe("A store that was captured on another machine", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "captured-")));
  let captured: UnpackedCase;
  let stateDir = "";
  let atFirst: readonly unknown[] = [];
  let api: InspectorApi;
  before(async () => {
    captured = unpackCase(caseName, folder);
    stateDir = join(captured.home, ".openclaw");
    api = await inspector();
    atFirst = whatIsLive();
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    if (node() !== undefined) await vscode.commands.executeCommand(commands.closeCaptured, node());
    assert.equal(node(), undefined);
    assert.deepEqual(whatIsLive(), atFirst, "what runs here is judged by what runs here");
  });

  const node = (): TreeNode | undefined =>
    api.sessions.tree.getChildren().find((one) => one.type === "stateDir" && one.path === stateDir);
  const words = (): string => String(node() && api.sessions.tree.getTreeItem(node() as TreeNode).description);

  /** Verdicts and counts of the sample home. */
  function whatIsLive(): readonly unknown[] {
    const { model, statusBar, sessions } = api;
    const live = new Set(model.stores.filter((store) => store.path.startsWith(home)).map(({ id }) => id));
    const verdicts = [...model.sessions.values()].filter(({ store }) => live.has(store));
    return [
      verdicts.map(({ key, verdict, findings }) => [key, verdict, findings]),
      [statusBar.item.text, sessions.view.badge?.value],
    ];
  }

  const withList: Answers = {
    open: (title) => (title.startsWith("Process List") ? captured.processesFile : captured.home),
    pick: () => "With Its Process List…",
    input: () => String(captured.now),
  };

  function inspect(answers: Answers): Promise<Heard> {
    return answering({ ...withList, ...answers }, () => vscode.commands.executeCommand(commands.inspectCaptured));
  }

  /** What the CLI says of the same store, list and time. */
  function cli(): Record<"sessions" | "findings", Record<string, unknown>[]> {
    const script = join(vscode.extensions.getExtension(extensionId)?.extensionPath ?? "", "dist", "cli.js");
    const args = ["scan", "--home", captured.home, "--processes", captured.processesFile, "--now", `${captured.now}`];
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
    try {
      return JSON.parse(execFileSync(process.execPath, [script, ...args, "--json"], { env, encoding: "utf8" }));
    } catch (error) {
      // It ends with 1 where something needs attention.
      return JSON.parse((error as { readonly stdout: string }).stdout);
    }
  }

  it("is shown beside those of this machine, and judged as the CLI judges it", async () => {
    const said = await inspect({});
    assert.deepEqual(said, { modals: [], told: [], errors: [] });
    assert.match(words(), /^captured .*2026.* · gateway stopped$/);
    const { view } = api.sessions;
    const selected = await eventually(view.onDidChangeSelection, () => view.selection[0]);
    assert.deepEqual(selected, node());
    const stores = new Set(api.model.stores.filter((store) => store.stateDir === stateDir).map(({ id }) => id));
    const seen = [...api.model.sessions.values()].filter(({ store }) => stores.has(store));
    const told = cli();
    assert.deepEqual(
      seen.map(({ key, verdict, why, findings }) => ({ key, verdict, why, findings })),
      told.sessions.map(({ key, verdict, why, findings }) => ({ key, verdict, why, findings })),
    );
    assert.deepEqual(
      api.model.findings.filter(({ store }) => stores.has(store)).map(({ id }) => id),
      told.findings.map(({ id }) => id),
    );
    assert.equal(told.findings.length, 3);
    const [, work] = drawn(api, node());
    const [group] = (work?.[1] ?? []) as readonly unknown[];
    assert.deepEqual(group, [
      "Needs Attention | 2",
      [
        ["hang | running → interrupted", ["RUN-NO-OWNER"]],
        ["main | running → interrupted", ["RUN-NO-OWNER"]],
      ],
    ]);
  });

  it("has ages by its own clock", async () => {
    await inspect({});
    const store = api.model.stores.find(({ stateDir: dir }) => dir === stateDir);
    assert.equal(api.model.clockOf(store?.id ?? ""), captured.now);
  });

  it("opens its rows, and is repaired and undone like every other", async () => {
    await inspect({});
    const store = api.model.stores.find((one) => one.stateDir === stateDir && one.agent === "work");
    const session = store && api.model.session({ store: store.id, key: hang });
    assert.ok(store && session);
    const original = readFileSync(store.path, "utf8");
    await vscode.commands.executeCommand(commands.openRow, session);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? "", /"status": "running"/);
    await vscode.commands.executeCommand(commands.openTranscript, session);
    assert.notEqual(vscode.window.activeTextEditor?.document.getText() ?? "", "");

    const said = await answering({ modal: ({ buttons }) => buttons[0], pick: () => "killed" }, () =>
      vscode.commands.executeCommand(commands.finalize, session),
    );
    assert.deepEqual([said.errors, said.modals[0]?.buttons], [[], ["Mark as killed"]]);
    assert.equal(JSON.parse(readFileSync(store.path, "utf8"))[hang].status, "killed");
    const [receipt] = await api.client.ask("receipts", undefined);
    assert.equal(receipt?.captured, true);
    const undone = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.undoLastRepair),
    );
    assert.deepEqual([undone.errors, undone.told], [[], ["Undone."]]);
    assert.equal(readFileSync(store.path, "utf8"), original);
  });

  it("without a process list is shown only, and says why", async () => {
    const suggested: string[] = [];
    const written = captured.now - 60_000;
    for (const agent of ["main", "work"]) {
      const store = join(stateDir, "agents", agent, "sessions", "sessions.json");
      utimesSync(store, written / 1000, written / 1000);
    }
    await inspect({
      pick: () => "Without One",
      input: (value) => {
        suggested.push(value);
        return value;
      },
    });
    assert.deepEqual(suggested, [new Date(written).toISOString()]);
    assert.match(words(), /^captured .* · gateway not known$/);
    const store = api.model.stores.find((one) => one.stateDir === stateDir && one.agent === "work");
    assert.ok(store);
    assert.deepEqual([store.permission.answer, store.writer.state], ["no", "unknown"]);
    const said = await answering({}, () =>
      vscode.commands.executeCommand(commands.prune, { store: store.id, key: hang }),
    );
    assert.deepEqual(said.modals, []);
    assert.equal(said.errors.length, 1);
  });

  it("is not opened where the person leaves, or writes what is no time", async () => {
    const leaving: readonly Answers[] = [
      { open: () => undefined },
      { pick: () => undefined },
      { input: () => undefined },
    ];
    for (const answers of leaving) {
      assert.deepEqual((await inspect(answers)).errors, []);
      assert.equal(node(), undefined);
    }
    const said = await inspect({ input: () => "1795176635" });
    assert.match(said.errors[0] ?? "", /^Write a time such as 2026-11-20 14:10/);
    assert.equal(node(), undefined);
  });

  it("is none of this machine's own", async () => {
    const said = await inspect({ open: () => home });
    assert.match(said.errors[0] ?? "", /is inspected as one of this machine already, by what runs here/);
  });

  it("that vanished is said to be gone, and can be closed", async () => {
    await inspect({ open: (title) => (title.startsWith("Process List") ? captured.processesFile : stateDir) });
    renameSync(stateDir, `${stateDir}.away`);
    try {
      await api.inspection.scan();
      assert.deepEqual(drawn(api, node()), ["Cannot be read: it does not exist"]);
      assert.match(api.sessions.tree.getTreeItem(node() as TreeNode).contextValue ?? "", /\bcaptured\b/);
      await vscode.commands.executeCommand(commands.closeCaptured, node());
      assert.equal(node(), undefined);
    } finally {
      renameSync(`${stateDir}.away`, stateDir);
    }
  });

  it("is closed from the palette too, and nothing of it is deleted", async () => {
    await inspect({});
    await vscode.commands.executeCommand(commands.closeCaptured);
    assert.equal(node(), undefined);
    assert.ok(existsSync(join(stateDir, "agents", "work", "sessions", "sessions.json")));
    const said = await answering({}, () => vscode.commands.executeCommand(commands.closeCaptured));
    assert.deepEqual(said.errors, ["No captured store is open."]);
  });
});
