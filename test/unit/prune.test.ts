// Rows taken out and brought back, with their transcripts and what lies beside them.
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recoverRepairs, undoReceipt } from "../../src/repairs.ts";
import {
  type BuiltHome,
  buildHome,
  done,
  gateway,
  key,
  minute,
  now,
  running,
  sessionId,
  transcript,
} from "../homeBuilder.ts";
import { benchOf, changedBetween, imagesIn, newestReceipt, onlyInit, prune, undoNewest } from "../repairing.ts";

const day = 24 * 60 * minute;
const old = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day };
const said = transcript(["user", now - 41 * day], ["assistant", now - 40 * day, { stopReason: "stop" }]);
const ids = ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map((start) => `${start}-2222-4333-8444-555555555555`);
const [first = "", second = "", third = ""] = ids;
const sub = (name: string): string => `agent:main:direct:${name}`;

/** Three rows that ended long ago, the first with sidecars, and a main one. */
function oldHome(rows: Readonly<Record<string, unknown>> = {}): BuiltHome {
  const files = Object.fromEntries(ids.map((id) => [`~/${id}.jsonl`, said]));
  const sidecars = { [`~/${first}.trajectory.jsonl`]: "{}\n", [`~/${first}.trajectory-path.json`]: "{}" };
  const all = { ...files, ...sidecars, [`~/${sessionId}.jsonl`]: said };
  return buildHome({
    rows: {
      [sub("one")]: done({ ...old, sessionId: first, big: "x".repeat(10) }),
      [key]: done(old),
      [sub("two")]: done({ ...old, sessionId: second }),
      [sub("three")]: done({ ...old, sessionId: third }),
      ...rows,
    },
    files: all,
    ages: Object.fromEntries(Object.keys(all).map((name) => [name, 40 * day])),
  });
}

function keysOf({ store }: BuiltHome): string[] {
  return Object.keys(JSON.parse(readFileSync(store, "utf8")));
}

function archivesOf({ sessionsDir }: BuiltHome): string[] {
  return readdirSync(sessionsDir).filter((name) => name.includes(".deleted."));
}

const older = { olderThanMs: 30 * day };

