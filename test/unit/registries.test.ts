import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cronJobOf, readCronRun, readSubagents } from "../../src/inspect/openclawJson/registries.ts";
import type { SubagentFacts } from "../../src/model/facts.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { temporaryDirectory } from "../temporary.ts";

function stateDirWith(path: string, content: string): string {
  const stateDir = temporaryDirectory();
  mkdirSync(dirname(join(stateDir, path)), { recursive: true });
  writeFileSync(join(stateDir, path), content);
  return stateDir;
}

const child = "agent:main:subagent:1";
const t0 = 1_795_169_800_000;

function subagentOf(...runs: unknown[]): Omit<SubagentFacts, "path"> | undefined {
  const stateDir = stateDirWith("subagents/runs.json", JSON.stringify({ version: 2, runs: { ...runs } }));
  const found = readSubagents(stateDir).get(child);
  if (found === undefined) return undefined;
  const { path, ...facts } = found;
  assert.equal(path, join(stateDir, "subagents", "runs.json"));
  return facts;
}

describe("sub-agent registry", () => {
  it("gives what OpenClaw itself copies into the row (2026.5.18)", () => {
    const home = unpackCase("2026.5.18-reset-delete-cron-subagent").home;
    const stateDir = join(home, ".openclaw");
    assert.deepEqual(
      [...readSubagents(stateDir)],
      [
        [
          "agent:main:subagent:5f8c020d-bbc5-4d35-a76d-bab838af8cf3",
          {
            path: join(stateDir, "subagents", "runs.json"),
            runId: "2e8d8da8-001b-4f5f-b7c0-20b7f6d56763",
            status: "done",
            startedAt: 1_795_169_819_162,
            sessionStartedAt: 1_795_169_818_198,
            endedAt: 1_795_169_819_271,
            runtimeMs: 109,
          },
        ],
      ],
    );
  });

  it("says running where a run has no end", () => {
    const run = { runId: "r", childSessionKey: child, startedAt: t0 };
    assert.deepEqual(subagentOf(run), { runId: "r", status: "running", startedAt: t0 });
    assert.equal(subagentOf({ ...run, endedAt: 0 })?.status, "running");
    assert.equal(subagentOf({ ...run, endedAt: "soon" })?.status, "running");
  });

  for (const [more, status] of [
    [{ outcome: { status: "ok" } }, "done"],
    [{}, "done"],
    [{ outcome: { status: "error" } }, "failed"],
    [{ outcome: { status: "timeout" } }, "timeout"],
    [{ outcome: { status: "ok" }, endedReason: "subagent-killed" }, "killed"],
    [{ outcome: 7, endedReason: {} }, "done"],
  ] as const) {
    it(`says ${status} for an ended run with ${JSON.stringify(more)}`, () => {
      const run = { runId: "r", childSessionKey: child, startedAt: t0, endedAt: t0 + 50, ...more };
      assert.equal(subagentOf(run)?.status, status);
    });
  }

  it("adds up the runtime over follow-ups, and never below zero", () => {
    const run = { runId: "r", childSessionKey: child, startedAt: t0, endedAt: t0 + 50, accumulatedRuntimeMs: 1000 };
    assert.equal(subagentOf(run)?.runtimeMs, 1050);
    assert.equal(subagentOf({ ...run, endedAt: t0 - 50 })?.runtimeMs, 1000);
    assert.equal(subagentOf({ ...run, startedAt: undefined })?.runtimeMs, undefined);
  });

  it("gives the latest of several runs of a session, whatever their order", () => {
    const runs = [1, 3, 2].map((n) => ({ runId: `r${n}`, childSessionKey: child, createdAt: t0, startedAt: t0 + n }));
    assert.equal(subagentOf(...runs)?.runId, "r3");
    const created = { runId: "new", childSessionKey: child, createdAt: t0 + 9 };
    assert.equal(subagentOf(created, ...runs)?.runId, "new");
  });

  it("passes over what is no run", () => {
    const run = { runId: "r", childSessionKey: child };
    assert.deepEqual(subagentOf(null, 7, [], {}, { runId: "x" }, { childSessionKey: child }, run), {
      runId: "r",
      status: "running",
    });
  });

  for (const content of ["", "{", "null", "[]", "{}", '{"runs":null}', '{"runs":7}', '{"runs":[null]}']) {
    it(`is empty where the file holds ${JSON.stringify(content)}`, () => {
      assert.equal(readSubagents(stateDirWith("subagents/runs.json", content)).size, 0);
    });
  }

  it("is empty where there is none", () => {
    assert.equal(readSubagents(temporaryDirectory()).size, 0);
  });
});

