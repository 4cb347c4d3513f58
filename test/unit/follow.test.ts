import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { follower } from "../../src/inspect/follow.ts";
import { openclawSqlite } from "../../src/inspect/openclawSqlite/reader.ts";
import { buildDatabaseHome } from "../databaseBuilder.ts";
import { done, key } from "../homeBuilder.ts";

describe("Following a directory of sessions", () => {
  let place = "";
  let asked = 0;
  let heard = (): void => {};
  const watch = follower(
    () => {
      asked++;
      heard();
    },
    (message) => {
      throw new Error(message);
    },
  );

  before(() => {
    place = mkdtempSync(join(tmpdir(), "osi-follow-"));
  });

  after(() => {
    watch.close();
    rmSync(place, { recursive: true });
  });

  const nextTime = (): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
    });

  it("asks for another look when it begins, since something may have been written meanwhile", () => {
    const followed = { directories: [place], paths: [] };
    watch.follow(followed);
    assert.equal(asked, 1);
    watch.follow(followed);
    assert.equal(asked, 1, "Nothing is new.");
  });

  it("goes on with a directory that was made anew in the place of another", async () => {
    const sessions = join(place, "sessions");
    const followed = { directories: [sessions], paths: [] };
    mkdirSync(sessions);
    watch.follow(followed);
    const gone = new Promise<void>((resolve) => {
      heard = resolve;
    });
    rmSync(sessions, { recursive: true });
    mkdirSync(sessions);
    await gone;
    asked = 0;
    watch.follow(followed);
    assert.equal(asked, 1, "It is followed from now on, and what was written before is looked at.");
  });

  it("hears of a file that is not there yet, however many of its folders are missing", async () => {
    const runs = join(place, "state", "cron", "runs");
    const followed = { directories: [], paths: [join(runs, "job.jsonl")] };
    for (const made of [join(place, "state"), join(place, "state", "cron"), runs]) {
      watch.follow(followed);
      const heardOf = nextTime();
      mkdirSync(made);
      await heardOf;
    }
    watch.follow(followed);
    const heardOf = nextTime();
    writeFileSync(join(runs, "job.jsonl"), "{}");
    await heardOf;
  });

  it("hears of a file that is replaced, and of nothing that lies beside it", async () => {
    const config = join(place, "openclaw.json");
    writeFileSync(config, "{}");
    watch.follow({ directories: [], paths: [config] });
    asked = 0;
    for (let round = 1; round <= 2; round++) {
      const heardOf = nextTime();
      writeFileSync(join(place, "beside.json"), "{}");
      writeFileSync(join(place, "fresh.json"), "{}");
      renameSync(join(place, "fresh.json"), config);
      await heardOf;
      assert.equal(asked, round);
    }
  });

  it("hears of an agent that is made, and of its first directory of sessions", async () => {
    const agents = join(place, "agents");
    mkdirSync(agents);
    const followed = { directories: [], paths: [agents] };
    watch.follow(followed);
    const agent = nextTime();
    mkdirSync(join(agents, "main"));
    await agent;
    watch.follow(followed);
    const sessions = nextTime();
    mkdirSync(join(agents, "main", "sessions"));
    await sessions;
  });

  it("hears of a file behind a link", async () => {
    const elsewhere = join(place, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "runs.json"), "{}");
    symlinkSync(join(elsewhere, "runs.json"), join(place, "runs.json"));
    watch.follow({ directories: [], paths: [join(place, "runs.json")] });
    const heardOf = nextTime();
    writeFileSync(join(elsewhere, "runs.json"), "[]");
    await heardOf;
  });

  it("hears of a row that a living writer put into the log of its database, and nowhere else", async () => {
    const { store } = buildDatabaseHome({ sessions: { [key]: { entry: done() } } });
    const writer = new DatabaseSync(store);
    writer.exec("PRAGMA wal_autocheckpoint = 0; UPDATE session_nodes SET last_read_at = 1");
    const before = statSync(store).mtimeMs;
    watch.follow({ directories: openclawSqlite.directories(stateDirOf(store)), paths: [] });
    const heardOf = new Promise<void>((resolve) => {
      heard = resolve;
    });
    writer.exec("UPDATE session_nodes SET last_read_at = 2");
    await heardOf;
    assert.equal(statSync(store).mtimeMs, before);
    writer.close();
  });
});

function stateDirOf(store: string): string {
  return join(store, "..", "..", "..", "..");
}
