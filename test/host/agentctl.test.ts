// What agentctl keeps, in a real VS Code, while no daemon runs.
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { active, agentctlHome, began, iso } from "../agentctlHome.ts";
import { answering } from "./asked.ts";
import { home, inspector } from "./inspector.ts";

const directory = join(home, ".agentctl");
const monthMs = 30 * 86_400_000;

describe("A session of agentctl that ended over a week ago", function () {
  this.timeout(60_000);
  const state = (): string => readFileSync(join(directory, "state.json"), "utf8");

  async function look(): Promise<void> {
    const api = await inspector();
    await api.inspection.scan();
    await api.client.idle();
  }

  before(async () => {
    const old = iso(began - monthMs);
    const ended = active({ status: "stopped", startedAt: old, stoppedAt: old });
    agentctlHome({ rows: { old: ended, recent: active({ status: "stopped", stoppedAt: iso(began) }) }, home });
    await look();
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await look();
  });

  it("is taken out after a yes, alone, and comes back", async () => {
    const { model } = await inspector();
    const kept = state();
    const session = [...model.sessions.values()].find(({ key }) => key === "old");
    assert.ok(session);
    const said = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.prune, session),
    );
    assert.deepEqual([said.errors, said.modals.length], [[], 1]);
    assert.deepEqual(Object.keys(JSON.parse(state()).sessions), ["recent"]);
    const undone = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.undoLastRepair),
    );
    assert.deepEqual(undone.errors, []);
    assert.equal(state(), kept);
  });

  it("is not taken out together with a session of OpenClaw, which goes another way", async () => {
    const { model } = await inspector();
    const kept = state();
    const sessions = [...model.sessions.values()];
    const old = sessions.find(({ key }) => key === "old");
    const other = sessions.find(({ key }) => key.startsWith("agent:"));
    assert.ok(old && other);
    const said = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.prune, other, [other, old]),
    );
    assert.match(said.errors.join(), /Select those of one program/);
    assert.deepEqual([said.modals, state()], [[], kept]);
  });
});
