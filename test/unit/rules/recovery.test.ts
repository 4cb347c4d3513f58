import { done, key, minute, now, running } from "../../homeBuilder.ts";
import { alive, answered, day, ended, started, subKey, tellStories, tx } from "./stories.ts";

const files = { [tx]: answered };
const acpKey = "agent:main:acp:x";

tellStories("recovery", {
  WEDGED: [
    [
      "given up after two failures",
      {
        rows: { [subKey]: done({ subagentRecovery: { wedgedAt: ended, wedgedReason: "two rapid failures" } }) },
        files,
      },
      {},
      ["WEDGED warning none never"],
    ],
    ["tried once", { rows: { [subKey]: done({ subagentRecovery: { automaticAttempts: 1 } }) }, files }, {}, []],
    ["never given up", { rows: { [subKey]: done({ subagentRecovery: { wedgedAt: 0 } }) }, files }, {}, []],
    ["no record at all", { rows: { [subKey]: done({ subagentRecovery: "wedged" }) }, files }, {}, []],
  ],
  "ABORT-FLAG-STALE": [
    [
      "done and marked",
      { rows: { [key]: done({ abortedLastRun: true }) }, files },
      {},
      ["ABORT-FLAG-STALE info correct ask"],
    ],
    ...["timeout", "killed", "failed"].map(
      (status) =>
        [
          `a genuine ${status} is marked rightly`,
          { rows: { [key]: done({ status, abortedLastRun: true }) }, files },
          {},
          [],
        ] as const,
    ),
    ["not marked", { rows: { [key]: done({ abortedLastRun: false }) }, files }, {}, []],
    [
      "its recovery is under way",
      { rows: { [key]: done({ abortedLastRun: true, subagentRecovery: { automaticAttempts: 1 } }) }, files },
      {},
      [],
    ],
    [
      "its recovery has a run",
      {
        rows: { [key]: done({ abortedLastRun: true, restartRecoveryRuns: [{ runId: "r" }] }) },
        files,
        version: "2026.7.1",
      },
      {},
      [],
    ],
  ],
  "ACP-SPLIT": [
    [
      "runs since an hour, and nobody is there",
      { rows: { [acpKey]: done({ acp: { state: "running", lastActivityAt: started } }) } },
      {},
      ["ACP-SPLIT info none never"],
    ],
    [
      "the row runs, the agent is idle, and nobody is there",
      { rows: { [acpKey]: running({ acp: { state: "idle", lastActivityAt: started } }) } },
      {},
      ["RUN-NO-OWNER error finalize ask", "ACP-SPLIT info none never"],
    ],
    [
      "the gateway runs",
      { rows: { [acpKey]: running({ acp: { state: "running", lastActivityAt: started } }) } },
      alive,
      [],
    ],
    [
      "active five minutes ago",
      { rows: { [acpKey]: done({ acp: { state: "running", lastActivityAt: now - 5 * minute } }) } },
      {},
      [],
    ],
    ["idle after its end", { rows: { [acpKey]: done({ acp: { state: "idle", lastActivityAt: started } }) } }, {}, []],
    ["in error, as its row", { rows: { [acpKey]: done({ status: "failed", acp: { state: "error" } }) } }, {}, []],
  ],
  "QUOTA-STALE": [
    [
      "expected two hours ago",
      {
        rows: { [key]: done({ quotaSuspension: { state: "suspended", expectedResumeBy: now - 120 * minute } }) },
        files,
      },
      {},
      ["QUOTA-STALE info none never"],
    ],
    [
      "expected half an hour ago: within its time",
      { rows: { [key]: done({ quotaSuspension: { state: "resuming", expectedResumeBy: now - 30 * minute } }) }, files },
      {},
      [],
    ],
    [
      "expected tomorrow",
      { rows: { [key]: running({ quotaSuspension: { state: "suspended", expectedResumeBy: now + day } }) } },
      {},
      [],
    ],
    ["nothing is expected", { rows: { [key]: done({ quotaSuspension: {} }) }, files }, {}, []],
  ],
  "RUNTIME-ODD": [
    ["off by a minute", { rows: { [key]: done({ runtimeMs: 1 }) }, files }, {}, ["RUNTIME-ODD info none never"]],
    ["negative", { rows: { [key]: done({ runtimeMs: -5 }) }, files }, {}, ["RUNTIME-ODD info correct proven"]],
    ["text", { rows: { [key]: done({ runtimeMs: "1 min" }) }, files }, {}, ["RUNTIME-ODD info correct proven"]],
    [
      "negative while the gateway runs",
      { rows: { [key]: done({ runtimeMs: -5 }) }, files },
      alive,
      ["RUNTIME-ODD info none never"],
    ],
    ["half a second off", { rows: { [key]: done({ runtimeMs: minute + 500 }) }, files }, {}, []],
    ["none, as after a restart", { rows: { [key]: done({ status: "failed" }) }, files }, {}, []],
    ["a sub-agent accumulates", { rows: { [subKey]: done({ runtimeMs: 7 * minute }) }, files }, {}, []],
    [
      "a session that was spawned accumulates",
      { rows: { "agent:main:helper": done({ runtimeMs: 7 * minute, spawnDepth: 1 }) }, files },
      {},
      [],
    ],
    [
      "it runs again",
      { rows: { [key]: running({ runtimeMs: 1, startedAt: now - minute, updatedAt: now }) } },
      alive,
      [],
    ],
  ],
});
