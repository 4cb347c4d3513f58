// What is secret stays where it is (promise 9): canaries in every place that OpenClaw keeps secrets in, and everything that
// we say, keep or send is looked through.
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readerOf } from "../../src/inspect/storeReaders.ts";
import type { RowShape } from "../../src/model/messages.ts";
import type { Scan } from "../../src/model/scan.ts";
import { reportText } from "../../src/ui/reportText.ts";
import { canary, environment, homeWithCanaries, secretKey } from "../canaries.ts";
import { type BuiltCli, buildCli, captured } from "../cli.ts";
import { buildDatabaseHome } from "../databaseBuilder.ts";
import { caseNames, unpackCase } from "../fixtures/unpack.ts";
import { type BuiltHome, buildHome, key, minute, now, running, scanHome, sessionId } from "../homeBuilder.ts";
import { benchOf, look, repairFindings } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

/** What belongs to a row is shown to its owner: its key, its label, its status, its id, and the place of the home. */
const shown = /c4n4ry-(peer|label|display|status|session|person)\b/g;

function secretsIn(text: string): string[] {
  return text.replace(shown, "").match(new RegExp(canary, "g")) ?? [];
}

const hash = (text: string): string => `#${createHmac("sha256", "test").update(text).digest("hex").slice(0, 10)}`;

function reportOf(scan: Scan, seenNow = scan.now): string {
  const shapes = new Map<string, readonly RowShape[]>();
  for (const store of scan.stores) {
    const keys = new Set(scan.sessions.filter((session) => session.store === store.id).map((session) => session.key));
    if (store.problem === undefined) shapes.set(store.id, readerOf(store.kind).rowShapes(store, keys));
  }
  const { stateDirs, stores, sessions, findings } = scan;
  return reportText({ about: ["about"], now: seenNow, stateDirs, stores, sessions, findings, shapes, hash });
}

describe("Secrets", () => {
  let cli: BuiltCli;
  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());

  it("are not in what the worker sends of a scan", async () => {
    const scan = await scanHome(homeWithCanaries());
    ok(scan.findings.length > 2);
    deepEqual(secretsIn(JSON.stringify(scan)), []);
  });

  it("are not in what the command prints, nor in receipts but for the copy of the store", async () => {
    const built = homeWithCanaries();
    const folder = join(temporaryDirectory(), "state");
    const where = ["--home", built.home, ...captured(cli.folder), "--backup-dir", folder];
    for (const args of [
      ["scan"],
      ["scan", "--json"],
      ["repair", "--proven", "--dry-run", "--json"],
      ["repair", "--proven", "--json"],
      ["receipts"],
      ["receipts", "--json"],
      ["undo", "--last"],
      ["prune", "--key", secretKey],
      ["prune", "--older-than", "1d", "--json"],
      ["repair", "--proven"],
      ["c4n4ry"],
    ]) {
      const isCall = args.length > 1 || ["scan", "receipts"].includes(args[0] ?? "");
      const { stdout, stderr } = await cli.run(
        [...args, ...(args[0] === "receipts" ? ["--backup-dir", folder] : isCall ? where : [])],
        environment,
      );
      ok(stdout.length + stderr.length > 0, args.join(" "));
      deepEqual(secretsIn(stdout + stderr), [], args.join(" "));
    }
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
    const holding = kept.filter((name) => secretsIn(readFileSync(join(folder, name), "utf8")).length > 0);
    // Undo gives back the old bytes, so the receipt has them, whatever a row holds: for the eyes of its owner alone.
    ok(holding.length > 0);
    for (const name of holding) {
      match(name, /[\\/]store\.json$/);
      equal(statSync(join(folder, name)).mode & 0o777, 0o600);
      equal(statSync(join(folder, name, "..")).mode & 0o777, 0o700);
      const bytes = readFileSync(join(folder, name), "utf8");
      deepEqual([...new Set(secretsIn(bytes))].sort(), ["c4n4ry-field", "c4n4ry-in-a-row"]);
    }
  }).timeout(30_000);

  it("are not in what is read of a database, nor in the receipt of a repair of one, which copies no database", async () => {
    const built = buildDatabaseHome({
      sessions: {
        [key]: {
          entry: running(),
          events: [["user", now - 60 * minute, { content: "my password is c4n4ry-said" }]],
          trajectory: [
            ["session.started", now - 60 * minute],
            ["session.ended", now - 50 * minute, { status: "success" }],
          ],
        },
      },
      sql: `INSERT INTO auth_profile_store VALUES ('a', 'c4n4ry-profile', 1);
        INSERT INTO auth_profile_state VALUES ('a', 'c4n4ry-profile-state', 1);
        DELETE FROM session_canonical_validation_pending`,
      stateSql: `INSERT INTO device_identities VALUES ('a', 'c4n4ry-device', 'c4n4ry-public', 'c4n4ry-private', 1, 1);
        INSERT INTO device_auth_tokens VALUES ('a', 'c4n4ry-role', 'c4n4ry-device-token', '[]', 1);
        INSERT INTO secret_store_entries (scope_kind, scope_id, name, value, kind, created_at_ms, updated_at_ms)
          VALUES ('team', '', 'c4n4ry-name', 'c4n4ry-value', 'secret', 1, 1)`,
    });
    const bench = benchOf(built);
    const scan = await look(bench);
    deepEqual(secretsIn(JSON.stringify(scan)), []);
    doesNotMatch(reportOf(scan), canary);
    const results = await repairFindings(bench, ({ findings }) =>
      findings.filter(({ repair }) => repair.kind !== "none"),
    );
    deepEqual(
      results.map(({ applied }) => applied),
      [true],
    );
    const folder = bench.context.folder.path;
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
    ok(kept.length > 0);
    for (const name of kept) deepEqual(secretsIn(readFileSync(join(folder, name), "latin1")), [], name);
  });

  it("are not in a report, and neither is anything that names its sender", async () => {
    const built = homeWithCanaries();
    const report = reportOf(await scanHome(built));
    doesNotMatch(report, canary);
    for (const word of [built.home, built.stateDir, key, sessionId, "whatsapp", "skillsSnapshot: object of 2"])
      ok(!report.includes(word), word);
  });
});