describe("pruning", () => {
  it("takes ended rows out, archives their transcripts as OpenClaw does, and gives all of it back", async () => {
    const built = oldHome();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    const [result] = await prune(bench, older);
    equal(result?.refused, undefined);
    deepEqual(keysOf(built), [key]);
    const stamp = new Date(now).toISOString().replaceAll(":", "-");
    deepEqual(
      archivesOf(built),
      ids.map((id) => `${id}.jsonl.deleted.${stamp}`),
    );
    ok(existsSync(join(built.sessionsDir, `${first}.trajectory.jsonl`)));
    const kept = newestReceipt(bench).kept ?? [];
    deepEqual(
      kept.map(({ copy }) => readFileSync(copy, "utf8")),
      [said, "{}\n", "{}", said, said],
    );
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("gives back what OpenClaw's clean-up has deleted since", async () => {
    const built = oldHome();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    await prune(bench, older);
    for (const name of archivesOf(built)) rmSync(join(built.sessionsDir, name));
    rmSync(join(built.sessionsDir, `${first}.trajectory.jsonl`));
    const result = await undoNewest(bench);
    equal(result.receipt?.notes, undefined);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("gives back one row with its transcript, and the others later", async () => {
    const built = oldHome();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    await prune(bench, older);
    const receipt = newestReceipt(bench);
    equal((await undoNewest(bench, sub("two"))).refused, undefined);
    deepEqual(keysOf(built), [key, sub("two")]);
    ok(existsSync(join(built.sessionsDir, `${second}.jsonl`)));
    equal(existsSync(join(built.sessionsDir, `${first}.jsonl`)), false);
    const rest = await undoReceipt(receipt, bench.context);
    deepEqual(rest.plan.left, [`${sub("two")} exists again and is left as it is.`]);
    deepEqual(keysOf(built).sort(), [key, sub("one"), sub("three"), sub("two")].sort());
    deepEqual(changedBetween(before, imagesIn(built.home)), [".openclaw/agents/main/sessions/sessions.json"]);
  });

  it("never writes over a row or a transcript that is there again", async () => {
    const built = oldHome();
    const bench = benchOf(built);
    await prune(bench, older);
    const rows = JSON.parse(readFileSync(built.store, "utf8"));
    writeFileSync(built.store, JSON.stringify({ ...rows, [sub("one")]: { sessionId: first, new: true } }));
    writeFileSync(join(built.sessionsDir, `${first}.jsonl`), "new");
    const result = await undoNewest(bench);
    equal(result.applied, true);
    deepEqual(result.plan.left, [`${sub("one")} exists again and is left as it is.`]);
    ok(result.receipt?.notes?.[0]?.startsWith(`${first}.jsonl exists already`));
    deepEqual(JSON.parse(readFileSync(built.store, "utf8"))[sub("one")], { sessionId: first, new: true });
    equal(readFileSync(join(built.sessionsDir, `${first}.jsonl`), "utf8"), "new");
    ok(existsSync(join(built.sessionsDir, `${second}.jsonl`)));
  });

  it("renames no transcript that another row uses", async () => {
    const built = oldHome({ [sub("same")]: running({ sessionId: first, status: "paused" }) });
    await prune(benchOf(built), { keys: new Set([sub("one"), sub("two")]) });
    deepEqual(keysOf(built), [key, sub("three"), sub("same")]);
    ok(existsSync(join(built.sessionsDir, `${first}.jsonl`)));
    equal(existsSync(join(built.sessionsDir, `${second}.jsonl`)), false);
  });

  it("renames a transcript of two rows when both go", async () => {
    const built = oldHome({ [sub("same")]: done({ ...old, sessionId: first }) });
    await prune(benchOf(built), older);
    deepEqual(keysOf(built), [key]);
    equal(archivesOf(built).length, 3);
  });

  it("refuses where an archive of that name is there", async () => {
    const built = oldHome();
    const stamp = new Date(now).toISOString().replaceAll(":", "-");
    writeFileSync(join(built.sessionsDir, `${second}.jsonl.deleted.${stamp}`), "older");
    const before = imagesIn(built.home);
    const [result] = await prune(benchOf(built), older);
    equal(result?.applied, false);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  const spared: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>, string?]>> = {
    "a main row": [key, done(old)],
    "a row that claims to run": [sub("x"), running({ ...old, endedAt: undefined, sessionId: first })],
    "a protected chat": ["agent:main:telegram:group:123", done({ ...old, sessionId: first })],
    "a chat that is protected by its kind": [sub("x"), done({ ...old, sessionId: first, chatType: "channel" })],
    "an undelivered reply": [sub("x"), done({ ...old, sessionId: first, pendingFinalDelivery: true })],
    "a row of a gateway that runs": [sub("x"), done({ ...old, sessionId: first }), gateway],
    "a row that is too young": [sub("x"), done({ ...old, sessionId: first, updatedAt: now - 29 * day })],
  };
  for (const [what, [row, fields, process]] of Object.entries(spared)) {
    it(`spares ${what}`, async () => {
      const built = buildHome({
        rows: { [row]: fields },
        files: { [`~/${first}.jsonl`]: said, [`~/${sessionId}.jsonl`]: said },
        ages: { [`~/${first}.jsonl`]: 40 * day, [`~/${sessionId}.jsonl`]: 40 * day },
      });
      const before = imagesIn(built.home);
      const processes = process === undefined ? onlyInit : `${onlyInit}\n${process}`;
      deepEqual(await prune(benchOf(built, { processes }), older), []);
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
    });
  }

  it("takes a main row that has nothing to lose", async () => {
    const built = buildHome({ rows: { [key]: { sessionId, updatedAt: now - 40 * day } } });
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    await prune(bench, older);
    deepEqual(keysOf(built), []);
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("gives several rows back into a store that was emptied since", async () => {
    const built = oldHome({ [key]: { sessionId: "dddddddd-2222-4333-8444-555555555555", updatedAt: now - 40 * day } });
    const bench = benchOf(built);
    const rows = JSON.parse(readFileSync(built.store, "utf8"));
    await prune(bench, older);
    writeFileSync(built.store, "{}");
    await undoNewest(bench);
    deepEqual(JSON.parse(readFileSync(built.store, "utf8")), rows);
  });

  it("keeps transcripts of one name in two directories", async () => {
    const built = oldHome();
    const elsewhere = join(built.stateDir, "agents", "main", "sessions", "other");
    mkdirSync(elsewhere);
    linkSync(join(built.sessionsDir, `${second}.jsonl`), join(elsewhere, `${first}.jsonl`));
    const rows = JSON.parse(readFileSync(built.store, "utf8"));
    rows[sub("two")].sessionFile = join(elsewhere, `${first}.jsonl`);
    writeFileSync(built.store, JSON.stringify(rows));
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    const [result] = await prune(bench, older);
    equal(result?.refused, undefined);
    await undoNewest(bench);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
    deepEqual(await recoverRepairs(bench.context), []);
  });
});
