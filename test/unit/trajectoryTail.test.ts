import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTrajectory } from "../../src/inspect/openclawJson/trajectoryTail.ts";
import type { TrajectoryFacts } from "../../src/model/facts.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { temporaryDirectory } from "../temporary.ts";

const ms = (second: number): number => Date.parse("2026-11-20T10:00:00.000Z") + second * 1000;
const event = (second: number, type: string, data: object = {}, more: object = {}): string =>
  `${JSON.stringify({
    ...{ traceSchema: "openclaw-trajectory", schemaVersion: 1, type, ts: new Date(ms(second)).toISOString() },
    ...{ sessionId: "s", sessionKey: "agent:main:main", runId: "run", data, ...more },
  })}\n`;
const started = (second: number): string => event(second, "session.started");
const submitted = (second: number): string => event(second, "prompt.submitted");
const ended = (second: number, data: object = { status: "success" }): string => event(second, "session.ended", data);

function trajectoryOf(content: string): TrajectoryFacts | undefined {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "s.trajectory.jsonl"), content);
  return readTrajectory(join(directory, "s.jsonl"), "s").read?.facts;
}

/** Type of the last event, and whether it may be relied on. */
function last(content: string): string {
  const facts = trajectoryOf(content);
  const words = [facts?.last?.type ?? "nothing", facts?.decided && "decided", facts?.truncated && "truncated"];
  return words.filter(Boolean).join(" ");
}

/** Pointer and target apart from the transcript, as OPENCLAW_TRAJECTORY_DIR makes them. */
function pointed(pointer: object | string, targetName = "s.jsonl", content = started(0) + ended(1)): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "sessions"));
  mkdirSync(join(directory, "traces"));
  const target = join(directory, "traces", targetName);
  writeFileSync(target, content);
  const whole = { traceSchema: "openclaw-trajectory-pointer", schemaVersion: 1, sessionId: "s", runtimeFile: target };
  const text = typeof pointer === "string" ? pointer : JSON.stringify({ ...whole, ...pointer });
  writeFileSync(join(directory, "sessions", "s.trajectory-path.json"), text);
  return join(directory, "sessions", "s.jsonl");
}

