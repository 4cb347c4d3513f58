import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { answering } from "./asked.ts";
import { eventually, home, inspector, sessionOf, storePath } from "./inspector.ts";

/** A gateway lock whose process is there, started when the lock says, and yet has a name that no gateway has. */
describe("A store of which nobody can tell whether its gateway runs", () => {
  const locks = join(home, "tmp", "openclaw");
  let doubtful: ChildProcess;
  before(async function () {
    this.timeout(240_000);
    doubtful = spawn("tail", ["-f", "/dev/null"], { stdio: "ignore" });
    const startTime = Number(readFileSync(`/proc/${doubtful.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]);
    const createdAt = new Date().toISOString();
    const configPath = join(home, ".openclaw", "openclaw.json");
    mkdirSync(locks, { recursive: true });
    writeFileSync(
      join(locks, "gateway.0a1b2c3d.lock"),
      JSON.stringify({ pid: doubtful.pid, createdAt, configPath, startTime }),
    );
    await look("unknown");
  });
  after(async function () {
    this.timeout(240_000);
    doubtful.kill();
    rmSync(locks, { recursive: true });
    await look("stopped");
  });

  async function look(state: string): Promise<void> {
    const api = await inspector();
    const stateDir = join(home, ".openclaw");
    const seen = eventually(api.client.onScanned, () => {
      const writer = api.model.stateDirs.find(({ path }) => path === stateDir)?.writer;
      if (writer?.state === state) return true;
      if (api.client.isIdle()) void api.inspection.scan();
      return undefined;
    });
    await api.inspection.scan();
    await seen;
    await api.client.idle();
  }

  it("is written only after the person has read which and at what risk, and has vouched", async () => {
    const session = await sessionOf("agent:research:scripted-import", "research");
    const original = readFileSync(storePath("research"), "utf8");
    const said = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.correct, session),
    );
    assert.deepEqual(said.errors, []);
    const [dialog] = said.modals;
    assert.deepEqual(dialog?.buttons, ["I Vouch That No Gateway Runs: Correct"]);
    assert.match(dialog?.detail ?? "", /Risk: a gateway that runs writes the whole store again/);
    assert.ok(
      dialog?.detail.includes(`${storePath("research")}: Whether a gateway runs cannot be told (gateway lock: pid`),
    );
    assert.notEqual(readFileSync(storePath("research"), "utf8"), original);
    const undone = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.undoLastRepair),
    );
    assert.deepEqual(undone.modals[0]?.buttons, ["I Vouch That No Gateway Runs: Undo"]);
    assert.equal(readFileSync(storePath("research"), "utf8"), original);
  });

  it("has nothing proposed for what claims to run", async () => {
    const session = await sessionOf("agent:main:weekly-summary");
    const said = await answering({}, () => vscode.commands.executeCommand(commands.finalize, session));
    assert.deepEqual(said.modals, []);
    assert.match(said.errors[0] ?? "", /^Nothing is proposed until it is certain that nobody works on it/);
  });
});
