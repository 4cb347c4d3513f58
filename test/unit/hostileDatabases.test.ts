// A database may hold anything, and so may what lies beside it: nothing waits, nothing is thrown, nothing is proven by it,
// and the rest goes on.
import { deepEqual, equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Scan } from "../../src/model/scan.ts";
import { buildDatabaseHome, change, type DatabaseHome, type DatabaseHomeSpec } from "../databaseBuilder.ts";
import { fingerprint } from "../fingerprint.ts";
import { done, key, minute, now, running, scanHome, sessionId } from "../homeBuilder.ts";
import { besideWork, goesOn } from "../hostileHome.ts";
import { randomNumbers } from "../mutations.ts";

/** Agent main in a database, agent work in JSON: that one shows whether the rest goes on. */
function home(spec: Partial<DatabaseHomeSpec> = {}): DatabaseHome {
  const sessions = {
    [key]: {
      entry: running(),
      events: [["user", now - 60 * minute]],
      trajectory: [["session.started", now - 60 * minute]],
    },
    "agent:main:direct:2": { entry: done({ sessionId: "second" }) },
  } as const;
  const built = buildDatabaseHome({ sessions, ...spec });
  const { stateDir } = besideWork({ rows: {} });
  for (const name of ["agents/work", "openclaw.json"])
    execFileSync("cp", ["-a", `${stateDir}/${name}`, `${built.stateDir}/${name}`]);
  return built;
}

async function scanned(built: DatabaseHome, told: string): Promise<Scan> {
  const before = fingerprint(built.home);
  const began = Date.now();
  const scan = await scanHome(built);
  ok(Date.now() - began < 10_000, `${told}: ${Date.now() - began} ms`);
  goesOn(scan);
  structuredClone(scan);
  equal(fingerprint(built.home), before, told);
  const unasked = scan.findings.filter(({ store, repair }) => !store.includes("/work/") && repair.class === "proven");
  deepEqual(unasked, [], told);
  for (const { message } of scan.findings) ok(!/NaN|Invalid|undefined/.test(message), message);
  return scan;
}

