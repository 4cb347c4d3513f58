// Captured stores beside those of this machine, as VS Code shows them: each is judged as the CLI judges it alone.
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Scan } from "../../src/model/scan.ts";
import type { CapturedPlace } from "../../src/model/where.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import {
  planChoices,
  planPruning,
  provenFindings,
  type RepairContext,
  receiptsOf,
  repairPlans,
  undoReceipt,
} from "../../src/repairs.ts";
import {
  capturedFolder,
  capturedInput,
  type EverythingInput,
  inputFor,
  scanEverything,
} from "../../src/scan/everything.ts";
import { type ScanMemory, scan } from "../../src/scan/scan.ts";
import { caseNames, type UnpackedCase, unpackCase } from "../fixtures/unpack.ts";
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
import { onlyInit } from "../repairing.ts";
import { other, rowsOf, sick } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

const memory = (): ScanMemory => ({ stores: storeMemory(), stoppedSince: new Map() });

/** This machine, whose gateway runs. */
function here({ home }: BuiltHome, ...captured: readonly CapturedPlace[]): EverythingInput {
  return {
    where: { homes: [home], stateDirs: [] },
    env: {},
    now,
    capture: { processes: parseCapturedProcesses(`${onlyInit}\n${gateway}`) },
    captured: captured.map((place) => capturedInput(place, memory())),
  };
}

function placeOf({ home, now: at, processesFile }: UnpackedCase): CapturedPlace {
  return { path: home, at, processes: processesFile };
}

/** A sick store and, in a file beside it, what ran where it was captured. */
function capture(...processes: readonly string[]): { readonly built: BuiltHome; readonly place: CapturedPlace } {
  const built = sick();
  const file = join(temporaryDirectory(), "ps.txt");
  writeFileSync(file, [onlyInit, ...processes].join("\n"));
  return { built, place: { path: built.stateDir, at: now, processes: file } };
}

function within(found: Scan, stateDir: string): unknown {
  const ids = new Set(found.stores.filter((store) => store.stateDir === stateDir).map(({ id }) => id));
  const isIn = ({ store }: { readonly store: string }): boolean => ids.has(store);
  return {
    stores: found.stores.filter(({ id }) => ids.has(id)).map(({ captured: _captured, ...store }) => store),
    sessions: found.sessions.filter(isIn),
    locks: found.locks.filter(isIn),
    findings: found.findings.filter(isIn),
  };
}

