import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { type FakeGateway, type FakeState, startFakeGateway } from "../fakeGateway.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { eventually, home, inspector, nodeOf, sessionOf, storePath } from "./inspector.ts";

const key = "agent:research:scripted-import";
const stateDir = join(home, ".openclaw");
const store = storePath("research");
const root =
  vscode.extensions.getExtension("openclaw-session-inspector.openclaw-session-inspector")?.extensionPath ?? "";

describe("A store whose gateway runs", function () {
  this.timeout(60_000);
  const config = join(stateDir, "openclaw.json");
  const original = readFileSync(store, "utf8");
  const settings = readFileSync(config, "utf8");
  let gateway: FakeGateway;

  before(async () => {
    const script = join(root, "test", "fakeGatewayChild.ts");
    gateway = await startFakeGateway({ stateDir, store }, process.env["OPENCLAW_INSPECTOR_TEST_NODE"], script);
    await look("running");
  });
  after(async () => {
    await gateway.end();
    writeFileSync(config, settings);
    await look("stopped");
  });

  async function look(state: string): Promise<void> {
    const api = await inspector();
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

  /** `last`: what was told last. */
  async function run(command: string, session: unknown, answers: Answers): Promise<Heard & { last: string }> {
    let last = "";
    const heard = await answering(
      {
        ...answers,
        notification: (message, buttons) => {
          last = message;
          return answers.notification?.(message, buttons);
        },
      },
      async () => {
        await vscode.commands.executeCommand(command, session);
        await (await inspector()).client.idle();
      },
    );
    return { ...heard, last };
  }

  async function waiting(answers: Answers, command: string, about: unknown, what: Promise<string>): Promise<string> {
    await answering(answers, async () => {
      await vscode.commands.executeCommand(command, ...(about === undefined ? [] : [about]));
      await what;
    });
    return what;
  }

  async function repairing(state: FakeState, answers: Answers): Promise<Heard & { last: string }> {
    await gateway.say(state);
    return run(commands.repairWhileItRuns, await sessionOf(key, "research"), answers);
  }

  const yes: Answers["modal"] = ({ buttons }) => buttons[0];

  it("says so in the menu of its sessions", async () => {
    const api = await inspector();
    const { label } = await sessionOf(key, "research");
    const node = nodeOf(api, label ?? "");
    assert.ok(node !== undefined);
    assert.match(api.sessions.tree.getTreeItem(node).contextValue ?? "", /\bwhileItRuns\b/);
  });

  it("offers the ways around where a repair is refused, and writes nothing before the risk was read", async () => {
    await gateway.say({ active: [0] });
    let buttons: readonly string[] = [];
    const asked = Promise.withResolvers<string>();
    const answers: Answers = {
      error: (_message, offered) => {
        buttons = offered;
        return offered[0];
      },
      modal: ({ detail }) => void asked.resolve(detail),
    };
    // The button of a message is pressed after its command is over.
    const read = await waiting(answers, commands.correct, await sessionOf(key, "research"), asked.promise);
    assert.deepEqual(buttons, ["Repair While It Runs…"]);
    assert.match(read, /^updatedAt: /m);
    assert.ok(read.includes(`Store:\n${store}`), read);
    assert.match(read, /Risk: the gateway has the store too, and there is no lock to share with it/);
    assert.match(read, /After 2 and after 45 seconds every row is compared/);
    assert.equal(readFileSync(store, "utf8"), original);
  });

  it("is not written while its gateway runs something, or does not say", async () => {
    for (const state of [{ active: [1] }, { active: [0], refuses: "sessions.list" }] satisfies FakeState[]) {
      const said = await repairing(state, { modal: yes });
      assert.equal(said.modals.length, 0);
      assert.match(said.errors[0] ?? "", /^The gateway runs, and nothing is written beside a run/);
    }
    const begun = await repairing({ active: [0, 0, 1] }, { modal: yes });
    assert.equal(begun.modals.length, 1);
    assert.match(begun.errors[0] ?? "", /nothing is written beside a run/);
    assert.equal(readFileSync(store, "utf8"), original);
  });

  it("is told to be as it was where the gateway has written over the repair", async () => {
    const said = await repairing({ active: [0], writesOver: true }, { modal: yes });
    assert.deepEqual(said.errors, []);
    assert.equal(
      said.last,
      `The gateway has written over it: ${key} is as it was before. Stop the gateway to repair it for good.`,
    );
    assert.equal(readFileSync(store, "utf8"), original);
  });

  it("is repaired, and undone, while its gateway runs", async () => {
    const repaired = await repairing({ active: [0] }, { modal: yes, cancels: true });
    assert.deepEqual(repaired.errors, []);
    assert.match(repaired.last, /^Scripted import is corrected\. You left it before it was compared/);
    assert.notEqual(readFileSync(store, "utf8"), original);
    await look("running");
    const told = Promise.withResolvers<string>();
    const answers: Answers = {
      error: (_message, [first]) => first,
      modal: yes,
      cancels: true,
      notification: (message) => void told.resolve(message),
    };
    const undone = await waiting(answers, commands.undoLastRepair, undefined, told.promise);
    assert.match(undone, /^Undone\./);
    assert.equal(readFileSync(store, "utf8"), original);
  });

  it("has a run aborted, one at a time, after it was said that nothing brings it back", async () => {
    const api = await inspector();
    const claiming = [...api.model.sessions.values()].filter(
      (session) => session.claimed === "running" && api.model.store(session.store)?.stateDir === stateDir,
    );
    const [session] = claiming;
    assert.ok(session !== undefined);
    await gateway.say({ active: [1], running: [session.key] });
    const said = await run(commands.abortRun, session, { modal: yes });
    assert.deepEqual([said.errors, said.modals.map(({ buttons }) => buttons)], [[], [["Abort Run"]]]);
    assert.match(said.modals[0]?.message ?? "", /^Abort the run of .*\? This cannot be undone here\.$/);
    assert.match(said.last, /^The gateway has aborted the run of /);
    const again = await run(commands.abortRun, session, { modal: yes });
    assert.deepEqual(again.errors, ["Nothing was done: it knows of no run of this session."]);
    const before = gateway.asked.length;
    const left = await run(commands.abortRun, session, {});
    assert.deepEqual([left.modals.length, left.errors, gateway.asked.length], [1, [], before]);
    assert.equal(readFileSync(store, "utf8"), original);
  });
});