describe("A report", () => {
  const lines = (report: string): string[] => report.split("\n").map((line) => line.trim());

  it("tells what a maintainer needs: states, codes, classes, times from now, what rows are made of", async () => {
    const built = homeWithCanaries();
    const report = lines(reportOf(await scanHome(built)));
    const has = (pattern: RegExp): void =>
      ok(
        report.some((line) => pattern.test(line)),
        `${pattern} in\n${report.join("\n")}`,
      );
    has(/^<state dir 1> \(home\), gateway stopped: no OpenClaw process serves this directory$/);
    has(/^<state dir>\/agents\/main\/sessions\/sessions\.json$/);
    has(
      /^openclaw-json, era J2, OpenClaw 2026\.5\.18 to 2026\.5\.18 \(openclaw\.json says which version touched it last\), /,
    );
    has(/^repair yes: The gateway is stopped/);
    has(/^2 sessions; verdicts: .*; claims: running 1, another status 1$/);
    has(
      /^session #[0-9a-f]{10} \(main\): claims running, is finished; startedAt -3600\.0 s, updatedAt -3600\.0 s, lastSeenAt -3000\.0 s$/,
    );
    has(/^RUN-FINISHED; error; finalize proven; field status; sets status done, endedAt -3000\.0 s, /);
    has(/^trajectory <state dir>\/agents\/main\/sessions\/#[0-9a-f]{10}\.trajectory\.jsonl, line 2, -3000\.0 s$/);
    has(
      /^row: object of \d+ B; sessionId: text, status: text, startedAt: number of 13 digits, .*skillsSnapshot: object of 1, 1 other fields$/,
    );
    has(/^UPDATEDAT-BAD; .*$/);
    has(/updatedAt: number of 1 digits/);
    ok(
      report.includes(
        `session ${hash(key)} (main): claims running, is finished; startedAt -3600.0 s, updatedAt -3600.0 s, lastSeenAt -3000.0 s`,
      ),
    );
  });

  it("says what kind of value stands where another belongs", async () => {
    const odd = homeOf({
      startedAt: "1795169900000",
      updatedAt: new Date(now).toISOString(),
      endedAt: -5.5,
      runtimeMs: null,
      label: "",
      model: [1],
      acp: true,
      status: "done",
    });
    const report = reportOf(await scanHome(odd));
    match(
      report,
      /startedAt: number as text, updatedAt: ISO time as text, endedAt: negative number of 1 digits and a fraction, runtimeMs: null, label: empty text, model: list of 1, acp: boolean/,
    );
  });

  for (const name of caseNames) {
    it(`of ${name} names no path, key or id`, async () => {
      const { home } = unpackCase(name);
      const scan = await scanHome({ home, stateDir: join(home, ".openclaw"), sessionsDir: "", store: "" });
      const report = reportOf(scan);
      ok(!report.includes(home));
      doesNotMatch(report, /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
      doesNotMatch(report, /(^|[\s(])(\/|~\/|[A-Z]:\\)/m);
      for (const { key: name, label } of scan.sessions) {
        if (name.length > 4) ok(!report.includes(name), name);
        // One case has a session that was labelled "timeout", which is a status too.
        if (label !== undefined && label !== "timeout") ok(!report.includes(label), label);
      }
      for (const { code } of scan.findings) ok(report.includes(code));
    });
  }

  it("hashes agents, and paths that lead out", async () => {
    const built = homeOf({ status: "running", sessionFile: "/srv/acme/agents/acme/sessions/x.jsonl" });
    const scan = await scanHome(built);
    const report = reportOf({
      ...scan,
      stateDirs: scan.stateDirs.map((dir) => ({
        ...dir,
        writer: {
          ...dir.writer,
          why: "gateway lock: pid 5 (acme secret daemon) is called acme secret; see /srv/acme/x and C:\\acme\\y, ~/acme",
        },
      })),
    });
    doesNotMatch(report, /acme/);
  });
});

function homeOf(row: Readonly<Record<string, unknown>>): BuiltHome {
  return buildHome({ rows: { [key]: { sessionId, ...row } } });
}
