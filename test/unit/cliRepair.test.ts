// The commands that write, as scripts call them (CLI.md).
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltCli, buildCli, captured, type Ran } from "../cli.ts";
import {
  type BuiltHome,
  buildHome,
  done,
  gateway,
  key,
  lock,
  minute,
  now,
  running,
  sessionId,
  transcript,
} from "../homeBuilder.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { rowsOf, sick, write } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

const day = 24 * 60 * minute;
const asked = "agent:main:direct:asked";

describe("the command that repairs", () => {
  let cli: BuiltCli;
  let folder: string;
  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());
  beforeEach(() => {
    folder = join(temporaryDirectory(), "receipts");
  });

  const run = ({ home }: { home: string }, args: readonly string[], ...processes: readonly string[]): Promise<Ran> =>
    cli.run([...args, "--home", home, "--backup-dir", folder, ...captured(cli.folder, ...processes)]);

  const json = async (built: { home: string }, ...args: readonly string[]) => {
    const { stdout, stderr, code } = await run(built, [...args, "--json"]);
    equal(stderr, "");
    return { code, ...JSON.parse(stdout) };
  };

  async function idOf(built: BuiltHome, session: string): Promise<string> {
    const { findings } = await json(built, "scan");
    return findings.find(
      (finding: { session: string; repair: { kind: string } }) =>
        finding.session === session && finding.repair.kind !== "none",
    ).id;
  }

  /** One row is proven, one is asked. */
  const mixed = (): BuiltHome => sick("2026.5.18", { [asked]: running({ sessionId: "x" }) });

  it("repairs what is proven and nothing else, and prints its receipt", async () => {
    const built = mixed();
    const before = rowsOf(built);
    const id = await idOf(built, key);
    const { code, receipts } = await json(built, "repair", "--proven");
    equal(code, 0);
    equal(receipts.length, 1);
    const [{ id: receipt, store, batch, findings, edits, backup, applied, refused }] = receipts;
    deepEqual(
      [typeof receipt, typeof store, typeof batch, findings, applied, refused],
      ["string", "string", "string", [id], true, undefined],
    );
    deepEqual(JSON.parse(readFileSync(backup, "utf8")), before);
    deepEqual(
      edits.map(({ kind, key: row }: { kind: string; key: string }) => [kind, row]),
      [["fields", key]],
    );
    deepEqual(rowsOf(built)[asked], before[asked]);
    equal(rowsOf(built)[key]?.["status"], "done");
    ok(backup.startsWith(folder));
  });

  it("with --dry-run writes nothing, no folder of its own either", async () => {
    const built = mixed();
    const before = imagesIn(built.home);
    const { code, receipts } = await json(built, "repair", "--proven", "--dry-run");
    deepEqual([code, receipts[0].applied, receipts[0].edits.length], [0, false, 1]);
    const text = await run(built, ["repair", "--proven", "--dry-run"]);
    match(text.stdout, /Would do/);
    equal((await run(built, ["prune", "--older-than", "1d", "--dry-run"])).code, 0);
    deepEqual(imagesIn(built.home), before);
    equal(existsSync(folder), false);
  });

  it("repairs what is named, with the status that was chosen", async () => {
    const built = mixed();
    const { code, receipts } = await json(
      built,
      "repair",
      "--finding",
      await idOf(built, asked),
      "--set",
      "status=killed",
    );
    deepEqual([code, receipts[0].applied], [0, true]);
    const { status, abortedLastRun } = rowsOf(built)[asked] ?? {};
    deepEqual([status, abortedLastRun], ["killed", true]);
    equal(rowsOf(built)[key]?.["status"], "running");
  });

  it("moves what killed writers left, unasked, and brings it back", async () => {
    const temporaries = ["sessions.json.0f1e.tmp", "sessions.json.0a2b.tmp"];
    const built = buildHome({
      rows: { [key]: done() },
      files: {
        [`~/${sessionId}.jsonl`]: transcript(["user", now - minute]),
        ...Object.fromEntries(temporaries.map((name) => [`~/${name}`, "{"])),
      },
      ages: { [`~/${temporaries[0]}`]: 2 * day, [`~/${temporaries[1]}`]: 3 * day },
    });
    const before = imagesIn(built.home);
    const { findings } = await json(built, "scan");
    deepEqual(
      findings.map(({ code, repair }: { code: string; repair: { kind: string; class: string } }) => [
        code,
        repair.kind,
        repair.class,
      ]),
      [["TMP-LEFT", "tidy", "proven"]],
    );
    match((await run(built, ["repair", "--proven", "--dry-run"])).stdout, /Would do[\s\S]*0a2b\.tmp → .*quarantine/);
    deepEqual(imagesIn(built.home), before);
    const { code, receipts } = await json(built, "repair", "--proven");
    deepEqual([code, receipts.length, receipts[0].action, receipts[0].applied], [0, 1, "tidy", true]);
    deepEqual(
      receipts[0].edits.map(({ kind, from }: { kind: string; from: string }) => [kind, from]),
      [["move", join(built.sessionsDir, temporaries[1] ?? "")]],
    );
    ok(!existsSync(join(built.sessionsDir, temporaries[1] ?? "")));
    equal((await json(built, "undo", "--last")).code, 0);
    deepEqual(imagesIn(built.home), before);
  });

  it("refuses an id whose proposal has changed", async () => {
    const built = mixed();
    const id = await idOf(built, asked);
    write(built, (rows) => Object.assign(rows[asked] ?? {}, { endedAt: now - minute }));
    const before = imagesIn(built.home);
    notEqual(await idOf(built, asked), id);
    const { code, receipts } = await json(built, "repair", "--finding", id);
    equal(code, 1);
    match(receipts[0].refused, /changed/);
    deepEqual(imagesIn(built.home), before);
  });

  it("refuses a finding that has no repair", async () => {
    const built = sick();
    const { stdout } = await run(built, ["scan", "--json"], gateway);
    const [{ id }] = JSON.parse(stdout).findings;
    const { code, stdout: text } = await run(built, ["repair", "--finding", id], gateway);
    equal(code, 1);
    match(text, /Refused/);
  });

  it("is 0 with --proven whatever it found, and 1 with --strict where something was refused", async () => {
    const empty = { home: temporaryDirectory() };
    equal((await run(empty, ["repair", "--proven"])).code, 0);
    equal((await run({ home: "/nowhere" }, ["repair", "--proven"])).code, 0);
    const torn = mixed();
    truncateSync(torn.store, 50);
    const before = imagesIn(torn.home);
    const left = await run(torn, ["repair", "--proven"]);
    equal(left.code, 0);
    ok(
      left.stdout.startsWith(`${torn.store}: Left alone. `) && !left.stdout.includes("Nothing to repair"),
      left.stdout,
    );
    deepEqual(imagesIn(torn.home), before);
    const well = buildHome({
      rows: { [key]: done() },
      files: { [`~/${sessionId}.jsonl`]: transcript(["user", now - minute]) },
    });
    const nothing = await run(well, ["repair", "--proven", "--strict"]);
    deepEqual([nothing.code, nothing.stdout], [0, "Nothing to repair.\n"]);
    equal((await run({ home: "/nowhere" }, ["repair", "--proven", "--strict"])).code, 2);
    // Held by somebody: 2026.4 locks its store for every write.
    const held = sick("2026.4.2");
    writeFileSync(`${held.store}.lock`, lock({ pid: 9100 }));
    const sleeper = "   9100       1 Fri Nov 20 10:00:00 2026 node thing.js";
    deepEqual(
      [
        (await run(held, ["repair", "--proven"], sleeper)).code,
        (await run(held, ["repair", "--proven", "--strict"], sleeper)).code,
      ],
      [0, 1],
    );
    equal(rowsOf(held)[key]?.["status"], "running");
  });

  it("undoes the last repair, and lists receipts", async () => {
    const built = mixed();
    const before = imagesIn(built.home);
    await json(built, "repair", "--proven");
    await json(built, "repair", "--finding", await idOf(built, asked), "--set", "status=timeout");
    equal((await json(built, "undo", "--last")).code, 0);
    equal(rowsOf(built)[asked]?.["status"], "running");
    equal((await json(built, "undo", "--last")).code, 0);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
    equal((await run(built, ["undo", "--last"])).code, 2);
    const { receipts } = (await json(built, "receipts")) as {
      receipts: Record<string, unknown>[];
    };
    deepEqual(
      receipts.map(({ action, state }) => [action, state]),
      [
        ["undo", "done"],
        ["undo", "done"],
        ["finalize", "done"],
        ["finalize", "done"],
      ],
    );
    equal(receipts.filter(({ undoneBy }) => typeof undoneBy === "string").length, 2);
    equal((await run(built, ["undo", String(receipts[3]?.["id"])])).code, 1);
    match((await run(built, ["receipts"])).stdout, /^(\S+ .*\n){4}$/);
  });

  it("undoes by id without a look at processes what was captured", async () => {
    const built = mixed();
    const before = imagesIn(built.home);
    const { receipts } = await json(built, "repair", "--proven");
    const { code } = await cli.run(["undo", receipts[0].id, "--backup-dir", folder]);
    equal(code, 0);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("prunes what is named or old, and says what it spares", async () => {
    const old = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day, sessionId: "a" };
    const rows = {
      "agent:main:direct:a": done(old),
      "agent:main:direct:b": done({ ...old, sessionId: "b" }),
      [key]: done(),
    };
    const built = buildHome({ rows, files: { [`~/${sessionId}.jsonl`]: transcript(["user", now - minute]) } });
    const first = await json(built, "prune", "--key", "agent:main:direct:a");
    deepEqual([first.code, first.receipts[0].applied], [0, true]);
    const spared = await json(built, "prune", "--key", key, "--key", "agent:main:nobody");
    equal(spared.code, 1);
    deepEqual(
      spared.receipts.map(({ applied, refused }: { applied: boolean; refused: string }) => [
        applied,
        refused.length > 10,
      ]),
      [
        [false, true],
        [false, true],
      ],
    );
    equal((await json(built, "prune", "--older-than", "30d")).code, 0);
    deepEqual(Object.keys(rowsOf(built)), [key]);
    await json(built, "undo", "--last");
    await json(built, "undo", "--last");
    deepEqual(rowsOf(built), rows);
  });

  it("puts receipts where XDG says, readable by their owner only", async () => {
    const built = mixed();
    const state = join(temporaryDirectory(), "state");
    mkdirSync(state);
    await cli.run(["repair", "--proven", "--home", built.home, ...captured(cli.folder)], { XDG_STATE_HOME: state });
    const images = imagesIn(state);
    equal(images.get("openclaw-session-inspector"), "directory 40700");
    ok([...images.keys()].some((name) => name.endsWith("manifest.json")));
  });

  it("finishes what a crash left, says so, and not in a dry run", async () => {
    const built = mixed();
    await json(built, "repair", "--proven");
    const { stdout } = await run(built, ["receipts", "--json"]);
    const [{ id }] = JSON.parse(stdout).receipts;
    const manifest = join(folder, "receipts", id, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"state": "done"', '"state": "rowsWritten"'));
    const before = imagesIn(folder);
    const dry = await run(built, ["repair", "--proven", "--dry-run"]);
    deepEqual([dry.stderr, changedBetween(before, imagesIn(folder))], ["", []]);
    const { code, stderr } = await run(built, ["repair", "--proven"]);
    equal(code, 0);
    match(stderr, /^A repair of .* that was interrupted is finished now\.\n$/);
  });
});
