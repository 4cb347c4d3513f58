// Repairs of claude-mem's database: three cells of a row that is still active, whatever its worker does meanwhile.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { planChoices, repairPlans } from "../../src/repairs.ts";
import { ps } from "../agentctlHome.ts";
import { claudeMemHome, hour, type MemorySpec, type Rows, rowsOf } from "../claudeMemHome.ts";
import { capturedAt, unpackClaudeMem } from "../fixtures/claudeMem.ts";
import { now } from "../homeBuilder.ts";
import { type Bench, look, newestReceipt, repairFindings, repairSeen, undoNewest } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

const id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const other = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const init = ps(1, now - 900 * hour, "/sbin/init");
const worker = ps(60, now - 5 * hour, "bun /home/me/.claude/plugins/claude-mem/scripts/worker-service.cjs --daemon");

function benchOf(home: string, at: number, ...processes: readonly string[]): Bench {
  const capture = { processes: parseCapturedProcesses([init, ...processes].join("\n")) };
  const input = { where: { homes: [home], stateDirs: [] }, env: {}, now: at, capture };
  return { home, context: { input, folder: stateFolder({}, join(temporaryDirectory(), "inspector")) } };
}

function built(spec: MemorySpec, ...processes: readonly string[]): Bench {
  return benchOf(claudeMemHome(spec), now, ...processes);
}

function open({ home }: Bench): DatabaseSync {
  return new DatabaseSync(join(home, ".claude-mem", "claude-mem.db"));
}

const everything = (bench: Bench): Record<string, Rows> => rowsOf(join(bench.home, ".claude-mem", "claude-mem.db"));

function sessionsIn(bench: Bench): Rows {
  return everything(bench)["sdk_sessions"] ?? [];
}

const cellsOf = ({ status, completed_at, completed_at_epoch }: Record<string, unknown>): unknown[] => [
  status,
  completed_at,
  completed_at_epoch,
];
const ghosts = ({ findings }: Scan): Finding[] => findings.filter(({ code }) => code === "MEM-GHOST");
const at = now - 3.5 * hour;
const stamps = [new Date(at).toISOString(), at];
const untouched = ["active", null, null];

