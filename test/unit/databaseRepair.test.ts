// Rows of a database are repaired, undone and refused: one transaction, and every other row as it was.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Finding } from "../../src/model/finding.ts";
import type { Receipt, RepairResult } from "../../src/model/receipt.ts";
import type { RowImages } from "../../src/model/rowImage.ts";
import type { Scan } from "../../src/model/scan.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { saveReceipt } from "../../src/repair/receiptFolder.ts";
import { receiptsOf, recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import { buildDatabaseHome, change, type DatabaseHome, type SessionSpec } from "../databaseBuilder.ts";
import { contentOf, onCopy } from "../databaseContent.ts";
import { fingerprint } from "../fingerprint.ts";
import { done, gateway, key, minute, now, type Row, running, sessionId } from "../homeBuilder.ts";
import {
  type Bench,
  benchOf,
  look,
  newestReceipt,
  onlyInit,
  prune,
  repairFindings,
  repairProven,
  repairSeen,
  undoNewest,
} from "../repairing.ts";

const other = "agent:main:direct:x";
const second = "aaaaaaaa-2222-4333-8444-555555555555";
const ended = now - 50 * minute;
const day = 24 * 60 * minute;
const valid = "UPDATE session_nodes SET entry_valid = 1; DELETE FROM session_canonical_validation_pending";

const cutShort: SessionSpec = {
  entry: running({
    lifecycleRunId: "r1",
    activeWriterRunId: "r1",
    mainRestartRecovery: { cycleId: "c", revision: 1, chargedAttempts: 0 },
    restartRecoveryDeliveryRunId: "r1",
    abortedLastRun: true,
    pluginSlot: { kept: 1.5 },
  }),
  events: [["user", now - 60 * minute]],
  trajectory: [
    ["session.started", now - 60 * minute],
    ["session.ended", ended, { status: "success" }],
  ],
};

function homeOf(sessions: Readonly<Record<string, SessionSpec>>, sql = valid): DatabaseHome {
  return buildDatabaseHome({ sessions, sql });
}

function sick(): DatabaseHome {
  return homeOf({ [key]: cutShort, [other]: { entry: done({ sessionId: second }) } });
}

const proposals = ({ findings }: Scan): Finding[] => findings.filter(({ repair }) => repair.kind !== "none");

/** A row with what goes with it: its JSON, its columns, its window, and whether its validation is pending. */
function stored(path: string, name: string): { entry: Row; node: unknown[]; window: unknown[]; isPending: boolean } {
  return onCopy(path, (database) => {
    const row = (sql: string): Row => database.prepare(sql).get(name) ?? {};
    const node = row("SELECT * FROM session_nodes WHERE session_key = ?");
    const window = row("SELECT * FROM session_windows WHERE session_key = ?");
    return {
      entry: JSON.parse(String(node["entry_json"])),
      node: ["status", "entry_valid", "updated_at", "archived_at"].map((name) => node[name]),
      window: ["status", "started_at", "ended_at"].map((name) => window[name]),
      isPending:
        row("SELECT 1 AS there FROM session_canonical_validation_pending WHERE session_key = ?")["there"] === 1,
    };
  });
}

function kept(bench: Bench): RowImages {
  return JSON.parse(readFileSync(newestReceipt(bench).backup ?? "", "utf8"));
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

  it("keeps the exact old rows in its receipt, for their owner alone, and nothing else of the database", async () => {
    const built = sick();
    const bench = benchOf(built);
    const [node, window] = onCopy(built.store, (database) => [
      database.prepare("SELECT * FROM session_nodes WHERE session_key = ?").get(key),
      database.prepare("SELECT * FROM session_windows WHERE session_key = ?").get(key),
    ]);
    await repairFindings(bench, proposals);
    deepEqual(kept(bench).before, [{ key, node: { ...node }, window: { ...window }, isPending: false }]);
    const { backup = "" } = newestReceipt(bench);
    equal(statSync(backup).mode & 0o777, 0o600);
    deepEqual(readdirSync(dirname(backup)).sort(), ["manifest.json", "rows.json"]);
  });

  it("settles unasked only what was archived while it ran (#119117)", async () => {
    const built = homeOf({
      [key]: cutShort,
      [other]: { entry: running({ sessionId: second, archivedAt: ended }), events: [["user", now - 60 * minute]] },
    });
    const bench = benchOf(built);
    const before = stored(built.store, key);
    const results = await repairProven(bench);
    deepEqual(
      results.map(({ plan, applied }) => [plan.findings.map(({ code }) => code), applied]),
      [[["RUN-ARCHIVED"], true]],
    );
    deepEqual(stored(built.store, other).node, ["failed", 1, now - 60 * minute, ended]);
    deepEqual(stored(built.store, key), before);
  });

  it("makes columns and window say what the row says, and leaves the row as it is", async () => {
    const built = homeOf({ [key]: { entry: done(), columns: { status: "running" }, window: { ended_at: null } } });
    const bench = benchOf(built);
    const before = stored(built.store, key);
    const [result] = await repairFindings(bench, proposals);
    equal(result?.applied, true, result?.refused);
    deepEqual(stored(built.store, key), {
      ...before,
      node: ["done", ...before.node.slice(1)],
      window: ["done", now - 61 * minute, now - 60 * minute],
    });
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(stored(built.store, key), before);
  });

  it("is undone row by row", async () => {
    const built = homeOf({ [key]: cutShort, [other]: { ...cutShort, entry: running({ sessionId: second }) } });
    const bench = benchOf(built);
    const before = contentOf(built.store);
    equal((await repairFindings(bench, proposals))[0]?.applied, true);
    equal((await undoNewest(bench, other)).refused, undefined);
    deepEqual([stored(built.store, key).node[0], stored(built.store, other).node[0]], ["done", "running"]);
    const first = receiptsOf(bench.context).find(({ plan }) => plan.action !== "undo");
    if (first === undefined) throw new Error("no receipt");
    equal(first.undoneBy, undefined);
    equal((await undoReceipt(first, bench.context)).applied, true);
    equal(contentOf(built.store), before);
  });

  it("is not undone where the row went on since, and says so", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairFindings(bench, proposals);
    change(built.store, (database) =>
      database.exec(
        `UPDATE session_nodes SET entry_json = json_set(entry_json, '$.label', 'new'), updated_at = updated_at WHERE session_key = '${key}'; ${valid}`,
      ),
    );
    const before = contentOf(built.store);
    const { applied, refused } = await undoNewest(bench);
    equal(applied, false);
    match(refused ?? "", /agent:main:main was changed since, or is gone, and is left as it is/);
    equal(contentOf(built.store), before);
  });

  it("puts nothing back from rows that were changed in the receipt", async () => {
    const built = sick();
    const bench = benchOf(built);
    await repairFindings(bench, proposals);
    const { backup = "" } = newestReceipt(bench);
    writeFileSync(backup, readFileSync(backup, "utf8").replace('"running"', '"timeout"'));
    const before = contentOf(built.store);
    match((await undoNewest(bench)).refused ?? "", /were changed: nothing is put back/);
    equal(contentOf(built.store), before);
  });

  it("gives nothing to a store whose log a killed gateway left, but what was meant", async () => {
    const built = sick();
    const before = stored(built.store, other);
    const writer = new DatabaseSync(built.store);
    writer.exec("PRAGMA wal_autocheckpoint = 0; UPDATE session_nodes SET last_read_at = 5");
    const bench = benchOf(built);
    match((await repairFindings(bench, proposals))[0]?.refused ?? "", /^Another process has this database open/);
    writer.close();
    equal((await repairFindings(bench, proposals))[0]?.refused, undefined);
    deepEqual(stored(built.store, other), before);
  });
});

