// agentctl's daemon in a real VS Code: asked to end, what it left is repaired in one review with one undo, and it is not
// started again.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { active, agentctlHome, auto } from "../agentctlHome.ts";
import { type DaemonServer, serveDaemon } from "../agentctlServer.ts";
import { answering, type Heard } from "./asked.ts";
import { home, inspector } from "./inspector.ts";

const directory = join(home, ".agentctl");
/** No system gives a pid as high. */
const dead = 4_194_304;
const locks = [auto({ pid: dead }), { directory: "/code/mine", type: "manual", lockedBy: "me" }];

describe("Stop agentctl's Daemon and Repair", () => {
  let server: DaemonServer | undefined;
  let sleeper: ChildProcess | undefined;

  beforeEach(async function () {
    this.timeout(60_000);
    agentctlHome({ rows: { a: active({ pid: dead }), b: active({ pid: dead, cwd: "/code/b" }) }, locks, home });
    sleeper = spawn("sleep", ["600"], { stdio: "ignore" });
    server = await serveDaemon(directory, locks, sleeper.pid ?? 0);
    await look();
  });
  afterEach(async function () {
    this.timeout(60_000);
    await server?.close();
    sleeper?.kill();
    rmSync(directory, { recursive: true });
    await look();
  });

  async function look(): Promise<void> {
    const api = await inspector();
    await api.inspection.scan();
    await api.client.idle();
  }

  async function run(command: string, buttons: readonly string[]): Promise<Heard> {
    const modal = ({ buttons: offered }: { buttons: readonly string[] }): string | undefined =>
      offered.find((button) => buttons.includes(button));
    return answering({ modal }, () => vscode.commands.executeCommand(command));
  }

  const files = (): string[] => ["state.json", "locks.json"].map((name) => readFileSync(join(directory, name), "utf8"));

  it("asks it to end, repairs rows and locks in one review, and one undo gives them back", async function () {
    this.timeout(120_000);
    const before = files();
    const said = await run(commands.stopDaemon, ["Ask It to End", "Repair 3"]);
    assert.deepEqual(said.errors, []);
    assert.deepEqual(
      said.modals.map(({ buttons }) => buttons),
      [["Ask It to End"], ["Repair 3"]],
    );
    assert.match(said.modals[0]?.detail ?? "", /It is not started from here\. .*agentctl daemon start/);
    assert.ok(
      said.told.includes("agentctl's daemon is stopped. Start it with: agentctl daemon start"),
      said.told.join(),
    );
    assert.deepEqual(server?.asked.at(-1)?.method, "daemon.shutdown");
    const [state = "", left = ""] = files();
    assert.deepEqual(
      Object.values<{ status: string }>(JSON.parse(state).sessions).map(({ status }) => status),
      ["stopped", "stopped"],
    );
    assert.deepEqual(JSON.parse(left), locks.slice(1));
    assert.deepEqual((await answering({ modal: ({ buttons }) => buttons[0] }, undo)).errors, []);
    assert.deepEqual(files(), before);
  });

  it("does nothing where the person does not want it", async function () {
    this.timeout(60_000);
    const said = await run(commands.stopDaemon, []);
    assert.deepEqual([said.modals.length, said.errors, said.told], [1, [], []]);
    assert.ok(server?.asked.every(({ method }) => method === "daemon.status"));
  });
});

function undo(): PromiseLike<unknown> {
  return vscode.commands.executeCommand(commands.undoLastRepair);
}
