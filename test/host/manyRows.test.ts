import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { commands } from "../../src/ids.ts";
import { answering } from "./asked.ts";
import { eventually, inspector, sessionOf, storePath } from "./inspector.ts";

const path = storePath("bulk");

/** As many copies of a genuine lost write as there are names, with transcripts of their own, or without any trace. */
async function writeMany(proven: number, asked: number): Promise<string> {
  const { sessionId = "", trajectory = "", key } = await sessionOf("agent:main:weekly-summary");
  const row = JSON.stringify(JSON.parse(readFileSync(storePath("main"), "utf8"))[key]);
  const proof = readFileSync(trajectory, "utf8");
  const rows: Record<string, unknown> = {};
  mkdirSync(dirname(path), { recursive: true });
  for (let at = 0; at < proven + asked; at++) {
    const id = sessionId.slice(0, -4) + String(at).padStart(4, "0");
    const ours = `agent:bulk:job-${at}`;
    const renew = (text: string): string =>
      text.replaceAll(sessionId, id).replaceAll(key, ours).replaceAll("/agents/main/", "/agents/bulk/");
    const copy = JSON.parse(renew(row));
    rows[ours] = { ...copy, label: `Job ${at}` };
    if (at < proven) writeFileSync(join(dirname(path), `${id}.trajectory.jsonl`), renew(proof));
  }
  const text = JSON.stringify(rows, null, 2);
  writeFileSync(path, text);
  return text;
}

describe("Two hundred stale rows", () => {
  let original = "";
  before(async function () {
    this.timeout(240_000);
    const api = await inspector();
    original = await writeMany(150, 50);
    await api.inspection.scan();
    await eventually(api.client.onScanned, () => {
      const all = api.model.stateDirs.every(({ writer }) => writer.state === "stopped");
      return all && api.model.stores.some((store) => store.path === path) ? true : undefined;
    });
    await api.client.idle();
  });
  after(async () => {
    rmSync(dirname(dirname(path)), { recursive: true });
    await (await inspector()).inspection.scan();
  });

  it("go through one review, one confirmation, one batch and one undo", async () => {
    const { client, model } = await inspector();
    const questions: string[] = [];
    const said = await answering(
      {
        modal: ({ buttons }) => buttons[0],
        tick: (list) => list.items.map(({ label }) => label).filter((label) => label.startsWith("Job ")),
        pick: (labels, title) => {
          questions.push(title);
          return labels[0];
        },
      },
      () => vscode.commands.executeCommand(commands.finalizeAll),
    );
    assert.deepEqual(questions, ["50 runs were cut short: choose what they become"]);
    assert.deepEqual([said.errors, said.modals.map(({ message }) => message)], [[], ["Finalize 200 sessions"]]);
    assert.match(said.modals[0]?.detail ?? "", /^bulk: 150 done, 50 failed$/m);
    assert.deepEqual(said.told, ["200 sessions are finalized."]);
    const statuses = Object.values<{ status: string }>(JSON.parse(readFileSync(path, "utf8"))).map((row) => row.status);
    assert.equal(statuses.filter((status) => status === "done").length, 150);
    assert.equal(statuses.filter((status) => status === "failed").length, 50);
    const left = [...model.sessions.values()].filter(
      ({ key, claimed }) => key.startsWith("agent:bulk:") && claimed === "running",
    );
    assert.deepEqual(left, []);
    const [receipt, other] = await client.ask("receipts", undefined);
    assert.equal(receipt?.edits.length, 200);
    assert.notEqual(receipt?.batch, other?.batch);

    const undone = await answering({ modal: ({ buttons }) => buttons[0] }, () =>
      vscode.commands.executeCommand(commands.undoLastRepair),
    );
    assert.deepEqual([undone.modals.length, undone.told], [1, ["Undone."]]);
    assert.equal(readFileSync(path, "utf8"), original);
  });

  it("come back one by one from a receipt", async () => {
    const yes = { modal: ({ buttons }: { readonly buttons: readonly string[] }) => buttons[0] };
    const nodes = await Promise.all(["job-3", "job-4"].map((job) => sessionOf(`agent:bulk:${job}`, "bulk")));
    await answering(yes, () => vscode.commands.executeCommand(commands.finalize, nodes[0], nodes));
    const pick = (labels: readonly string[], title: string): string | undefined => {
      if (title === "Undo One Row") return "agent:bulk:job-3";
      return title === "Receipts of Repairs" ? labels[0] : "$(discard) Undo One Row…";
    };
    const said = await answering({ ...yes, pick }, () => vscode.commands.executeCommand(commands.showReceipts));
    assert.deepEqual([said.errors, said.told], [[], ["Undone."]]);
    assert.match(said.modals[0]?.message ?? "", /^Bring agent:bulk:job-3 back as it was before /);
    const status = (job: string): string => JSON.parse(readFileSync(path, "utf8"))[`agent:bulk:${job}`].status;
    assert.deepEqual([status("job-3"), status("job-4")], ["running", "done"]);
    const rest = await answering(yes, () => vscode.commands.executeCommand(commands.undoLastRepair));
    assert.deepEqual(rest.errors, []);
    assert.deepEqual([status("job-3"), status("job-4")], ["running", "running"]);
  });

  it("are undone only where they are as we left them, and what is left is told before", async () => {
    const yes = { modal: ({ buttons }: { readonly buttons: readonly string[] }) => buttons[0] };
    const jobs = ["job-0", "job-1"].map((job) => sessionOf(`agent:bulk:${job}`, "bulk"));
    const nodes = await Promise.all(jobs);
    await answering(yes, () => vscode.commands.executeCommand(commands.finalize, nodes[0], nodes));
    const rows = JSON.parse(readFileSync(path, "utf8"));
    rows["agent:bulk:job-1"].status = "killed";
    rows["agent:bulk:job-2"].label = "Renamed by its owner";
    writeFileSync(path, JSON.stringify(rows, null, 2));
    const undone = await answering(yes, () => vscode.commands.executeCommand(commands.undoLastRepair));
    assert.match(undone.modals[0]?.detail ?? "", /status of agent:bulk:job-1 was changed since and is left as it is\./);
    const after = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual(
      ["job-0", "job-1", "job-2"].map((job) => [after[`agent:bulk:${job}`].status, after[`agent:bulk:${job}`].label]),
      [
        ["running", "Job 0"],
        ["killed", "Job 1"],
        ["running", "Renamed by its owner"],
      ],
    );
  });
});
