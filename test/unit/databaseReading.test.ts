// Reading a database leaves no trace: whatever its writer does, and whatever lies beside it.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import {
  copyHoweverLarge,
  type DatabaseMemory,
  type DatabaseReading,
  readDatabase,
} from "../../src/inspect/databaseReading.ts";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import { rowsOf, textAt } from "../../src/inspect/openclawSqlite/values.ts";
import { sweepCopies, withPrivateCopy } from "../../src/inspect/privateCopy.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { isUnreadable, type Unreadable } from "../../src/inspect/regularFile.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan/scan.ts";
import { buildDatabaseHome, change, type DatabaseHome, killedWhileWriting } from "../databaseBuilder.ts";
import { fingerprint } from "../fingerprint.ts";
import { caseNames, unpackCase } from "../fixtures/unpack.ts";
import { done, key, now, type Row, running, scanHome } from "../homeBuilder.ts";
import { temporaryDirectory } from "../temporary.ts";

const init = "      1       0 Fri Nov 20 09:00:01 2026 /sbin/init\n";
const relabel = (label: string): string =>
  `UPDATE session_nodes SET entry_json = json_set(entry_json, '$.label', '${label}'), entry_valid = 1`;
const valid = "UPDATE session_nodes SET entry_valid = 1";

function labelsIn(path: string, memory?: DatabaseMemory): DatabaseReading<readonly string[]> | Unreadable {
  const query = "SELECT json_extract(entry_json, '$.label') AS label FROM session_nodes";
  return readDatabase({
    path,
    what: "labels",
    memory,
    use: (database) => rowsOf(database, query).map((row) => textAt(row, "label") ?? "none"),
  });
}

function read(path: string, memory?: DatabaseMemory): [readonly string[], string] {
  const reading = labelsIn(path, memory);
  if (isUnreadable(reading)) throw new Error(reading.reason);
  return [reading.value, reading.opening];
}

const home = (): DatabaseHome => buildDatabaseHome({ sessions: { [key]: { entry: done({ label: "old" }) } } });

