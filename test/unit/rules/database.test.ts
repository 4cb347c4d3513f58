// What is said of databases of 2026.8 and later, each on the smallest one that deserves it and on its innocent neighbours.
import { deepEqual, equal, match } from "node:assert/strict";
import type { Scan } from "../../../src/model/scan.ts";
import { buildDatabaseHome, type DatabaseHomeSpec, type SessionSpec } from "../../databaseBuilder.ts";
import {
  briefly,
  done,
  key,
  lock,
  minute,
  now,
  running,
  type ScanSpec,
  scanHome,
  sessionId,
  transcript,
} from "../../homeBuilder.ts";
import { alive, ended, started } from "./stories.ts";

type Story = readonly [story: string, home: DatabaseHomeSpec, seen: ScanSpec, expected: readonly string[]];

const child = "agent:main:subagent:abc";
const cron = "agent:main:cron:job-1:run:r1";
const answered: SessionSpec["events"] = [
  ["user", started],
  ["assistant", ended, { stopReason: "stop" }],
];
const success: SessionSpec["trajectory"] = [
  ["session.started", started],
  ["session.ended", ended, { status: "success" }],
];
const marked = { abortedLastRun: true, mainRestartRecovery: { cycleId: "c", revision: 1, chargedAttempts: 0 } };
const wake = { status: "pending", requesterYieldBatch: true, rearmGeneration: 1, batchRunIds: ["run-0"] };
const waiting = { child, requester: key, payload: { expectsCompletionMessage: true, requesterSettleWake: wake } };

const one = (entry: SessionSpec["entry"], more: Omit<SessionSpec, "entry"> = {}): DatabaseHomeSpec => ({
  sessions: { [key]: { entry, events: answered, ...more } },
});
const cut = (more = {}): DatabaseHomeSpec => one(running(more), { events: [["user", started]] });

