import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLock } from "../../src/inspect/lockFile.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { LockFacts } from "../../src/model/facts.ts";
import { temporaryDirectory } from "../temporary.ts";

const processes = parseCapturedProcesses(`
      1       0 Fri Nov 20 09:00:01 2020 /sbin/init
   9100       1 Fri Nov 20 10:09:40 2020 openclaw-gateway
`);
const createdAt = "2026-11-20T10:16:00.894Z";

function lockPath(): string {
  return join(temporaryDirectory(), "s.jsonl.lock");
}

function read(path: string, blind?: string): LockFacts | undefined {
  return readLock(path, "transcript", processes, blind)?.facts;
}

function readContent(content: string | Buffer): LockFacts {
  const path = lockPath();
  writeFileSync(path, content);
  const facts = read(path);
  assert.ok(facts !== undefined);
  return facts;
}

describe("lock files", () => {
  it("are undefined where they are gone by now", () => {
    assert.equal(read(lockPath()), undefined);
    assert.equal(read(join(lockPath(), "not a directory", "x.lock")), undefined);
  });

  it("tell pid, times, longest hold and identity (2026.5.19 and later)", () => {
    const path = lockPath();
    const payload = { pid: 18944, createdAt, starttime: 88629, maxHoldMs: 720_000 };
    writeFileSync(path, JSON.stringify(payload, null, 2));
    const stats = statSync(path);
    assert.deepEqual(read(path), {
      path,
      kind: "transcript",
      payload: "valid",
      pid: 18944,
      createdAt: Date.parse(createdAt),
      maxHoldMs: 720_000,
      mtimeMs: stats.mtimeMs,
      sizeBytes: stats.size,
      identity: `${stats.dev}:${stats.ino}`,
      owner: "dead",
      why: "no process has pid 18944",
    });
  });

  it("name a living owner", () => {
    assert.equal(readContent(JSON.stringify({ pid: 9100, createdAt })).owner, "alive");
    assert.equal(readContent(JSON.stringify({ pid: 1, createdAt })).owner, "foreign");
  });

  it("may be followed by a long run of blanks (2026.9.6 gateways)", () => {
    const facts = readContent(`${JSON.stringify({ pid: 9100, createdAt })}\n${"\t ".repeat(4000)}\n`);
    assert.deepEqual([facts.payload, facts.pid], ["valid", 9100]);
  });

  for (const [what, content] of [
    ["of zero bytes", ""],
    ["of blanks only", " \n\t\n"],
  ] as const) {
    it(`${what} are empty and name nobody`, () => {
      const facts = readContent(content);
      assert.deepEqual([facts.payload, facts.owner, facts.pid], ["empty", "unknown", undefined]);
    });
  }

  for (const content of [
    ...["garbage", "{", '{"pid":1', "null", "[]", "7", '"9100"', "{}", '{"pid":null}', '{"pid":"9100"}', '{"pid":0}'],
    ...['{"pid":-1}', '{"pid":1.5}', '{"pid":1e999}', '{"PID":9100}', "9100\n", "\0".repeat(83), "\ufeff{}"],
  ]) {
    it(`that hold ${JSON.stringify(content.slice(0, 20))} are unparsable and name nobody`, () => {
      const facts = readContent(content);
      assert.deepEqual([facts.payload, facts.owner, facts.pid], ["unparsable", "unknown", undefined]);
    });
  }

  it("keep their pid where anything else of them is odd", () => {
    for (const odd of [
      { createdAt: 7 },
      { createdAt: "soon" },
      { starttime: "x" },
      { maxHoldMs: null },
      { port: "a" },
    ]) {
      const facts = readContent(JSON.stringify({ pid: 18944, ...odd }));
      assert.deepEqual([facts.payload, facts.pid, facts.createdAt], ["valid", 18944, undefined], JSON.stringify(odd));
      assert.equal(facts.owner, "dead");
    }
  });

  it("are unknown, never dead, where processes may be hidden", () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ pid: 18944, createdAt }));
    assert.equal(read(path, "the directory is shared")?.owner, "unknown");
  });

  it("that are larger than any payload are not read", () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ pid: 18944, createdAt }));
    truncateSync(path, 1 << 30);
    const facts = read(path);
    assert.deepEqual([facts?.payload, facts?.owner, facts?.sizeBytes], ["unreadable", "unknown", 1 << 30]);
  });

  it("that are directories, symbolic links or FIFOs are named, and nothing waits for them", () => {
    const directory = temporaryDirectory();
    const path = (name: string): string => join(directory, `${name}.jsonl.lock`);
    mkdirSync(path("directory"));
    writeFileSync(join(directory, "payload"), JSON.stringify({ pid: 18944, createdAt }));
    symlinkSync("payload", path("link"));
    symlinkSync("nowhere", path("dangling"));
    execFileSync("mkfifo", [path("fifo")]);
    for (const name of ["directory", "link", "dangling", "fifo"]) {
      const facts = read(path(name));
      assert.deepEqual([facts?.payload, facts?.owner], ["unreadable", "unknown"], name);
      assert.equal(facts?.why, "the lock is not a regular file");
    }
  });

  it("of gateways say startTime, configPath, port and stateDir", () => {
    const path = lockPath();
    const payload = {
      pid: 9100,
      createdAt,
      configPath: "/home/claw/.openclaw/openclaw.json",
      startTime: 5,
      port: 18789,
    };
    writeFileSync(path, JSON.stringify({ ...payload, stateDir: "/home/claw/.openclaw", ownerId: "x" }));
    const lock = readLock(path, "gateway", processes, undefined);
    assert.equal(lock?.facts.kind, "gateway");
    assert.equal(lock?.payload?.configPath, "/home/claw/.openclaw/openclaw.json");
    assert.equal(lock?.payload?.stateDir, "/home/claw/.openclaw");
    assert.equal(lock?.payload?.port, 18789);
  });
});
