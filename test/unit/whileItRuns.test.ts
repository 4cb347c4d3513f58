// One row of a store whose gateway runs: when it is written, and what is said of what came of it.
import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { RepairResult } from "../../src/model/receipt.ts";
import type { Scan } from "../../src/model/scan.ts";
import { type Files, nodeFiles } from "../../src/repair/files.ts";
import { replacedAnother } from "../../src/repair/rowWriting.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { planChoices, type RepairContext, repairPlans, undoReceipt } from "../../src/repairs.ts";
import { scan } from "../../src/scan/scan.ts";
import { aftermathOf } from "../../src/worker/aftermathOf.ts";
import { type FakeGateway, type FakeState, startFakeGateway } from "../fakeGateway.ts";
import { type BuiltHome, key, lock, minute, now, running, sessionId, trajectory } from "../homeBuilder.ts";
import { changedBetween, imagesIn, newestReceipt } from "../repairing.ts";
import { other, rowsOf, sick, write } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

describe("beside a running gateway", function () {
  // It is asked twice, 2 s apart.
  this.timeout(60_000);
  let gateway: FakeGateway;
  let built: BuiltHome;
  let context: RepairContext;

  async function start(home: BuiltHome = sick(), state: FakeState = { active: [0] }): Promise<void> {
    built = home;
    gateway = await startFakeGateway(built);
    await gateway.say(state);
    const memory = { stores: storeMemory(), stoppedSince: new Map() };
    const input = { where: { homes: [built.home], stateDirs: [] }, env: {}, now, memory };
    const folder = stateFolder({}, join(temporaryDirectory(), "inspector"));
    context = { input, folder, whileItRuns: true };
  }

  afterEach(() => gateway.end());

  function look(): Promise<Scan> {
    return scan({ ...context.input, asking: { answers: new Map(), isLookedAt: true } });
  }

  async function repairs(files: Files = nodeFiles, more: Partial<RepairContext> = {}): Promise<RepairResult[]> {
    return repairSeen(await look(), (seen) => seen.findings.filter(isFinalize), { files, ...more });
  }

  async function repairSeen(
    seen: Scan,
    choose: (seen: Scan) => readonly Finding[],
    more: Partial<RepairContext> = {},
  ): Promise<RepairResult[]> {
    const choices = choose(seen).map((finding) => ({ finding }));
    const { plans, refused } = planChoices(seen, choices, context);
    return [...refused, ...(await repairPlans(seen, plans, { ...context, ...more }))];
  }

  const isFinalize = ({ repair }: Finding): boolean => repair.kind === "finalize";
  const questions = (): number => gateway.asked.filter((method) => method === "gateway.restart.preflight").length;

  it("a row is written when it says twice that it runs nothing, and comes back the same way", async () => {
    await start();
    const before = readFileSync(built.store, "utf8");
    const seen = await look();
    equal(seen.stores[0]?.writer.state, "running");
    await gateway.say({ active: [0] });
    const asked = questions();
    const [result] = await repairSeen(seen, ({ findings }) => findings.filter(isFinalize));
    deepEqual([result?.refused, result?.applied, result?.receipt?.notes], [undefined, true, undefined]);
    await gateway.say({ active: [0] });
    equal(questions() - asked, 2);
    equal(rowsOf(built)[key]?.["status"], "done");
    const receipt = newestReceipt({ home: built.home, context });
    const aftermath = await aftermathOf(receipt, seen, context);
    deepEqual(aftermath, { key, row: "kept", rows: 2, changed: 0, gone: [], lost: [] });

    const undone = await undoReceipt(receipt, context);
    equal(undone.refused, undefined);
    equal(readFileSync(built.store, "utf8"), before);
    const after = await aftermathOf(newestReceipt({ home: built.home, context }), seen, context);
    deepEqual(after, { key, row: "kept", rows: 2, changed: 0, gone: [], lost: [] });
    match((await undoReceipt(receipt, context)).refused ?? "", /undone already/);
  });

  const refusals: Readonly<Record<string, readonly [state: FakeState, why: RegExp]>> = {
    "it counts something active": [{ active: [1] }, /nothing is written beside a run: it does not say which sessions/],
    "it reports a run of another session": [{ active: [1], running: [other] }, /it reports a run of one session/],
    "a run begins while it is prepared": [{ active: [0, 1] }, /nothing is written beside a run/],
    "it refuses to say": [{ active: [0], refuses: "sessions.list" }, /asked, it refused to answer/],
    "it cannot count": [{ active: [0], refuses: "gateway.restart.preflight" }, /nothing is written beside a run/],
  };
  for (const [when, [state, why]] of Object.entries(refusals)) {
    it(`nothing is written when ${when}`, async () => {
      await start();
      const seen = await look();
      await gateway.say(state);
      const before = imagesIn(built.home);
      const [result] = await repairSeen(seen, ({ findings }) => findings.filter(isFinalize));
      equal(result?.applied, false);
      match(result?.refused ?? "", why);
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
    });
  }

  it("nothing is written unless it was meant to be, and its gateway is named as the reason", async () => {
    await start();
    const [result] = await repairs(nodeFiles, { whileItRuns: false });
    match(result?.refused ?? "", /The gateway runs .*stop it first/);
  });

  it("neither two rows nor a row with its lock is written", async () => {
    const second = "22222222-2222-4333-8444-555555555555";
    const twice = sick("2026.5.18", { "agent:main:third": running({ sessionId: second }) });
    writeFileSync(
      join(twice.sessionsDir, `${second}.trajectory.jsonl`),
      trajectory(["session.started", now - 60 * minute], ["session.ended", now - 50 * minute, { status: "success" }]),
    );
    await start(twice);
    const before = imagesIn(built.home);
    const [both] = await repairs();
    match(both?.refused ?? "", /one row is written at most/);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
    writeFileSync(join(built.sessionsDir, `${sessionId}.jsonl.lock`), lock());
    const [locked] = await repairSeen(await look(), ({ findings }) =>
      findings.filter((finding) => isFinalize(finding) && (finding.repair.unlock ?? []).length > 0),
    );
    match(locked?.refused ?? "", /one row is written at most/);
  });

  it("only its own gateway is asked: where that has stopped by then, a row is written as in any other store", async () => {
    await start();
    const seen = await look();
    await gateway.end();
    gateway = await startFakeGateway(sick());
    const [result] = await repairSeen(seen, ({ findings }) => findings.filter(isFinalize));
    deepEqual([result?.refused, result?.applied, gateway.asked], [undefined, true, []]);
  });

  it("a repair that the gateway wrote over is told so", async () => {
    await start();
    const seen = await look();
    await gateway.say({ active: [0], writesOver: true });
    const theirs = readFileSync(built.store, "utf8");
    const [result] = await repairSeen(seen, ({ findings }) => findings.filter(isFinalize));
    equal(result?.applied, true);
    while (readFileSync(built.store, "utf8") !== theirs) await gateway.say({ active: [0] });
    const aftermath = await aftermathOf(newestReceipt({ home: built.home, context }), seen, context);
    deepEqual(aftermath, { key, row: "writtenOver", rows: 2, changed: 0, gone: [], lost: [] });
  });

  it("a write of the gateway that was replaced is told, with the rows that show it", async () => {
    await start();
    const seen = await look();
    // Between the last look and the rename, as nobody can keep it from: a session begins.
    const files: Files = {
      ...nodeFiles,
      rename: (from, to) => {
        if (to === built.store) {
          const rows = { ...rowsOf(built), "agent:main:new": { sessionId: "new", status: "running" } };
          writeFileSync(`${to}.theirs`, JSON.stringify(rows, null, 2));
          renameSync(`${to}.theirs`, to);
          writeFileSync(join(built.sessionsDir, "new.jsonl"), "{}\n");
        }
        nodeFiles.rename(from, to);
      },
    };
    const [result] = await repairSeen(seen, ({ findings }) => findings.filter(isFinalize), { files });
    equal(result?.applied, true);
    if (process.platform === "linux") deepEqual(result?.receipt?.notes, [replacedAnother]);
    await gateway.say({ active: [1], running: ["agent:main:new", "agent:work:main"] });
    const { row, lost } = await aftermathOf(newestReceipt({ home: built.home, context }), seen, context);
    deepEqual([row, lost], ["kept", ["agent:main:new", "new.jsonl"]]);
  });

  it("what the gateway wrote since is told from what was lost", async () => {
    await start();
    const seen = await look();
    await repairSeen(seen, ({ findings }) => findings.filter(isFinalize));
    const told = async () => aftermathOf(newestReceipt({ home: built.home, context }), seen, context);
    write(built, (rows) => Object.assign(rows[other] ?? {}, { status: "running" }));
    await gateway.say({ active: [1], running: [other] });
    deepEqual(await told(), { key, row: "kept", rows: 2, changed: 1, gone: [], lost: [] });
    write(built, (rows) => {
      Object.assign(rows[key] ?? {}, { status: "running", endedAt: 7 });
      delete rows[other];
    });
    await gateway.say({ active: [1], running: [key] });
    deepEqual(await told(), { key, row: "changed", rows: 1, changed: 0, gone: [other], lost: [] });
    write(built, (rows) => {
      delete rows[key];
    });
    await gateway.say({ active: [0] });
    equal((await told()).row, "gone");
  });
});
