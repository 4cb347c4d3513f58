import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { labelText } from "../../src/plan/visibleText.ts";
import type { ModelChange } from "../../src/ui/sessionModel.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { drawn, eventually, inspector, nodeOf, sessionOf, storePath } from "./inspector.ts";

const path = storePath("main", ".openclaw-next");

describe("A change on disk", () => {
  let original = "";
  before(() => {
    original = readFileSync(path, "utf8");
  });
  after(async () => {
    writeFileSync(path, original);
    await (await inspector()).inspection.scan();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("arrives by itself, in the tree and in the open row, and redraws nothing else", async () => {
    const api = await inspector();
    const store = api.model.stores.find((one) => one.path === path);
    assert.ok(store);
    await vscode.commands.executeCommand(commands.openRow, { store: store.id, key: "agent:main:changelog" });
    const row = vscode.window.activeTextEditor?.document;
    drawn(api);
    const redrawn: (TreeNode[] | undefined)[] = [];
    const changes: ModelChange[] = [];
    const subscriptions = [
      api.sessions.tree.onDidChangeTreeData((nodes) => redrawn.push(nodes)),
      api.model.onDidChange((change) => changes.push(change)),
    ];
    const shown = eventually(vscode.workspace.onDidChangeTextDocument, () =>
      row?.getText().includes('"Changed by hand"') ? true : undefined,
    );
    writeFileSync(path, original.replace('"Changelog"', '"Changed by hand"'));
    await shown;
    await api.client.idle();
    for (const subscription of subscriptions) subscription.dispose();

    const node = nodeOf(api, "Changed by hand");
    assert.ok(node);
    assert.deepEqual([...new Set(redrawn.flat())], [node]);
    const { id } = await sessionOf("agent:main:main");
    assert.ok(changes.every(({ sessions, places }) => !places && !sessions.has(id)));
  });

  it("is shown as text, whatever it holds", async () => {
    const api = await inspector();
    const hostile = "$(alert) [x](command:quit) <img src=x> https://a.b \u202Egpj\n# h";
    const shown = eventually(api.sessions.tree.onDidChangeTreeData, () => {
      const session = [...api.model.sessions.values()].find(({ label }) => label === hostile);
      return session && nodeOf(api, labelText(hostile));
    });
    writeFileSync(path, original.replace('"Changelog"', JSON.stringify(hostile)));
    const node = await shown;
    const item = api.sessions.tree.getTreeItem(node);
    assert.equal(
      item.label,
      "$\u200B(alert) [x]\u200B(command:quit) <img src=x> https:\u200B//a.b <U+202E>gpj\u240A# h",
    );
    const { tooltip } = await api.sessions.tree.resolveTreeItem(item, node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
    assert.match(tooltip.value, /^\*\*\$\u200B\\\(alert\\\)/);
    assert.ok(!/\]\(|:\/\/|\n# /.test(tooltip.value), tooltip.value);
  });
});