describe("A database with anything in it", function () {
  this.timeout(30_000);

  it("is read, or said to be unreadable, wherever it was cut off or damaged", async () => {
    const random = randomNumbers(20_261_121);
    const built = home();
    const files = [built.store, built.state].map((path) => ({ path, bytes: readFileSync(path) }));
    const seen = new Set<string>();
    for (const { path, bytes } of files) {
      for (const size of [1, 16, 100, 4095, 4096, bytes.length >> 1, bytes.length - 1]) {
        truncateSync(path, size);
        const scan = await scanned(built, `${basename(path)}, ${size} bytes`);
        seen.add(scan.findings.find(({ code }) => code.startsWith("STORE-UN"))?.code ?? "read");
        writeFileSync(path, bytes);
      }
      for (let round = 0; round < 15; round++) {
        const damaged = Buffer.from(bytes);
        // The header and the pages of the schema most of all: what they say is believed first.
        for (let hits = 1 + random(8); hits > 0; hits--)
          damaged[random(round % 2 === 0 ? 4096 : bytes.length)] = random(256);
        writeFileSync(path, damaged);
        const scan = await scanned(built, `${basename(path)}, round ${round}`);
        seen.add(scan.findings.find(({ code }) => code.startsWith("STORE-UN"))?.code ?? "read");
        writeFileSync(path, bytes);
      }
    }
    deepEqual([...seen].sort(), ["STORE-UNREADABLE", "read"]);
  });

  it("is read past a log and a journal that are none", async () => {
    for (const beside of ["-wal", "-shm", "-journal"]) {
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.alloc(5000),
        Buffer.alloc(5000, 0xff),
        Buffer.from("377f0682", "hex"),
      ]) {
        const built = home();
        for (const path of [built.store, built.state]) writeFileSync(path + beside, bytes);
        await scanned(built, `${beside} of ${bytes.length} bytes`);
      }
    }
  });

  const things: Readonly<Record<string, (path: string) => void>> = {
    "a FIFO": (path) => void execFileSync("mkfifo", [path]),
    "a directory": (path) => mkdirSync(path),
    "a link to itself": (path) => symlinkSync(basename(path), path),
    "a device without end": (path) => symlinkSync("/dev/zero", path),
    "a file of the kernel that never ends": (path) => symlinkSync("/proc/kmsg", path),
  };
  for (const [what, make] of Object.entries(things)) {
    it(`may be ${what}, and so may be what lies beside it`, async () => {
      for (const beside of ["", "-wal", "-shm", "-journal"]) {
        const built = home();
        for (const path of [built.store, built.state]) {
          rmSync(path + beside, { force: true });
          make(path + beside);
        }
        await scanned(built, `${what} as ${beside}`);
      }
    });
  }

  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const values: Readonly<Record<string, string>> = {
    "no JSON": "'x'",
    "a list": "'[]'",
    null: "NULL",
    "a blob": "x'00ff'",
    "a number": "9e999",
    "a large whole number": "9223372036854775807",
    "bytes that are no UTF-8": "CAST(x'7b22ff225dff7d' AS TEXT)",
    "a NUL": "'{' || char(0) || '}'",
    "a depth of 100,000": `'{"acp": ${deep}, "status": "running"}'`,
    "a depth of 100,000 as its label": `'{"label": ${deep}}'`,
    "names of prototypes": `'{"__proto__": {"status": "done"}, "constructor": 1, "sessionId": {"toString": 1}}'`,
    "lone surrogates": String.raw`'{"label": "\ud800", "status": "\udfff", "sessionId": "\ud83d"}'`,
    "times as text and beyond every date": `'{"startedAt": "2026", "updatedAt": 8640000000000001, "endedAt": -1}'`,
    "two megabytes": `'{"label": "' || hex(zeroblob(1000000)) || '"}'`,
  };
  const columns = [
    ["session_nodes", "session_key", ["entry_json", "session_key", "current_session_id", "updated_at", "status"]],
    ["session_windows", "session_id", ["session_id", "started_at", "ended_at", "updated_at", "status"]],
    ["transcript_events", "session_id", ["event_json", "seq", "created_at"]],
    ["trajectory_runtime_events", "session_id", ["event_json", "seq", "created_at"]],
  ] as const;
  /** Each value in a row of its own. */
  const sessions = Object.fromEntries(
    Object.keys(values).map((_, i) => [
      `agent:main:direct:${i}`,
      {
        entry: running({ sessionId: `agent:main:direct:${i}` }),
        events: [["user", now - 60 * minute]],
        trajectory: [["session.started", now - 60 * minute]],
      } as const,
    ]),
  );
  for (const [table, id, names] of columns) {
    it(`may hold anything in any column of ${table} that is read`, async () => {
      for (const name of names) {
        const built = home({ sessions });
        change(built.store, (database) => {
          // The genuine tables are strict; those of a hostile database need not be.
          database.exec(`PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
            CREATE TABLE loose AS SELECT * FROM ${table}; DROP TABLE ${table}; ALTER TABLE loose RENAME TO ${table}`);
          for (const [i, value] of Object.values(values).entries())
            database.exec(`UPDATE ${table} SET ${name} = ${value} WHERE ${id} = 'agent:main:direct:${i}'`);
        });
        const scan = await scanned(built, `${table}.${name}`);
        const [store] = scan.stores.filter(({ kind }) => kind === "openclaw-sqlite");
        equal(store?.problem, undefined, `${table}.${name}`);
        ok(JSON.stringify(scan).length < 200_000, `${table}.${name} makes the result large`);
      }
    });
  }

  it("may have tables that are questions without end, or that grow as they are read", async () => {
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i";
    const hostile: Readonly<Record<string, string>> = {
      "a view": `ALTER TABLE session_windows RENAME TO w; CREATE VIEW session_windows AS ${endless} AS session_id FROM n`,
      "a view as all of it": `DROP TABLE session_windows; DROP TABLE session_nodes; CREATE VIEW session_nodes AS
        ${endless} AS session_key, i AS entry_json FROM n`,
      "a column that is computed": `ALTER TABLE session_windows RENAME TO w; CREATE TABLE session_windows
        (session_id, session_key, created_at, updated_at, started_at, ended_at, transcript_updated_at, model, chat_type, display_name, status AS (hex(zeroblob(300000000))));
        INSERT INTO session_windows(session_id, session_key) SELECT session_id, session_key FROM w`,
    };
    for (const [what, sql] of Object.entries(hostile)) {
      const built = home({ sql: `PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; ${sql}` });
      await scanned(built, what);
    }
  });

  it("keeps the session that it names, and says nothing of it that it does not know", async () => {
    const built = home({ sql: "DELETE FROM session_windows; DELETE FROM transcript_events" });
    const scan = await scanned(built, "without its other half");
    const session = scan.sessions.find((one) => one.key === key);
    equal(session?.sessionId, sessionId);
  });
});
