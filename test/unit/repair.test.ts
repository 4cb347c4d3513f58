// One row and what goes with it: finalize, unlock, restore, their receipts and the ways back.
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { planRepair } from "../../src/plan/repairPlan.ts";
import {
  type BuiltHome,
  buildHome,
  done,
  key,
  lock,
  minute,
  now,
  running,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";
import {
  type Bench,
  benchOf,
  changedBetween,
  imagesIn,
  look,
  newestReceipt,
  onlyInit,
  repairFindings,
  repairProven,
  undoNewest,
} from "../repairing.ts";

const started = now - 60 * minute;
const ended = now - 50 * minute;
const lockFile = `~/${sessionId}.jsonl.lock`;
const finished = {
  [`~/${sessionId}.trajectory.jsonl`]: trajectory(
    ["session.started", started],
    ["session.ended", ended, { status: "success" }],
  ),
  [`~/${sessionId}.jsonl`]: transcript(["user", started], ["assistant", ended, { stopReason: "stop" }]),
};
const cutShort = { [`~/${sessionId}.jsonl`]: transcript(["user", started]) };

function withRepair(seen: Scan): Finding[] {
  return seen.findings.filter(({ repair }) => repair.kind !== "none");
}

function rowsOf({ store }: BuiltHome): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(store, "utf8"));
}

/** Everything below the home as it was before, once `change` was made and undone. */
async function thereAndBack(built: BuiltHome, bench: Bench, change: () => Promise<void>): Promise<void> {
  const before = imagesIn(built.home);
  await change();
  ok(changedBetween(before, imagesIn(built.home)).length > 0);
  equal((await undoNewest(bench)).refused, undefined);
  deepEqual(changedBetween(before, imagesIn(built.home)), []);
}

