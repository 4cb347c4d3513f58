// Another extension may call our commands with anything, and a store may hold anything: neither does more than be text.
import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { inspector, storePath } from "./inspector.ts";

const path = storePath("main", ".openclaw-next");
const stores = [path, ...["main", "work", "research"].map((agent) => storePath(agent))];

function images(): string[] {
  return stores.map((store) => readFileSync(store, "utf8"));
}

describe("A command that is called with anything", () => {
  const cyclic: Record<string, unknown> = { store: path };
  cyclic["key"] = cyclic;
  const thrower = new Proxy({}, { get: () => assert.fail("mine") });
  const anything: Readonly<Record<string, unknown[]>> = {
    "null and undefined": [null, undefined],
    numbers: [Number.NaN, -1, 2 ** 53],
    "a symbol and a bigint": [Symbol("x"), 10n],
    "a function": [() => assert.fail("called")],
    "a cycle": [cyclic],
    "an object without a prototype": [Object.create(null)],
    "what throws at every look": [thrower, [thrower, thrower]],
    "what throws when it is spelled": [{ toString: () => assert.fail("mine"), store: {}, key: [] }],
    "names of prototypes": [
      { type: "__proto__", store: "__proto__", key: "constructor", finding: "toString", path: "valueOf" },
    ],
    "a path that is not ours": [
      { type: "stateDir", path: "/etc" },
      [
        { type: "stateDir", path: "/etc" },
        { type: "lock", store: path, path: "/etc/passwd" },
      ],
    ],
    "an id of a store with a foreign path": [{ type: "store", store: `openclaw-json:/etc/passwd` }],
    "a command in an address": [vscode.Uri.parse("command:workbench.action.quit"), vscode.Uri.parse("vscode://x.y/z")],
    "documents of ours that name other files": [
      vscode.Uri.parse(`openclaw-session:/excerpt/passwd.txt?${encodeURIComponent('{"path":"/etc/passwd","line":1}')}`),
      vscode.Uri.parse(
        `openclaw-session:/row/x.json?${encodeURIComponent('{"store":"openclaw-json:/etc/passwd","key":"root"}')}`,
      ),
    ],
    "a list as long as a store": [{}, Array.from({ length: 100_000 }, () => ({}))],
    "a megabyte": [{ store: "x".repeat(1 << 20), key: "y".repeat(1 << 20) }],
  };
  // Their own tests; these open parts of VS Code itself, or write a setting of the person, and look at no argument.
  const views: readonly string[] = [
    commands.nameStateDirectory,
    commands.showSystemSessions,
    commands.hideSystemSessions,
    commands.inspectCaptured,
  ];
  // They look at no argument, and ask before they do anything; here nobody says yes.
  const asking: readonly string[] = [
    commands.finalizeAll,
    commands.pruneOlder,
    commands.undoLastRepair,
    commands.stopRepairStart,
    commands.emptyQuarantine,
  ];
  const called = Object.values(commands).filter((command) => !views.includes(command));

  for (const [what, args] of Object.entries(anything)) {
    it(`says at most a sentence and changes nothing: ${what}`, async () => {
      await inspector();
      await vscode.env.clipboard.writeText("untouched");
      const before = images();
      for (const command of called) {
        const heard = await answering({}, async () => vscode.commands.executeCommand(command, ...args));
        for (const said of heard.errors) {
          assert.ok(said.length <= 500 && !/ at |mine|\n/.test(said), `${command}: ${said}`);
          const isBug = said.startsWith("OpenClaw Sessions could not do that.");
          assert.ok(!isBug || /throws/.test(what), `${command} with ${what}: ${said}`);
        }
        assert.ok(heard.modals.length === 0 || asking.includes(command), command);
        if (command === commands.copyReport) await vscode.env.clipboard.writeText("untouched");
      }
      assert.equal(await vscode.env.clipboard.readText(), "untouched");
      assert.deepEqual(images(), before);
      for (const { uri } of vscode.workspace.textDocuments) assert.notEqual(uri.fsPath, "/etc/passwd");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    }).timeout(60_000);
  }
});

const hostile = [
  "$(alert)",
  "[x](command:workbench.action.quit)",
  '<img src="x" onerror="alert(1)">',
  "https://evil.example www.evil.example",
  "\u001b[31mred\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u202Egpj.exe\u2066\u2069",
  "a\u200Bb\uFEFFc\u2060d",
  "# heading\n- item\r\n\u0000\u0007\u0085\u2028",
  "`code` **bold** | cell | &amp; &lt;",
  "\ud800",
].join(" ");
const megabyte = "M".repeat(1 << 20);
const key = `agent:main:direct:${hostile}`;

