import { key, lock, minute, now, running, sessionId, trajectory, transcript } from "../../homeBuilder.ts";
import {
  alive,
  answered,
  cronKey,
  ended,
  lockFile,
  started,
  subKey,
  success,
  tellStories,
  traj,
  tx,
} from "./stories.ts";

const hour = 60 * minute;

tellStories("running", {
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
      "the gateway counts nothing active at all",
      { rows: { [key]: running() } },
      { ...alive, idle: [key], counts: "none" },
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "its list says idle, as 2026.5.18 does while a run of `main` streams",
      { rows: { [key]: running() } },
      { ...alive, idle: [key] },
      ["RUN-RPC-IDLE warning none never"],
    ],
    [
      "its list says idle, and 49 hours are more than any run may take",
      { rows: { [key]: running({ startedAt: now - 49 * hour, updatedAt: now - 49 * hour }) } },
      { ...alive, idle: [key] },
      ["RUN-NO-OWNER error finalize ask"],
    ],
    [
      "its list says idle, and it counts a run that it does not name",
      { rows: { [key]: running({ startedAt: now - 49 * hour, updatedAt: now - 49 * hour }) } },
      { ...alive, idle: [key], counts: "some" },
      [],
    ],
    [
      "its list says idle of a scheduled run, whose job sets its own limit",
      { rows: { [cronKey]: running({ startedAt: now - 49 * hour, updatedAt: now - 49 * hour }) } },
      { ...alive, idle: [cronKey] },
      [],
    ],
    ["the gateway does not name it", { rows: { [key]: running() } }, { ...alive, idle: ["agent:main:other"] }, []],
    [
      "the gateway says that it does not, a minute after it began",
      { rows: { [key]: running({ startedAt: now - minute, updatedAt: now - minute }) } },
      { ...alive, idle: [key], counts: "none" },
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
  "RUN-RPC-IDLE": [
    [
      "for twenty minutes",
      { rows: { [key]: running({ startedAt: now - 20 * minute, updatedAt: now - 20 * minute }) } },
      { ...alive, idle: [key], counts: "none" },
      ["RUN-RPC-IDLE error none never"],
    ],
    [
      "for twenty minutes, by its list alone",
      { rows: { [key]: running({ startedAt: now - 20 * minute, updatedAt: now - 20 * minute }) } },
      { ...alive, idle: [key] },
      ["RUN-RPC-IDLE warning none never"],
    ],
    [
      "for nine minutes",
      { rows: { [key]: running({ startedAt: now - 9 * minute, updatedAt: now - 9 * minute }) } },
      { ...alive, idle: [key], counts: "none" },
      [],
    ],
    [
      "its transcript grew two minutes ago",
      {
        rows: { [key]: running({ startedAt: now - 20 * minute, updatedAt: now - 20 * minute }) },
        files: { [tx]: transcript(["user", now - 2 * minute]) },
      },
      { ...alive, idle: [key], counts: "none" },
      [],
    ],
    [
      "the gateway does not name it",
      { rows: { [key]: running({ startedAt: now - 20 * minute, updatedAt: now - 20 * minute }) } },
      { ...alive, idle: ["agent:main:other"] },
      [],
    ],
    [
      "the gateway names it as running",
      { rows: { [key]: running({ startedAt: now - 20 * minute, updatedAt: now - 20 * minute }) } },
      { ...alive, running: [key] },
      [],
    ],
    [
      "suspended until its quota comes back",
      {
        rows: {
          [key]: running({
            startedAt: now - 20 * minute,
            updatedAt: now - 20 * minute,
            quotaSuspension: { state: "suspended", expectedResumeBy: now + minute },
          }),
        },
      },
      { ...alive, idle: [key], counts: "none" },
      [],
    ],
  ],
});