describe("a repair in a database that a crash cut short", () => {
  /** As a kill between the commit and the next word in the receipt leaves it. */
  async function cutShortAfterCommit(): Promise<{ built: DatabaseHome; bench: Bench; receipt: Receipt }> {
    const built = sick();
    const bench = benchOf(built);
    await repairFindings(bench, proposals);
    const receipt: Receipt = { ...newestReceipt(bench), state: "prepared" };
    saveReceipt(nodeFiles, bench.context.folder, receipt);
    return { built, bench, receipt };
  }

  it("is finished where its rows are the new ones, and taken back where they are the old", async () => {
    const { built, bench, receipt } = await cutShortAfterCommit();
    deepEqual(
      (await recoverRepairs(bench.context)).map(({ how }) => how),
      ["finished"],
    );
    equal((await undoNewest(bench)).refused, undefined);
    saveReceipt(nodeFiles, bench.context.folder, receipt);
    deepEqual(
      (await recoverRepairs(bench.context)).map(({ how }) => how),
      ["takenBack"],
    );
    deepEqual(stored(built.store, key).node[0], "running");
  });

  it("counts as made where others have written its row since, and its undo leaves theirs", async () => {
    const { built, bench } = await cutShortAfterCommit();
    change(built.store, (database) =>
      database.exec(`UPDATE session_nodes SET entry_json = json_set(entry_json, '$.label', 'new'); ${valid}`),
    );
    deepEqual(
      (await recoverRepairs(bench.context)).map(({ how }) => how),
      ["finished"],
    );
    const before = contentOf(built.store);
    match((await undoNewest(bench)).refused ?? "", /was changed since/);
    equal(contentOf(built.store), before);
  });
});

