import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import type { Session } from "../../src/model/session.ts";
import type { Store } from "../../src/model/store.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";
import { casesDirectory } from "../fixtures/unpack.ts";
import { type Answers, answering, type Heard } from "./asked.ts";
import { eventually, home, inspector } from "./inspector.ts";

/** Somebody's state directory, copied into this home: its rows say that it lived in /home/claw. */
describe("A store that was moved here", () => {
  const stateDir = join(home, ".openclaw-moved");
  const path = join(stateDir, "agents", "work", "sessions", "sessions.json");
  const key = "agent:work:hang";
  before(async function () {
    this.timeout(240_000);
    cpSync(join(casesDirectory, "2026.5.18-sigkill-not-restarted", "home", ".openclaw"), stateDir, { recursive: true });
    const api = await inspector();
    await api.inspection.scan();
    // Another openclaw may run on this machine for minutes.
    await eventually(api.client.onScanned, () =>
      moved(api.model.stores)?.writer.state === "stopped" ? true : undefined,
    );
    await api.client.idle();
  });
  after(async () => {
    rmSync(stateDir, { recursive: true });
    await (await inspector()).inspection.scan();
  });

  function moved(stores: readonly Store[]): Store | undefined {
    return stores.find((store) => store.path === path);
  }

  async function store(): Promise<Store> {
    const found = moved((await inspector()).model.stores);
    assert.ok(found);
    return found;
  }

  async function session(): Promise<Session> {
    const found = (await inspector()).model.session({ store: (await store()).id, key });
    assert.ok(found);
    return found;
  }

  async function node(): Promise<TreeNode> {
    const { sessions } = await inspector();
    const { id } = await store();
    const [found] = sessions.tree
      .getChildren()
      .flatMap((dir) => sessions.tree.getChildren(dir))
      .filter((one) => one.type === "store" && one.store === id);
    assert.ok(found);
    return found;
  }

  async function shown(): Promise<readonly string[]> {
    const { tree } = (await inspector()).sessions;
    const item = tree.getTreeItem(await node());
    return [String(item.description), String(item.contextValue)];
  }

  async function run(command: string, answers: Answers, ...args: unknown[]): Promise<Heard> {
    return answering(answers, () => vscode.commands.executeCommand(command, ...args));
  }

  it("says so, once", async () => {
    assert.deepEqual(await shown(), ["2 sessions · moved here", "store claimable"]);
    const { tree } = (await inspector()).sessions;
    const { tooltip } = await tree.resolveTreeItem(tree.getTreeItem(await node()), await node());
    const text = tooltip instanceof vscode.MarkdownString ? tooltip.value.replaceAll("\\", "") : "";
    assert.ok(text.includes("/home/claw/.openclaw/agents/work/sessions"), text);
    assert.ok(!text.includes("--mine"), "that is an option of the CLI");
  });

  it("is left as it is until the person says that it is theirs", async () => {
    const before = readFileSync(path, "utf8");
    const said = await run(commands.finalize, { pick: () => "killed" }, await session());
    assert.deepEqual([said.modals.length, said.told, said.errors], [1, [], []]);
    const [dialog] = said.modals;
    assert.equal(dialog?.message, "Is this store of work yours?");
    assert.ok(dialog?.detail.includes(`${path}\nwas moved here from /home/claw/.openclaw/agents/work/sessions`));
    assert.match(dialog?.detail ?? "", /Risk: only the gateways of this machine are seen/);
    assert.deepEqual(dialog?.buttons, ["This Store Is Mine"]);
    assert.equal(readFileSync(path, "utf8"), before);
    assert.deepEqual(await shown(), ["2 sessions · moved here", "store claimable"]);
  });

  it("is repaired once they have said so, which is remembered until they take it back", async () => {
    const before = readFileSync(path, "utf8");
    const yes: Answers = { modal: ({ buttons }) => buttons[0], pick: () => "killed" };
    const first = await run(commands.finalize, yes, await session());
    assert.deepEqual(
      first.modals.map(({ buttons }) => buttons),
      [["This Store Is Mine"], ["Mark as killed"]],
    );
    assert.deepEqual(first.errors, []);
    assert.equal(JSON.parse(readFileSync(path, "utf8"))[key].status, "killed");
    assert.deepEqual(await shown(), ["2 sessions · moved here, yours", "store claimed"]);
    const undone = await run(commands.undoLastRepair, yes);
    assert.deepEqual([undone.modals.length, undone.errors], [1, []]);
    assert.equal(readFileSync(path, "utf8"), before);

    await vscode.commands.executeCommand(commands.disownStore, await node());
    assert.deepEqual(await shown(), ["2 sessions · moved here", "store claimable"]);
  });

  it("is said to be theirs, or not, from its menu", async () => {
    const said = await run(commands.claimStore, { modal: ({ buttons }) => buttons[0] }, await node());
    assert.equal(said.modals.length, 1);
    assert.equal((await store()).permission.answer, "yes");
    await run(commands.disownStore, {}, await node());
    assert.equal((await store()).permission.claimable, true);
    const again = await run(commands.disownStore, {}, await node());
    assert.deepEqual(again.errors, ["Nobody has said of it that it is theirs."]);
  });

  it("of the same machine needs no such word", async () => {
    const { model } = await inspector();
    const own = model.stores.find(({ path: other }) => dirname(other) !== dirname(path) && other.startsWith(home));
    const said = await run(commands.claimStore, {}, { type: "store", store: own?.id });
    assert.deepEqual(said.errors, ["It was not moved here: there is nothing to say."]);
  });
});
