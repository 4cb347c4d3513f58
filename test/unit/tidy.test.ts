// Leftovers: to the quarantine, back from it, and deleted for good; and a store that others may read.
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { type Files, nodeFiles } from "../../src/repair/files.ts";
import { identityOf } from "../../src/repair/modes.ts";
import { takeStoreLock } from "../../src/repair/storeLock.ts";
import {
  planChoices,
  provenFindings,
  receiptsOf,
  recoverRepairs,
  repairPlans,
  undoReceipt,
} from "../../src/repairs.ts";
import { emptyQuarantine, quarantineSummary } from "../../src/worker/quarantineAnswers.ts";
import { type BuiltHome, buildHome, done, gateway, key, minute, now, sessionId, transcript } from "../homeBuilder.ts";
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
  repairSeen,
  undoNewest,
} from "../repairing.ts";

const day = 24 * 60 * minute;
const old = ".fs-safe-replace.7.0f1e.tmp";
const newest = "sessions.json.0f1e.tmp";
const trajectory = "gone.trajectory.jsonl";
const checkpoint = `${sessionId}.checkpoint.c1.jsonl`;
const said = transcript(["user", now - 61 * minute], ["assistant", now - 60 * minute, { stopReason: "stop" }]);
const ages = {
  [`~/${old}`]: 3 * day,
  [`~/${newest}`]: 2 * day,
  [`~/${trajectory}`]: 40 * day,
  [`~/${checkpoint}`]: 40 * day,
};

/** A healthy row, an orphan transcript, and four leftovers of which one must stay. */
function untidy(): BuiltHome {
  return buildHome({
    rows: { [key]: done() },
    files: {
      [`~/${sessionId}.jsonl`]: said,
      "~/orphan.jsonl": said,
      [`~/${old}`]: "{old",
      [`~/${newest}`]: "{new",
      [`~/${trajectory}`]: "{}\n",
      [`~/${checkpoint}`]: said,
    },
    ages,
  });
}

const tidies = (seen: Scan): Finding[] => seen.findings.filter(({ repair }) => repair.kind === "tidy");

function quarantined({ context }: Bench): string[] {
  const { quarantine } = context.folder;
  return existsSync(quarantine) ? readdirSync(quarantine).sort() : [];
}

function emptyBench(bench: Bench): ReturnType<typeof emptyQuarantine> {
  const everywhere = { stateDirs: [] as const } as unknown as Scan;
  return emptyQuarantine(everywhere, quarantineSummary(everywhere, bench.context).token, bench.context);
}

/** What lies in this directory is on a disk of its own, as far as the port tells. */
function apart(directory: string): Files {
  return {
    ...nodeFiles,
    lstat: (path) => {
      const stats = nodeFiles.lstat(path);
      if (stats === undefined || !`${path}/`.startsWith(`${directory}/`)) return stats;
      return Object.assign(Object.create(stats), { dev: stats.dev + 1n });
    },
  };
}

function benchApart(built: { home: string }): Bench {
  const { folder } = benchOf(built).context;
  return benchOf(built, { folder, files: apart(dirname(folder.path)) });
}