describe("a repair", () => {
  for (const status of ["failed", "killed", "timeout", "done"]) {
    it(`gives a cut-short run the outcome that was chosen: ${status}`, async () => {
      const built = buildHome({ rows: { [key]: running({ abortedLastRun: true, extra: [1.5] }) }, files: cutShort });
      const bench = benchOf(built);
      await thereAndBack(built, bench, async () => {
        const [result] = await repairFindings(bench, (seen) =>
          withRepair(seen).map((finding) => ({ finding, status })),
        );
        equal(result?.applied, true);
        deepEqual(rowsOf(built), {
          [key]: running({ status, endedAt: started, runtimeMs: 0, abortedLastRun: status === "killed", extra: [1.5] }),
        });
      });
    });
  }

  it("takes no status that is no outcome", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: cutShort });
    const seen = await look(benchOf(built));
    const [finding] = withRepair(seen) as [Finding];
    const store = { id: finding.store, kind: "openclaw-json", path: built.store, stateDir: built.stateDir } as const;
    const stored = {
      basis: { sha256: "", sizeBytes: 0 },
      rows: new Map([[key, { text: "{}", fields: new Map<string, string>() }]]),
      locks: new Map(),
      mode: undefined,
    };
    throws(() => planRepair(store, stored, [{ finding, status: "running" }]), RangeError);
  });

  it("settles row and dead lock in one receipt, and gives both back", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: { ...finished, [lockFile]: lock() } });
    const path = join(built.sessionsDir, `${sessionId}.jsonl.lock`);
    chmodSync(path, 0o600);
    const bench = benchOf(built);
    await thereAndBack(built, bench, async () => {
      const results = await repairProven(bench);
      deepEqual(
        results.map(({ applied }) => applied),
        [true],
      );
      equal(existsSync(path), false);
      equal(rowsOf(built)[key]?.["status"], "done");
      deepEqual(
        newestReceipt(bench).plan.edits.map(({ kind }) => kind),
        ["fields", "removeLock"],
      );
    });
  });

  it("does nothing to the row once its lock is taken anew", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: { ...finished, [lockFile]: lock() } });
    const before = imagesIn(built.home);
    const path = join(built.sessionsDir, `${sessionId}.jsonl.lock`);
    const bench = benchOf(built, { processes: `${onlyInit}\n   5151       1 Fri Nov 20 10:00:00 2026 node agent.js` });
    const seen = await look(bench);
    rmSync(path);
    writeFileSync(path, lock({ pid: 5151 }));
    const [result] = await repairFindings(bench, () => withRepair(seen));
    equal(result?.applied, false);
    deepEqual(changedBetween(before, imagesIn(built.home)), [
      join(".openclaw/agents/main/sessions", `${sessionId}.jsonl.lock`),
    ]);
  });

  it("takes a dead lock alone and leaves the store's file untouched", async () => {
    const built = buildHome({ rows: { [key]: done() }, files: { ...finished, [lockFile]: lock() } });
    const bench = benchOf(built);
    const inode = lstatSync(built.store).ino;
    await thereAndBack(built, bench, async () => {
      await repairProven(bench);
      equal(existsSync(join(built.sessionsDir, `${sessionId}.jsonl.lock`)), false);
    });
    equal(lstatSync(built.store).ino, inode);
  });

  describe("of an archived transcript", () => {
    const archive = `${sessionId}.jsonl.deleted.2026-11-20T10-00-00.000Z`;
    const home = (): BuiltHome =>
      buildHome({ rows: { [key]: done() }, files: { [`~/${archive}`]: transcript(["user", started]) } });

    it("gives it its name back, and the archive's with the undo", async () => {
      const built = home();
      const bench = benchOf(built);
      await thereAndBack(built, bench, async () => {
        await repairFindings(bench, withRepair);
        equal(existsSync(join(built.sessionsDir, archive)), false);
        equal(readFileSync(join(built.sessionsDir, `${sessionId}.jsonl`), "utf8"), transcript(["user", started]));
      });
    });

    it("never writes over a transcript", async () => {
      const built = home();
      const bench = benchOf(built);
      const seen = await look(bench);
      writeFileSync(join(built.sessionsDir, `${sessionId}.jsonl`), "new");
      const before = imagesIn(built.home);
      const [result] = await repairFindings(bench, () => withRepair(seen));
      equal(result?.applied, false);
      ok(result?.refused?.includes("not overwritten"), result?.refused);
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
    });

    it("stays restored once the conversation went on", async () => {
      const built = home();
      const bench = benchOf(built);
      await repairFindings(bench, withRepair);
      const path = join(built.sessionsDir, `${sessionId}.jsonl`);
      writeFileSync(path, transcript(["assistant", ended]), { flag: "a" });
      const result = await undoNewest(bench);
      ok(result.receipt?.notes?.[0]?.includes("was changed since"), JSON.stringify(result.receipt?.notes));
      ok(readFileSync(path, "utf8").endsWith(transcript(["assistant", ended])));
    });

    it("is not offered where it is compressed", async () => {
      const built = home();
      renameSync(join(built.sessionsDir, archive), join(built.sessionsDir, `${archive}.zst`));
      deepEqual(withRepair(await look(benchOf(built))), []);
    });
  });

  it("leaves a link to the store a link", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: finished });
    const real = join(built.home, "elsewhere.json");
    renameSync(built.store, real);
    symlinkSync(real, built.store);
    const bench = benchOf(built);
    await thereAndBack(built, bench, async () => {
      await repairProven(bench);
      ok(lstatSync(built.store).isSymbolicLink());
      equal(JSON.parse(readFileSync(real, "utf8"))[key].status, "done");
    });
  });

  it("keeps the store's mode", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: finished });
    chmodSync(built.store, 0o640);
    await repairProven(benchOf(built));
    equal((lstatSync(built.store).mode & 0o7777).toString(8), "640");
  });

  it("keeps receipts to their owner", async () => {
    const built = buildHome({ rows: { [key]: running() }, files: finished });
    const bench = benchOf(built);
    await repairProven(bench);
    for (const [name, image] of imagesIn(bench.context.folder.path)) {
      const [first, second] = image.split(" ");
      const mode = first === "directory" ? second : first;
      ok(mode === "40700" || mode === "100600", `${name} ${mode}`);
    }
  });

  it("spells a field that has its value as it was", async () => {
    const built = buildHome({
      rows: `{"${key}":{"sessionId":"${sessionId}","status":"running","startedAt":${started},"endedAt":${ended / 1000}e3,"abortedLastRun":false}}`,
      files: finished,
    });
    await repairProven(benchOf(built));
    ok(readFileSync(built.store, "utf8").includes(`"endedAt":${ended / 1000}e3`));
  });
});
