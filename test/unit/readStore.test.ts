// A store as facts: what odd input becomes, and that reading leaves no trace.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { readConfig } from "../../src/inspect/openclawJson/config.ts";
import { readJsonStore, type StoreMemory, storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import { findStoreFiles } from "../../src/inspect/openclawJson/storeFiles.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { SessionFacts, StoreFacts } from "../../src/model/facts.ts";
import { fingerprint } from "../fingerprint.ts";
import { jsonCaseNames, unpackCase } from "../fixtures/unpack.ts";
import { temporaryDirectory } from "../temporary.ts";

const processes = parseCapturedProcesses("1 0 Fri Nov 20 09:00:01 2020 /sbin/init\n");
const stopped = { state: "stopped", why: "nothing runs", evidence: [] } as const;

function readAll(stateDir: string, memory?: StoreMemory): StoreFacts[] {
  const config = readConfig(stateDir);
  return findStoreFiles(stateDir, config).map((file) =>
    readJsonStore({
      ...{ file, stateDir, config, processes, blind: undefined, state: undefined, writer: stopped },
      ...(memory !== undefined && { memory }),
    }),
  );
}

interface Home {
  readonly stateDir: string;
  readonly sessions: string;
}

/** A state directory with one store, and files beside it. */
function homeWith(store: unknown, files: Readonly<Record<string, string>> = {}): Home {
  const stateDir = join(temporaryDirectory(), ".openclaw");
  const sessions = join(stateDir, "agents", "main", "sessions");
  mkdirSync(sessions, { recursive: true });
  writeFileSync(join(sessions, "sessions.json"), typeof store === "string" ? store : JSON.stringify(store, null, 2));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(sessions, name), content);
  return { stateDir, sessions };
}

function readOne(home: Home, memory?: StoreMemory): StoreFacts {
  const [facts] = readAll(home.stateDir, memory);
  assert.ok(facts !== undefined);
  return facts;
}

function sessionsOf(facts: StoreFacts): Map<string, SessionFacts> {
  assert.equal(facts.content.state, "read", JSON.stringify(facts.content));
  return new Map(
    facts.content.state === "read" ? facts.content.sessions.map((session) => [session.row.key, session]) : [],
  );
}

const user = '{"type":"message","timestamp":"2026-11-20T10:00:00.000Z","message":{"role":"user"}}\n';
const answer =
  '{"type":"message","timestamp":"2026-11-20T10:00:09.000Z","message":{"role":"assistant","stopReason":"stop"}}\n';

