// A store of 2026.8 and later has what the others have: row, problems, lenses, fixes, comparison, repair, receipt, undo.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InspectorApi } from "../../src/extension.ts";
import { commands } from "../../src/ids.ts";
import type { Session } from "../../src/model/session.ts";
import { contentOf } from "../databaseContent.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { type Answers, answering } from "./asked.ts";
import { eventually, inspector } from "./inspector.ts";

const hang = "agent:work:hang";
const yes: Answers = { modal: ({ buttons }) => buttons[0], pick: () => "killed" };

describe("A database that a killed gateway left", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "captured-")));
  let api: InspectorApi;
  let session: Session;
  let path = "";

  before(async () => {
    const { home, processesFile, now } = unpackCase("2026.9.6-sigkill-not-restarted", folder);
    const stateDir = join(home, ".openclaw");
    path = join(stateDir, "agents", "work", "agent", "openclaw-agent.sqlite");
    api = await inspector();
    const answers: Answers = {
      open: (title) => (title.startsWith("Process List") ? processesFile : home),
      pick: () => "With Its Process List…",
      input: () => String(now),
    };
    assert.deepEqual(
      (await answering(answers, () => vscode.commands.executeCommand(commands.inspectCaptured))).errors,
      [],
    );
    const store = api.model.stores.find((one) => one.path === path);
    const found = store && api.model.session({ store: store.id, key: hang });
    assert.ok(found);
    session = found;
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand(commands.closeCaptured);
    rmSync(folder, { recursive: true });
  });

  it("has its row with problem, lens and fix at the field that lies", async () => {
    await vscode.commands.executeCommand(commands.openRow, session);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.ok(document);
    assert.match(document.getText(), /"status": "running"/);
    const problem = await eventually(
      vscode.languages.onDidChangeDiagnostics,
      () => vscode.languages.getDiagnostics(document.uri)[0],
    );
    assert.match(document.getText(problem.range), /running/);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    const titles = lenses.map(({ command }) => command?.title ?? "");
    assert.ok(
      titles.some((title) => /the next gateway start sends a model request/.test(title)),
      titles.join("\n"),
    );
    const wrench = titles.find((title) => title.startsWith("$(wrench)"));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      problem.range,
    );
    const [fix] = actions.filter(({ title }) => wrench?.includes(title));
    assert.ok(fix, actions.map(({ title }) => title).join("\n"));
    assert.equal(fix.disabled, undefined);
  });

  it("is compared, repaired after consent that names every column, and undone", async () => {
    const before = contentOf(path);
    await vscode.commands.executeCommand(commands.openComparison, session);
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
    const said = await answering(yes, () => vscode.commands.executeCommand(commands.finalize, session));
    assert.deepEqual(said.errors, []);
    const [dialog] = said.modals;
    assert.match(dialog?.detail ?? "", /^status: running → killed$/m);
    assert.match(dialog?.detail ?? "", /^lifecycleRunId: .* → not there$/m);
    assert.match(dialog?.detail ?? "", /^session_nodes\.status: running → killed$/m);
    assert.match(dialog?.detail ?? "", /^session_windows\.ended_at: not there → /m);
    assert.notEqual(contentOf(path), before);
    assert.equal(api.model.session(session)?.claimed, "killed");
    const undone = await answering(yes, () => vscode.commands.executeCommand(commands.undoLastRepair));
    assert.deepEqual([undone.errors, undone.told], [[], ["Undone."]]);
    assert.equal(contentOf(path), before);
  });

  it("stands in the review of what is stale, at its question and not ticked", async () => {
    const listed: string[] = [];
    const answers: Answers = {
      tick: (list) => {
        const ticked = new Set(list.selectedItems);
        listed.push(...list.items.map((item) => `${ticked.has(item) ? "x" : "-"} ${item.label}`));
        return [];
      },
    };
    assert.deepEqual((await answering(answers, () => vscode.commands.executeCommand(commands.finalizeAll))).modals, []);
    assert.ok(listed.includes("- hang"), listed.join("\n"));
  });
});