describe("A captured store beside those of this machine", () => {
  for (const name of caseNames) {
    it(`is judged as the CLI judges it alone: ${name}`, async () => {
      const unpacked = unpackCase(name);
      const { home, processesFile } = unpacked;
      const processes = parseCapturedProcesses(readFileSync(processesFile, "utf8"));
      const alone = await scan({
        where: { homes: [home], stateDirs: [] },
        env: {},
        capture: { processes },
        now: unpacked.now,
      });
      const local = sick();
      const all = await scanEverything(here(local, placeOf(unpacked)));
      const stateDir = join(home, ".openclaw");
      deepEqual(within(all, stateDir), within(alone, stateDir));
      const { captured: _none, ...live } = here(local);
      deepEqual(within(all, local.stateDir), within(await scan(live), local.stateDir));
      deepEqual(
        all.stateDirs.map(({ path, captured }) => [path, captured]),
        [
          [local.stateDir, undefined],
          [stateDir, placeOf(unpacked)],
        ],
      );
      equal(all.now, now);
    });
  }

  it("is not spoken of by the processes of this machine, nor does its list speak of them", async () => {
    const local = sick();
    const { built, place } = capture();
    const all = await scanEverything(here(local, place));
    const said = all.stores.map(({ stateDir, writer, permission }) => [stateDir, writer.state, permission.answer]);
    deepEqual(said, [
      [local.stateDir, "running", "no"],
      [built.stateDir, "stopped", "yes"],
    ]);
    const [live, elsewhere] = all.sessions.filter((session) => session.key === key);
    deepEqual([live?.verdict, elsewhere?.verdict], ["unknown", "finished"]);
  });

  it("of which nobody knows what ran is shown only, whatever runs here", async () => {
    const { built, place } = capture();
    const { processes: _list, ...without } = place;
    const input = here(sick(), without);
    const all = await scanEverything(input);
    const store = all.stores.find(({ stateDir }) => stateDir === built.stateDir);
    equal(store?.writer.state, "unknown");
    deepEqual(store?.permission, {
      answer: "no",
      why: "It was captured, and no process list came with it: open it with its process list to have it repaired.",
    });
    const findings = all.findings.filter((finding) => finding.store === store?.id);
    ok(findings.every(({ repair }) => repair.kind === "none"));
    equal(all.sessions.find((session) => session.store === store?.id && session.key === key)?.verdict, "unknown");
  });

  for (const name of caseNames) {
    it(`without a process list is written by nobody, and its locks are nobody's to judge: ${name}`, async () => {
      const { processes: _list, ...place } = placeOf(unpackCase(name));
      const { stores, locks, stateDirs } = await scanEverything(here(sick(), place));
      const own = stores.filter(({ captured }) => captured !== undefined);
      deepEqual(
        own.map(({ writer, permission }) => [writer.state, permission.answer]),
        own.map(() => ["unknown", "no"]),
      );
      deepEqual([stateDirs[1]?.writer.state, locks.filter(({ verdict }) => verdict !== "unknown")], ["unknown", []]);
    });
  }

  it("whose process list is gone since is shown only, and says so", async () => {
    const { place } = capture();
    rmSync(place.processes ?? "");
    const { stores } = await scanEverything(here(sick(), place));
    match(stores[1]?.permission.why ?? "", /its process list .*ps\.txt cannot be read \(it does not exist\)/);
  });

  it("that vanished is said to be gone", async () => {
    const { built, place } = capture();
    rmSync(built.home, { recursive: true });
    const { stateDirs } = await scanEverything(here(sick(), place, { ...place, path: built.home }));
    deepEqual(
      stateDirs.slice(1).map(({ path, problem }) => [path, problem]),
      [
        [built.stateDir, "it does not exist"],
        [built.home, "it does not exist"],
      ],
    );
  });

  it("is judged as live once it is inspected as a store of this machine, by whatever path", async () => {
    const { built, place } = capture();
    const link = join(temporaryDirectory(), "linked");
    symlinkSync(built.stateDir, link);
    for (const path of [built.stateDir, built.home, link]) {
      const { stateDirs, stores } = await scanEverything(here(built, { ...place, path }));
      deepEqual([stateDirs.length, stores.length, stores[0]?.writer.state], [1, 1, "running"]);
    }
  });

  it("is judged as live where a configuration of this machine names that very store", async () => {
    const { built, place } = capture();
    const local = buildHome({ rows: {}, config: { session: { store: built.store } } });
    const { stateDirs, stores } = await scanEverything(here(local, place));
    equal(stateDirs.length, 2);
    deepEqual(
      stores.filter(({ path }) => path === built.store).map(({ captured, writer }) => [captured, writer.state]),
      [[undefined, "running"]],
    );
  });
});

describe("A captured store that leads out of its folder", () => {
  it("is not looked at as captured: by a link somebody's live store is behind it", async () => {
    const local = sick();
    const { built, place } = capture();
    rmSync(built.sessionsDir, { recursive: true });
    symlinkSync(local.sessionsDir, built.sessionsDir);
    const { stateDirs, stores } = await scanEverything(here(sick(), place));
    deepEqual(stores.length, 1);
    equal(stateDirs[1]?.problem, `${built.store} lies outside of ${place.path}, and is not looked at as captured`);
  });

  it("is judged by the transcript beside it, though another is here where its row says", async () => {
    const { built, place } = capture();
    const live = buildHome({
      rows: {},
      files: { [`~/${sessionId}.trajectory.jsonl`]: "", [`~/${sessionId}.jsonl`]: transcript(["user", now, {}]) },
    });
    const named = join(live.sessionsDir, `${sessionId}.jsonl`);
    writeFileSync(join(built.sessionsDir, `${sessionId}.jsonl`), transcript(["user", now - 60 * minute, {}]));
    writeFileSync(built.store, JSON.stringify({ [key]: running({ sessionFile: named }) }));
    const { sessions } = await scanEverything(here(sick(), place));
    const [, seen] = sessions.filter((session) => session.key === key);
    deepEqual([seen?.transcript, seen?.verdict], [join(built.sessionsDir, `${sessionId}.jsonl`), "finished"]);
  });
});

