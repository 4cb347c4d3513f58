// Rows of a database are repaired, undone and refused: one transaction, and every other row as it was.
import { deepEqual, equal, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { buildDatabaseHome, type DatabaseHome } from "../databaseBuilder.ts";
import { contentOf } from "../databaseContent.ts";
import { done, key, minute, now, running, sessionId } from "../homeBuilder.ts";
import { benchOf, look, newestReceipt, repairFindings, undoNewest } from "../repairing.ts";

const other = "agent:main:direct:x";
const second = "aaaaaaaa-2222-4333-8444-555555555555";
const ended = now - 50 * minute;

function sick(): DatabaseHome {
  return buildDatabaseHome({
    sessions: {
      [key]: {
        entry: running({
          lifecycleRunId: "r1",
          activeWriterRunId: "r1",
          mainRestartRecovery: { cycleId: "c", revision: 1, chargedAttempts: 0 },
          abortedLastRun: true,
          pluginSlot: { kept: 1.5 },
        }),
        events: [["user", now - 60 * minute]],
        trajectory: [
          ["session.started", now - 60 * minute],
          ["session.ended", ended, { status: "success" }],
        ],
      },
      [other]: { entry: done({ sessionId: second }) },
    },
    sql: "DELETE FROM session_canonical_validation_pending",
  });
}

const proposals = ({ findings }: Scan): Finding[] => findings.filter(({ repair }) => repair.kind !== "none");

interface Stored {
  readonly entry: Record<string, unknown>;
  readonly node: unknown[];
  readonly window: unknown[];
  readonly isPending: boolean;
}

function stored(path: string, name: string): Stored {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = (sql: string): Record<string, unknown> => database.prepare(sql).get(name) ?? {};
  const node = row("SELECT * FROM session_nodes WHERE session_key = ?");
  const window = row("SELECT * FROM session_windows WHERE session_key = ?");
  const pending = row("SELECT count(*) AS n FROM session_canonical_validation_pending WHERE session_key = ?");
  database.close();
  return {
    entry: JSON.parse(String(node["entry_json"])),
    node: [node["status"], node["entry_valid"], node["updated_at"], node["archived_at"]],
    window: [window["status"], window["started_at"], window["ended_at"]],
    isPending: pending["n"] === 1,
  };
}

describe("a repair in a database", () => {
  it("finalizes a row, its columns and its window in one go, and drops the fences of its run", async () => {
    const built = sick();
    const bench = benchOf(built);
    const [result] = await repairFindings(bench, proposals);
    equal(result?.refused, undefined);
    equal(result?.applied, true);
    const row = stored(built.store, key);
    deepEqual(row, {
      entry: {
        sessionId,
        status: "done",
        startedAt: now - 60 * minute,
        updatedAt: now - 60 * minute,
        abortedLastRun: false,
        pluginSlot: { kept: 1.5 },
        endedAt: ended,
        runtimeMs: 10 * minute,
      },
      node: ["done", 1, now - 60 * minute, null],
      window: ["done", now - 60 * minute, ended],
      isPending: true,
    });
    deepEqual(Object.keys(row.entry).slice(0, 4), ["sessionId", "status", "startedAt", "updatedAt"], "in their order");
    deepEqual(proposals(await look(bench)), []);
  });

  it("is undone to the last byte of every table", async () => {
    const built = sick();
    const bench = benchOf(built);
    const before = contentOf(built.store);
    equal((await repairFindings(bench, proposals))[0]?.applied, true);
    ok(contentOf(built.store) !== before);
    equal((await undoNewest(bench)).refused, undefined);
    equal(contentOf(built.store), before);
    equal(newestReceipt(bench).plan.action, "undo");
  });
});
