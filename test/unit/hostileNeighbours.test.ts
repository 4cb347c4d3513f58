// What agentctl and claude-mem keep may be anything too: nothing waits, nothing is thrown, nothing is proven by it, and the
// stores beside it are judged as if it were not there.
import { deepEqual, equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Scan } from "../../src/model/scan.ts";
import { active, agentctlHome, auto, claudeId } from "../agentctlHome.ts";
import { claudeMemHome } from "../claudeMemHome.ts";
import { fingerprint } from "../fingerprint.ts";
import { type BuiltHome, scanHome } from "../homeBuilder.ts";
import { besideWork, goesOn } from "../hostileHome.ts";
import { randomNumbers } from "../mutations.ts";
import { troubles } from "../troubles.ts";

const launched = `.claude/agentctl/sessions/${claudeId}.json`;

/** All three programs in one home. */
function built(): BuiltHome {
  const openclaw = besideWork({ rows: {} });
  const { home } = openclaw;
  agentctlHome({
    home,
    rows: { [claudeId]: active() },
    locks: [auto()],
    fuses: [{ directory: "/code/one", expiresAt: "2026-11-22T00:00:00.000Z" }],
    files: { ".agentctl/agentctl.pid": "4242", [launched]: JSON.stringify({ sessionId: claudeId, pid: 4242 }) },
  });
  claudeMemHome({ home, rows: [{ content_session_id: "a" }, { content_session_id: "b" }], waiting: [2] });
  return openclaw;
}

async function scanned(home: BuiltHome, told: string): Promise<Scan> {
  const before = fingerprint(home.home);
  const began = Date.now();
  const scan = await scanHome(home);
  ok(Date.now() - began < 10_000, `${told}: ${Date.now() - began} ms`);
  goesOn(scan);
  structuredClone(scan);
  equal(fingerprint(home.home), before, told);
  for (const { message } of scan.findings) ok(!/NaN|Invalid|undefined/.test(message), `${told}: ${message}`);
  ok(JSON.stringify(scan).length < 300_000, `${told} makes the result large`);
  return scan;
}

const places = [
  ".agentctl/state.json",
  ".agentctl/locks.json",
  ".agentctl/fuses.json",
  ".agentctl/agentctl.pid",
  launched,
  ".claude-mem/settings.json",
];

describe("What other programs keep", function () {
  this.timeout(30_000);

  for (const half of [places.slice(0, 3), places.slice(3)]) {
    it(`may hold anything: ${half.join(", ")}`, async () => {
      const home = built();
      for (const bytes of troubles) {
        for (const place of half) {
          const path = join(home.home, place);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, bytes);
        }
        await scanned(home, `${bytes.slice(0, 40)}`);
      }
    });
  }

  const things: Readonly<Record<string, (path: string) => void>> = {
    "a FIFO": (path) => void execFileSync("mkfifo", [path]),
    "a directory": (path) => mkdirSync(path),
    "a link to itself": (path) => symlinkSync(basename(path), path),
    "a device without end": (path) => symlinkSync("/dev/zero", path),
    "a file of the kernel that never ends": (path) => symlinkSync("/proc/kmsg", path),
  };
  for (const [what, make] of Object.entries(things)) {
    it(`may be ${what}`, async () => {
      for (const place of [...places, ".claude-mem/claude-mem.db", ".claude-mem", ".agentctl"]) {
        const home = built();
        const path = join(home.home, place);
        rmSync(path, { recursive: true, force: true });
        make(path);
        await scanned(home, `${place} is ${what}`);
      }
    });
  }

  it("may be a database that was cut off or damaged", async () => {
    const random = randomNumbers(20_261_121);
    const home = built();
    const path = join(home.home, ".claude-mem", "claude-mem.db");
    const bytes = readFileSync(path);
    for (const size of [0, 1, 100, 4095, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, size));
      await scanned(home, `${size} bytes`);
    }
    for (let round = 0; round < 20; round++) {
      const damaged = Buffer.from(bytes);
      for (let hits = 1 + random(8); hits > 0; hits--)
        damaged[random(round % 2 === 0 ? 4096 : bytes.length)] = random(256);
      writeFileSync(path, damaged);
      await scanned(home, `round ${round}`);
    }
  });

  const values = [
    "NULL",
    "x'00ff'",
    "9e999",
    "9223372036854775807",
    "-1",
    "'x'",
    "CAST(x'ff00' AS TEXT)",
    "hex(zeroblob(500000))",
  ];
  const columns = [
    "content_session_id",
    "memory_session_id",
    "project",
    "status",
    "started_at_epoch",
    "completed_at",
    "completed_at_epoch",
    "custom_title",
  ];

  it("may be a database with anything in any column", async () => {
    for (const column of columns) {
      const home = built();
      change(
        home,
        `CREATE TABLE loose AS SELECT * FROM sdk_sessions; DROP TABLE sdk_sessions; ALTER TABLE loose RENAME TO sdk_sessions;
         ${values
           .map(
             (value, i) => `INSERT INTO sdk_sessions SELECT * FROM sdk_sessions WHERE id = 1 LIMIT 1;
           UPDATE sdk_sessions SET id = ${i + 10}, content_session_id = 'c${i}', ${column} = ${value} WHERE rowid = (SELECT max(rowid) FROM sdk_sessions);`,
           )
           .join("\n")}`,
      );
      const scan = await scanned(home, column);
      const proven = scan.findings.filter(({ store, repair }) => /claude-mem/.test(store) && repair.class === "proven");
      deepEqual(proven, [], column);
    }
  });

  it("may be a database whose tables are questions without end", async () => {
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT";
    const home = built();
    const names = ["id", "project", "status", "started_at_epoch", "completed_at", "completed_at_epoch"];
    change(
      home,
      `DROP TABLE sdk_sessions; CREATE VIEW sdk_sessions AS ${endless} ${names.map((name) => `i AS ${name}`).join(", ")}, i AS content_session_id FROM n`,
    );
    await scanned(home, "a view");
  });
});

function change({ home }: BuiltHome, sql: string): void {
  const database = new DatabaseSync(join(home, ".claude-mem", "claude-mem.db"));
  database.exec(`PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; ${sql}`);
  database.close();
}
