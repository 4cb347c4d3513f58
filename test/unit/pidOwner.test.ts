import assert from "node:assert/strict";
import type { ProcessInfo, ProcessTable } from "../../src/inspect/processes.ts";
import type { LockOwner } from "../../src/model/lock.ts";
import { holderOf, ownerOfPid, type PidClaim } from "../../src/owner/pidOwner.ts";

const bootAt = Date.parse("2026-11-20T09:00:00.000Z");
const startedAt = bootAt + 600_000;
const takenAt = startedAt + 5_000;

function owner(claim: Omit<PidClaim, "pid">, process?: Partial<ProcessInfo>, blind?: string, boot = bootAt): LockOwner {
  const info = process === undefined ? [] : [[42, { pid: 42, ...process }] as const];
  const table: ProcessTable = {
    source: "live",
    platform: "linux",
    container: false,
    bootAt: boot,
    byPid: new Map<number, ProcessInfo>([[1, { pid: 1, argv: ["/sbin/init"], startedAt: boot }], ...info]),
  };
  const answer = ownerOfPid({ pid: 42, ...claim }, table, blind);
  assert.match(answer.why, /pid 42.*[^.]$|pid 42$/);
  return answer.owner;
}

const gateway = { argv: ["openclaw-gateway"], startTicks: 60_000, startedAt };
const editor = { argv: ["vim"], startTicks: 60_000, startedAt };

describe("owner of a pid", () => {
  it("is dead where no such process is", () => {
    assert.equal(owner({ createdAt: takenAt, startTicks: 60_000 }), "dead");
    assert.equal(owner({}), "dead");
  });

  it("is alive where ticks agree, to the tick next to it", () => {
    for (const startTicks of [59_999, 60_000, 60_001]) {
      assert.equal(owner({ createdAt: takenAt, startTicks }, gateway), "alive");
    }
  });

  it("is recycled where ticks differ, whatever the process is called", () => {
    assert.equal(owner({ createdAt: takenAt, startTicks: 59_998 }, gateway), "recycled");
    assert.equal(owner({ createdAt: takenAt, startTicks: 88_629 }, editor), "recycled");
  });

  it("is unknown where ticks agree but the process is called otherwise: a title may have been set", () => {
    assert.equal(owner({ startTicks: 60_000 }, editor), "unknown");
  });

  it("is recycled by time where there are no ticks, as on macOS and in captured lists", () => {
    const { startTicks: _ticks, ...process } = gateway;
    assert.equal(owner({ createdAt: startedAt - 2_001 }, process), "recycled");
    assert.equal(owner({ createdAt: startedAt - 2_000 }, process), "alive");
    assert.equal(owner({ createdAt: takenAt }, process), "alive");
  });

  it("is foreign where another program had the pid already when the lock was taken", () => {
    const { startTicks: _ticks, ...process } = editor;
    assert.equal(owner({ createdAt: takenAt }, process), "foreign");
    assert.equal(owner({}, process), "foreign");
  });

  it("is unknown where the command line may not be read, or a script does not say what it is", () => {
    assert.equal(owner({ createdAt: takenAt }, { startedAt }), "unknown");
    assert.equal(owner({ createdAt: takenAt }, { startedAt, argv: ["node", "server.js"] }), "unknown");
  });

  it("is alive where nothing but the name can be compared", () => {
    assert.equal(owner({}, { argv: ["openclaw"] }), "alive");
  });

  it("is dead from before the machine's last start, even where the pid is in use again", () => {
    const createdAt = bootAt - 2_001;
    assert.equal(owner({ createdAt }), "dead");
    assert.equal(owner({ createdAt }, { argv: ["openclaw-gateway"], startedAt }), "dead");
    assert.equal(owner({ createdAt: bootAt - 1_999 }, { argv: ["openclaw"] }), "alive");
  });

  it("is alive where ticks agree although the clock was set forward after the lock was taken", () => {
    // A machine without a clock of its own starts in the past until the network gives it the time.
    assert.equal(owner({ createdAt: bootAt - 86_400_000, startTicks: 60_000 }, gateway), "alive");
  });

  it("is unknown, never free, where processes may be hidden from us", () => {
    const blind = "the processes of other users are hidden";
    assert.equal(owner({ createdAt: takenAt }, undefined, blind), "unknown");
    assert.equal(owner({ createdAt: bootAt - 10_000 }, undefined, blind), "unknown");
    assert.equal(owner({ createdAt: takenAt }, editor, blind), "unknown");
    assert.equal(owner({ createdAt: takenAt, startTicks: 1 }, gateway, blind), "unknown");
  });

  it("is alive where that is the pid and the start of a process in a container", () => {
    const inner = { ...gateway, pid: 9100, innerPid: 42 };
    const table: ProcessTable = {
      source: "live",
      platform: "linux",
      container: false,
      bootAt,
      byPid: new Map<number, ProcessInfo>([
        [42, { pid: 42, argv: ["/sbin/udevd"], startTicks: 300 }],
        [9100, inner],
      ]),
    };
    const claim = { pid: 42, createdAt: takenAt, startTicks: 60_000 };
    for (const blind of [undefined, "it was written in a container"]) {
      assert.equal(ownerOfPid(claim, table, blind).owner, "alive");
    }
    assert.equal(holderOf(claim, table), 9100);
    assert.equal(ownerOfPid({ ...claim, startTicks: 60_002 }, table, undefined).owner, "recycled");
    assert.equal(holderOf({ ...claim, startTicks: 60_002 }, table), undefined);
    assert.equal(holderOf({ ...claim, pid: 9100 }, table), 9100);
  });
});
