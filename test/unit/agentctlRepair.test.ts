// Repairs of agentctl's files: exactly the rows and elements that were meant, and the way back.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Finding } from "../../src/model/finding.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { provenFindings, type RepairContext } from "../../src/repairs.ts";
import { active, agentctlHome, auto, began, claudeId, iso, ps } from "../agentctlHome.ts";
import { type AgentctlCase, unpackAgentctl } from "../fixtures/agentctl.ts";
import { minute, now } from "../homeBuilder.ts";
import {
  type Bench,
  changedBetween,
  imagesIn,
  look,
  newestReceipt,
  repairFindings,
  repairProven,
  repairSeen,
  undoNewest,
} from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

function benchOf(home: string, input: RepairContext["input"]): Bench {
  return { home, context: { input, folder: stateFolder({}, join(temporaryDirectory(), "inspector")) } };
}

function benchOfCase({ home, input }: AgentctlCase): Bench {
  return benchOf(home, input);
}

function built(home: string, ...processes: readonly string[]): Bench {
  const init = ps(1, now - 900 * 60 * minute, "/sbin/init");
  const captured = parseCapturedProcesses([init, ...processes].join("\n"));
  return benchOf(home, { where: { homes: [home], stateDirs: [] }, env: {}, now, capture: { processes: captured } });
}

const read = (home: string, name: string): string => readFileSync(join(home, ".agentctl", name), "utf8");
const parsed = (home: string, name: string): never => JSON.parse(read(home, name)) as never;
const ofAll = ({ findings }: { findings: readonly Finding[] }): Finding[] =>
  findings.filter(({ repair }) => repair.kind !== "none");

