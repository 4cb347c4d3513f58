// A window that opens: what the last one found is there at once, plainly as of then, and offers nothing; what is so now
// takes its place in one go.
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { views } from "../../src/ids.ts";
import { Inspection } from "../../src/ui/inspection.ts";
import { InspectorClient } from "../../src/ui/inspectorClient.ts";
import { indexText, readIndex } from "../../src/ui/lastIndex.ts";
import { Recollection } from "../../src/ui/recollection.ts";
import { Remembered } from "../../src/ui/remembered.ts";
import { noFilter } from "../../src/ui/sessionFilter.ts";
import { SessionModel } from "../../src/ui/sessionModel.ts";
import { SessionTree } from "../../src/ui/sessionTree.ts";
import { StatusBar } from "../../src/ui/statusBar.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { drawn, eventually, home, inspector } from "./inspector.ts";

/** Words with which the menus offer to write, or to ask an owner for something. */
const offers = /finalize|correct|restore|unlock|tidy|prune|whileItRuns|abortable|archivable|recoverable|served|daemon/;

/** The parts of a second window over the same home, whose view nobody sees. */
function secondWindow(log: vscode.LogOutputChannel) {
  const extension = vscode.extensions.getExtension("openclaw-session-inspector.openclaw-session-inspector");
  const client = new InspectorClient(join(extension?.extensionPath ?? "", "dist", "worker.cjs"), log);
  const model = new SessionModel();
  const remembered = new Remembered({ get: () => undefined, update: async () => undefined } as never);
  const inspection = new Inspection({ client, model, remembered, log, draws: async () => undefined });
  const tree = new SessionTree(model, { ...noFilter, systemSessions: false });
  const statusBar = new StatusBar(model);
  return {
    ...{ client, model, inspection, tree, statusBar },
    dispose: () => vscode.Disposable.from(statusBar, tree, inspection, client).dispose(),
  };
}

function allNodes(tree: SessionTree, node?: TreeNode): TreeNode[] {
  return tree.getChildren(node).flatMap((child) => [child, ...allNodes(tree, child)]);
}

describe("The last index", () => {
  const asked = "what this test asks";
  let storage = "";
  let log: vscode.LogOutputChannel;
  before(async () => {
    log = vscode.window.createOutputChannel("Second window", { log: true });
    const { recollection } = await inspector();
    storage = join(recollection.path, "..", "test");
    await vscode.commands.executeCommand(`${views.sessions}.focus`);
  });
  after(() => {
    log.dispose();
    rmSync(storage, { recursive: true, force: true });
  });

  it("shows the same rows in the same order, as of then, with nothing offered and nothing counted", async () => {
    const api = await inspector();
    const { client, model, tree, statusBar, dispose } = secondWindow(log);
    const path = join(storage, "lastIndex.json");
    await api.client.ask("keepIndex", { path, text: await indexText(api.model, false, asked) });
    const recalled = await readIndex(path, asked);
    assert.ok(recalled);
    assert.deepEqual(tree.getChildren(), []);
    tree.recall(recalled);
    const then = allNodes(tree);
    const sessions = (nodes: readonly TreeNode[]): string[] =>
      nodes.filter(({ type }) => type === "session").map(({ id }) => id);
    assert.deepEqual(sessions(then), sessions(allNodes(api.sessions.tree)));
    const items = then.map((node) => tree.getTreeItem(node));
    assert.ok(api.sessions.tree.getChildren().length > 0);
    assert.ok(
      allNodes(api.sessions.tree).some((node) => offers.test(api.sessions.tree.getTreeItem(node).contextValue ?? "")),
    );
    for (const { contextValue, accessibilityInformation, command } of items) {
      assert.doesNotMatch(contextValue ?? "", offers);
      assert.match(accessibilityInformation?.label ?? "", / as of \d\d:\d\d$/);
      assert.doesNotMatch(command?.command ?? "", /Comparison/i);
    }
    for (const root of tree.getChildren()) {
      assert.match(String(tree.getTreeItem(root).description), /^as of \d\d:\d\d$/);
    }
    assert.deepEqual([model.known, statusBar.shown, client.isIdle()], [false, false, true]);
    dispose();
  });

  it("gives way to what is so now when that is settled, the same things being the same nodes", async () => {
    const api = await inspector();
    const { client, model, inspection, tree, dispose } = secondWindow(log);
    const path = join(storage, "lastIndex.json");
    const recalled = await readIndex(path, asked);
    assert.ok(recalled);
    tree.recall(recalled);
    const then = allNodes(tree);
    const changes: { readonly settled: boolean; readonly asOf: number | undefined; readonly redrawn: number }[] = [];
    let redrawn = 0;
    const subscriptions = [
      tree.onDidChangeTreeData(() => redrawn++),
      client.onScanned(({ settled }) => changes.push({ settled, asOf: tree.asOf, redrawn })),
    ];
    await inspection.scan();
    await client.idle();
    // Whatever came before it was settled has moved nothing.
    const { now } = recalled.model;
    assert.deepEqual(
      changes.filter(({ settled }) => !settled),
      changes.filter(({ settled }) => !settled).map(() => ({ settled: false, asOf: now, redrawn: 0 })),
    );
    assert.deepEqual(changes.at(-1), { settled: true, asOf: undefined, redrawn: 1 });
    assert.ok(model.known);
    assert.deepEqual(drawn({ sessions: { tree } } as never), drawn(api));
    const after = new Map(allNodes(tree).map((node) => [node.id, node]));
    for (const node of then) assert.ok(!after.has(node.id) || after.get(node.id) === node, node.id);
    assert.ok(then.filter(({ id }) => after.has(id)).length > 20);
    assert.ok(allNodes(tree).some((node) => offers.test(tree.getTreeItem(node).contextValue ?? "")));
    for (const one of [...subscriptions, { dispose }]) one.dispose();
  });

  it("is kept after a scan while the view shows, outside of the home, and not while it is hidden", async () => {
    const api = await inspector();
    const { client, model, sessions, inspection } = api;
    assert.ok(!api.recollection.path.startsWith(home));
    const remembered = new Remembered({ get: () => undefined, update: async () => undefined } as never);
    const parts = { client, model, sessions, remembered, storage: vscode.Uri.file(join(storage, "kept")), log };
    const recollection = new Recollection(parts);
    await vscode.commands.executeCommand("workbench.action.closeSidebar");
    await eventually(sessions.view.onDidChangeVisibility, () => (sessions.view.visible ? undefined : true));
    await inspection.scan();
    await client.idle();
    await recollection.idle();
    assert.ok(!existsSync(recollection.path));
    await vscode.commands.executeCommand(`${views.sessions}.focus`);
    await eventually(sessions.view.onDidChangeVisibility, () => (sessions.view.visible ? true : undefined));
    await inspection.scan();
    await client.idle();
    await recollection.idle();
    assert.ok(existsSync(recollection.path));
    recollection.dispose();
  });
});