describe("reading a store", () => {
  for (const name of jsonCaseNames) {
    it(`changes nothing of ${name}: no byte, no name, no time`, () => {
      const { home } = unpackCase(name);
      const before = fingerprint(home);
      const stores = readAll(join(home, ".openclaw"));
      assert.ok(stores.length > 0);
      assert.equal(fingerprint(home), before);
    });
  }

  it("gives every row of any shape, and what is beside each", () => {
    const rows = {
      done: { sessionId: "a", status: "done", startedAt: 1, endedAt: 2 },
      running: { sessionId: "b", status: "running", startedAt: 1 },
      nameless: { status: "running" },
      null: null,
      array: [{ status: "running" }],
      text: "running",
      "": { sessionId: 7, sessionFile: {}, status: ["running"] },
      __proto__: undefined,
    };
    const text = JSON.stringify(rows, null, 2).replace('"done": {', '"__proto__": {"status": "running"},\n  "done": {');
    const facts = sessionsOf(readOne(homeWith(text, { "a.jsonl": answer, "b.jsonl": user })));
    const seen = [...facts].map(([key, { row, transcript }]) => [
      key,
      row.shape,
      row.fields["status"],
      transcript.state,
    ]);
    assert.deepEqual(seen, [
      ["__proto__", "object", "running", "none"],
      ["done", "object", "done", "unread"],
      ["running", "object", "running", "read"],
      ["nameless", "object", "running", "none"],
      ["null", "null", undefined, "none"],
      ["array", "array", undefined, "none"],
      ["text", "scalar", undefined, "none"],
      ["", "object", ["running"], "none"],
    ]);
    assert.equal(facts.get("running")?.transcript.tail?.lastMessage?.role, "user");
  });

  it("gives the last of duplicate keys, at the bytes that JSON.parse takes", () => {
    const text = '{"a":{"status":"running"},"b":{},"a":{"status":"done","status":"failed"}}';
    const facts = sessionsOf(readOne(homeWith(text)));
    const range = facts.get("a")?.row.range;
    assert.deepEqual(JSON.parse(text.slice(range?.start, range?.end)), { status: "failed" });
    assert.equal(facts.size, 2);
  });

  it("is not stopped by paths in rows that no system takes", () => {
    const sessionFile = (path: string): object => ({ sessionId: "a", sessionFile: path, status: "running" });
    const store = {
      nul: sessionFile("/agents/x/sessions/a\0b.jsonl"),
      nulInDirectory: sessionFile("/a\0b/agents/x/sessions/c.jsonl"),
      belowFile: sessionFile("/dev/null/agents/x/sessions/c.jsonl"),
      long: sessionFile(`/agents/x/sessions/${"y".repeat(5000)}.jsonl`),
      deep: sessionFile(`/${"y/".repeat(3000)}agents/x/sessions/c.jsonl`),
      surrogate: sessionFile("/agents/x/sessions/\ud800.jsonl"),
      itself: sessionFile("/agents/x/sessions/.."),
      proc: sessionFile("/proc/self/agents/x/sessions/mem.jsonl"),
    };
    const facts = sessionsOf(readOne(homeWith(store)));
    assert.deepEqual([...facts.keys()], Object.keys(store));
    for (const [key, { transcript }] of facts) assert.equal(transcript.state, "absent", key);
  });

  it("says where a moved store was, and finds its transcripts beside it", () => {
    const sessionFile = "/home/claw/elsewhere/agents/main/sessions/a.jsonl";
    const facts = readOne(homeWith({ a: { sessionId: "a", sessionFile, status: "running" } }, { "a.jsonl": user }));
    assert.equal(facts.movedFrom, dirname(sessionFile));
    assert.equal(sessionsOf(facts).get("a")?.transcript.state, "read");
  });

  it("is not moved where one row names a file elsewhere that is not here", () => {
    const rows = {
      a: { sessionId: "a", status: "done" },
      b: { sessionId: "b", sessionFile: "/backups/claw/old.jsonl" },
    };
    assert.equal(readOne(homeWith(rows, { "a.jsonl": answer })).movedFrom, undefined);
  });

  it("is not moved where its rows name this very place, also through a link", () => {
    const home = homeWith({});
    const store = { a: { sessionId: "a", sessionFile: join(home.sessions, "a.jsonl") }, b: { sessionFile: "b.jsonl" } };
    writeFileSync(join(home.sessions, "sessions.json"), JSON.stringify(store));
    assert.equal(readOne(home).movedFrom, undefined);
    const link = join(temporaryDirectory(), ".openclaw");
    symlinkSync(home.stateDir, link);
    assert.equal(readAll(link)[0]?.movedFrom, undefined);
  });

  it("puts locks to their rows, and the store's own beside them", () => {
    const locks = { "a.jsonl.lock": '{"pid":77777}', "b.jsonl.lock": "", "sessions.json.lock": '{"pid":77777}' };
    const facts = readOne(homeWith({ a: { sessionId: "a", status: "running" }, c: { sessionId: "c" } }, locks));
    assert.deepEqual(
      facts.locks.map(({ kind, transcript, payload, owner }) => [kind, transcript, payload, owner]),
      [
        ["transcript", "a.jsonl", "valid", "dead"],
        ["transcript", "b.jsonl", "empty", "unknown"],
        ["store", undefined, "valid", "dead"],
      ],
    );
    const sessions = sessionsOf(facts);
    assert.deepEqual(sessions.get("a")?.locks, [facts.locks[0]]);
    assert.deepEqual(sessions.get("c")?.locks, []);
  });

  it("tells a transcript that is a directory, a FIFO, a dangling link or a link to another file", () => {
    const row = (sessionId: string): object => ({ sessionId, status: "running" });
    const home = homeWith({ d: row("d"), f: row("f"), g: row("g"), l: row("l") }, { real: user });
    mkdirSync(join(home.sessions, "d.jsonl"));
    execFileSync("mkfifo", [join(home.sessions, "f.jsonl")]);
    symlinkSync("nowhere", join(home.sessions, "g.jsonl"));
    symlinkSync("real", join(home.sessions, "l.jsonl"));
    const states = [...sessionsOf(readOne(home))].map(([key, { transcript }]) => [key, transcript.state]);
    assert.deepEqual(states, [
      ["d", "unreadable"],
      ["f", "unreadable"],
      ["g", "unreadable"],
      ["l", "read"],
    ]);
  });

  it("gives the archives of a transcript that is absent", () => {
    const archive = "a.jsonl.deleted.2026-11-20T10-16-56.194Z";
    const home = homeWith({ a: { sessionId: "a", status: "done", startedAt: 1, endedAt: 2 } }, { [archive]: answer });
    const transcript = sessionsOf(readOne(home)).get("a")?.transcript;
    assert.equal(transcript?.state, "absent");
    assert.deepEqual(
      transcript?.archives.map(({ path, reason, sizeBytes }) => [path, reason, sizeBytes]),
      [[join(home.sessions, archive), "deleted", Buffer.byteLength(answer)]],
    );
  });

  for (const [what, text, offset, line, reason] of [
    ["empty", "", 0, 1, "it is empty"],
    ["cut off", '{\n"a": {\n"b', 11, 3, "it ends in the middle"],
    ["an array", "[]", 0, 1, "it is no JSON object"],
    ["followed by more", "{}\n{}", 3, 2, "something after the end"],
  ] as const) {
    it(`that is ${what} says at which byte and line, and from what it might be restored`, () => {
      const home = homeWith(text, { "sessions.json.bak.1": "{}", ".fs-safe-replace.1.2.tmp": "{}" });
      utimesSync(join(home.sessions, "sessions.json.bak.1"), 1, 1);
      const { content } = readOne(home);
      assert.equal(content.state, "unparsable");
      if (content.state !== "unparsable") return;
      assert.deepEqual([content.offset, content.line, content.reason], [offset, line, reason]);
      assert.deepEqual(
        content.candidates.map(({ path }) => path.slice(home.sessions.length + 1)),
        [".fs-safe-replace.1.2.tmp", "sessions.json.bak.1"],
      );
    });
  }

  it("counts the lines of a store of 30 MB that is cut off", () => {
    const home = homeWith(`{"a":[\n${'"x",\n'.repeat(6_000_000)}`);
    const { content } = readOne(home);
    assert.equal(content.state === "unparsable" && content.line, 6_000_002);
  });

  it("that is a directory or a FIFO says why it is unreadable", () => {
    const home = homeWith("{}");
    const path = join(home.sessions, "sessions.json");
    rmSync(path);
    mkdirSync(path);
    assert.deepEqual(readOne(home).content, { state: "unreadable", reason: "it is not a regular file" });
    rmSync(path, { recursive: true });
    execFileSync("mkfifo", [path]);
    assert.deepEqual(readOne(home).content, { state: "unreadable", reason: "it is not a regular file" });
  });

  it("that changes in place all the while is not taken for broken", async () => {
    const home = homeWith(`{"a":["${"x".repeat(20 << 20)}"]`);
    const path = join(home.sessions, "sessions.json");
    const enough = new Int32Array(new SharedArrayBuffer(4));
    const writer = new Worker(
      `const { workerData, parentPort } = require("node:worker_threads");
       const { utimesSync } = require("node:fs");
       for (let i = 1; Atomics.load(workerData.enough, 0) === 0; i++) {
         utimesSync(workerData.path, i, i);
         if (i === 1) parentPort.postMessage("up");
       }`,
      { eval: true, workerData: { path, enough } },
    );
    await new Promise((resolve) => writer.once("message", resolve));
    const { content } = readOne(home);
    Atomics.store(enough, 0, 1);
    await new Promise((resolve) => writer.once("exit", resolve));
    assert.deepEqual(content, { state: "unreadable", reason: "it kept changing while it was read" });
  });

  /** Runs with the rights of nobody where we are root, who may do everything. */
  function asOtherUser<T>(run: () => T): T {
    if (process.geteuid?.() !== 0) return run();
    process.seteuid?.(65_534);
    try {
      return run();
    } finally {
      process.seteuid?.(0);
    }
  }

  if (process.platform !== "win32") {
    it("that may not be opened, or whose directory may not be listed or entered, says so and throws nothing", () => {
      const home = homeWith({ a: { sessionId: "a", status: "running" } }, { "a.jsonl": user, "a.jsonl.lock": "" });
      const path = join(home.sessions, "sessions.json");
      chmodSync(dirname(home.stateDir), 0o755);
      chmodSync(path, 0o000);
      const reasonNow = (): string | undefined => {
        const [facts] = asOtherUser(() => readAll(home.stateDir));
        return facts?.content.state === "unreadable" ? facts.content.reason : facts?.content.state;
      };
      assert.equal(reasonNow(), "this user may not open it");
      chmodSync(path, 0o644);
      assert.equal(reasonNow(), "read");
      // Its locks cannot be seen: to judge it would be to guess.
      chmodSync(home.sessions, 0o111);
      assert.equal(reasonNow(), "its directory cannot be listed (EACCES)");
      chmodSync(home.sessions, 0o444);
      assert.equal(reasonNow(), "this user may not open it");
      chmodSync(home.sessions, 0o000);
      assert.equal(reasonNow(), "its directory cannot be listed (EACCES)");
      chmodSync(home.sessions, 0o755);
    });
  }

  it("with memory gives the same again, and what changed anew", () => {
    const home = homeWith({ a: { sessionId: "a", status: "running" } }, { "a.jsonl": user, "a.trajectory.jsonl": "" });
    const memory = storeMemory();
    const first = readOne(home, memory);
    const again = readOne(home, memory);
    assert.deepEqual(again, first);
    assert.equal(sessionsOf(again).get("a")?.transcript, sessionsOf(first).get("a")?.transcript);
    memory.evidence.sweep();

    writeFileSync(join(home.sessions, "a.jsonl"), user + answer);
    const answered = sessionsOf(readOne(home, memory)).get("a");
    assert.equal(answered?.transcript.tail?.lastMessage?.role, "assistant");

    // As its writers do: a new file, renamed into place.
    const next = join(home.sessions, "next");
    writeFileSync(next, JSON.stringify({ a: { sessionId: "a", status: "failed" } }, null, 2));
    renameSync(next, join(home.sessions, "sessions.json"));
    assert.equal(sessionsOf(readOne(home, memory)).get("a")?.row.fields["status"], "failed");

    rmSync(join(home.sessions, "a.jsonl"));
    assert.equal(sessionsOf(readOne(home, memory)).get("a")?.transcript.state, "absent");
  });

  it("reads a bounded part of huge transcripts and trajectories", () => {
    const home = homeWith({ a: { sessionId: "a", status: "running" } }, { "a.jsonl": user, "a.trajectory.jsonl": "" });
    for (const name of ["a.jsonl", "a.trajectory.jsonl"]) truncateSync(join(home.sessions, name), 2 ** 32);
    const session = sessionsOf(readOne(home)).get("a");
    assert.deepEqual(
      [session?.transcript.sizeBytes, session?.transcript.tail?.decided, session?.trajectory?.decided],
      [2 ** 32, false, false],
    );
    assert.equal(statSync(join(home.sessions, "a.jsonl")).size, 2 ** 32);
  });
});
