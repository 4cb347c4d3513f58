// Stores of 2026.8 and later as a person meets them: who writes them, their rows and events, and the command.
import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readEventExcerpt } from "../../src/inspect/openclawSqlite/eventExcerpt.ts";
import { readEntryText } from "../../src/inspect/openclawSqlite/rowText.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { scan } from "../../src/scan/scan.ts";
import { type BuiltCli, buildCli, captured, runProcess } from "../cli.ts";
import { buildDatabaseHome, type DatabaseHome } from "../databaseBuilder.ts";
import { contentOf } from "../databaseContent.ts";
import { fingerprint } from "../fingerprint.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { key, minute, now, running, scanHome } from "../homeBuilder.ts";

const cut = { [key]: { entry: running(), events: [["user", now - 60 * minute] as const] } };
const gateway = "   5170       1 Fri Nov 20 10:00:00 2026 openclaw-gateway";
const other = "   5170       1 Fri Nov 20 10:00:00 2026 /usr/bin/vim";
const databaseLease = `INSERT INTO agent_database_leases VALUES ('l', 'main', '/x/openclaw-agent.sqlite', 5170, NULL, ${now})`;

function gatewayLease(host: string, expiresAt: number): string {
  const payload = JSON.stringify({ owner: { pid: 5170, host }, port: 1, mode: "foreground" });
  return `INSERT INTO state_leases (scope, lease_key, owner, expires_at, payload_json, created_at, updated_at)
    VALUES ('gateway-owner', 'global', 'o', ${expiresAt}, '${payload}', 1, 1)`;
}

function maintenance(until: number): string {
  return `INSERT INTO state_leases (scope, lease_key, owner, expires_at, created_at, updated_at)
    VALUES ('core:agent-database-maintenance', 'global', 'o', ${until}, 1, 1)`;
}

describe("the writer of a database", () => {
  const stories: readonly [string, string, readonly string[], boolean, string, RegExp][] = [
    ["is stopped where no process is left", "", [], false, "stopped", /no OpenClaw process/],
    ["is stopped where its leases are of a process that is gone", databaseLease, [], false, "stopped", /no OpenClaw/],
    [
      "runs where a lease is of a process that lives",
      databaseLease,
      [gateway],
      false,
      "running",
      /lease of a database/,
    ],
    ["is stopped where the pid is another program's by now", databaseLease, [other], false, "stopped", /no OpenClaw/],
    ["runs while its maintenance does, whoever lives", maintenance(now + minute), [], false, "running", /maintains/],
    ["is stopped when its maintenance has run out", maintenance(now - minute), [], false, "stopped", /no OpenClaw/],
    [
      "runs where the gateway of another machine has renewed its lease",
      gatewayLease("other.example", now + minute),
      [],
      true,
      "running",
      /other.example has not run out/,
    ],
    [
      "is not held up by a lease of another machine that has run out",
      gatewayLease("other.example", now - minute),
      [],
      true,
      "stopped",
      /no OpenClaw/,
    ],
    [
      "is stopped where its own machine's gateway is gone",
      gatewayLease(hostname(), now + minute),
      [],
      true,
      "stopped",
      /no/,
    ],
  ];
  for (const [story, stateSql, processes, here, state, why] of stories) {
    it(story, async () => {
      const built = buildDatabaseHome({ sessions: cut, stateSql });
      const captured = parseCapturedProcesses(
        ["      1       0 Fri Nov 20 09:00:01 2026 /sbin/init", ...processes].join("\n"),
      );
      const seen = await scan({
        where: { homes: [built.home], stateDirs: [] },
        env: { OPENCLAW_GATEWAY_PORT: "1" },
        now,
        capture: { processes: here ? { ...captured, source: "live" } : captured },
      });
      const [store] = seen.stores;
      equal(store?.writer.state, state, store?.writer.why);
      match(store?.writer.why ?? "", why);
      equal(seen.sessions[0]?.verdict, state === "stopped" ? "interrupted" : "unknown");
      equal(store?.permission.answer, state === "stopped" ? "yes" : "no", store?.permission.why);
      if (state !== "stopped") match(store?.permission.why ?? "", /Stop the gateway, then repair, then start it again/);
    });
  }

  it("runs where a lock of the state directory says that its databases are maintained", async () => {
    const payload = {
      pid: 5170,
      role: "sqlite-maintenance",
      stateDir: "/home/claw/.openclaw",
      createdAt: "2026-11-21T11:00:00Z",
    };
    const built = buildDatabaseHome({
      sessions: cut,
      files: { "tmp/openclaw-0/gateway.state.lock": `${JSON.stringify(payload)}\n\t \t ` },
    });
    const { stores } = await scanHome(built, { processes: [gateway] });
    match(stores[0]?.writer.why ?? "", /OpenClaw maintains its databases/);
  });
});