const stories: Readonly<Record<string, readonly Story[]>> = {
  "RUN-WILL-RESUME": [
    ["killed in a turn", cut(), {}, ["RUN-WILL-RESUME error finalize ask"]],
    ["after an answer", one(running()), {}, ["RUN-WILL-RESUME error finalize ask"]],
    ["marked by the last start", cut(marked), {}, ["RUN-WILL-RESUME error finalize ask"]],
    ["a gateway runs", cut(), alive, []],
    ["a sub-agent", { sessions: { [child]: { entry: running() } } }, {}, ["RUN-WILL-RESUME error finalize ask"]],
    ["a cron run", { sessions: { [cron]: { entry: running() } } }, {}, ["RUN-NO-OWNER error finalize ask"]],
    [
      "hidden from recovery by its column",
      one(running(), { columns: { status: "done" }, window: { status: "done" } }),
      {},
      ["RUN-NO-OWNER error finalize ask", "SQL-STATUS-SPLIT error none never"],
    ],
    [
      "an answer that was not delivered",
      cut({ pendingFinalDelivery: { kind: "replayable", text: "hello" } }),
      {},
      ["RUN-WILL-RESUME error none never", "DELIVERY-PENDING error none never"],
    ],
  ],
  "RUN-FINISHED": [
    [
      "recorded, and asked all the same",
      one(running(), { trajectory: success }),
      {},
      ["RUN-FINISHED error finalize ask", "RUN-WILL-RESUME error none never"],
    ],
    [
      "the end of a run before",
      one(running({ startedAt: now - 5 * minute }), { trajectory: success }),
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
  ],
  "RUN-ARCHIVED": [
    ["archived while it ran", cut({ archivedAt: ended }), {}, ["RUN-ARCHIVED error finalize proven"]],
    ["marked by two starts (seen)", cut({ archivedAt: ended, ...marked }), {}, ["RUN-ARCHIVED error finalize proven"]],
    [
      "recorded",
      one(running({ archivedAt: ended }), { trajectory: success }),
      {},
      ["RUN-ARCHIVED error finalize proven"],
    ],
    [
      "aborted by a user",
      one(running({ archivedAt: ended }), {
        trajectory: [
          ["session.started", started],
          ["session.ended", ended, { status: "interrupted", aborted: true, externalAbort: true }],
        ],
      }),
      {},
      ["RUN-ARCHIVED error finalize ask"],
    ],
    [
      "claimed by its recovery",
      cut({ archivedAt: ended, mainRestartRecovery: { ...marked.mainRestartRecovery, reservation: { runId: "r" } } }),
      {},
      ["RUN-ARCHIVED error finalize ask"],
    ],
    [
      "nothing is known of placements",
      { ...cut({ archivedAt: ended }), withoutState: true },
      {},
      ["RUN-ARCHIVED error finalize ask"],
    ],
    ["a gateway runs", cut({ archivedAt: ended }), alive, ["RUN-ARCHIVED warning none never"]],
    ["archived and done", one(done({ archivedAt: now })), {}, []],
  ],
  "YIELDED-PARENT": [
    [
      "its sub-agent wakes it",
      { ...one(running({ endedAt: ended })), subagentRuns: [waiting] },
      {},
      ["YIELDED-PARENT info none never"],
    ],
    [
      "the wake is another's",
      {
        ...one(running({ endedAt: ended })),
        subagentRuns: [{ ...waiting, requester: "agent:main:other" }],
      },
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
    [
      "no wake is armed",
      { ...one(running({ endedAt: ended })), subagentRuns: [{ child, requester: key, payload: {} }] },
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
    [
      "nothing is known of sub-agents",
      { ...one(running({ endedAt: ended })), withoutState: true },
      {},
      ["RUN-WILL-RESUME error none never"],
    ],
  ],
  "SUB-REGISTRY-SPLIT": [
    [
      "it ended in the registry",
      {
        sessions: { [child]: { entry: running(), events: answered } },
        subagentRuns: [
          {
            child,
            requester: key,
            payload: {
              execution: { status: "terminal", startedAt: started, endedAt: ended, outcome: { status: "ok" } },
            },
          },
        ],
      },
      {},
      ["RUN-FINISHED error finalize ask", "RUN-WILL-RESUME error none never", "SUB-REGISTRY-SPLIT error none never"],
    ],
  ],
  "CRON-SPLIT": [
    [
      "its receipt says ok",
      { sessions: { [cron]: { entry: running(), events: answered } }, stateSql: receipt("job-1", "ok") },
      {},
      ["RUN-FINISHED error finalize ask", "CRON-SPLIT error none never"],
    ],
    [
      "a receipt of another job",
      { sessions: { [cron]: { entry: running() } }, stateSql: receipt("job-2", "ok") },
      {},
      ["RUN-NO-OWNER error finalize ask"],
    ],
  ],
  "FENCE-STRANDED": [
    [
      "a writer that is not the last run",
      one(done({ activeWriterRunId: "a", lastRunId: "b" })),
      {},
      ["FENCE-STRANDED error correct ask"],
    ],
    ["a lifecycle that goes on", one(done({ lifecycleRunId: "a" })), {}, ["FENCE-STRANDED error correct ask"]],
    ["the last run (seen in every row that ended)", one(done({ activeWriterRunId: "a", lastRunId: "a" })), {}, []],
    ["a gateway runs", one(done({ lifecycleRunId: "a" })), alive, []],
    [
      "a delivery that no recovery is about",
      cut({ restartRecoveryDeliveryRunId: "d" }),
      {},
      ["RUN-WILL-RESUME error finalize ask", "FENCE-STRANDED error none never"],
    ],
    [
      "recovery's own marks",
      cut({ ...marked, restartRecoveryRuns: [{ runId: "r" }] }),
      {},
      ["RUN-WILL-RESUME error finalize ask"],
    ],
  ],
  "SQL-ROW-INVALID": [
    ["not validated", one(done(), { columns: { entry_valid: 0 } }), {}, ["SQL-ROW-INVALID error none never"]],
    ["not valid", one(done(), { columns: { entry_valid: -1 } }), {}, ["SQL-ROW-INVALID error none never"]],
    ["no JSON", one("{torn"), {}, ["SQL-ROW-INVALID error none never"]],
    [
      "another session id",
      one(done(), { columns: { current_session_id: "other" } }),
      {},
      ["SQL-ROW-INVALID error none never"],
    ],
    ["another time", one(done(), { columns: { updated_at: now } }), {}, ["SQL-ROW-INVALID error none never"]],
    [
      "it keeps every repair away",
      one(running(), { columns: { entry_valid: 0 } }),
      {},
      ["RUN-WILL-RESUME error none never", "SQL-ROW-INVALID error none never"],
    ],
  ],
  "SQL-STATUS-SPLIT": [
    ["the column", one(done(), { columns: { status: "failed" } }), {}, ["SQL-STATUS-SPLIT error correct ask"]],
    ["the window", one(done(), { window: { status: "failed" } }), {}, ["SQL-STATUS-SPLIT error correct ask"]],
    ["its end", one(done(), { window: { ended_at: null } }), {}, ["SQL-STATUS-SPLIT error correct ask"]],
    ["interrupted is failed to a column", one(done({ status: "interrupted" })), {}, []],
    ["no status at all", one({ ...done(), status: undefined }), {}, []],
  ],
  WEDGED: [
    [
      "recovery gave up",
      one(
        done({ status: "failed", mainRestartRecovery: { ...marked.mainRestartRecovery, tombstone: { reason: "x" } } }),
      ),
      {},
      ["WEDGED warning none never"],
    ],
    [
      "and it went on elsewhere",
      one(done({ mainRestartRecovery: { tombstone: { reason: "x", recoveredSessionId: "y" } } })),
      {},
      [],
    ],
  ],
  "ABORT-FLAG-STALE": [["recovery is at work", one(done(marked)), {}, []]],
  "SCHEMA-UNKNOWN": [
    ["newer", { ...one(done()), sql: "PRAGMA user_version = 24" }, {}, ["SCHEMA-UNKNOWN info none never"]],
    ["that of 2026.8.2", { ...one(done()), sql: "PRAGMA user_version = 19" }, {}, []],
    [
      "another role",
      { ...one(done()), sql: "UPDATE schema_meta SET role = 'state'" },
      {},
      ["SCHEMA-UNKNOWN info none never"],
    ],
    [
      "another agent",
      { ...one(done()), sql: "UPDATE schema_meta SET agent_id = 'work'" },
      {},
      ["SCHEMA-UNKNOWN info none never"],
    ],
    [
      "of a beta, with other tables",
      { ...one(done()), sql: "ALTER TABLE session_nodes RENAME TO session_entries; PRAGMA user_version = 7" },
      {},
      ["STORE-UNREADABLE error none never", "SCHEMA-UNKNOWN info none never"],
    ],
  ],
  "SQL-ORPHAN": [
    [
      "a row without a window",
      one(done(), { window: null, events: [] }),
      {},
      ["SQL-ORPHAN warning none never", "TX-MISSING warning none never"],
    ],
    [
      "a window without a row",
      { ...one(done()), sql: "PRAGMA foreign_keys = OFF; UPDATE session_windows SET session_key = 'gone'" },
      {},
      ["SQL-ORPHAN warning none never"],
    ],
    [
      "events without a window",
      {
        ...one(done()),
        sql: "PRAGMA foreign_keys = OFF; INSERT INTO transcript_events (session_id, seq, event_json, created_at) VALUES ('gone', 0, '{}', 1)",
      },
      {},
      ["SQL-ORPHAN warning none never"],
    ],
  ],
  "LEGACY-BESIDE-SQL": [
    [
      "a store of an older version",
      {
        ...one(done()),
        files: {
          "agents/main/sessions/sessions.json": JSON.stringify({ [key]: done() }),
          [`agents/main/sessions/${sessionId}.jsonl`]: transcript(["user", started]),
        },
      },
      {},
      ["LEGACY-BESIDE-SQL error none never"],
    ],
    [
      "transcripts alone",
      { ...one(done()), files: { "agents/main/sessions/left.jsonl": "{}\n" } },
      {},
      ["LEGACY-BESIDE-SQL error none never"],
    ],
    [
      "archives",
      { ...one(done()), files: { "agents/main/sessions/a.jsonl.deleted.2026-11-20T10-23-56.428Z.00ff.zst": "" } },
      {},
      [],
    ],
  ],
  "ERA-S-LOCKS": [
    [
      "its process is gone",
      { ...one(done()), files: { "agents/main/sessions/a.jsonl.lock": lock() } },
      {},
      ["ERA-S-LOCKS info unlock proven"],
    ],
    [
      "a gateway runs",
      { ...one(done()), files: { "agents/main/sessions/a.jsonl.lock": lock() } },
      alive,
      ["ERA-S-LOCKS info none never"],
    ],
    [
      "its process lives",
      { ...one(done()), files: { "agents/main/sessions/a.jsonl.lock": lock({ pid: 9100 }) } },
      alive,
      [],
    ],
    [
      "of a beta that takes them",
      { ...one(done()), sql: "PRAGMA user_version = 9", files: { "agents/main/sessions/a.jsonl.lock": lock() } },
      {},
      ["SCHEMA-UNKNOWN info none never"],
    ],
  ],
};

function receipt(job: string, status: string): string {
  return `INSERT INTO cron_run_receipts
    (receipt_id, store_key, job_id, config_revision, agent_id, status, owner_pid, started_at_ms, finished_at_ms)
    VALUES ('r', 's', '${job}', '1', 'main', '${status}', 1, ${started - 1000}, ${ended})`;
}

describe("rules about databases", () => {
  for (const [code, told] of Object.entries(stories)) {
    describe(code, () => {
      for (const [story, spec, seen, expected] of told) {
        it(story, async () => {
          const { findings } = await scanHome(buildDatabaseHome(spec), seen);
          deepEqual(briefly(findings), expected);
        });
      }
    });
  }

  const only = async (spec: DatabaseHomeSpec, seen?: ScanSpec): Promise<Scan> =>
    scanHome(buildDatabaseHome(spec), seen);

  it("a parent that yielded is waiting, with the run that wakes it", async () => {
    const seen = await only({ ...one(running({ endedAt: ended })), subagentRuns: [waiting] });
    equal(seen.sessions[0]?.verdict, "waiting");
    match(seen.sessions[0]?.why ?? "", new RegExp(child));
    match(seen.sessions[0]?.proof[0]?.text ?? "", /run-0/);
  });

  it("an interrupted row has ended", async () => {
    const seen = await only(one(done({ status: "interrupted" })));
    deepEqual([seen.sessions[0]?.claimed, seen.sessions[0]?.verdict], ["interrupted", "finished"]);
  });

  it("says that the next start sends a model request", async () => {
    const seen = await only(cut());
    match(seen.findings[0]?.message ?? "", /the next gateway start sends a model request for this row/);
  });

  it("takes the fences of a run that it settles, and leaves every other field", async () => {
    const fences = { lifecycleRunId: "a", activeWriterRunId: "a", restartRecoveryDeliveryContext: {}, ...marked };
    const seen = await only(cut({ ...fences, lastRunId: "z", label: "mine" }));
    deepEqual(seen.findings[0]?.repair.set, {
      status: "failed",
      endedAt: started,
      runtimeMs: 0,
      abortedLastRun: false,
      activeWriterRunId: null,
      lifecycleRunId: null,
      mainRestartRecovery: null,
      restartRecoveryDeliveryContext: null,
    });
  });

  it("tells of two stores which version reads which, and what is in one only", async () => {
    const seen = await only({
      ...one(done()),
      files: {
        "agents/main/sessions/sessions.json": JSON.stringify({
          "agent:main:later": done({ sessionId: "later", updatedAt: now }),
        }),
      },
    });
    const beside = seen.findings.find(({ code }) => code === "LEGACY-BESIDE-SQL");
    match(beside?.message ?? "", /an older version wrote it after the database/);
    deepEqual(
      beside?.evidence.map(({ text }) => text),
      [
        "sessions.json, 1 row: OpenClaw up to 2026.7 reads and writes it; only in it: agent:main:later.",
        `openclaw-agent.sqlite, 1 row: OpenClaw 2026.8 and later read and write it; only in it: ${key}.`,
      ],
    );
    deepEqual(
      seen.stores.map(({ kind }) => kind),
      ["openclaw-json", "openclaw-sqlite"],
    );
  });

  it("a file of that name with other tables is no store", async () => {
    const seen = await only({
      sessions: {},
      sql: "PRAGMA foreign_keys = OFF; DROP TABLE session_windows; DROP TABLE session_nodes; PRAGMA user_version = 1",
    });
    deepEqual(seen.stores, []);
  });
});