describe("leftovers", () => {
  it("go to the quarantine and come back, all but the newest temporary file and what is history", async () => {
    const built = untidy();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, tidies);
    equal(result?.refused, undefined);
    deepEqual(result?.receipt?.notes, undefined);
    deepEqual(
      changedBetween(before, imagesIn(built.home)).map((path) => basename(path)),
      [old, checkpoint, trajectory],
    );
    deepEqual(
      quarantined(bench)
        .map((name) => name.replace(/^[0-9a-f]{16}\./, ""))
        .sort(),
      [old, checkpoint, trajectory].map((name) => name.slice(-50)).sort(),
    );
    equal(lstatSync(bench.context.folder.quarantine).mode & 0o777, 0o700);
    const codes = (await look(bench)).findings.map(({ code, repair }) => `${code} ${repair.kind}`);
    deepEqual(codes, ["TX-ORPHAN none", "TMP-LEFT none"]);
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(imagesIn(built.home), before);
    deepEqual(quarantined(bench), []);
  });

  it("keep their bytes, mode and time on the way", async () => {
    const built = untidy();
    const bench = benchOf(built);
    const path = join(built.sessionsDir, old);
    chmodSync(path, 0o640);
    const { ino, mtimeMs } = lstatSync(path);
    await repairFindings(bench, tidies);
    const name = quarantined(bench).find((one) => one.endsWith(old)) ?? "";
    const moved = lstatSync(join(bench.context.folder.quarantine, name));
    deepEqual([moved.ino, moved.mtimeMs, moved.mode & 0o777], [ino, mtimeMs, 0o640]);
    equal(readFileSync(join(bench.context.folder.quarantine, name), "utf8"), "{old");
  });

  it("of a killed writer go unasked, and keep no row from its repair", async () => {
    const built = untidy();
    const bench = benchOf(built);
    await repairProven(bench);
    deepEqual(
      readdirSync(built.sessionsDir).filter((name) => name.endsWith(".tmp")),
      [newest],
    );
    ok(existsSync(join(built.sessionsDir, checkpoint)));
    deepEqual(
      newestReceipt(bench).plan.findings.map(({ code }) => code),
      ["TMP-LEFT"],
    );
    deepEqual(await repairProven(bench), [], "nothing proven is left");
  });

  it("go beside the state directory where our folder is on another file system, and leave no folder behind", async () => {
    const built = untidy();
    const bench = benchApart(built);
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, tidies);
    equal(result?.refused, undefined);
    const beside = join(built.home, ".session-inspector-quarantine");
    equal(readdirSync(beside).length, 3);
    equal(lstatSync(beside).mode & 0o777, 0o700);
    deepEqual(quarantined(bench), []);
    equal((await look(bench)).stores.length, 1, "it is no state directory");
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(imagesIn(built.home), before);
  });

  it("of a state directory inside another go beside the outer one", async () => {
    const inner = untidy();
    const outer = join(inner.home, "outer", ".openclaw");
    mkdirSync(outer, { recursive: true });
    renameSync(inner.stateDir, join(outer, ".openclaw"));
    const built = { home: outer };
    const bench = benchApart(built);
    await repairFindings(bench, tidies);
    equal(readdirSync(join(inner.home, "outer", ".session-inspector-quarantine")).length, 3);
  });

  it("stay where no folder of ours is on their file system", async () => {
    const built = untidy();
    const bench = benchOf(built, { files: apart(built.sessionsDir) });
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, tidies);
    match(result?.refused ?? "", /is on the file system of/);
    deepEqual(imagesIn(built.home), before);
  });

  it("stay, and are named, where the system finds another file system only at the move", async () => {
    const built = untidy();
    const rename = (from: string, to: string): void => {
      if (to.includes("quarantine")) throw Object.assign(new Error("EXDEV"), { code: "EXDEV", path: from });
      nodeFiles.rename(from, to);
    };
    const bench = benchOf(built, { files: { ...nodeFiles, rename } });
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, tidies);
    equal(result?.receipt?.notes?.length, 3);
    match(result?.receipt?.notes?.[0] ?? "", /is on another file system/);
    deepEqual(imagesIn(built.home), before);
  });

  const changes: Readonly<Record<string, (path: string) => void>> = {
    "was written to": (path) => writeFileSync(path, "more", { flag: "a" }),
    "was written anew, as long as before": (path) => {
      writeFileSync(`${path}.x`, "{OLD");
      utimesSync(`${path}.x`, lstatSync(path).atime, lstatSync(path).mtime);
      renameSync(`${path}.x`, path);
    },
    "is gone": (path) => rmSync(path),
  };
  for (const [what, change] of Object.entries(changes)) {
    for (const moment of ["plan", "move"]) {
      it(`stay, all of them, where one ${what} between look and ${moment}`, async () => {
        const built = untidy();
        const bench = benchOf(built);
        const seen = await look(bench);
        const choices = tidies(seen).map((finding) => ({ finding }));
        const early = moment === "plan" ? undefined : planChoices(seen, choices, bench.context);
        change(join(built.sessionsDir, old));
        const before = imagesIn(built.home);
        const { plans, refused } = early ?? planChoices(seen, choices, bench.context);
        equal(plans.length, moment === "plan" ? 0 : 1);
        const [result] = [...refused, ...(await repairPlans(seen, plans, bench.context))];
        equal(result?.applied, false);
        match(result?.refused ?? "", /plan anew/);
        deepEqual(imagesIn(built.home), before);
        deepEqual(quarantined(bench), []);
      });
    }
  }

  it("stay where one is exchanged at the very moment of its move, and nothing of it is lost", async () => {
    const built = untidy();
    const path = join(built.sessionsDir, old);
    const rename = (from: string, to: string): void => {
      if (from === path) {
        rmSync(path);
        writeFileSync(path, "a writer's new one");
      }
      nodeFiles.rename(from, to);
    };
    const bench = benchOf(built, { files: { ...nodeFiles, rename } });
    const [result] = await repairFindings(bench, tidies);
    deepEqual(result?.receipt?.notes, [`${old} was changed at that moment and is left where it is.`]);
    equal(readFileSync(path, "utf8"), "a writer's new one");
  });

  for (const moment of ["scan", "plan"]) {
    it(`stay where the store was written after the ${moment}: a row may name them now`, async () => {
      const built = untidy();
      const bench = benchOf(built);
      const seen = await look(bench);
      const choices = tidies(seen).map((finding) => ({ finding }));
      const early = moment === "scan" ? undefined : planChoices(seen, choices, bench.context);
      writeFileSync(
        built.store,
        JSON.stringify({ [key]: done({ compactionCheckpoints: [{ preCompaction: { sessionFile: checkpoint } }] }) }),
      );
      const before = imagesIn(built.home);
      const { plans, refused } = early ?? planChoices(seen, choices, bench.context);
      const [result] = [...refused, ...(await repairPlans(seen, plans, bench.context))];
      match(result?.refused ?? "", /plan anew/);
      deepEqual(imagesIn(built.home), before);
      deepEqual(receiptsOf(bench.context), []);
    });
  }

  it("stay while a gateway runs", async () => {
    const built = untidy();
    const bench = benchOf(built, { processes: `${onlyInit}\n${gateway}` });
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, tidies);
    match(result?.refused ?? "", /stop it first/);
    deepEqual(imagesIn(built.home), before);
  });

  it("stay where they are links", async () => {
    const built = untidy();
    const elsewhere = join(built.home, "elsewhere");
    for (const name of [trajectory, checkpoint]) {
      const path = join(built.sessionsDir, name);
      renameSync(path, `${elsewhere}${name}`);
      symlinkSync(`${elsewhere}${name}`, path);
    }
    const found = (await look(benchOf(built))).findings.filter(({ code }) => /^(TRAJ|CKPT)/.test(code));
    deepEqual(
      found.map(({ repair }) => repair.kind),
      ["none", "none"],
    );
  });

  it("stay where something else has the quarantine's name", async () => {
    for (const spoil of [
      (path: string) => writeFileSync(path, ""),
      (path: string) => symlinkSync(dirname(path), path),
      (path: string) => {
        mkdirSync(path);
        chmodSync(path, 0o777);
      },
    ]) {
      const built = untidy();
      const bench = benchOf(built);
      mkdirSync(bench.context.folder.path, { recursive: true });
      spoil(bench.context.folder.quarantine);
      const before = imagesIn(built.home);
      const [result] = await repairFindings(bench, tidies);
      match(result?.refused ?? "", /not a folder of yours alone/);
      deepEqual(imagesIn(built.home), before);
    }
  });

  it("stay where their place in the quarantine is taken", async () => {
    const built = untidy();
    const bench = benchOf(built);
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      tidies(seen).map((finding) => ({ finding })),
      bench.context,
    );
    const [move] = plans[0]?.edits ?? [];
    mkdirSync(bench.context.folder.quarantine, { recursive: true, mode: 0o700 });
    writeFileSync(move?.kind === "move" ? move.to : "", "foreign");
    const before = imagesIn(built.home);
    const [result] = await repairPlans(seen, plans, bench.context);
    match(result?.refused ?? "", /not overwritten/);
    deepEqual(imagesIn(built.home), before);
  });

  it("do not come back over a file that has the name again, and that is said before and after", async () => {
    const built = untidy();
    const bench = benchOf(built);
    await repairFindings(bench, tidies);
    const path = join(built.sessionsDir, old);
    writeFileSync(path, "new");
    const result = await undoNewest(bench);
    equal(result.applied, true);
    equal(result.plan.left?.length, 1);
    match(result.plan.left?.[0] ?? "", /exists again/);
    equal(readFileSync(path, "utf8"), "new");
    equal(quarantined(bench).length, 1);
    ok(existsSync(join(built.sessionsDir, checkpoint)));
  });

  it("do not come back over a file that gets the name at that very moment", async () => {
    const built = untidy();
    const path = join(built.sessionsDir, old);
    let undoing = false;
    const link = (from: string, to: string): void => {
      if (undoing && to === path) writeFileSync(path, "new");
      nodeFiles.link(from, to);
    };
    const bench = benchOf(built, { files: { ...nodeFiles, link } });
    await repairFindings(bench, tidies);
    undoing = true;
    const result = await undoNewest(bench);
    match(result.receipt?.notes?.join() ?? "", /exists already/);
    equal(readFileSync(path, "utf8"), "new");
    equal(quarantined(bench).length, 1);
  });

  it("come back also where the store is torn by now: what it lost may be in them", async () => {
    const built = untidy();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    await repairFindings(bench, tidies);
    truncateSync(built.store, 10);
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(
      changedBetween(before, imagesIn(built.home)).map((path) => basename(path)),
      ["sessions.json"],
    );
  });

  it("go again after an undo, and the undo itself can be undone", async () => {
    const built = untidy();
    const bench = benchOf(built);
    const before = imagesIn(built.home);
    await repairFindings(bench, tidies);
    const tidied = imagesIn(built.home);
    await undoNewest(bench);
    equal((await undoNewest(bench)).refused, undefined, "the undo of the undo");
    deepEqual(imagesIn(built.home), tidied);
    await undoNewest(bench);
    deepEqual(imagesIn(built.home), before);
    equal((await repairFindings(bench, tidies))[0]?.refused, undefined);
    deepEqual(imagesIn(built.home), tidied);
  });

  it("that an interrupted repair has not moved yet stay once others wrote the store", async () => {
    const built = untidy();
    const first = (files: Files): Files => {
      let moved = false;
      return {
        ...files,
        rename: (from, to) => {
          if (moved && to.includes("quarantine")) throw Object.assign(new Error("EIO"), { code: "EIO", path: from });
          files.rename(from, to);
          moved ||= to.includes("quarantine");
        },
      };
    };
    const bench = benchOf(built, { files: first(nodeFiles) });
    await repairFindings(bench, tidies);
    equal(newestReceipt(bench).state, "rowsWritten");
    const { files: _failing, ...context } = bench.context;
    writeFileSync(built.store, JSON.stringify({ [key]: done(), "agent:main:new": done({ sessionId: "new" }) }));
    const [recovered] = await recoverRepairs(context);
    equal(recovered?.how, "finished");
    match(recovered?.receipt.notes?.join() ?? "", /what was not renamed or moved by then stays/);
    equal(quarantined(bench).length, 1);
    equal((await undoReceipt(recovered?.receipt ?? newestReceipt(bench), context)).applied, true);
    for (const name of [old, newest, trajectory, checkpoint]) ok(existsSync(join(built.sessionsDir, name)), name);
  });
});

