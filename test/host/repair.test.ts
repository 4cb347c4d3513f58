import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import type { ReceiptSummary } from "../../src/model/messages.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { drawn, eventually, inspector, nodeOf, sessionOf, storePath } from "./inspector.ts";

const weekly = "agent:main:weekly-summary";

/** Resolves when the writers are proven stopped: another openclaw may run on this machine for minutes. */
async function ready(): Promise<void> {
  const api = await inspector();
  await eventually(api.client.onScanned, () => {
    const all = api.model.stateDirs.every(({ writer }) => writer.state === "stopped");
    return all ? true : undefined;
  });
  await api.client.idle();
}

async function row(key: string, agent = "main"): Promise<Record<string, unknown>> {
  return JSON.parse(readFileSync(storePath(agent), "utf8"))[key];
}

async function run(command: string, answers: Answers, ...args: unknown[]): Promise<Heard> {
  return answering(answers, () => vscode.commands.executeCommand(command, ...args));
}

const yes: Answers = { modal: ({ buttons }) => buttons[0] };

async function receipts(): Promise<readonly ReceiptSummary[]> {
  return (await inspector()).client.ask("receipts", undefined);
}

describe("A repair", () => {
  const stores = ["main", "work", "research"];
  let original: string[] = [];
  const locks = new Map<string, Date>();
  before(async function () {
    this.timeout(240_000);
    await ready();
    original = stores.map((agent) => readFileSync(storePath(agent), "utf8"));
    const { model } = await inspector();
    for (const session of model.sessions.values())
      for (const { path } of model.locksOf(session)) locks.set(path, statSync(path).mtime);
  });
  after(async () => {
    // A lock that was put back is a trace of now, and would move its session in the tree that other tests look at.
    for (const [path, mtime] of locks) utimesSync(path, mtime, mtime);
    await (await inspector()).inspection.scan();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    assert.deepEqual(
      stores.map((agent) => readFileSync(storePath(agent), "utf8") === original[stores.indexOf(agent)]),
      [true, true, true],
      "Every test undoes what it did, byte for byte.",
    );
  });

  it("keeps its receipts out of the home", () => {
    assert.match(process.env["XDG_STATE_HOME"] ?? "", /osi-/);
  });

  it("of a proven session names what it writes, writes that, shows it everywhere, and is undone", async () => {
    const api = await inspector();
    const session = await sessionOf(weekly);
    const claimed = api.model.counts().claimed;
    const document = await vscode.window.showTextDocument(vscode.Uri.file(storePath("main")));
    const said = await run(commands.finalize, yes, session);
    assert.deepEqual(said.errors, []);
    const [dialog] = said.modals;
    assert.match(dialog?.message ?? "", /^Mark Weekly summary as done at .* \(trajectory proves it\)$/);
    assert.match(
      dialog?.detail ?? "",
      /^status: running → done\nendedAt: not there → \d{4}-\d\d-\d\d .*\nruntimeMs: not there → \d+$/m,
    );
    assert.ok(dialog?.detail.includes(storePath("main")));
    assert.ok(dialog?.detail.includes(process.env["XDG_STATE_HOME"] ?? "?"));
    assert.deepEqual(dialog?.buttons, ["Mark as done"]);
    assert.deepEqual(said.told, ["Weekly summary is marked as done."]);

    const { status, endedAt, runtimeMs } = await row(weekly);
    assert.equal(status, "done");
    assert.ok(typeof endedAt === "number" && typeof runtimeMs === "number");
    assert.deepEqual((await sessionOf(weekly)).findings, []);
    const node = nodeOf(api, "Weekly summary");
    assert.match(String(node && api.sessions.tree.getTreeItem(node).description), /^done · /);
    assert.deepEqual(node && drawn(api, node), []);
    assert.equal(api.model.counts().claimed, claimed - 1);
    const lies = (): string[] =>
      vscode.languages
        .getDiagnostics(document.document.uri)
        .filter(({ message, source }) => source === "OpenClaw" && message.startsWith(weekly))
        .map(({ message }) => message);
    await eventually(vscode.languages.onDidChangeDiagnostics, () => (lies().length === 0 ? true : undefined));

    const undone = await run(commands.undoLastRepair, yes);
    assert.deepEqual([undone.errors, undone.told], [[], ["Undone."]]);
    assert.equal((await sessionOf(weekly)).claimed, "running");
    const again = await run(commands.undoLastRepair, yes);
    assert.deepEqual(again.errors, ["There is no repair to undo."]);
  });

  it("is left without a trace when the person says no", async () => {
    const before = (await receipts()).length;
    const said = await run(commands.finalize, {}, await sessionOf(weekly));
    assert.deepEqual([said.modals.length, said.told, said.errors], [1, [], []]);
    assert.equal((await receipts()).length, before);
  });

  it("is undone from its notification", async () => {
    let undone = (): void => {};
    const done = new Promise<void>((resolve) => {
      undone = resolve;
    });
    const said = await answering(
      {
        ...yes,
        notification: (message, buttons) => {
          if (message === "Undone.") undone();
          return buttons.includes("Undo") ? "Undo" : undefined;
        },
      },
      async () => {
        await vscode.commands.executeCommand(commands.finalize, await sessionOf(weekly));
        await done;
      },
    );
    assert.deepEqual(said.told, ["Weekly summary is marked as done.", "Undone."]);
  });

  it("whose outcome nothing proves asks for it first, the likely one at the top", async () => {
    const asked: (readonly string[])[] = [];
    const session = await sessionOf("agent:work:code-review", "work");
    const answers: Answers = {
      ...yes,
      pick: (labels) => {
        asked.push(labels);
        return "killed";
      },
    };
    const said = await run(commands.finalize, answers, session);
    assert.deepEqual(asked, [["failed", "killed", "timeout", "done", "Leave as it is"]]);
    assert.match(said.modals[0]?.message ?? "", /^Mark Code review as killed at /);
    const { status, abortedLastRun } = await row("agent:work:code-review", "work");
    assert.deepEqual([status, abortedLastRun], ["killed", true]);
    await run(commands.undoLastRepair, yes);
  });

  it("applies what a comparison shows, without asking for the outcome again", async () => {
    await vscode.commands.executeCommand(commands.openComparison, await sessionOf("agent:work:code-review", "work"));
    const said = await run(commands.applyComparison, yes);
    assert.deepEqual(said.errors, []);
    assert.match(said.modals[0]?.message ?? "", /^Mark Code review as failed at /);
    assert.equal((await row("agent:work:code-review", "work"))["status"], "failed");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await run(commands.undoLastRepair, yes);
  });

  it("takes a dead lock with its row, and brings it back", async () => {
    const session = await sessionOf("agent:main:telegram:direct:500600700");
    const lock = `${session.transcript}.lock`;
    assert.ok(existsSync(lock));
    const said = await run(commands.finalize, { ...yes, pick: () => "failed" }, session);
    assert.match(said.modals[0]?.message ?? "", /and remove its dead lock$/);
    assert.ok(!existsSync(lock));
    await run(commands.undoLastRepair, yes);
    assert.ok(existsSync(lock));
  });

  it("unlocks, restores and corrects", async () => {
    const standup = await sessionOf("agent:work:standup", "work");
    const unlocked = await run(commands.unlock, yes, standup);
    assert.match(unlocked.modals[0]?.message ?? "", /^Remove the dead lock of Stand-up \(pid \d+ is gone\)$/);
    assert.ok(!existsSync(`${standup.transcript}.lock`));
    await run(commands.undoLastRepair, yes);
    const benchmarks = await sessionOf("agent:research:benchmarks", "research");
    const restored = await run(commands.restoreTranscript, yes, benchmarks);
    assert.match(restored.modals[0]?.message ?? "", /^Restore the transcript of Benchmarks from /);
    assert.ok(existsSync(benchmarks.transcript ?? ""));
    await run(commands.undoLastRepair, yes);
    assert.ok(!existsSync(benchmarks.transcript ?? ""));
    const patched = await sessionOf("agent:research:patched-by-hand", "research");
    const corrected = await run(commands.correct, yes, patched);
    assert.match(corrected.modals[0]?.detail ?? "", /^status: stalled → not there$/m);
    assert.ok(!("status" in (await row("agent:research:patched-by-hand", "research"))));
    await run(commands.undoLastRepair, yes);
  });

  it("of a selection is confirmed once", async () => {
    const api = await inspector();
    const nodes = ["Weekly summary", "Invoice check"].map((label) => nodeOf(api, label));
    const said = await run(commands.finalize, yes, nodes[0], nodes);
    assert.deepEqual(
      said.modals.map(({ message }) => message),
      ["Finalize 2 sessions"],
    );
    assert.match(said.modals[0]?.detail ?? "", /^main: 2 done$/m);
    assert.deepEqual(said.told, ["2 sessions are finalized."]);
    await run(commands.undoLastRepair, yes);
  });

  it("refuses with the reason where nothing may be done", async () => {
    const said = await run(commands.finalize, yes, await sessionOf("agent:main:slack:channel:c0ffee123"));
    assert.deepEqual([said.modals, said.told], [[], []]);
    assert.match(said.errors[0] ?? "", /^An undelivered reply would be lost: start the gateway/);
    const spared = await run(commands.prune, yes, await sessionOf("agent:main:main"));
    assert.match(spared.errors[0] ?? "", /^main is spared: it is a main session/);
  });

  it("refuses a store that has unsaved changes in an editor", async () => {
    const document = await vscode.workspace.openTextDocument(storePath("main"));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 1), " "));
    const said = await run(commands.finalize, yes, await sessionOf(weekly));
    assert.deepEqual(said.errors, [
      "sessions.json has unsaved changes in an editor. Save or revert them first, then repair.",
    ]);
    assert.deepEqual(said.modals, []);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });

  it("reviews everything that is stale at once, the proven ones ticked", async () => {
    const lists: string[] = [];
    const answers: Answers = {
      ...yes,
      tick: (list) => {
        const ticked = new Set(list.selectedItems);
        for (const item of list.items) {
          const isHeading = item.kind === vscode.QuickPickItemKind.Separator;
          lists.push(isHeading ? `# ${item.label}` : `${ticked.has(item) ? "x" : "-"} ${item.label}`);
        }
        return [...ticked].map(({ label }) => label).concat("Code review");
      },
      pick: () => "timeout",
    };
    const said = await run(commands.finalizeAll, answers);
    assert.deepEqual(lists, [
      "# 4 outcomes are proven",
      "x Weekly summary",
      "x Invoice check",
      "x Collect the figures",
      "x Cron: nightly report",
      "# 4 runs were cut short: choose what they become",
      "- telegram:direct:500600700",
      "- Code review",
      "- Migration plan",
      "- main",
    ]);
    assert.deepEqual([said.errors, said.modals.length], [[], 1]);
    assert.match(said.modals[0]?.detail ?? "", /^main: 4 done\nwork: 1 timeout$/m);
    assert.deepEqual(said.told, ["5 sessions are finalized."]);
    const made = (await receipts()).slice(0, 2);
    assert.equal(new Set(made.map(({ batch }) => batch)).size, 1);
    const undone = await run(commands.undoLastRepair, yes);
    assert.deepEqual([undone.modals.length, undone.told], [1, ["Undone."]]);
  });

  it("takes out what is old and proven ended, tells what it spares, and is undone", async () => {
    const titles: string[] = [];
    const answers: Answers = {
      ...yes,
      input: () => "2d",
      tick: (list) => {
        titles.push(list.title ?? "");
        return list.selectedItems.map(({ label }) => label);
      },
    };
    const said = await run(commands.pruneOlder, answers);
    assert.deepEqual(said.errors, []);
    assert.match(titles[0] ?? "", /^Take out \d+, spare \d+: ended and unchanged for 2d$/);
    assert.match(said.told[0] ?? "", /^Took out \d+ rows\./);
    assert.equal(await row("agent:research:reading-list", "research"), undefined);
    const undone = await run(commands.undoLastRepair, yes);
    assert.deepEqual(undone.errors, []);
  });

  it("shows its receipts, and from one what an undo would change", async () => {
    await run(commands.finalize, yes, await sessionOf(weekly));
    const shown: string[] = [];
    const said = await run(commands.showReceipts, {
      pick: (labels, title) => {
        if (title === "Receipts of Repairs") shown.push(labels[0] ?? "");
        return title === "Receipts of Repairs" ? labels[0] : "$(diff) Show What Undo Would Change";
      },
    });
    assert.deepEqual(said.errors, []);
    assert.match(shown[0] ?? "", / · finalized · main$/);
    assert.match(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? "", /now ↔ undone$/);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? "", /"status": "running"/);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await run(commands.undoLastRepair, yes);
  });

  it("never writes a store that does not parse, and shows what might hold its rows", async () => {
    const items: string[] = [];
    const said = await run(commands.showRestoreCandidates, {
      tick: (list) => {
        items.push(list.title ?? "", ...list.items.map(({ label }) => label));
        return [];
      },
    });
    assert.deepEqual(said.errors, []);
    assert.match(items[0] ?? "", /^Stop the gateway first/);
    assert.match(items[1] ?? "", /\.fs-safe-replace\..*\.tmp$/);
  });
});