/** What shows nothing, and what becomes an icon or a link. The blank without width is what we break those with. */
const hidden = /(?![\u200B\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const live = /\$\([\w~-]+\)|\]\(command:|:\/\/evil|\bwww\.evil/;

/** Where VS Code makes neither icons nor links of it: problems, titles of editors, details of dialogs, what is spoken. */
function plain(text: string): string {
  return text.replace(/\$(?=\()|\](?=\()|:\/\/|www\./g, "");
}

function isText(text: string, what: string, most = 1500): void {
  assert.ok(!hidden.test(text), `${what} hides something: ${JSON.stringify(text)}`);
  assert.ok(!live.test(text), `${what} is more than text: ${text}`);
  assert.ok(text.length <= most, `${what} is ${text.length} long`);
}

describe("What a store holds", () => {
  let original = "";
  let modifiedAt = new Date();
  before(async () => {
    original = readFileSync(path, "utf8");
    modifiedAt = statSync(path).mtime;
    const at = Date.now() - 3_600_000;
    const row = {
      sessionId: hostile,
      status: hostile,
      label: hostile,
      displayName: hostile,
      model: hostile,
      sessionFile: hostile,
    };
    const rows = {
      [key]: { ...row, startedAt: at, updatedAt: 5 },
      [`${key}:2`]: {
        ...row,
        status: "running",
        startedAt: at,
        endedAt: at,
        updatedAt: at,
        label: megabyte.slice(0, 60_000),
      },
      [`${key}:3`]: {
        ...row,
        status: "done",
        updatedAt: hostile,
        label: megabyte,
        runtimeMs: hostile,
        spawnedBy: hostile,
      },
      [`agent:main:${megabyte.slice(0, 60_000)}`]: { status: hostile, updatedAt: 1 },
    };
    writeFileSync(path, JSON.stringify(rows, null, 2));
    await (await inspector()).inspection.scan();
  });
  after(async () => {
    writeFileSync(path, original);
    utimesSync(path, modifiedAt, modifiedAt);
    await (await inspector()).inspection.scan();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  async function nodes(): Promise<{ node: TreeNode; item: vscode.TreeItem }[]> {
    const { sessions } = await inspector();
    const below = (node?: TreeNode): TreeNode[] =>
      sessions.tree.getChildren(node).flatMap((child) => [child, ...below(child)]);
    return below().map((node) => ({ node, item: sessions.tree.getTreeItem(node) }));
  }

  async function ours(): Promise<readonly { readonly store: string; readonly key: string }[]> {
    const { model } = await inspector();
    const store = model.stores.find((one) => one.path === path)?.id;
    const found = [...model.sessions.values()].filter((session) => session.store === store);
    assert.equal(found.length, 4);
    return found;
  }

  it("is text in the tree, its tooltips, and what a screen reader says", async () => {
    const { sessions } = await inspector();
    const all = await nodes();
    assert.ok(all.length > 10);
    for (const { node, item } of all) {
      isText(String(item.label), "label", 400);
      isText(String(item.description ?? ""), "description", 400);
      isText(plain(item.accessibilityInformation?.label ?? ""), "spoken", 5000);
      const { tooltip } = await sessions.tree.resolveTreeItem(item, node);
      if (typeof tooltip === "string") isText(tooltip, "tooltip", 1500);
      else if (tooltip !== undefined) {
        assert.ok(!tooltip.isTrusted && !tooltip.supportHtml && !tooltip.supportThemeIcons);
        isText(tooltip.value.replaceAll(/&nbsp;|\\/g, ""), "tooltip", 20_000);
        assert.ok(!/[^\\]\[x\]\(|&(?!nbsp;)#?\w+;/.test(tooltip.value), tooltip.value);
      }
    }
  });

  it("is text in problems, lenses and quick fixes of the row and of the store", async () => {
    const api = await inspector();
    for (const session of await ours()) {
      await vscode.commands.executeCommand(commands.openRow, session);
      await (await api.editors).problems.idle();
      const document = vscode.window.activeTextEditor?.document;
      assert.ok(document && document.uri.scheme === "openclaw-session");
      for (const { message, relatedInformation = [] } of vscode.languages.getDiagnostics(document.uri)) {
        isText(plain(message), "problem");
        for (const one of relatedInformation) isText(plain(one.message), "related");
      }
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        "vscode.executeCodeLensProvider",
        document.uri,
      );
      for (const lens of lenses) isText(lens.command?.title.replace(/^\$\([\w-]+\) /, "") ?? "", "lens");
    }
    await vscode.commands.executeCommand(commands.openStore, (await ours())[0]);
    await (await api.editors).problems.idle();
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.fsPath, path);
    const diagnostics = vscode.languages.getDiagnostics(document.uri);
    assert.ok(diagnostics.length > 3);
    for (const { message } of diagnostics) isText(plain(message), "problem");
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const context = { diagnostics, only: undefined, triggerKind: vscode.CodeActionTriggerKind.Invoke };
    for (const { title, disabled } of (await api.editors).quickFixes.provideCodeActions(document, whole, context)) {
      isText(title, "quick fix");
      isText(disabled?.reason ?? "", "reason");
    }
  });

  it("is text in titles of editors and comparisons", async () => {
    for (const session of await ours()) {
      for (const command of [commands.openComparison, commands.openRow]) {
        await vscode.commands.executeCommand(command, session);
        const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
        isText(plain(tab?.label ?? ""), "title", 200);
      }
    }
  });

  it("is text in lists, dialogs and notifications", async () => {
    const shown: string[] = [];
    const answers: Answers = {
      pick: (labels, title) => {
        shown.push(...labels, title);
        return undefined;
      },
      notification: (message) => {
        shown.push(message);
        return undefined;
      },
      tick: (list) => {
        shown.push(
          ...list.items.flatMap(({ label, description = "", detail = "" }) => [label, description, detail]),
          list.title ?? "",
          list.placeholder ?? "",
        );
        return [];
      },
    };
    const heard: Heard[] = [];
    for (const session of await ours()) {
      for (const command of [
        commands.openEvidence,
        commands.openTranscript,
        commands.finalize,
        commands.correct,
        commands.prune,
        commands.restoreTranscript,
        commands.unlock,
      ]) {
        heard.push(await answering(answers, async () => vscode.commands.executeCommand(command, session)));
      }
    }
    for (const command of [commands.finalizeAll, commands.showReceipts, commands.showRestoreCandidates]) {
      heard.push(await answering(answers, async () => vscode.commands.executeCommand(command)));
    }
    for (const { modals, told, errors } of heard) {
      shown.push(...told, ...errors);
      for (const { message, detail, buttons } of modals) {
        isText(message, "dialog");
        for (const button of buttons) isText(button, "button");
        // A dialog's detail is plain text: neither icons nor links.
        for (const line of detail.split("\n")) isText(plain(line), "detail");
      }
    }
    assert.ok(shown.length > 4);
    for (const text of shown) isText(text.replace(/^\$\([\w-]+\) /, ""), "shown");
  });

  it("is text in the log, and so is what a caller throws at us", async () => {
    const thrower = new Proxy(
      {},
      {
        get: () => {
          throw new Error(hostile);
        },
      },
    );
    await answering({}, async () => vscode.commands.executeCommand(commands.openRow, thrower));
    await vscode.commands.executeCommand(commands.showLog);
    const isLog = ({ uri, fileName }: vscode.TextDocument): boolean =>
      uri.scheme === "output" && /openclaw/i.test(fileName);
    const log = vscode.workspace.textDocuments.find(isLog);
    if (log !== undefined) for (const line of log.getText().split(/\r?\n/)) isText(line, "log", 2200);
    await vscode.commands.executeCommand("workbench.action.closePanel");
  });

  it("is in no report, nor is where it lies", async () => {
    const heard = await answering({}, async () => vscode.commands.executeCommand(commands.copyReport));
    assert.deepEqual(heard.errors, []);
    assert.deepEqual(heard.told, ["The report is on the clipboard. Read it before you send it."]);
    const report = await vscode.env.clipboard.readText();
    assert.match(report, /^OpenClaw Session Inspector \d+\.\d+\.\d+\nVS Code \d+\.\d+\.\d+.*\nNode \d+/);
    assert.match(report, /STATUS-UNKNOWN; /);
    assert.match(report, /row: object of .*; sessionId: text, status: text/);
    for (const word of ["evil", "gpj", "MMMM", "agent:main", "<img", path, "/home/", "weekly"])
      assert.ok(!report.includes(word), word);
    for (const line of report.split("\n")) isText(line, "report", 1200);
  });
});
