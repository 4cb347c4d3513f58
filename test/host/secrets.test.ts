// A home with a secret in every place that OpenClaw keeps them in, opened in a real VS Code: what is shown, said and logged
// is looked through (promise 9).
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { indexText } from "../../src/ui/lastIndex.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { canary, homeWithCanaries } from "../canaries.ts";
import { now } from "../homeBuilder.ts";
import { answering } from "./asked.ts";
import { eventually, inspector } from "./inspector.ts";

/** What belongs to a row is shown to its owner: its key, its label, its status, its id, and the place of the home. */
const shown = /c4n4ry-(peer|label|display|status|session|person)\b/g;

describe("A home that is full of secrets", function () {
  this.timeout(60_000);
  let stateDir = "";

  before(async () => {
    const built = homeWithCanaries();
    stateDir = built.stateDir;
    const said = await answering({ open: () => built.home, pick: () => "Without One", input: () => String(now) }, () =>
      vscode.commands.executeCommand(commands.inspectCaptured),
    );
    assert.deepEqual(said.errors, []);
  });
  after(async () => {
    const api = await inspector();
    const node = api.sessions.tree.getChildren().find((one) => one.type === "stateDir" && one.path === stateDir);
    await vscode.commands.executeCommand(commands.closeCaptured, node);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("workbench.action.closePanel");
  });

  function clean(text: string, where: string): void {
    assert.doesNotMatch(text.replace(shown, ""), canary, where);
  }

  it("shows none of them in the tree or in a tooltip", async () => {
    const { sessions } = await inspector();
    const all = (node?: TreeNode): TreeNode[] =>
      sessions.tree.getChildren(node).flatMap((child) => [child, ...all(child)]);
    let tooltips = 0;
    for (const node of all()) {
      const item = sessions.tree.getTreeItem(node);
      clean([item.label, item.description, item.accessibilityInformation?.label].map(String).join(" "), "tree");
      const { tooltip } = await sessions.tree.resolveTreeItem(item, node);
      const text = typeof tooltip === "string" ? tooltip : (tooltip?.value ?? "");
      // Markdown breaks words up.
      clean(text.replaceAll(/\\|&nbsp;/g, ""), "tooltip");
      if (text.includes("c4n4ry")) tooltips += 1;
    }
    assert.ok(tooltips > 0, "no tooltip names the place of the home");
  });

  it("keeps none of them for the next window", async () => {
    clean(await indexText((await inspector()).model, true, ""), "last index");
  });

  it("writes none of them into the log", async () => {
    await vscode.commands.executeCommand(commands.refresh);
    await vscode.commands.executeCommand(commands.showLog);
    // It opens a moment after that.
    const log = await eventually(vscode.workspace.onDidOpenTextDocument, () =>
      vscode.workspace.textDocuments.find(({ uri, fileName }) => uri.scheme === "output" && /openclaw/i.test(fileName)),
    );
    clean(log.getText(), "log");
  });
});