describe("The light bulb of a store", () => {
  before(async function () {
    this.timeout(240_000);
    await ready();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  async function fixes(key: string, agent = "main"): Promise<vscode.CodeAction[]> {
    const uri = vscode.Uri.file(storePath(agent));
    await vscode.window.showTextDocument(uri);
    const problem = await eventually(vscode.languages.onDidChangeDiagnostics, () =>
      vscode.languages.getDiagnostics(uri).find(({ message }) => message.startsWith(key)),
    );
    await (await (await inspector()).editors).problems.idle();
    // VS Code asks its main thread, which hears of problems later than we do.
    for (;;) {
      const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        uri,
        problem.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      if (found.length > 0) return found;
    }
  }

  it("offers at the field the repair of its session, the proven one preferred, and applies it", async () => {
    const [fix, ...others] = await fixes(weekly);
    assert.match(fix?.title ?? "", /^Mark Weekly summary as done at .* \(trajectory proves it\)$/);
    assert.deepEqual([others.length, fix?.isPreferred], [0, true]);
    const { command, arguments: args = [] } = fix?.command ?? { command: "" };
    const said = await run(command, yes, ...args);
    assert.deepEqual(said.told, ["Weekly summary is marked as done."]);
    assert.equal((await row(weekly))["status"], "done");
    await run(commands.undoLastRepair, yes);
  });

  it("says that a person chooses the outcome", async () => {
    const [asked] = await fixes("agent:work:code-review", "work");
    assert.equal(asked?.title, "Mark Code review as failed… (you choose the outcome)");
    assert.notEqual(asked?.isPreferred, true);
  });

  /** VS Code keeps those that are disabled to itself. */
  async function disabled(key: string): Promise<(string | undefined)[]> {
    const { quickFixes } = await (await inspector()).editors;
    const document = await vscode.workspace.openTextDocument(storePath("main"));
    const diagnostics = await eventually(vscode.languages.onDidChangeDiagnostics, () => {
      const found = vscode.languages.getDiagnostics(document.uri).filter(({ message }) => message.startsWith(key));
      return found.length > 0 ? found : undefined;
    });
    const context = { diagnostics, only: undefined, triggerKind: vscode.CodeActionTriggerKind.Invoke };
    const actions = quickFixes.provideCodeActions(document, new vscode.Range(0, 0, 0, 0), context);
    return actions.map((action) => action.disabled?.reason);
  }

  it("says why nothing may be done", async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(storePath("main")));
    const [reason, ...others] = await disabled("agent:main:slack:channel:c0ffee123");
    assert.match(reason ?? "", /^An undelivered reply would be lost/);
    assert.match(others.join(), /^An undelivered reply|^$/);
  });

  it("is out while the store has unsaved changes", async () => {
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(storePath("main")));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 1), " "));
    assert.deepEqual(await disabled(weekly), [
      "sessions.json has unsaved changes in an editor. Save or revert them first, then repair.",
    ]);
  });
});