describe("trajectory tail", () => {
  it("is undefined where there is none", () => {
    assert.deepEqual(readTrajectory(join(temporaryDirectory(), "s.jsonl"), "s"), {});
  });

  it("tells the last event of a run with all its flags", () => {
    const before = started(0) + submitted(1);
    const flags = { aborted: true, externalAbort: true, timedOut: true, idleTimedOut: true };
    const facts = trajectoryOf(before + ended(5, { status: "error", ...flags }));
    assert.deepEqual(facts?.last, {
      type: "session.ended",
      at: ms(5),
      offset: Buffer.byteLength(before),
      runId: "run",
      sessionKey: "agent:main:main",
      status: "error",
      ...flags,
    });
    assert.deepEqual([facts?.decided, facts?.truncated, facts?.lastAt], [true, false, ms(5)]);
  });

  it("takes only true for a flag", () => {
    const facts = trajectoryOf(started(0) + ended(1, { status: 7, aborted: "false", timedOut: 1, externalAbort: {} }));
    assert.deepEqual(
      [facts?.last?.status, facts?.last?.aborted, facts?.last?.timedOut, facts?.last?.externalAbort],
      [undefined, false, false, false],
    );
  });

  for (const [what, content, expected] of [
    ["empty", "", "nothing decided"],
    ["a run that goes on", started(0) + submitted(1), "prompt.submitted decided"],
    ["a run that ended", started(0) + submitted(1) + ended(2), "session.ended decided"],
    ["several attempts", started(0) + ended(1) + started(2) + ended(3), "session.ended decided"],
    ["a second run that began", started(0) + ended(1) + started(2), "session.started decided"],
    ["a late prompt after the end", started(0) + ended(1) + submitted(2), "prompt.submitted decided"],
    ["other events after the end", started(0) + ended(1) + event(2, "trace.artifacts"), "session.ended decided"],
    ["a recorder that gave up", started(0) + event(1, "trace.truncated") + ended(2), "session.ended decided truncated"],
    [
      "one that gave up after the end",
      started(0) + ended(1) + event(2, "trace.truncated"),
      "session.ended decided truncated",
    ],
    [
      "one that gave up in an earlier run",
      started(0) + event(1, "trace.truncated") + ended(2) + started(3) + ended(4),
      "session.ended decided",
    ],
    [
      "lines of another schema",
      started(0) + ended(1) + event(2, "session.started", {}, { traceSchema: "x" }),
      "session.ended decided",
    ],
    ["no newline at the end", (started(0) + ended(1)).trimEnd(), "session.ended decided"],
    ["CRLF", (started(0) + ended(1)).replaceAll("\n", "\r\n"), "session.ended decided"],
    ["torn lines in the middle", `${started(0)}{"type":"sess\n${ended(1)}`, "session.ended decided"],
    [
      "a torn last line: it may be the start of another run",
      `${started(0)}${ended(1)}{"traceSchema":"openclaw-tr`,
      "session.ended",
    ],
    ["zeros at the end", `${started(0)}${ended(1)}${"\0".repeat(512)}`, "session.ended"],
    ["a torn last line that may be the end", `${started(0)}${submitted(1)}{"traceSchema":"op`, "prompt.submitted"],
    [
      "one line larger than may be read",
      started(0) + event(1, "tool.result", { text: "x".repeat(6 << 20) }),
      "nothing",
    ],
  ] as const) {
    it(`of ${what}: ${expected}`, () => {
      assert.equal(last(content), expected);
    });
  }

  it("costs the same however much was said between the start of a run and its end", () => {
    const saying = (bytes: number): (() => void) => {
      const content = started(0) + event(1, "model.completed", { text: "x".repeat(bytes) }) + ended(2);
      const directory = temporaryDirectory();
      writeFileSync(join(directory, "s.trajectory.jsonl"), content);
      return () => void readTrajectory(join(directory, "s.jsonl"), "s");
    };
    const costOf = (read: () => void): number => {
      const costs = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        for (let times = 0; times < 40; times++) read();
        const { user, system } = process.cpuUsage(before);
        return user + system;
      });
      return Math.min(...costs);
    };
    const [little, much] = [costOf(saying(20_000)), costOf(saying(4_000_000))];
    assert.ok(much < 4 * little, `20 KB ${little} µs, 4 MB ${much} µs`);
  });

  it("finds the end of a genuine run that was recorded twice over, and the start of one that was killed", () => {
    const sessions = join(
      unpackCase("2026.5.18-sigkill-not-restarted").home,
      ".openclaw",
      "agents",
      "main",
      "sessions",
    );
    const store = JSON.parse(readFileSync(join(sessions, "sessions.json"), "utf8"));
    const lastOf = (key: string): string | undefined => {
      const { sessionId } = store[key];
      return readTrajectory(join(sessions, `${sessionId}.jsonl`), sessionId).read?.facts.last?.type;
    };
    assert.equal(lastOf("agent:main:finished"), "session.ended");
    assert.equal(lastOf("agent:main:main"), "prompt.submitted");
  });

  it("follows a pointer to another directory", () => {
    assert.equal(readTrajectory(pointed({}), "s").read?.facts.last?.type, "session.ended");
  });

  it("finds what a pointer of another machine names beside the transcript", () => {
    const transcript = pointed({ runtimeFile: "/elsewhere/claw/traces/renamed.jsonl" });
    writeFileSync(join(transcript, "..", "renamed.jsonl"), started(0));
    assert.equal(readTrajectory(transcript, "s").read?.facts.last?.type, "session.started");
  });

  for (const [what, pointer] of [
    ["is of another session", { sessionId: "other" }],
    ["has another schema", { traceSchema: "pointer" }],
    ["names nothing", { runtimeFile: undefined }],
    ["names a number", { runtimeFile: 7 }],
    ["names a path with NUL", { runtimeFile: "/a\0b.jsonl" }],
    ["names a path that is too long", { runtimeFile: `/${"x".repeat(5000)}.jsonl` }],
    ["names a path below a file", { runtimeFile: "/dev/null/x.jsonl" }],
    ["names what is no JSONL", { runtimeFile: "/etc/hostname" }],
    ["is no JSON", "{"],
    ["is null", "null"],
  ] as const) {
    it(`ignores a pointer that ${what}`, () => {
      assert.equal(readTrajectory(pointed(pointer), "s").read, undefined);
    });
  }

  it("ignores a target that is a symbolic link, a directory or a FIFO", () => {
    const directory = temporaryDirectory();
    const target = (name: string): string => join(directory, `${name}.jsonl`);
    writeFileSync(join(directory, "real"), started(0));
    symlinkSync(join(directory, "real"), target("link"));
    mkdirSync(target("directory"));
    execFileSync("mkfifo", [target("fifo")]);
    for (const name of ["link", "directory", "fifo"]) {
      assert.equal(readTrajectory(pointed({ runtimeFile: target(name) }), "s").read, undefined, name);
    }
  });

  it("reads a bounded part of a huge one", () => {
    const directory = temporaryDirectory();
    const path = join(directory, "s.trajectory.jsonl");
    writeFileSync(path, started(0) + ended(1));
    truncateSync(path, 300 << 20);
    const facts = readTrajectory(join(directory, "s.jsonl"), "s").read?.facts;
    assert.deepEqual([facts?.sizeBytes, facts?.decided, facts?.last], [300 << 20, false, undefined]);
  });
});