describe("repairs of claude-mem's database", () => {
  it("finalize every ghost of a captured worker that was killed, change nothing else, and come back", async () => {
    const bench = benchOf(unpackClaudeMem(), capturedAt);
    const before = everything(bench);
    const [result, ...others] = await repairFindings(bench, (seen) =>
      ghosts(seen).map((finding) => ({ finding, status: "failed" })),
    );
    deepEqual([result?.applied, result?.refused, others], [true, undefined, []]);
    const after = everything(bench);
    const { sdk_sessions: rows = [], ...rest } = after;
    const { sdk_sessions: old = [], ...same } = before;
    deepEqual(rest, same);
    deepEqual(
      rows.map(({ status }) => status),
      ["failed", "failed", "failed", "completed"],
    );
    for (const [i, row] of rows.entries()) {
      const stamp = row["completed_at_epoch"] as number;
      equal(row["completed_at"], new Date(stamp).toISOString());
      const { status, completed_at, completed_at_epoch } = old[i] ?? {};
      deepEqual({ ...row, status, completed_at, completed_at_epoch }, old[i]);
    }
    deepEqual(ghosts(await look(bench)), []);
    equal((await undoNewest(bench)).applied, true);
    deepEqual(everything(bench), before);
  });

  it("finalize beside a worker that has the database open, and which goes on with it", async () => {
    const bench = built({ rows: [{ content_session_id: id }, { content_session_id: other }] }, worker);
    const own = open(bench);
    own.exec("PRAGMA busy_timeout = 5000");
    const seen = await look(bench);
    deepEqual(
      seen.stores.map(({ writer, permission }) => [writer.state, permission.answer]),
      [["running", "yes"]],
    );
    const [result] = await repairSeen(bench, seen, ghosts(seen).slice(0, 1));
    equal(result?.applied, true, result?.refused);
    const insert = "INSERT INTO user_prompts (session_db_id, content_session_id, prompt_text, created_at_epoch)";
    own.exec(`${insert} VALUES (1, '${id}', 'later', ${now})`);
    own.close();
    deepEqual(sessionsIn(bench).map(cellsOf), [["completed", ...stamps], untouched]);
  });

  it("write nothing where the session did something since it was judged, or since it was planned", async () => {
    const bench = built({ rows: [{ content_session_id: id }] }, worker);
    const seen = await look(bench);
    const prompt = (): void => {
      const own = open(bench);
      own.exec(
        `INSERT INTO user_prompts (session_db_id, content_session_id, prompt_text, created_at_epoch) VALUES (1, '', '', ${now})`,
      );
      own.close();
    };
    const { plans } = planChoices(seen, [{ finding: ghosts(seen)[0] as Finding }], bench.context);
    prompt();
    const results = [
      ...(await repairSeen(bench, seen, ghosts(seen))),
      ...(await repairPlans(seen, plans, bench.context)),
    ];
    equal(results.length, 2);
    for (const { applied, refused } of results) {
      equal(applied, false);
      match(refused ?? "", /changed since the plan was made/);
    }
    deepEqual(sessionsIn(bench).map(cellsOf), [untouched]);
  });

  it("write all of the chosen rows or none", async () => {
    const bench = built({ rows: [{ content_session_id: id }, { content_session_id: other }] });
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      ghosts(seen).map((finding) => ({ finding })),
      bench.context,
    );
    const own = open(bench);
    own.exec("UPDATE sdk_sessions SET status = 'failed' WHERE id = 2");
    own.close();
    const [result] = await repairPlans(seen, plans, bench.context);
    equal(result?.applied, false);
    deepEqual(
      sessionsIn(bench).map(({ status }) => status),
      ["active", "failed"],
    );
  });

  it("are undone row by row, where the row still holds what was written", async () => {
    const bench = built({ rows: [{ content_session_id: id }, { content_session_id: other }] });
    await repairFindings(bench, ghosts);
    const own = open(bench);
    own.exec("UPDATE sdk_sessions SET status = 'failed', completed_at_epoch = 7 WHERE id = 2");
    own.close();
    const undone = await undoNewest(bench);
    equal(undone.applied, true, undone.refused);
    deepEqual(undone.plan.left, [`${other} was changed since and is left as it is.`]);
    deepEqual(sessionsIn(bench).map(cellsOf), [untouched, ["failed", stamps[0], 7]]);
  });

  it("never write a row that has another number under the same name by now", async () => {
    const bench = built({ rows: [{ content_session_id: id }] });
    await repairFindings(bench, ghosts);
    const own = open(bench);
    own.exec("UPDATE sdk_sessions SET id = 9 WHERE id = 1");
    own.close();
    const { applied, refused } = await undoNewest(bench);
    deepEqual([applied, refused], [false, `Nothing is left to undo. ${id} is gone and is not brought back.`]);
  });

  it("write both known schemas, and no other, nor a table that sets something else off", async () => {
    for (const schema of [23, 49]) {
      const bench = built({ rows: [{ content_session_id: id }], schema });
      await repairFindings(bench, ghosts);
      deepEqual(sessionsIn(bench).map(cellsOf), [["completed", ...stamps]]);
    }
    const newer = built({ rows: [{ content_session_id: id }] });
    const rigged = built({ rows: [{ content_session_id: id }] });
    for (const [bench, sql] of [
      [newer, "INSERT INTO schema_versions (version, applied_at) VALUES (50, '')"],
      [rigged, "CREATE TRIGGER t AFTER UPDATE ON sdk_sessions BEGIN DELETE FROM user_prompts; END"],
    ] as const) {
      const seen = await look(bench);
      const { plans } = planChoices(
        seen,
        ghosts(seen).map((finding) => ({ finding })),
        bench.context,
      );
      const own = open(bench);
      own.exec(sql);
      own.close();
      const [result] = await repairPlans(seen, plans, bench.context);
      match(result?.refused ?? "", /shown only/);
      deepEqual(sessionsIn(bench).map(cellsOf), [untouched]);
    }
    deepEqual(
      (await look(newer)).stores.map(({ permission }) => permission),
      [{ answer: "no", why: "It is newer or other than what is known (schema 50): it is shown only." }],
    );
  });

  it("take an outcome that claude-mem itself knows, and no other", async () => {
    const bench = built({ rows: [{ content_session_id: id }] });
    const seen = await look(bench);
    const [finding] = ghosts(seen);
    ok(finding);
    for (const status of ["done", "stopped", "active"]) {
      const { refused } = planChoices(seen, [{ finding, status: "completed" }], bench.context);
      deepEqual(refused, []);
      let thrown: unknown;
      try {
        planChoices(seen, [{ finding, status }], bench.context);
      } catch (error) {
        thrown = error;
      }
      ok(thrown instanceof RangeError);
    }
  });

  it("are shown and planned without a trace, and keep nothing of the sessions but their cells", async () => {
    const bench = built({ rows: [{ content_session_id: id, user_prompt: "canary task" }], prompts: { 1: at } });
    await repairFindings(bench, ghosts);
    const text = JSON.stringify(newestReceipt(bench));
    ok(!/canary/.test(text));
    ok(text.includes('\\"active\\"'));
  });
});
