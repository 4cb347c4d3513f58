import assert from "node:assert/strict";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { inspector, nodeOf, sessionOf } from "./inspector.ts";

const sessionCommands = [
  commands.openRow,
  commands.openStore,
  commands.openComparison,
  commands.openTranscript,
  commands.openEvidence,
  commands.explainFinding,
  commands.copyKey,
  commands.copySessionId,
  commands.copyPath,
  commands.revealFile,
  commands.finalize,
  commands.correct,
  commands.restoreTranscript,
  commands.unlock,
  commands.prune,
  commands.applyComparison,
];

/** What a person would read in notifications while something runs. */
async function saidDuring(act: () => Promise<unknown>): Promise<string[]> {
  const said: string[] = [];
  const { showErrorMessage } = vscode.window;
  Object.assign(vscode.window, {
    showErrorMessage: async (message: string) => void said.push(message),
  });
  try {
    await act();
  } finally {
    Object.assign(vscode.window, { showErrorMessage });
  }
  return said;
}

describe("The commands", () => {
  beforeEach(async () => {
    await inspector();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.env.clipboard.writeText("untouched");
  });

  it("are all there", async () => {
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      Object.values(commands).filter((command) => !registered.includes(command)),
      [],
    );
  });

  const hostile: [string, unknown[]][] = [
    ["an empty object", [{}]],
    ["null", [null]],
    ["a key that is a number", [{ store: "x", key: 42 }]],
    ["a session that is not there", [{ store: "x", key: "agent:main:main" }]],
    ["a megabyte of text", ["x".repeat(1 << 20)]],
    [
      "a list",
      [
        [1, 2],
        [{}, {}],
      ],
    ],
    ["prototype names", [{ store: "__proto__", key: "constructor", finding: "toString" }]],
    ["an address that is not ours", [vscode.Uri.file("/etc/passwd")]],
    ["an address of ours with rubbish in it", [vscode.Uri.parse("openclaw-session:/row/x.json?%7B")]],
  ];
  for (const [what, args] of hostile) {
    it(`say one plain sentence when they are called with ${what}`, async () => {
      for (const command of sessionCommands) {
        const said = await saidDuring(async () => vscode.commands.executeCommand(command, ...args));
        assert.deepEqual(
          said,
          ["That is not in the last scan. Refresh the OpenClaw Sessions view and try again."],
          command,
        );
      }
      assert.equal(await vscode.env.clipboard.readText(), "untouched");
      assert.equal(vscode.window.activeTextEditor, undefined);
    });
  }

  it("say what to do when nothing is meant", async () => {
    for (const command of sessionCommands) {
      const said = await saidDuring(async () => vscode.commands.executeCommand(command));
      assert.deepEqual(said, ["Select a session in the OpenClaw Sessions view first."], command);
    }
  });

  it("ignore rubbish where more is to be shown", async () => {
    for (const argument of [undefined, null, 42, {}, { type: "more", group: {} }]) {
      assert.deepEqual(await saidDuring(async () => vscode.commands.executeCommand(commands.showMore, argument)), []);
    }
  });

  it("mean the row that is open when they are called from the palette", async () => {
    await vscode.commands.executeCommand(commands.openRow, await sessionOf("agent:main:weekly-summary"));
    await vscode.commands.executeCommand(commands.copyKey);
    assert.equal(await vscode.env.clipboard.readText(), "agent:main:weekly-summary");
  });

  it("copy of several sessions one line each", async () => {
    const api = await inspector();
    const nodes = ["Weekly summary", "Invoice check"].map((label) => nodeOf(api, label));
    await vscode.commands.executeCommand(commands.copyKey, nodes[0], nodes);
    assert.equal(await vscode.env.clipboard.readText(), "agent:main:weekly-summary\nagent:main:invoice-check");
    await vscode.commands.executeCommand(commands.copyPath, nodes[0], nodes);
    assert.match(await vscode.env.clipboard.readText(), /^\/.*\.jsonl\n\/.*\.jsonl$/);
    await vscode.commands.executeCommand(commands.copySessionId, nodes[0], nodes);
    assert.match(await vscode.env.clipboard.readText(), /^[0-9a-f-]{36}\n[0-9a-f-]{36}$/);
  });

  it("copy of a lock its path", async () => {
    const api = await inspector();
    await vscode.commands.executeCommand(commands.copyPath, nodeOf(api, "sessions.json.lock"));
    assert.match(await vscode.env.clipboard.readText(), /sessions\.json\.lock$/);
  });
});
