// Leftovers in a real VS Code: moved away from the tree and the light bulb, brought back, and deleted for good.
import assert from "node:assert/strict";
import { existsSync, lstatSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Store } from "../../src/model/store.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { eventually, inspector, storePath } from "./inspector.ts";

const path = storePath("main", join(".openclaw-old", ".openclaw"));
const directory = dirname(path);
const yes: Answers = { modal: ({ buttons }) => buttons[0] };

async function untidy(): Promise<Store> {
  const store = (await inspector()).model.stores.find((one) => one.path === path);
  assert.ok(store);
  return store;
}

async function finding(code: string): Promise<Finding | undefined> {
  return (await inspector()).model.findingsOfStore((await untidy()).id).find((one) => one.code === code);
}

async function run(command: string, answers: Answers, ...args: unknown[]): Promise<Heard> {
  return answering(answers, () => vscode.commands.executeCommand(command, ...args));
}

function nodeOfStore(
  id: string,
  all: readonly TreeNode[],
  children: (node: TreeNode) => TreeNode[],
): TreeNode | undefined {
  for (const node of all) {
    if (node.type === "store" && node.store === id) return node;
    const found = node.type === "stateDir" ? nodeOfStore(id, children(node), children) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

describe("Leftovers", () => {
  let names: string[] = [];
  before(async function () {
    this.timeout(240_000);
    const api = await inspector();
    await eventually(api.client.onScanned, () =>
      api.model.stateDirs.every(({ writer }) => writer.state === "stopped") ? true : undefined,
    );
    await api.client.idle();
    names = readdirSync(directory).sort();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    assert.deepEqual(readdirSync(directory).sort(), names, "Every test leaves what it found.");
  });

  it("of a store in the tree are moved to a quarantine that is named before, and come back", async () => {
    const api = await inspector();
    const store = await untidy();
    const { tree } = api.sessions;
    const node = nodeOfStore(store.id, tree.getChildren(), (one) => tree.getChildren(one));
    assert.ok(node);
    assert.match(tree.getTreeItem(node).contextValue ?? "", /^store.* tidy/);
    const said = await run(commands.tidy, yes, node);
    assert.deepEqual(said.errors, []);
    const [dialog] = said.modals;
    assert.match(dialog?.message ?? "", /^Move 3 leftovers to the quarantine \(.+\)$/);
    assert.deepEqual(dialog?.buttons, ["Move 3 Files"]);
    const detail = dialog?.detail ?? "";
    assert.match(detail, /^Moved: .*\.trajectory\.jsonl \(0 B\)$/m);
    assert.ok(detail.includes(join(process.env["XDG_STATE_HOME"] ?? "?", "openclaw-session-inspector", "quarantine")));
    assert.ok(detail.includes("Nothing is deleted: Undo moves them back"), detail);
    assert.deepEqual(said.told, ["3 leftovers are in the quarantine."]);
    assert.equal(readdirSync(directory).length, names.length - 3);
    assert.equal(await finding("CKPT-ORPHAN"), undefined);
    assert.equal((await finding("TMP-LEFT"))?.repair.kind, "none");
    const undone = await run(commands.undoLastRepair, yes);
    assert.deepEqual([undone.errors, undone.told], [[], ["Undone."]]);
  });

  it("of the palette are asked for, where there are several", async () => {
    const asked: string[] = [];
    const pick: Answers["pick"] = (labels) => {
      asked.push(...labels);
      return undefined;
    };
    const said = await run(commands.tidy, { ...yes, pick });
    assert.deepEqual([said.errors, said.modals], [[], []]);
    assert.deepEqual(
      asked.map((label) => label.replace(/\(\d.*?\)/, "()")),
      [
        "Move 1 leftover of the store main to the quarantine ()",
        "Move 1 leftover of the store main to the quarantine () (proven)",
        "Move 1 leftover of the store main to the quarantine ()",
      ],
    );
  });

  it("go from the light bulb, and Empty Quarantine… names them, asks, deletes them and nothing else", async () => {
    const api = await inspector();
    const left = await finding("TMP-LEFT");
    const [file] = left?.repair.tidy ?? [];
    assert.ok(left && file);
    const bytes = readFileSync(file.path);
    const { atime, mtime } = lstatSync(file.path);
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document);
    const diagnostics = await eventually(vscode.languages.onDidChangeDiagnostics, () => {
      const found = vscode.languages.getDiagnostics(document.uri).filter(({ message }) => message === left.message);
      return found.length > 0 ? found : undefined;
    });
    const context = { diagnostics, only: undefined, triggerKind: vscode.CodeActionTriggerKind.Invoke };
    const [action] = (await api.editors).quickFixes.provideCodeActions(document, new vscode.Range(0, 0, 0, 0), context);
    assert.match(action?.title ?? "", /^Move 1 leftover of the store main to the quarantine \(1 B\) \(proven\)$/);
    const { command, arguments: args = [] } = action?.command ?? { command: "" };
    assert.deepEqual((await run(command, yes, ...args)).told, ["1 leftover is in the quarantine."]);
    const elsewhere = readdirSync(directory).sort();

    const refused = await run(commands.emptyQuarantine, {});
    assert.deepEqual([refused.told, refused.errors, refused.modals.length], [[], [], 1]);
    const emptied = await run(commands.emptyQuarantine, yes);
    assert.deepEqual(emptied.errors, []);
    const [dialog] = emptied.modals;
    assert.equal(dialog?.message, "Delete 1 file (1 B) in the quarantine for good?");
    assert.match(dialog?.detail ?? "", /^1 byte in:\n.*quarantine$/m);
    assert.deepEqual(dialog?.buttons, ["Delete 1 File"]);
    assert.deepEqual(emptied.told, ["Deleted 1 file, 1 B."]);
    assert.ok(!existsSync(file.path));
    assert.deepEqual(readdirSync(directory).sort(), elsewhere);

    const [receipt] = await api.client.ask("receipts", undefined);
    assert.ok(receipt?.purgedAt !== undefined);
    assert.deepEqual((await run(commands.undoLastRepair, yes)).errors, ["There is no repair to undo."]);
    await assert.rejects(api.client.ask("undoPreview", { receipt: receipt.id }), /The quarantine was emptied at/);
    const descriptions: string[] = [];
    await run(commands.showReceipts, {
      pick: (labels, title) => {
        if (title === "Receipts of Repairs") return labels[0];
        descriptions.push(...labels);
        return undefined;
      },
    });
    assert.deepEqual(descriptions, ["$(list-flat) Show What Was Changed", "$(folder-opened) Open Receipt Folder"]);
    const again = await run(commands.emptyQuarantine, yes);
    assert.deepEqual(again.errors, ["The quarantine is empty: nothing was moved there so far."]);

    writeFileSync(file.path, bytes);
    utimesSync(file.path, atime, mtime);
    await api.inspection.scan();
  });
});