describe("repairs of agentctl's files", () => {
  it("clean 390 ghosts and 79 locks in one go, touch none of the four that live, and come back byte for byte", async () => {
    const unpacked = unpackAgentctl("scale-394-79-dead-daemon");
    const bench = benchOfCase(unpacked);
    const before = imagesIn(unpacked.home);
    const old: Record<string, Record<string, Record<string, unknown>>> = parsed(unpacked.home, "state.json");
    const seen = await look(bench);
    const began = process.cpuUsage();
    const [result, ...others] = await repairSeen(bench, seen, provenFindings(seen));
    const { user, system } = process.cpuUsage(began);
    ok(user + system < 1_000_000, `${(user + system) / 1000} ms of work`);
    deepEqual([result?.applied, result?.refused, others], [true, undefined, []]);
    deepEqual(changedBetween(before, imagesIn(unpacked.home)), [".agentctl/locks.json", ".agentctl/state.json"]);
    equal(read(unpacked.home, "locks.json"), "[]");
    const { sessions }: { sessions: Record<string, Record<string, unknown>> } = parsed(unpacked.home, "state.json");
    deepEqual(Object.keys(sessions), Object.keys(old["sessions"] ?? {}));
    for (const [id, row] of Object.entries(sessions)) {
      const { status: _status, stoppedAt, ...rest } = row;
      const { status: _before, stoppedAt: _stopped, ...same } = old["sessions"]?.[id] ?? {};
      deepEqual(rest, same);
      const truth = unpacked.truth.sessions[id];
      equal(row["status"], truth?.ghost === true ? "stopped" : truth?.status);
      if (truth?.ghost === true) match(String(stoppedAt), /^2026-11-\d\dT[\d:.]+Z$/);
    }
    // As its daemon writes it: two blanks, no final newline.
    equal(read(unpacked.home, "state.json"), JSON.stringify(parsed(unpacked.home, "state.json"), null, 2));
    deepEqual(ofAll(await look(bench)), []);
    equal((await undoNewest(bench)).applied, true);
    deepEqual(changedBetween(before, imagesIn(unpacked.home)), []);
  });

  it("release exactly the elements that were meant, also where a directory has several", async () => {
    const unpacked = unpackAgentctl("old-v1.3.0-dead-daemon");
    const bench = benchOfCase(unpacked);
    const before = read(unpacked.home, "locks.json");
    const elements: unknown[] = JSON.parse(before);
    const results = await repairFindings(bench, ({ findings }) =>
      findings.filter(({ code }) => code === "AGENTCTL-LOCK-STALE"),
    );
    deepEqual(
      results.map(({ applied }) => applied),
      [true],
    );
    const kept = unpacked.truth.locks.filter(({ stale }) => !stale).map(({ i }) => elements[i]);
    equal(read(unpacked.home, "locks.json"), JSON.stringify(kept, null, 2));
    equal((await undoNewest(bench)).applied, true);
    equal(read(unpacked.home, "locks.json"), before);
  });

  it("keep no secret that lies beside", async () => {
    const unpacked = unpackAgentctl("old-v1.3.0-dead-daemon");
    const bench = benchOfCase(unpacked);
    await repairProven(bench);
    const { folder } = bench.context;
    const kept = [...imagesIn(dirname(folder.receipts)).keys()].filter((name) => /env|identity|config/.test(name));
    deepEqual(kept, []);
    ok(!JSON.stringify(newestReceipt(bench)).includes("canary"));
  });

  it("spare what others wrote meanwhile when they are undone", async () => {
    const home = agentctlHome({ rows: { a: active({ pid: 42 }), b: active({ pid: 43 }) }, locks: [auto({ pid: 42 })] });
    const bench = built(home);
    await repairProven(bench);
    const state: { sessions: Record<string, Record<string, unknown>> } = parsed(home, "state.json");
    state.sessions["c"] = active({ status: "completed" });
    Object.assign(state.sessions["b"] ?? {}, { status: "error" });
    writeFileSync(join(home, ".agentctl", "state.json"), JSON.stringify(state, null, 2));
    const newer = { directory: "/code/new", type: "manual", lockedBy: "me" };
    writeFileSync(join(home, ".agentctl", "locks.json"), JSON.stringify([newer], null, 2));
    const undone = await undoNewest(bench);
    equal(undone.applied, true);
    deepEqual(undone.plan.left, ["status of b was changed since and is left as it is."]);
    const back: { sessions: Record<string, Record<string, unknown>> } = parsed(home, "state.json");
    deepEqual(
      Object.entries(back.sessions).map(([id, { status }]) => [id, status]),
      [
        ["a", "running"],
        ["b", "error"],
        ["c", "completed"],
      ],
    );
    deepEqual(parsed(home, "locks.json"), [auto({ pid: 42 }), newer]);
  });

  it("survive odd spelling: order, unknown keys, numbers, indentation and modes stay", async () => {
    const row = `{"id":"a", "adapter" : "claude-code","cost":1.50e0,"status":"running","pid":42,\n\t"x":{"deep":[1.0]}}`;
    const text = `{\n\t"version":1,"sessions":{"a":${row},\n"b":{"id":"b"}} ,"more":[]}\n`;
    const home = agentctlHome({ files: { ".agentctl/state.json": text } });
    chmodSync(join(home, ".agentctl", "state.json"), 0o640);
    const bench = built(home);
    const [result] = await repairProven(bench);
    equal(result?.refused, undefined);
    equal(read(home, "state.json"), text.replace('"running"', '"stopped"'));
    await undoNewest(bench);
    equal(read(home, "state.json"), text);
  });

  it("take out a row of a week ago, and give it back", async () => {
    const old = active({ status: "stopped", stoppedAt: iso(now - 8 * 24 * 60 * minute) });
    const home = agentctlHome({ rows: { a: active({ status: "completed" }), b: old } });
    const bench = built(home);
    const before = read(home, "state.json");
    const [result] = await repairFindings(bench, ofAll);
    equal(result?.applied, true);
    deepEqual(Object.keys((parsed(home, "state.json") as { sessions: object }).sessions), ["a"]);
    await undoNewest(bench);
    equal(read(home, "state.json"), before);
  });

  it("are refused while its daemon runs", async () => {
    const home = agentctlHome({ rows: { a: active({ pid: 42 }) }, locks: [auto({ pid: 42 })] });
    const bench = built(home);
    const seen = await look(bench);
    const daemon = ps(7, began, "agentctl daemon start --foreground");
    const before = imagesIn(home);
    const running = { ...built(home, daemon), context: { ...bench.context, input: built(home, daemon).context.input } };
    const [result] = await repairSeen(running, seen, ofAll(seen));
    match(result?.refused ?? "", /agentctl's daemon runs .*: stop it first/);
    deepEqual(changedBetween(before, imagesIn(home)), []);
  });

  it("are refused where another lock stands at that place by now, or its holder came up", async () => {
    const home = agentctlHome({ locks: [auto({ pid: 42 })] });
    const bench = built(home);
    const seen = await look(bench);
    const locks = join(home, ".agentctl", "locks.json");
    const judged = readFileSync(locks);
    writeFileSync(locks, JSON.stringify([auto({ pid: 42, lockedAt: iso(now) })], null, 2));
    const [changed] = await repairSeen(bench, seen, ofAll(seen));
    match(changed?.refused ?? "", /changed since/);
    writeFileSync(locks, judged);
    const input = built(home, ps(42, began, "claude -p task")).context.input;
    const [held] = await repairSeen({ home, context: { ...bench.context, input } }, seen, ofAll(seen));
    match(held?.refused ?? "", /The lock on \/code\/one changed since/);
    deepEqual(parsed(home, "locks.json"), [auto({ pid: 42 })]);
  });

  it("take a status that agentctl itself knows, and no other", async () => {
    const home = agentctlHome({ rows: { [claudeId]: active() } });
    const bench = built(home);
    const seen = await look(bench);
    const [finding] = ofAll(seen);
    ok(finding);
    const [result] = await repairSeen(bench, seen, [{ finding, status: "completed" }]);
    equal(result?.applied, true);
    const { sessions }: { sessions: Record<string, Record<string, unknown>> } = parsed(home, "state.json");
    deepEqual(sessions[claudeId], { id: claudeId, ...active({ status: "completed" }), stoppedAt: iso(began) });
  });
});
