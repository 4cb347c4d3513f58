import { deepEqual, equal } from "node:assert/strict";
import {
  briefly,
  buildHome,
  done,
  gateway,
  type HomeSpec,
  key,
  lock,
  minute,
  now,
  running,
  type ScanSpec,
  scanHome,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";

/** A home, what is known of its processes, and all that must be said of it. */
type Case = readonly [story: string, home: HomeSpec, seen: ScanSpec, expected: readonly string[]];

const started = now - 60 * minute;
const ended = now - 50 * minute;
const tx = `~/${sessionId}.jsonl`;
const traj = `~/${sessionId}.trajectory.jsonl`;
const lockFile = `~/${sessionId}.jsonl.lock`;
const subKey = "agent:main:subagent:abc";
const cronKey = "agent:main:cron:job-1:run:r1";
const alive: ScanSpec = { processes: [gateway] };
const success = trajectory(["session.started", started], ["session.ended", ended, { status: "success" }]);
const answered = transcript(["user", started], ["assistant", ended, { stopReason: "stop" }]);

const cases: Readonly<Record<string, readonly Case[]>> = {
  "RUN-FINISHED": [
    [
      "a trajectory ends with success",
      { rows: { [key]: running() }, files: { [traj]: success, [tx]: answered } },
      {},
      ["RUN-FINISHED error finalize proven"],
    ],
    [
      "the gateway runs and the end is ten minutes old: shown, nothing proposed",
      { rows: { [key]: running() }, files: { [traj]: success, [tx]: answered } },
      alive,
      ["RUN-FINISHED warning none never"],
    ],
    [
      "the gateway runs and the end is 20 seconds old: not yet",
      {
        rows: { [key]: running() },
        files: {
          [tx]: answered,
          [traj]: trajectory(["session.started", started], ["session.ended", now - 20_000, { status: "success" }]),
        },
      },
      alive,
      [],
    ],
    [
      "a user wrote again after the end",
      {
        rows: { [key]: running() },
        files: { [traj]: success, [tx]: transcript(["assistant", ended], ["user", ended + minute]) },
      },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "the end is of an earlier run",
      { rows: { [key]: running({ startedAt: ended + minute }) }, files: { [tx]: answered, [traj]: success } },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "another run began after the end",
      { rows: { [key]: running() }, files: { [traj]: success + trajectory(["session.started", ended + minute]) } },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "the recorder stopped recording",
      {
        rows: { [key]: running() },
        files: {
          [tx]: answered,
          [traj]: trajectory(
            ["session.started", started],
            ["trace.truncated", started + 1],
            ["session.ended", ended, { status: "success" }],
          ),
        },
      },
      {},
      ["RUN-NO-OWNER error finalize ask", "TRAJ-TRUNC info none never"],
    ],
    [
      "a user aborted it: killed is only preselected",
      {
        rows: { [key]: running() },
        files: {
          [traj]: trajectory([
            "session.ended",
            ended,
            { status: "error", externalAbort: true, aborted: true, timedOut: true },
          ]),
        },
      },
      {},
      ["RUN-FINISHED error finalize ask"],
    ],
  ],
  "RUN-ENDED-J": [
    [
      "both fields, nobody runs",
      { rows: { [key]: running({ endedAt: ended }) } },
      {},
      ["RUN-ENDED-J error finalize ask"],
    ],
    [
      "both fields, the gateway runs",
      { rows: { [key]: running({ endedAt: ended }) } },
      alive,
      ["RUN-ENDED-J warning none never"],
    ],
    [
      "the last answer agrees with endedAt",
      { rows: { [key]: running({ endedAt: ended + minute }) }, files: { [tx]: answered } },
      {},
      ["RUN-ENDED-J error finalize proven"],
    ],
    [
      "the record of the end is ten minutes off",
      { rows: { [key]: running({ endedAt: ended + 10 * minute }) }, files: { [traj]: success, [tx]: answered } },
      {},
      ["RUN-FINISHED error finalize ask", "RUN-ENDED-J error none never"],
    ],
    [
      "endedAt is older than startedAt: a new run, not a contradiction",
      { rows: { [key]: running({ endedAt: started - minute }) } },
      alive,
      ["END-BEFORE-START info none never"],
    ],
  ],
  "RUN-DEADLOCK": [
    [
      "the holder is gone",
      { rows: { [key]: running() }, files: { [lockFile]: lock() } },
      {},
      ["RUN-DEADLOCK error finalize ask"],
    ],
    [
      "the holder is gone and the run had ended",
      { rows: { [key]: running() }, files: { [tx]: answered, [lockFile]: lock(), [traj]: success } },
      {},
      ["RUN-FINISHED error finalize proven", "RUN-DEADLOCK error none never"],
    ],
    [
      "a gateway runs: the lock is its evidence",
      { rows: { [key]: running() }, files: { [lockFile]: lock() } },
      alive,
      ["RUN-DEADLOCK warning none never"],
    ],
    [
      "the pid started after the lock was taken",
      { rows: { [key]: running() }, files: { [lockFile]: lock({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 11:30:00 2026 /usr/bin/vim notes"] },
      ["RUN-DEADLOCK error finalize ask"],
    ],
    [
      "the holder lives",
      { rows: { [key]: running() }, files: { [lockFile]: lock({ pid: 9100 }) } },
      alive,
      ["LOCK-LIVE-OLD warning none never"],
    ],
  ],
  "RUN-NO-OWNER": [
    ["a first turn that was killed", { rows: { [key]: running() } }, {}, ["RUN-NO-OWNER error finalize ask"]],
    ["a first turn that streams", { rows: { [key]: running() } }, alive, []],
    ["the gateway says that it runs", { rows: { [key]: running() } }, { ...alive, running: [key] }, []],
    [
      "the gateway says that it does not",
      { rows: { [key]: running() } },
      { ...alive, idle: [key] },
      ["RUN-NO-OWNER error finalize ask"],
    ],
    ["the gateway does not name it", { rows: { [key]: running() } }, { ...alive, idle: ["agent:main:other"] }, []],
    [
      "the gateway says that it does not, a minute after it began",
      { rows: { [key]: running({ startedAt: now - minute, updatedAt: now - minute }) } },
      { ...alive, idle: [key] },
      [],
    ],
    [
      "suspended until its quota comes back",
      { rows: { [key]: running({ quotaSuspension: { state: "suspended", expectedResumeBy: now - minute } }) } },
      {},
      [],
    ],
    ["an embedded run leaves no status", { rows: { [key]: { sessionId, updatedAt: started } } }, {}, []],
  ],
  "RUN-WILL-RESUME": [
    [
      "2026.7.1 sends a model request",
      { rows: { [key]: running() }, version: "2026.7.1", files: { [tx]: transcript(["user", started]) } },
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
    [
      "2026.5.18 resumes what is marked as aborted",
      { rows: { [key]: running({ abortedLastRun: true }) } },
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
    [
      "sub-agents are not resumed",
      { rows: { [subKey]: running() }, version: "2026.7.1" },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "spawned rows are not resumed",
      { rows: { [key]: running({ spawnDepth: 1 }) }, version: "2026.7.1" },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
  ],
  "DELIVERY-PENDING": [
    [
      "nothing else is done to the row",
      { rows: { [key]: running({ pendingFinalDelivery: true }) }, files: { [tx]: answered, [traj]: success } },
      {},
      ["RUN-FINISHED error none never", "DELIVERY-PENDING error none never"],
    ],
    [
      "a text is enough",
      { rows: { [key]: done({ pendingFinalDeliveryText: "…" }) }, files: { [tx]: answered } },
      {},
      ["DELIVERY-PENDING error none never"],
    ],
    [
      "a reply on its way",
      { rows: { [key]: done({ pendingFinalDelivery: true, updatedAt: now - minute }) }, files: { [tx]: answered } },
      alive,
      [],
    ],
    ["delivered", { rows: { [key]: done({ pendingFinalDelivery: false }) }, files: { [tx]: answered } }, {}, []],
  ],
  "STORE-UNPARSABLE": [
    ["torn", { rows: '{"agent:main:main": {"status": "run' }, {}, ["STORE-UNPARSABLE error none never"]],
    ["empty", { rows: "" }, {}, ["STORE-UNPARSABLE error none never"]],
    ["an array", { rows: "[]" }, {}, ["STORE-UNPARSABLE error none never"]],
    ["no rows", { rows: "{}" }, {}, []],
  ],
  "ROW-DROPPED": [
    ["null", { rows: { [key]: null } }, {}, ["ROW-DROPPED error none never"]],
    ["a list", { rows: { [key]: [] } }, {}, ["ROW-DROPPED error none never"]],
    [
      "a sessionId that is a path",
      { rows: { [key]: running({ sessionId: "../x" }) } },
      {},
      ["ROW-DROPPED error none never"],
    ],
    [
      "a row without a sessionId, as cron leaves it",
      { rows: { "agent:main:cron:job-1": { updatedAt: started } } },
      {},
      [],
    ],
  ],
  "LOCK-DEAD-IDLE": [
    [
      "the row has ended",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock() } },
      {},
      ["LOCK-DEAD-IDLE warning unlock proven"],
    ],
    ["no row has it", { rows: {}, files: { [lockFile]: lock() } }, {}, ["LOCK-DEAD-IDLE warning unlock proven"]],
    [
      "the gateway runs",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock() } },
      alive,
      ["LOCK-DEAD-IDLE warning none never"],
    ],
    [
      "held by the gateway for a minute",
      {
        rows: { [key]: done() },
        files: { [tx]: answered, [lockFile]: lock({ pid: 9100, createdAt: new Date(now - minute).toISOString() }) },
      },
      alive,
      [],
    ],
  ],
  "LOCK-LIVE-OLD": [
    [
      "an hour",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 9100 }) } },
      alive,
      ["LOCK-LIVE-OLD warning none never"],
    ],
    [
      "as long as it said it would be",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 9100, maxHoldMs: 90 * minute }) } },
      alive,
      [],
    ],
  ],
  "LOCK-FOREIGN-PID": [
    [
      "an editor has the pid",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 10:30:00 2026 /usr/bin/vim openclaw.json"] },
      ["LOCK-FOREIGN-PID warning unlock proven"],
    ],
    [
      "a script of Node has the pid: it may be OpenClaw",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 10:30:00 2026 /usr/bin/node dist/index.js gateway"] },
      [],
    ],
  ],
  "LOCK-EMPTY": [
    [
      "an hour old",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" } },
      {},
      ["LOCK-EMPTY warning unlock proven"],
    ],
    [
      "five minutes old",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" }, ages: { [lockFile]: 5 * minute } },
      {},
      ["LOCK-EMPTY warning none never"],
    ],
    [
      "just made",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" }, ages: { [lockFile]: 5000 } },
      {},
      [],
    ],
    [
      "its row claims to run: never alone",
      { rows: { [key]: running() }, files: { [lockFile]: "" } },
      {},
      ["RUN-NO-OWNER error finalize ask", "LOCK-EMPTY warning none never"],
    ],
  ],
  "STORE-LOCK": [
    [
      "it blocks 2026.4.2",
      { rows: {}, version: "2026.4.2", files: { "~/sessions.json.lock": lock() } },
      {},
      ["STORE-LOCK error unlock proven"],
    ],
    [
      "2026.5.18 ignores it",
      { rows: {}, files: { "~/sessions.json.lock": lock() } },
      {},
      ["STORE-LOCK info unlock proven"],
    ],
    [
      "a write is under way",
      { rows: {}, version: "2026.4.2", files: { "~/sessions.json.lock": lock({ pid: 9100 }) } },
      alive,
      [],
    ],
  ],
  "TX-MISSING": [
    ["it has run", { rows: { [key]: done() } }, {}, ["TX-MISSING warning none never"]],
    ["a first turn that failed has lost nothing", { rows: { [key]: done({ status: "failed" }) } }, {}, []],
    ["kept by Claude's command line", { rows: { [key]: done({ claudeCliSessionId: "x" }) } }, {}, []],
    ["kept by other command lines", { rows: { [key]: done({ cliSessionBindings: { codex: {} } }) } }, {}, []],
    ["an ACP session", { rows: { "agent:main:acp:x": done({ acp: { state: "idle" } }) } }, {}, []],
    ["being set up", { rows: { [key]: done({ initializationPending: true }) } }, {}, []],
    ["a heartbeat", { rows: { "agent:main:main:heartbeat": done() } }, {}, []],
    [
      "under the name of its topic",
      { rows: { [key]: done() }, files: { [`~/${sessionId}-topic-7.jsonl`]: answered } },
      {},
      [],
    ],
    [
      "under the name of a fork",
      { rows: { [key]: done() }, files: { [`~/2026-11-20T10-00-00_${sessionId}.jsonl`]: answered } },
      {},
      [],
    ],
    [
      "beside the store, though the row names another machine's place",
      {
        rows: { [key]: done({ sessionFile: `/elsewhere/agents/main/sessions/${sessionId}.jsonl` }) },
        files: { [tx]: answered },
      },
      {},
      [],
    ],
  ],
  "TX-ARCHIVED": [
    [
      "deleted under the row",
      { rows: { [key]: done() }, files: { [`${tx}.deleted.2026-11-20T10-16-56.194Z`]: answered } },
      {},
      ["TX-ARCHIVED warning restore ask"],
    ],
    [
      "reset: somebody asked to forget it",
      { rows: { [key]: done() }, files: { [`${tx}.reset.2026-11-20T10-16-56.194Z`]: answered } },
      {},
      ["TX-ARCHIVED warning none never"],
    ],
  ],
  "SUB-REGISTRY-SPLIT": [
    [
      "the registry has the end",
      {
        rows: { [subKey]: running() },
        files: {
          [tx]: answered,
          "subagents/runs.json": registry({ startedAt: started, endedAt: ended, outcome: { status: "ok" } }),
        },
      },
      {},
      ["RUN-FINISHED error finalize proven", "SUB-REGISTRY-SPLIT error none never"],
    ],
    [
      "the gateway runs",
      {
        rows: { [subKey]: running() },
        files: { "subagents/runs.json": registry({ startedAt: started, endedAt: ended, outcome: { status: "ok" } }) },
      },
      alive,
      [],
    ],
    [
      "they agree",
      {
        rows: { [subKey]: done() },
        files: {
          [tx]: answered,
          "subagents/runs.json": registry({ startedAt: started - minute, endedAt: started, outcome: { status: "ok" } }),
        },
      },
      {},
      [],
    ],
  ],
  "CRON-SPLIT": [
    [
      "the log has the end",
      {
        rows: { [cronKey]: running() },
        files: { [tx]: answered, "cron/runs/job-1.jsonl": cronLog({ sessionKey: cronKey, ts: ended, status: "ok" }) },
      },
      {},
      ["RUN-FINISHED error finalize proven", "CRON-SPLIT error none never"],
    ],
    [
      "the log has the end of another run",
      {
        rows: { [cronKey]: running() },
        files: { "cron/runs/job-1.jsonl": cronLog({ sessionKey: `${cronKey}0`, ts: ended, status: "ok" }) },
      },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
  ],
  "END-BEFORE-START": [
    [
      "an hour before",
      { rows: { [key]: done({ endedAt: started - 60 * minute }) }, files: { [tx]: answered } },
      {},
      ["END-BEFORE-START info none never"],
    ],
    ["at once", { rows: { [key]: done({ startedAt: ended, endedAt: ended }) }, files: { [tx]: answered } }, {}, []],
  ],
  "TERM-NO-END": [
    [
      "no record of the end",
      { rows: { [key]: done({ endedAt: undefined }) }, files: { [tx]: answered } },
      {},
      ["TERM-NO-END info none never"],
    ],
    [
      "the trajectory has it",
      { rows: { [key]: done({ endedAt: undefined }) }, files: { [tx]: answered, [traj]: success } },
      {},
      ["TERM-NO-END info correct proven"],
    ],
  ],
  "UPDATEDAT-BAD": [
    [
      "seconds",
      { rows: { [key]: done({ updatedAt: 1_795_000_000 }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "text",
      { rows: { [key]: done({ updatedAt: "yesterday" }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "none",
      { rows: { [key]: done({ updatedAt: undefined }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    [
      "two days ahead",
      { rows: { [key]: done({ updatedAt: now + 2 * 86_400_000 }) }, files: { [tx]: answered } },
      {},
      ["UPDATEDAT-BAD warning correct ask"],
    ],
    ["an hour ahead", { rows: { [key]: done({ updatedAt: now + 60 * minute }) }, files: { [tx]: answered } }, {}, []],
  ],
  "STATUS-UNKNOWN": [
    [
      "a word",
      { rows: { [key]: done({ status: "stalled" }) }, files: { [tx]: answered } },
      {},
      ["STATUS-UNKNOWN info correct ask"],
    ],
    [
      "a number",
      { rows: { [key]: done({ status: 1 }) }, files: { [tx]: answered } },
      {},
      ["STATUS-UNKNOWN info correct ask"],
    ],
    ["none", { rows: { [key]: done({ status: undefined }) }, files: { [tx]: answered } }, {}, []],
  ],
};

function registry(run: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ version: 2, runs: { r1: { runId: "r1", childSessionKey: subKey, ...run } } });
}

function cronLog(record: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ jobId: "job-1", action: "finished", ...record })}\n`;
}

describe("rules, each on the smallest store that deserves it and on its innocent neighbours", () => {
  for (const [code, stories] of Object.entries(cases)) {
    describe(code, () => {
      for (const [story, home, seen, expected] of stories) {
        it(story, async () => {
          const { findings, sessions } = await scanHome(buildHome(home), seen);
          deepEqual(briefly(findings), expected);
          for (const session of sessions) {
            const repairable = findings.filter(
              ({ session: about, repair }) => about === session.key && repair.kind !== "none",
            );
            equal(repairable.length <= 1, true, "a session has at most one proposal");
          }
        });
      }
    });
  }
});