describe("A copy of a store on its own machine", () => {
  it("is pruned without the transcripts of the original, which its rows name", async () => {
    const original = sick("2026.5.18", {});
    const named = join(original.sessionsDir, "other.jsonl");
    writeFileSync(
      named,
      transcript(["user", now - 61 * minute], ["assistant", now - 60 * minute, { stopReason: "stop" }]),
    );
    const rows = { [other]: done({ sessionId: "other", sessionFile: named, updatedAt: now - 90 * 24 * 60 * minute }) };
    const copy = buildHome({ rows });
    const processes = { ...parseCapturedProcesses(onlyInit), source: "live" } as const;
    const asked = { ...here(copy), capture: { processes }, prune: { keys: new Set([other]) } };
    const context = { input: asked, folder: stateFolder({}, join(temporaryDirectory(), "inspector")) };
    const all = await scanEverything(asked);
    equal(all.sessions[0]?.transcript, named, "as OpenClaw itself resolves it");
    deepEqual(
      all.prune?.map(({ take }) => take),
      [true],
    );
    const { plans } = planPruning(all, context);
    deepEqual(
      plans.flatMap(({ edits }) => edits.map(({ kind }) => kind)),
      ["removeRow"],
    );
  });
});

describe("A repair of a captured store that is shown beside live ones", () => {
  async function repaired(): Promise<{
    readonly built: BuiltHome;
    readonly local: BuiltHome;
    readonly context: RepairContext;
    readonly original: string;
  }> {
    const local = sick();
    const { built, place } = capture();
    const original = readFileSync(built.store, "utf8");
    const context = { input: here(local, place), folder: stateFolder({}, join(temporaryDirectory(), "inspector")) };
    const all = await scanEverything(context.input);
    const choices = provenFindings(all).map((finding) => ({ finding }));
    const { plans } = planChoices(all, choices, context);
    deepEqual(
      (await repairPlans(all, plans, context)).map(({ plan, applied }) => [plan.store.path, applied]),
      [[built.store, true]],
    );
    equal(rowsOf(built)[key]?.["status"], "done");
    return { built, local, context, original };
  }

  it("remembers that the store was captured and theirs, and is undone after it was closed", async () => {
    const { built, local, context, original } = await repaired();
    const [receipt] = receiptsOf(context);
    equal(receipt?.captured, true);
    const closed = { ...context, input: here(local) };
    ok(receipt && (await undoReceipt(receipt, closed)).applied);
    equal(readFileSync(built.store, "utf8"), original);
  });

  it("is refused once it was closed, and never made by the processes of this machine", async () => {
    const { built, place } = capture();
    const local = sick();
    const input = here(local, place);
    const context = { input, folder: stateFolder({}, join(temporaryDirectory(), "inspector")) };
    const all = await scanEverything(input);
    const { plans } = planChoices(
      all,
      provenFindings(all).map((finding) => ({ finding })),
      context,
    );
    const closed = { ...context, input: here(local) };
    await rejects(repairPlans(all, plans, closed), { name: "UserError", message: /was closed/ });
    equal(rowsOf(built)[key]?.["status"], "running");
    throws(() => inputFor({ captured: place.path }, closed.input), /was closed/);
  });
});

