import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { eventually, inspector, sessionOf, storePath } from "./inspector.ts";

const weekly = "agent:main:weekly-summary";

async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

function activeText(): vscode.TextDocument {
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document);
  return document;
}

async function show(path: string): Promise<vscode.TextDocument> {
  return (await vscode.window.showTextDocument(vscode.Uri.file(path))).document;
}

/** `CODE severity text-at-the-range`, in the order of the document. */
async function problemsOf(document: vscode.TextDocument): Promise<string[]> {
  const ours = (): vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === "OpenClaw");
  await eventually(vscode.languages.onDidChangeDiagnostics, () => (ours().length > 0 ? true : undefined));
  await (await (await inspector()).editors).problems.idle();
  return ours()
    .sort((a, b) => a.range.start.compareTo(b.range.start))
    .map(({ code, severity, range }) => {
      assert.ok(typeof code === "object");
      const text = document.getText(range).replace(/^\d{13}$/, "(time)");
      return `${code.value} ${vscode.DiagnosticSeverity[severity]} ${text}`;
    });
}

describe("A store that is open", () => {
  afterEach(closeAll);

  it("has each problem at the very field that lies", async () => {
    await inspector();
    const document = await show(storePath("main"));
    assert.deepEqual(await problemsOf(document), [
      'RUN-FINISHED Error "running"',
      'RUN-FINISHED Error "running"',
      "RUN-ENDED-J Error (time)",
      'RUN-DEADLOCK Error "running"',
      'RUN-FINISHED Error "running"',
      "DELIVERY-PENDING Error true",
      'RUN-FINISHED Error "running"',
      'SUB-REGISTRY-SPLIT Error "running"',
      'RUN-FINISHED Error "running"',
      'CRON-SPLIT Error "running"',
    ]);
  });

  it("gives the evidence with each problem, and a way to its explanation", async () => {
    await inspector();
    const document = await show(storePath("main"));
    await problemsOf(document);
    const found = vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.startsWith(weekly));
    assert.ok(found && typeof found.code === "object");
    const page = await vscode.workspace.openTextDocument(found.code.target.with({ fragment: "" }));
    const line = Number(/^L(\d+)$/.exec(found.code.target.fragment)?.[1]);
    assert.equal(page.lineAt(line - 1).text, "## RUN-FINISHED");
    const proof = found.relatedInformation?.find(({ message }) => message.startsWith("session.ended (success)"));
    assert.match(proof?.location.uri.path ?? "", /\.trajectory\.jsonl$/);
    assert.equal(proof?.location.range.start.line, 6);
  });

  it("keeps its problems in place while it is edited, and loses them when it is closed", async () => {
    await inspector();
    const document = await show(storePath("work"));
    const before = await problemsOf(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), "\n\n\n");
    await vscode.workspace.applyEdit(edit);
    assert.ok(document.isDirty);
    assert.deepEqual(await problemsOf(document), before);
    const gone = eventually(vscode.languages.onDidChangeDiagnostics, () =>
      vscode.languages.getDiagnostics(document.uri).length === 0 ? true : undefined,
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await gone;
  });

  it("is shown at the row of a session", async () => {
    await vscode.commands.executeCommand(commands.openStore, await sessionOf(weekly));
    const editor = vscode.window.activeTextEditor;
    assert.equal(realpathSync(editor?.document.uri.fsPath ?? ""), realpathSync(storePath("main")));
    assert.match(
      editor?.document.lineAt(editor.selection.start.line).text ?? "",
      /^\s*"agent:main:weekly-summary": \{$/,
    );
  });

  it("has one that cannot be read as JSON marked where it breaks", async () => {
    await inspector();
    const document = await show(storePath("notes"));
    const [problem, ...more] = await problemsOf(document);
    assert.match(problem ?? "", /^STORE-UNPARSABLE Error /);
    assert.deepEqual(more, []);
  });
});

describe("A row as a document", () => {
  afterEach(closeAll);

  it("is the stored row, read-only JSON, with the same problems", async () => {
    await vscode.commands.executeCommand(commands.openRow, await sessionOf(weekly));
    const document = activeText();
    assert.equal(document.languageId, "json");
    assert.equal(document.uri.path, "/row/weekly-summary.json");
    assert.equal(JSON.parse(document.getText()).status, "running");
    assert.deepEqual(await problemsOf(document), ['RUN-FINISHED Error "running"']);
    const at = vscode.window.activeTextEditor?.selection.active.line ?? -1;
    assert.match(document.lineAt(at).text, /"status": "running"/, "the cursor is at what lies");
  });

  it("has lenses for what can be done, and above the field that lies what is wrong", async () => {
    await vscode.commands.executeCommand(commands.openRow, await sessionOf(weekly));
    const document = activeText();
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    const shown = lenses.map(({ range, command }) => [document.lineAt(range.start.line).text.trim(), command?.title]);
    assert.deepEqual(shown.slice(0, 3), [
      ["{", "running → finished"],
      ["{", "Compare with the evidence"],
      ["{", "Open transcript"],
    ]);
    assert.equal(shown[3]?.[0], '"status": "running",');
    assert.match(shown[3]?.[1] ?? "", /^\$\(error\) Says running, but its run ended at /);
    assert.equal(shown[4]?.[0], '"status": "running",');
    assert.match(shown[4]?.[1] ?? "", /^\$\(wrench\) Mark Weekly summary as done at .* \(trajectory proves it\)$/);
  });
});

describe("A comparison", () => {
  afterEach(closeAll);

  it("shows the stored row beside what is proven, differing fields first", async () => {
    await vscode.commands.executeCommand(commands.openComparison, await sessionOf(weekly));
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputTextDiff);
    assert.equal(tab.label, "weekly-summary: stored ↔ proven".replace("weekly-summary", "Weekly summary"));
    const { original, modified } = tab.input;
    const [stored, proven] = await Promise.all(
      [original, modified].map((uri) => vscode.workspace.openTextDocument(uri)),
    );
    assert.equal(stored?.lineAt(1).text.trim(), '"status": "running",');
    assert.equal(proven?.lineAt(1).text.trim(), '"status": "done",');
    assert.deepEqual([stored?.languageId, proven?.languageId], ["jsonc", "jsonc"]);
  });

  it("says so where nothing else is proven", async () => {
    await vscode.commands.executeCommand(commands.openComparison, await sessionOf("agent:main:main"));
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, "main: nothing else is proven");
  });
});

describe("An excerpt", () => {
  afterEach(closeAll);

  it("shows the transcript where its evidence is", async () => {
    await vscode.commands.executeCommand(commands.openTranscript, await sessionOf(weekly));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.languageId, "plaintext");
    assert.match(editor.document.getText(editor.selection), /assistant \(stop\)$/);
  });

  it("opens only files that we speak of", async () => {
    const session = await sessionOf(weekly);
    const uri = vscode.Uri.from({
      scheme: "openclaw-session",
      path: "/excerpt/hosts.txt",
      query: JSON.stringify({ path: "/etc/hosts" }),
    });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /^\/\/ This is not in the store any more\./);
    assert.ok(session);
  });
});

describe("The page about findings", () => {
  afterEach(closeAll);

  it("opens for a code", async () => {
    await vscode.commands.executeCommand(commands.explainFinding, "RUN-FINISHED");
    const shown = eventually(vscode.window.tabGroups.onDidChangeTabs, () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes("findings.md")),
    );
    assert.ok(await shown);
  });
});