describe("cron run log", () => {
  const job = "d30d3f7e";
  const runKey = `agent:main:cron:${job}:run:r1`;
  const record = (ts: number, more: object = {}): string =>
    `${JSON.stringify({ ts, jobId: job, action: "finished", status: "ok", runAtMs: ts - 40, sessionKey: runKey, ...more })}\n`;

  /** End of the record that belongs to a row; undefined where none does. */
  function endOf(content: string, key = runKey, sessionId?: string): number | undefined {
    return readCronRun(stateDirWith(`cron/runs/${job}.jsonl`, content), key, sessionId)?.endedAt;
  }

  it("takes the job from keys of jobs and of their runs only", () => {
    const keys = [`agent:main:cron:${job}`, runKey, "agent:main:main", "agent:main:cron:", "agent:main:cron:../x"];
    assert.deepEqual(keys.map(cronJobOf), [job, job, undefined, undefined, ".."]);
  });

  it("gives the latest finished record of a run, with its place", () => {
    const content = record(t0) + record(t0 + 100, { status: "error" });
    const stateDir = stateDirWith(`cron/runs/${job}.jsonl`, content);
    assert.deepEqual(readCronRun(stateDir, runKey, undefined), {
      path: join(stateDir, "cron", "runs", `${job}.jsonl`),
      jobId: job,
      offset: Buffer.byteLength(record(t0)),
      runAt: t0 + 60,
      endedAt: t0 + 100,
      status: "error",
    });
  });

  it("belongs to a row by key or by session id", () => {
    const other = { sessionKey: `agent:main:cron:${job}:run:other`, sessionId: "s" };
    assert.equal(endOf(record(t0, other)), undefined);
    assert.equal(endOf(record(t0, other), runKey, "s"), t0);
    assert.equal(endOf(record(t0, { ...other, sessionId: "z" }), runKey, "s"), undefined);
  });

  it("belongs to the job's own row where it names neither", () => {
    const nameless = record(t0, { sessionKey: undefined });
    assert.equal(endOf(nameless, `agent:main:cron:${job}`), t0);
    assert.equal(endOf(nameless, runKey), undefined);
  });

  it("is passed over where it is torn, not finished or has no time", () => {
    const odd = `{"ts":1\nnull\n7\n${record(t0 + 1, { action: "started" })}${record(t0 + 2, { ts: "late" })}{"ts":`;
    assert.equal(endOf(record(t0) + odd), t0);
    assert.equal(endOf(odd), undefined);
    assert.equal(endOf(""), undefined);
  });

  it("is undefined where the log is absent, a FIFO, or cannot be named", () => {
    const stateDir = stateDirWith("cron/runs/x", "");
    execFileSync("mkfifo", [join(stateDir, "cron", "runs", `${job}.jsonl`)]);
    assert.equal(readCronRun(stateDir, runKey, undefined), undefined);
    assert.equal(readCronRun(temporaryDirectory(), runKey, undefined), undefined);
    assert.equal(readCronRun(stateDir, "agent:main:cron:a\0b", undefined), undefined);
    assert.equal(readCronRun(stateDir, `agent:main:cron:${"x".repeat(5000)}`, undefined), undefined);
  });
});