describe("A folder that is opened as captured", () => {
  const nothing = (): Promise<Scan> => scanEverything(here(sick()));

  it("is a state directory, whatever its name, or a home that holds some", async () => {
    const { built, place } = capture();
    const renamed = join(built.home, "openclaw-of-a-customer");
    cpSync(built.stateDir, renamed, { recursive: true });
    const seen = await nothing();
    deepEqual(capturedFolder({ path: renamed }, seen).stateDirs, [renamed]);
    deepEqual(capturedFolder({ path: built.home }, seen).stateDirs, [built.stateDir]);
    const home = await scanEverything(here(sick(), { ...place, path: built.home }));
    equal(home.stores[1]?.captured, built.home);
  });

  it("has the time of its process list, else of its newest store", async () => {
    const { built, place } = capture();
    utimesSync(place.processes ?? "", now / 1000, now / 1000);
    equal(capturedFolder(place, await nothing()).at, now);
    utimesSync(built.store, now / 1000 - 7, now / 1000 - 7);
    equal(capturedFolder({ path: place.path }, await nothing()).at, now - 7000);
  });

  it("is refused where it holds none, or is none", async () => {
    const empty = temporaryDirectory();
    const seen = await nothing();
    throws(
      () => capturedFolder({ path: empty }, seen),
      /holds no OpenClaw state directory\. Choose a folder such as \.openclaw/,
    );
    throws(() => capturedFolder({ path: join(empty, "gone") }, seen), /cannot be opened: it does not exist/);
  });

  it("is refused where it is inspected live: another list must not speak of what runs here", async () => {
    const local = sick();
    const seen = await scanEverything(here(local));
    for (const path of [local.stateDir, local.home]) {
      throws(() => capturedFolder({ path }, seen), /is inspected as one of this machine already/);
    }
  });

  it("may be opened again, with another list", async () => {
    const { place } = capture();
    const seen = await scanEverything(here(sick(), place));
    equal(capturedFolder(place, seen).stateDirs.length, 1);
  });

  it("is refused with a file that is no process list", async () => {
    const { built, place } = capture();
    const seen = await nothing();
    const refusal = { name: "UserError", message: /is no process list as "ps -eo pid,ppid,lstart,args" makes it/ };
    throws(() => capturedFolder({ path: place.path, processes: built.store }, seen), refusal);
    const directory = { name: "UserError", message: /cannot be read \(it is/ };
    throws(() => capturedFolder({ path: place.path, processes: built.home }, seen), directory);
  });
});

describe("A moved store", () => {
  /** With the transcript beside it that its row says is elsewhere. */
  function moved(): { readonly built: BuiltHome; readonly movedFrom: string } {
    const movedFrom = "/elsewhere/.openclaw/agents/main/sessions";
    const built = sick("2026.5.18", { [key]: running({ sessionFile: `${movedFrom}/${sessionId}.jsonl` }) });
    writeFileSync(join(dirname(built.store), `${sessionId}.jsonl`), "{}\n");
    return { built, movedFrom };
  }

  it("is read-only until the person says that it is theirs: this one, from there", async () => {
    const { built, movedFrom } = moved();
    const claim = { path: built.store, movedFrom };
    // A store of this machine needs two looks, once.
    const { capture: _none, ...live } = { ...here(built), memory: memory() };
    const view = async (mine?: EverythingInput["mine"]): Promise<unknown> => {
      const { stores } = await scanEverything(mine === undefined ? live : { ...live, mine });
      return [stores[0]?.permission.claimable, stores[0]?.claimed];
    };
    deepEqual(await view(), [true, undefined]);
    deepEqual(await view([]), [true, undefined]);
    deepEqual(await view([{ ...claim, movedFrom: "/another/machine" }]), [true, undefined]);
    deepEqual(await view([{ ...claim, path: `${built.store}.bak` }]), [true, undefined]);
    deepEqual(await view([claim]), [undefined, true]);
    deepEqual(await view(true), [undefined, true]);
  });

  it("needs no such word where it is captured", async () => {
    const { built } = moved();
    const copy = join(temporaryDirectory(), "copy");
    mkdirSync(copy);
    renameSync(built.stateDir, join(copy, ".openclaw"));
    const { place } = capture();
    const { stores } = await scanEverything(here(sick(), { ...place, path: copy }));
    deepEqual([stores[1]?.permission.answer, stores[1]?.permission.claimable], ["yes", undefined]);
  });
});