describe("a repair in a database is refused", () => {
  async function refusal(
    built: DatabaseHome,
    meanwhile: (path: string) => void,
    processes: readonly string[] = [],
    vouched: boolean = false,
  ): Promise<string> {
    const bench = benchOf(built);
    const seen = await look(bench);
    const findings = proposals(seen);
    ok(findings.length > 0);
    meanwhile(built.store);
    const before = fingerprint(built.home);
    const later = benchOf(built, { processes: [onlyInit, ...processes].join("\n"), folder: bench.context.folder });
    const context = { ...later.context, ...(vouched && { vouched: new Set(seen.stores.map(({ id }) => id)) }) };
    const results: RepairResult[] = await repairSeen({ ...later, context }, seen, findings);
    deepEqual(
      results.map(({ applied }) => applied),
      [false],
    );
    equal(fingerprint(built.home), before, "every byte, name and time is as it was");
    ok(receiptsOf(later.context).every(({ state }) => state === "rolledBack"));
    return results[0]?.refused ?? "";
  }

  const unchanged = (): void => undefined;

  it("while the gateway runs, with what to do instead, whoever vouches", async () => {
    const why =
      /^The gateway runs \(.*\): its database is not written\. Stop the gateway, then repair, then start it again\.$/;
    match(await refusal(sick(), unchanged, [gateway], true), why);
  });

  it("where nobody can tell whether a gateway runs, whoever vouches", async () => {
    const built = sick();
    const bench = benchOf(built);
    const seen = await look(bench);
    const capture = { processes: { ...(bench.context.input.capture?.processes ?? never()), incomplete: "nobody saw" } };
    const blind = { ...bench.context, input: { ...bench.context.input, capture } };
    const before = fingerprint(built.home);
    const vouched = new Set(seen.stores.map(({ id }) => id));
    const [result] = await repairSeen({ ...bench, context: { ...blind, vouched } }, seen, proposals(seen));
    equal(result?.applied, false);
    match(result?.refused ?? "", /nobody saw/);
    equal(fingerprint(built.home), before);
  });

  it("where the row was written since it was looked at", async () => {
    const relabel = "UPDATE session_nodes SET entry_json = json_set(entry_json, '$.label', 'new')";
    match(
      await refusal(sick(), (path) => change(path, (database) => database.exec(`${relabel}; ${valid}`))),
      /changed since the plan was made/,
    );
  });

  it("where a trigger does what is not known", async () => {
    const trigger = "CREATE TRIGGER odd AFTER UPDATE ON session_nodes BEGIN DELETE FROM session_windows; END";
    const built = homeOf({ [key]: cutShort }, `${valid}; ${trigger}`);
    match(await refusal(built, unchanged), /The triggers of this database are not those of its schema/);
  });

  it("where the schema is newer than what is known", async () => {
    const built = homeOf({ [key]: cutShort }, `${valid}; PRAGMA user_version = 24`);
    match(
      await refusal(built, unchanged),
      /newer or other than what is known \(its schema is 24, and 19 and 23 are known\)/,
    );
  });
});

function never(): never {
  throw new Error("there is a process list");
}

describe("pruning a database", () => {
  const old = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day };

  it("archives what ended, in its place, as OpenClaw does, and gives it back", async () => {
    const built = homeOf({
      [other]: { entry: done({ ...old, sessionId: second, label: "x" }) },
      "agent:main:direct:pinned": { entry: done({ ...old, sessionId: "p", pinnedAt: 5 }) },
      "agent:main:direct:owed": {
        entry: done({ ...old, sessionId: "o", pendingFinalDelivery: { kind: "replayable" } }),
      },
      "agent:main:direct:gone": { entry: done({ ...old, sessionId: "g", archivedAt: now - day }) },
      "agent:main:direct:new": { entry: done({ sessionId: "n" }) },
      [key]: { entry: done(old) },
    });
    const bench = benchOf(built);
    const before = contentOf(built.store);
    const results = await prune(bench, { olderThanMs: 30 * day });
    deepEqual(
      results.map(({ plan, refused }) => [plan.action, plan.edits.map((edit) => "key" in edit && edit.key), refused]),
      [["prune", [other], undefined]],
    );
    const { entry, node } = stored(built.store, other);
    deepEqual([entry["archivedAt"], entry["archiveReason"], entry["label"]], [now, "manual", "x"]);
    deepEqual(node, ["done", 1, old.updatedAt, now]);
    equal((await undoNewest(bench)).refused, undefined);
    equal(contentOf(built.store), before);
  });

  it("reads in full what it would archive, however old", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 230 }, (_, i): [string, SessionSpec] => [
        `agent:main:direct:n${i}`,
        { entry: done({ ...old, updatedAt: old.updatedAt - i, sessionId: `n${i}`, pendingFinalDelivery: i === 229 }) },
      ]),
    );
    const built = homeOf(many);
    const [result] = await prune(benchOf(built), { olderThanMs: 30 * day });
    equal(result?.plan.edits.length, 229);
    equal(result?.applied, true);
  });
});