describe("the quarantine", () => {
  async function filled(): Promise<{ built: BuiltHome; bench: Bench; seen: Scan }> {
    const built = untidy();
    const bench = benchOf(built);
    await repairFindings(bench, tidies);
    return { built, bench, seen: await look(bench) };
  }

  it("is emptied of what it told, and a repair that it belonged to says that it cannot be undone", async () => {
    const { built, bench, seen } = await filled();
    const { files, bytes, folders, token } = quarantineSummary(seen, bench.context);
    deepEqual([files, bytes], [3, Buffer.byteLength(`{old{}\n${said}`)]);
    deepEqual(folders, [bench.context.folder.quarantine]);
    const before = imagesIn(built.home);
    deepEqual(emptyQuarantine(seen, token, bench.context), { files, bytes });
    deepEqual(quarantined(bench), []);
    deepEqual(imagesIn(built.home), before);
    ok((newestReceipt(bench).purgedAt ?? 0) > 0);
    match((await undoNewest(bench)).refused ?? "", /^The quarantine was emptied at .* cannot be undone any more\.$/);
    deepEqual(quarantineSummary(seen, bench.context).files, 0);
  });

  it("keeps everything where it holds something else than what was told", async () => {
    const { built, bench, seen } = await filled();
    const { token } = quarantineSummary(seen, bench.context);
    utimesSync(join(built.sessionsDir, newest), 1, 1);
    writeFileSync(join(built.sessionsDir, "sessions.json.ffff.tmp"), "{");
    utimesSync(join(built.sessionsDir, "sessions.json.ffff.tmp"), (now - 2 * day) / 1000, (now - 2 * day) / 1000);
    equal((await repairProven(bench))[0]?.refused, undefined);
    throws(() => emptyQuarantine(seen, token, bench.context), /holds something else by now/);
    equal(quarantined(bench).length, 4);
    equal((await undoNewest(bench)).applied, true);
  });

  it("keeps everything while another window repairs the store", async () => {
    const { built, bench, seen } = await filled();
    const { token } = quarantineSummary(seen, bench.context);
    const lock = takeStoreLock(nodeFiles, bench.context.folder, built.store);
    throws(() => emptyQuarantine(seen, token, bench.context), /Another window/);
    lock.release();
    equal(quarantined(bench).length, 3);
    deepEqual(readdirSync(bench.context.folder.locks), []);
  });

  it("keeps what is not its own: other names, folders, links", async () => {
    const { bench, seen } = await filled();
    const { quarantine } = bench.context.folder;
    const victim = join(bench.home, "victim");
    writeFileSync(victim, "mine");
    writeFileSync(join(quarantine, "notes.txt"), "mine");
    mkdirSync(join(quarantine, "0123456789abcdef.folder"));
    symlinkSync(victim, join(quarantine, "0123456789abcdef.link"));
    const { token } = quarantineSummary(seen, bench.context);
    equal(emptyQuarantine(seen, token, bench.context).files, 3);
    deepEqual(quarantined(bench), ["0123456789abcdef.folder", "0123456789abcdef.link", "notes.txt"]);
    equal(readFileSync(victim, "utf8"), "mine");
  });

  it("keeps what an interrupted repair still moves", async () => {
    const built = untidy();
    let moves = 0;
    const rename = (from: string, to: string): void => {
      moves += Number(to.includes("quarantine"));
      if (moves > 1 && to.includes("quarantine")) throw Object.assign(new Error("EIO"), { code: "EIO", path: from });
      nodeFiles.rename(from, to);
    };
    const bench = benchOf(built, { files: { ...nodeFiles, rename } });
    await repairFindings(bench, tidies);
    equal(quarantined(bench).length, 1);
    equal(emptyBench(bench).files, 0);
    equal(quarantined(bench).length, 1);
  });

  it("keeps what cannot be deleted, with its way back", async () => {
    const { built, bench, seen } = await filled();
    const before = quarantined(bench);
    const unlink = (path: string): void => {
      if (path.endsWith(old)) throw Object.assign(new Error("EACCES"), { code: "EACCES", path });
      nodeFiles.unlink(path);
    };
    const context = { ...bench.context, files: { ...nodeFiles, unlink } };
    equal(emptyQuarantine(seen, quarantineSummary(seen, context).token, context).files, 2);
    deepEqual(
      quarantined(bench),
      before.filter((name) => name.endsWith(old)),
    );
    const undone = await undoNewest(bench);
    equal(undone.applied, true);
    equal(undone.plan.left?.length, 2);
    ok(existsSync(join(built.sessionsDir, old)));
  });

  it("beside a state directory is found by its receipt, and by the state directory alone", async () => {
    for (const forget of [false, true]) {
      const built = untidy();
      const bench = benchApart(built);
      await repairFindings(bench, tidies);
      const seen = await look(bench);
      if (forget) rmSync(bench.context.folder.receipts, { recursive: true });
      const { files, token } = quarantineSummary(forget ? seen : { ...seen, stateDirs: [] }, bench.context);
      equal(files, 3);
      emptyQuarantine(seen, token, bench.context);
      ok(!existsSync(join(built.home, ".session-inspector-quarantine")));
    }
  });
});