describe("rows and events of a database", () => {
  const work = (home: string): string => join(home, ".openclaw", "agents", "work", "agent", "openclaw-agent.sqlite");

  it("are read as they are stored, from the log too", () => {
    const { home } = unpackCase("2026.9.6-sigkill-not-restarted");
    const before = fingerprint(home);
    const row = JSON.parse(readEntryText(work(home), "agent:work:hang"));
    deepEqual([row.status, row.startedAt, row.lifecycleRunId], ["running", 1795170285997, "k1795170264828577545"]);
    equal(fingerprint(home), before);
    let message = "";
    try {
      readEntryText(work(home), "agent:work:gone");
    } catch (error) {
      message = String(error);
    }
    match(message, /no such row any more/);
  });

  it("show a piece of a transcript around an event, the compressed ones too", () => {
    const { home } = unpackCase("2026.9.6-sigkill-not-restarted");
    const sessionId = "297a302d-00bc-44ed-a613-1e7365233fb8";
    const { text, line } = readEventExcerpt(work(home), { sessionId, seq: 4 }, false);
    const lines = text.split("\n");
    match(lines[line] ?? "", /assistant \(stop\)$/);
    match(lines.slice(line + 1).join("\n"), /user\n/);
    equal(lines.filter((one) => /^\S.*(assistant|user)/.test(one)).length, 3);
    const end = readEventExcerpt(work(home), { sessionId, seq: Number.MAX_SAFE_INTEGER }, true);
    match(end.text.split("\n")[end.line] ?? "", /session.ended/);
  });

  it("tell how a turn stood that is compressed", async () => {
    const { home, now: at, processesFile } = unpackCase("2026.9.6-sigkill-not-restarted");
    const capture = { processes: parseCapturedProcesses(readFileSync(processesFile, "utf8")) };
    const seen = await scan({ where: { homes: [home], stateDirs: [] }, env: {}, now: at, capture });
    const [trace] = seen.findings
      .filter(({ session }) => session === "agent:work:main")
      .flatMap(({ evidence }) => evidence)
      .filter(({ kind }) => kind === "transcript");
    deepEqual(trace?.event, { sessionId: "297a302d-00bc-44ed-a613-1e7365233fb8", seq: 5 });
    match(trace?.text ?? "", /from the user/);
  });
});

describe("the command, of databases", () => {
  let cli: BuiltCli;
  let built: DatabaseHome;

  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());
  beforeEach(() => {
    built = buildDatabaseHome({ sessions: cut });
  });

  const scanOf = (...flags: string[]): string[] => [...flags, cli.path, "scan", "--json", "--home", built.home];

  it("shows them with their kind, era and events, and says nothing else", async () => {
    const { stdout, stderr, code } = await runProcess(process.execPath, [...scanOf(), ...captured(cli.folder)], {
      HOME: cli.folder,
    });
    const { stores, sessions, findings } = JSON.parse(stdout);
    equal(stderr, "");
    equal(code, 1);
    deepEqual(
      stores.map(({ kind, era, writable, sessions: count }: Record<string, unknown>) => [kind, era, writable, count]),
      [["openclaw-sqlite", "S", true, 1]],
    );
    equal(sessions[0].verdict, "interrupted");
    deepEqual(findings[0].evidence[1].event, { sessionId: sessions[0].sessionId, seq: 1 });
  });

  it("lists them with the reason where Node has no SQLite, and no database of older versions", async () => {
    const blind = [...scanOf("--no-experimental-sqlite"), ...captured(cli.folder)];
    const { stdout } = await runProcess(process.execPath, blind, { HOME: cli.folder });
    const { stores, findings } = JSON.parse(stdout);
    deepEqual(
      stores.map(({ kind, problem }: Record<string, unknown>) => [kind, problem]),
      [["openclaw-sqlite", "STORE-UNREADABLE"]],
    );
    match(findings[0].message, /has no SQLite, which takes Node 22/);
    built = buildDatabaseHome({
      sessions: {},
      sql: "PRAGMA foreign_keys = OFF; DROP TABLE session_windows; DROP TABLE session_nodes; VACUUM",
    });
    const older = await runProcess(process.execPath, [...scanOf("--no-experimental-sqlite"), ...captured(cli.folder)], {
      HOME: cli.folder,
    });
    deepEqual(JSON.parse(older.stdout).stores, []);
  });

  it("repairs, undoes and archives them, and refuses while the gateway runs", async () => {
    const before = contentOf(built.store);
    const of = (args: readonly string[], ...processes: string[]): ReturnType<typeof runProcess> => {
      const where = ["--home", built.home, "--backup-dir", join(cli.folder, "kept")];
      const all = [cli.path, ...args, ...where, ...captured(cli.folder, ...processes), "--json"];
      return runProcess(process.execPath, all, { HOME: cli.folder });
    };
    const listed = JSON.parse((await of(["scan"])).stdout);
    const repair = ["repair", "--finding", listed.findings[0].id, "--set", "status=killed"];
    const refused = await of(repair, gateway);
    equal(refused.code, 1);
    match(JSON.parse(refused.stdout).receipts[0].refused, /No finding has this id now/);
    equal(contentOf(built.store), before);

    const { stdout, code } = await of(repair);
    equal(code, 0, stdout);
    const [{ edits, backup }] = JSON.parse(stdout).receipts;
    match(backup, /rows\.json$/);
    deepEqual(
      edits[0].columns.map(({ field, after }: Record<string, unknown>) => [field, after]),
      [
        ["session_nodes.status", '"killed"'],
        ["session_windows.status", '"killed"'],
        ["session_windows.ended_at", edits[0].columns[2].after],
      ],
    );
    match((await of(["prune", "--key", key])).stdout, /main session/);
    equal((await of(["undo", "--last"])).code, 0);
    equal(contentOf(built.store), before);
    equal((await of(["repair", "--proven"])).code, 0);
    equal(contentOf(built.store), before);
  });
});
