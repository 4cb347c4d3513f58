import { done, minute, running } from "../../homeBuilder.ts";
import { alive, answered, cronKey, ended, started, subKey, tellStories, tx } from "./stories.ts";

tellStories("registries", {
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
});

function registry(run: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ version: 2, runs: { r1: { runId: "r1", childSessionKey: subKey, ...run } } });
}

function cronLog(record: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ jobId: "job-1", action: "finished", ...record })}\n`;
}