/** A process with the name of a gateway that has the database open; killed after the test. */
class Writer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(path: string, sql: string, name = "openclaw-gateway") {
    const script = join(import.meta.dirname, "..", "databaseChild.ts");
    this.#child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, path, sql], {
      argv0: name,
      stdio: "pipe",
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    writers.push(this);
  }

  async heard(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  async run(sql: string): Promise<void> {
    this.#child.stdin.write(`${sql}\n`);
    equal(await this.heard(), "done");
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

const writers: Writer[] = [];

describe("reading a database", () => {
  let copies: string;
  let usual: string | undefined;

  beforeEach(() => {
    copies = temporaryDirectory();
    usual = process.env["TMPDIR"];
    process.env["TMPDIR"] = copies;
  });

  afterEach(async () => {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    for (const writer of writers.splice(0)) await writer.kill();
  });

  for (const name of caseNames.filter((one) => /^2026\.[89]\./.test(one))) {
    for (const [variant, move] of [
      ["as it was captured", (path: string): string => path],
      ["moved elsewhere", moved],
      ["without its -shm", withoutShm],
    ] as const) {
      it(`changes nothing of ${name}, ${variant}: no byte, no name, no time`, async () => {
        const unpacked = unpackCase(name);
        const there = move(unpacked.home);
        const before = fingerprint(there);
        const capture = { processes: parseCapturedProcesses(readFileSync(unpacked.processesFile, "utf8")) };
        const seen = await scan({ where: { homes: [there], stateDirs: [] }, env: {}, capture, now: unpacked.now });
        equal(seen.sessions.length, unpacked.truth.sessions.length);
        equal(fingerprint(there), before);
        deepEqual(copiesIn(copies), [], "no private copy outlives the read");
      });
    }
  }

  it("takes a database without a log as it is, and knows what it read while nothing changes", () => {
    const { store, home: there } = home();
    const before = fingerprint(there);
    const memory: DatabaseMemory = new Map();
    deepEqual(read(store, memory), [["old"], "immutable"]);
    const again = labelsIn(store, memory);
    equal(again, labelsIn(store, memory), "the very same");
    equal(fingerprint(there), before);
    change(store, (database) => database.exec(relabel("new")));
    deepEqual(read(store, memory)[0], ["new"]);
  });

  it("sees what a killed writer left in the log, through a private copy", () => {
    const { store, home: there } = home();
    killedWhileWriting(store, (database) => database.exec(relabel("in the log")));
    const before = fingerprint(there);
    deepEqual(read(store), [["in the log"], "copy"]);
    equal(fingerprint(there), before);
    deepEqual(copiesIn(copies), []);
  });

  it("sees a young store, all of which is in its log", async () => {
    const { store, home: there } = home();
    const young = join(there, "young.sqlite");
    change(young, (database) => database.exec("PRAGMA journal_mode = WAL"));
    killedWhileWriting(young, (database) => {
      const bytes = (): void => database.exec(`ATTACH '${store}' AS full`);
      bytes();
      database.exec("CREATE TABLE session_nodes AS SELECT * FROM full.session_nodes");
    });
    equal(statSync(young).size, 4096);
    const before = fingerprint(there);
    deepEqual(read(young), [["old"], "copy"]);
    equal(fingerprint(there), before);
  });

  it("keeps the private copy to itself", () => {
    const { store } = home();
    const seen = withPrivateCopy([store, `${store}-wal`], (copy) => {
      const folder = statSync(dirname(copy));
      return [folder.mode & 0o777, statSync(copy).mode & 0o777, readdirSync(dirname(copy))];
    });
    deepEqual(seen, [0o700, 0o600, ["database"]]);
  });

  it("takes the copies of a reader that died, and no others", () => {
    const dead = `openclaw-session-inspector-copy-${4_194_305}-abc`;
    const own = `openclaw-session-inspector-copy-${process.pid}-abc`;
    const forgotten = `openclaw-session-inspector-copy-${process.ppid}-abc`;
    for (const name of [dead, own, forgotten, "openclaw-session-inspector-other"]) mkdirSync(join(copies, name));
    writeFileSync(join(copies, dead, "database"), "secret");
    utimesSync(join(copies, forgotten), new Date(0), new Date(0));
    sweepCopies();
    deepEqual(copiesIn(copies), [own]);
    ok(existsSync(join(copies, "openclaw-session-inspector-other")));
  });

  it("reads beside a writer that lives: its row at once, nothing written but marks in its -shm", async () => {
    const { store, home: there } = home();
    const writer = new Writer(store, `PRAGMA wal_autocheckpoint = 0; ${relabel("alive")}`);
    equal(await writer.heard(), "ready");
    const before = fingerprint(there, { beside: true });
    deepEqual(read(store), [["alive"], "live"]);
    equal(fingerprint(there, { beside: true }), before);
    deepEqual(copiesIn(copies), []);
    await writer.run("BEGIN IMMEDIATE");
    const began = Date.now();
    deepEqual(read(store), [["alive"], "live"], "whoever writes does not keep us out");
    ok(Date.now() - began < 1000);
    await writer.run(`${relabel("later")}; COMMIT`);
    deepEqual(read(store)[0], ["later"]);
  });

  it("reads beside a writer that lives at most once a second, and only what changed", async () => {
    const { store } = home();
    const writer = new Writer(store, relabel("first"));
    equal(await writer.heard(), "ready");
    const memory: DatabaseMemory = new Map();
    deepEqual(read(store, memory), [["first"], "live"]);
    await writer.run(relabel("second"));
    deepEqual(read(store, memory)[0], ["first"], "a second has not passed");
    const [[name, kept]] = [...memory] as [[string, DatabaseMemory extends Map<string, infer T> ? T : never]];
    memory.set(name, { ...kept, at: kept.at - 1000 });
    deepEqual(read(store, memory)[0], ["second"]);
    const known = labelsIn(store, memory);
    memory.set(name, { ...(memory.get(name) as typeof kept), at: 0 });
    equal(labelsIn(store, memory), memory.get(name), "nothing changed since");
    deepEqual((known as DatabaseReading<unknown>).value, ["second"]);
  });

  it("a program that is no OpenClaw proves nothing: a private copy", async () => {
    const { store } = home();
    const writer = new Writer(store, `PRAGMA wal_autocheckpoint = 0; ${relabel("alive")}`, "sqlitebrowser");
    equal(await writer.heard(), "ready");
    deepEqual(read(store), [["alive"], "copy"]);
  });

  it("a log that a killed writer left with its -shm is copied, not opened", async () => {
    const { store, home: there } = home();
    const writer = new Writer(store, `PRAGMA wal_autocheckpoint = 0; ${relabel("killed")}`);
    equal(await writer.heard(), "ready");
    await writer.kill();
    ok(existsSync(`${store}-shm`));
    const before = fingerprint(there);
    deepEqual(read(store), [["killed"], "copy"]);
    equal(fingerprint(there), before);
  });

  it("undoes in its copy, and there only, what a killed writer had half written into the database itself", async () => {
    const { store, home: there } = home();
    const big = `UPDATE session_nodes SET entry_json = json_set(entry_json, '$.label', 'torn', '$.pad', hex(zeroblob(400000)))`;
    const sql = `PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; ${big}`;
    const writer = new Writer(store, sql);
    equal(await writer.heard(), "ready");
    await writer.kill();
    ok(statSync(`${store}-journal`).size > 0);
    const before = fingerprint(there);
    deepEqual(read(store), [["old"], "rollback"]);
    equal(fingerprint(there), before);
  });

  it("says why what cannot be read cannot, and never waits", () => {
    const directory = temporaryDirectory();
    const reasonOf = (name: string, make: (path: string) => void): string => {
      const path = join(directory, name);
      make(path);
      const reading = labelsIn(path);
      return isUnreadable(reading) ? reading.reason : "it was read";
    };
    equal(
      reasonOf("a", () => {}),
      "it does not exist",
    );
    equal(reasonOf("b", mkdirSync), "it is not a regular file");
    equal(
      reasonOf("c", (path) => execFileSync("mkfifo", [path])),
      "it is not a regular file",
    );
    equal(
      reasonOf("d", (path) => symlinkSync("nowhere", path)),
      "it does not exist",
    );
    match(
      reasonOf("e", (path) => writeFileSync(path, "x".repeat(5000))),
      /file is not a database/,
    );
    equal(
      reasonOf("f", (path) => writeFileSync(path, "")),
      "it is empty",
    );
    match(
      reasonOf("h", (path) => writeFileSync(path, readFileSync(home().store).subarray(0, 9000))),
      /malformed/,
    );
    deepEqual(copiesIn(copies), []);
  });

  it("lists a store whose log is too large to copy, with the reason, and reads it on request", async () => {
    const built = home();
    const log = openSync(`${built.store}-wal`, "w");
    ftruncateSync(log, 600 << 20);
    closeSync(log);
    const seen = await scanHome(built);
    deepEqual(
      seen.findings.map(({ code }) => code),
      ["STORE-UNREADABLE", "WAL-HUGE"],
    );
    match(seen.findings[0]?.message ?? "", /a private copy of 60\d MB would be needed/);
    ok((seen.stores[0]?.copyBytes ?? 0) > 600 << 20);
    const before = fingerprint(built.home);
    copyHoweverLarge(built.store);
    const read = await scanHome(built);
    deepEqual([read.stores[0]?.problem, read.stores[0]?.copyBytes, read.sessions.length], [undefined, undefined, 1]);
    equal(fingerprint(built.home), before);
    deepEqual(copiesIn(copies), []);
  });

  it("keeps to what it needs of ten thousand rows", async () => {
    const entry: Row = { ...done(), skillsSnapshot: "x".repeat(8000) };
    const built = buildDatabaseHome({
      sessions: { [key]: { entry: running() } },
      sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO session_nodes (session_key, current_session_id, entry_json, updated_at, status)
        SELECT 'agent:main:s' || i, 'id-' || i, json_set('${JSON.stringify(entry)}', '$.sessionId', 'id-' || i),
          ${entry["updatedAt"]}, 'done' FROM n;
        INSERT INTO session_windows (session_id, session_key, created_at, updated_at, started_at, ended_at, status)
        SELECT current_session_id, session_key, 1, 1, ${entry["startedAt"]}, ${entry["endedAt"]}, 'done'
          FROM session_nodes WHERE session_key LIKE 'agent:main:s%';
        INSERT INTO transcript_events (session_id, seq, event_json, created_at)
        SELECT session_id, 0, '{"type":"session","version":4}', 1 FROM session_windows;
        ${valid}; DELETE FROM session_canonical_validation_pending`,
    });
    const sizeBytes = statSync(built.store).size;
    ok(sizeBytes > 80 << 20, `${sizeBytes}`);
    const before = bytesRead();
    const seen = await scanHome(built);
    const readBytes = bytesRead() - before;
    equal(seen.sessions.length, 10_001);
    deepEqual(
      seen.findings.map(({ code }) => code),
      ["RUN-WILL-RESUME"],
    );
    ok(readBytes < sizeBytes / 8, `${readBytes} of ${sizeBytes} bytes`);
  });

  it("shows a changed row after one more look, and reads nothing where nothing changed", async () => {
    const built = home();
    const memory = { stores: storeMemory(), stoppedSince: new Map<string, number>() };
    const look = (): Promise<Scan> =>
      scan({
        where: { homes: [built.home], stateDirs: [] },
        env: {},
        now,
        capture: { processes: parseCapturedProcesses(init) },
        memory,
      });
    equal((await look()).sessions[0]?.label, "old");
    const before = bytesRead();
    await look();
    ok(bytesRead() - before < 1 << 20);
    change(built.store, (database) => database.exec(`${relabel("new")}; ${valid}`));
    equal((await look()).sessions[0]?.label, "new");
  });
});

function copiesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith("openclaw-session-inspector-copy-"));
}

/** Bytes that this process has read from files, by the system's own count. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

function moved(from: string): string {
  const to = join(temporaryDirectory(), "elsewhere");
  renameSync(from, to);
  return to;
}

function withoutShm(from: string): string {
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith("-shm")) continue;
    const path = join(from, name);
    // A copy that took what it needed only.
    copyFileSync(path, join(temporaryDirectory(), "shm"));
    execFileSync("rm", [path]);
  }
  return from;
}