describe("a store that others may read", () => {
  const open = (mode = 0o644): BuiltHome =>
    buildHome({ rows: { [key]: done() }, files: { [`~/${sessionId}.jsonl`]: said }, mode });
  const modeOf = ({ store }: BuiltHome): string => (lstatSync(store).mode & 0o777).toString(8);

  function benchHere(built: BuiltHome, files?: Files): Bench {
    return benchOf(built, { here: true, ...(files !== undefined && { files }) });
  }

  const perm = (seen: Scan): Finding[] => seen.findings.filter(({ code }) => code === "PERM");

  it("is closed, and opened again by the undo, with the same bytes in the same file", async () => {
    const built = open(0o640);
    const bench = benchHere(built);
    const before = imagesIn(built.home);
    const { ino } = lstatSync(built.store);
    const [result] = await repairFindings(bench, perm);
    equal(result?.refused, undefined);
    const identity = identityOf(lstatSync(built.store, { bigint: true }));
    deepEqual(newestReceipt(bench).plan.edits, [
      { kind: "mode", path: built.store, before: 0o640, after: 0o600, identity },
    ]);
    equal(modeOf(built), "600");
    deepEqual(perm(await look(bench)), []);
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(imagesIn(built.home), before);
    equal(lstatSync(built.store).ino, ino);
  });

  it("is never closed unasked", async () => {
    deepEqual(provenFindings(await look(benchHere(open()))), []);
  });

  it("keeps a mode that somebody gave it meanwhile, before and after", async () => {
    const built = open();
    const bench = benchHere(built);
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      perm(seen).map((finding) => ({ finding })),
      bench.context,
    );
    chmodSync(built.store, 0o660);
    const [result] = await repairPlans(seen, plans, bench.context);
    match(result?.refused ?? "", /mode .* changed since/);
    equal(modeOf(built), "660");
    const again = await look(bench);
    await repairSeen(bench, again, perm(again));
    chmodSync(built.store, 0o400);
    match((await undoNewest(bench)).refused ?? "", /has another mode since/);
    equal(modeOf(built), "400");
  });

  it("is given to no file that came to its path meanwhile", async () => {
    const built = open();
    const bench = benchHere(built);
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      perm(seen).map((finding) => ({ finding })),
      bench.context,
    );
    const theirs = `${built.store}.theirs`;
    copyFileSync(built.store, theirs);
    chmodSync(theirs, 0o644);
    renameSync(theirs, built.store);
    const [result] = await repairPlans(seen, plans, bench.context);
    match(result?.refused ?? "", /was replaced since/);
    equal(modeOf(built), "644");
  });

  it("of another user is theirs to close", async () => {
    const built = open();
    const fstat: Files["fstat"] = (fd) => {
      const stats = nodeFiles.fstat(fd);
      return Object.assign(Object.create(stats), { uid: stats.uid + 1n });
    };
    const bench = benchHere(built, { ...nodeFiles, fstat });
    const [result] = await repairFindings(bench, perm);
    match(result?.refused ?? "", /belongs to another user/);
    equal(modeOf(built), "644");
  });

  it("is closed together with the repair of a row, and both come back", async () => {
    const built = buildHome({
      rows: { [key]: done({ abortedLastRun: true }) },
      files: { [`~/${sessionId}.jsonl`]: said },
      mode: 0o644,
    });
    const bench = benchHere(built);
    const before = imagesIn(built.home);
    const [result] = await repairFindings(bench, (seen) =>
      seen.findings.filter(({ repair }) => repair.kind === "correct"),
    );
    equal(result?.refused, undefined);
    deepEqual(
      newestReceipt(bench)
        .plan.edits.map(({ kind }) => kind)
        .sort(),
      ["fields", "mode"],
    );
    deepEqual([modeOf(built), JSON.parse(readFileSync(built.store, "utf8"))[key].abortedLastRun], ["600", false]);
    equal((await undoNewest(bench)).refused, undefined);
    deepEqual(imagesIn(built.home), before);
  });
});
