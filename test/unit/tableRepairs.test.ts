// What the table of the facts calls repairable, each from the finding to its repair and back: rows against the registries
// of OpenClaw, and fields that lie for themselves.
import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  buildHome,
  done,
  type HomeSpec,
  key,
  minute,
  now,
  type Row,
  running,
  sessionId,
  transcript,
} from "../homeBuilder.ts";
import { benchOf, imagesIn, look, repairSeen, undoNewest } from "../repairing.ts";

const started = now - 60 * minute;
const ended = now - 50 * minute;
const subKey = "agent:main:subagent:abc";
const cronKey = "agent:main:cron:job-1:run:r1";
const tx = `~/${sessionId}.jsonl`;
const said = transcript(["user", started], ["assistant", ended, { stopReason: "stop" }]);

function registry(run: Row): Record<string, string> {
  const r1 = { runId: "r1", childSessionKey: subKey, outcome: { status: "ok" }, ...run };
  return { [tx]: said, "subagents/runs.json": JSON.stringify({ version: 2, runs: { r1 } }) };
}

/** What is proposed, with its class, and what the row holds after it; undefined: the field is gone. */
type Story = readonly [home: HomeSpec, proposed: string, row: Row];

const stories: Readonly<Record<string, Story>> = {
  "SUB-REGISTRY-SPLIT: status and times of the registry, its runtime over all follow-ups": [
    {
      rows: { [subKey]: running() },
      files: registry({
        startedAt: started,
        sessionStartedAt: started - 9 * minute,
        endedAt: ended,
        accumulatedRuntimeMs: 5,
      }),
    },
    "finalize proven",
    {
      status: "done",
      startedAt: started - 9 * minute,
      endedAt: ended,
      runtimeMs: ended - started + 5,
      abortedLastRun: false,
    },
  ],
  "SUB-REGISTRY-SPLIT: a failed run of a sub-agent without follow-ups": [
    {
      rows: { [subKey]: running() },
      files: registry({ startedAt: started, endedAt: ended, outcome: { status: "error" } }),
    },
    "finalize proven",
    { status: "failed", startedAt: started, endedAt: ended, runtimeMs: ended - started, abortedLastRun: false },
  ],
  "SUB-REGISTRY-SPLIT: the end of the registry, where the row's own end is from before the start that it gets": [
    {
      rows: { [subKey]: running({ startedAt: 0, endedAt: started - minute }) },
      files: registry({ startedAt: started, endedAt: started + 3 * minute }),
    },
    "finalize proven",
    {
      status: "done",
      startedAt: started,
      endedAt: started + 3 * minute,
      runtimeMs: 3 * minute,
      abortedLastRun: false,
    },
  ],
  "CRON-SPLIT: status and end of the log": [
    {
      rows: { [cronKey]: running() },
      files: {
        [tx]: said,
        "cron/runs/job-1.jsonl": `${JSON.stringify({ jobId: "job-1", action: "finished", sessionKey: cronKey, ts: ended, status: "error" })}\n`,
      },
    },
    "finalize proven",
    { status: "failed", startedAt: started, endedAt: ended, runtimeMs: ended - started, abortedLastRun: false },
  ],
  "ABORT-FLAG-STALE: false": [
    { rows: { [key]: done({ abortedLastRun: true }) }, files: { [tx]: said } },
    "correct ask",
    { abortedLastRun: false },
  ],
  "UPDATEDAT-BAD: the time of the transcript": [
    { rows: { [key]: done({ updatedAt: 1_795_000_000 }) }, files: { [tx]: said }, ages: { [tx]: 7 * minute } },
    "correct ask",
    { updatedAt: now - 7 * minute },
  ],
  "STATUS-UNKNOWN: out": [
    { rows: { [key]: done({ status: "stalled" }) }, files: { [tx]: said } },
    "correct ask",
    { status: undefined },
  ],
  "FILE-ESCAPE: the plain name": [
    { rows: { [key]: done({ sessionFile: "../../../x.jsonl" }) }, files: { "~/x.jsonl": said } },
    "correct ask",
    { sessionFile: "x.jsonl" },
  ],
};

describe("what the table calls repairable", () => {
  for (const [name, [spec, proposed, expected]] of Object.entries(stories)) {
    it(name, async () => {
      const built = buildHome(spec);
      const bench = benchOf(built);
      const before = imagesIn(built.home);
      const [original] = Object.values<Row>(JSON.parse(readFileSync(built.store, "utf8")));
      const code = name.split(":", 1)[0] ?? "";
      const seen = await look(bench);
      equal(
        seen.findings.some((finding) => finding.code === code),
        true,
        "it is said",
      );
      const offered = seen.findings.filter(({ repair }) => repair.kind !== "none");
      deepEqual(
        offered.map(({ repair }) => `${repair.kind} ${repair.class}`),
        [proposed],
      );
      equal((await repairSeen(bench, seen, offered))[0]?.refused, undefined);
      const [row] = Object.values<Row>(JSON.parse(readFileSync(built.store, "utf8")));
      const wanted = Object.entries({ ...original, ...expected }).filter(([, value]) => value !== undefined);
      deepEqual(row, Object.fromEntries(wanted));
      deepEqual((await look(bench)).findings, [], "nothing is left to say");
      equal((await undoNewest(bench)).refused, undefined);
      deepEqual(imagesIn(built.home), before);
    });
  }
});
