// What changed is what is looked at, and what comes of it is what a look at everything would give: on genuine stores beside
// a gateway that runs, whatever it and its person do to them.
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import fs, {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Change } from "../../src/inspect/follow.ts";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import { readRowText } from "../../src/inspect/openclawJson/rowText.ts";
import { nextChangeAt } from "../../src/judge/nextChange.ts";
import type { Scan } from "../../src/model/scan.ts";
import { partialLook } from "../../src/scan/partialLook.ts";
import { type ScanInput, type ScanMemory, scan } from "../../src/scan/scan.ts";
import { active, agentctlHome } from "../agentctlHome.ts";
import { BenchHome } from "../bench/store.ts";
import { type FakeGateway, startFakeGateway } from "../fakeGateway.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import { seededRandom } from "../random.ts";
import { temporaryDirectory } from "../temporary.ts";

type Rows = Record<string, Record<string, unknown>>;
type Pick1 = <T>(of: readonly T[]) => T;

/** A state directory whose gateway runs, looked at again and again. */
class Watched {
  readonly stores: readonly string[];
  readonly memory: ScanMemory;
  readonly #input: ScanInput;
  #last: Scan | undefined;
  partial = 0;

  constructor(stateDir: string, at: number, home?: string) {
    const agents = join(stateDir, "agents");
    this.stores = readdirSync(agents)
      .map((agent) => join(agents, agent, "sessions", "sessions.json"))
      .filter((path) => existsSync(path));
    // The daemon of an agentctl beside it was seen stopped long ago.
    const stoppedSince = new Map(home === undefined ? [] : [[join(home, ".agentctl"), 1] as const]);
    this.memory = { stores: storeMemory(), stoppedSince };
    const { memory } = this;
    const where = home === undefined ? { homes: [], stateDirs: [stateDir] } : { homes: [home], stateDirs: [] };
    this.#input = { where, env: {}, now: at, memory };
  }

  /** What nobody knew before would find. */
  wholly(): Promise<Scan> {
    const stoppedSince = new Map(this.memory.stoppedSince);
    return scan({ ...this.#input, memory: { stores: storeMemory(), stoppedSince } });
  }

  /** What pruning would take is found with the same memory, and shown in another place. */
  async review(): Promise<void> {
    await scan({ ...this.#input, prune: { keys: new Set() } });
  }

  /** As the worker does; undefined where a look at everything was due. */
  some(changes: readonly Change[]): Scan | undefined {
    if (this.#last === undefined) return undefined;
    const found = partialLook({ scan: this.#last, changeAt: nextChangeAt(this.#last) }, changes, this.#input);
    if (found !== undefined) this.partial++;
    this.#last = found ?? this.#last;
    return found;
  }

  async look(changes: readonly Change[] = []): Promise<Scan> {
    this.#last = this.some(changes) ?? (await scan(this.#input));
    return this.#last;
  }
}

const steps = 12;
const inAnHour = (): number => Date.now() + 3_600_000;

function change(path: string, isWrite: boolean): Change {
  return { directory: dirname(path), name: basename(path), isWrite };
}

function written(path: string, text: string): Change[] {
  const isWrite = existsSync(path);
  appendFileSync(path, text);
  return [change(path, isWrite)];
}

/** As OpenClaw does it: a whole new store, renamed into place. */
function rewritten(store: string, rows: Rows): Change[] {
  const made = `${store}.${process.pid}.00000000-0000-4000-8000-000000000000.tmp`;
  writeFileSync(made, JSON.stringify(rows, null, 2), { mode: 0o600 });
  renameSync(made, store);
  return [change(made, false), change(store, false)];
}

function rowsOf(store: string): Rows {
  return JSON.parse(readFileSync(store, "utf8"));
}

function message(role: string, at: number): string {
  const said = { role, content: [{ type: "text", text: "." }], ...(role === "assistant" && { stopReason: "stop" }) };
  return `${JSON.stringify({ type: "message", timestamp: new Date(at).toISOString(), message: said })}\n`;
}

function event(type: string, at: number): string {
  const data = type === "session.ended" ? { status: "success" } : {};
  const trace = { traceSchema: "openclaw-trajectory", schemaVersion: 1, type, ts: new Date(at).toISOString(), data };
  return `${JSON.stringify(trace)}\n`;
}

function lockOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const starttime = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return JSON.stringify({ pid, createdAt: new Date().toISOString(), starttime });
}

/** What a gateway does all the time. */
const often = ["grows", "recorded", "isReplaced", "begins", "ends", "isTouched", "isLockedForAMoment"];

/** Everything that happens to a store; each tells what a watch of its directory would. */
function happenings(store: string, gateway: number, pick: Pick1): Readonly<Record<string, () => Change[]>> {
  const files = (end: RegExp): string[] =>
    readdirSync(dirname(store))
      .filter((name) => end.test(name))
      .map((name) => join(dirname(store), name));
  const transcripts = files(/^[^.]+\.jsonl$/);
  const transcript = pick(transcripts) ?? join(dirname(store), "new.jsonl");
  const key = pick(Object.keys(rowsOf(store)));
  const withRow = (fields: Readonly<Record<string, unknown>>): Change[] => {
    const rows = rowsOf(store);
    return rewritten(store, { ...rows, [key]: { ...rows[key], ...fields } });
  };
  const at = Date.now();
  const locks = files(/\.jsonl\.lock$/);
  return {
    grows: () => written(transcript, message(pick(["user", "assistant"]), at)),
    growsTorn: () => written(transcript, '{"type":"mess'),
    recorded: () => {
      const trajectory = `${transcript.slice(0, -".jsonl".length)}.trajectory.jsonl`;
      return written(trajectory, event(pick(["session.started", "prompt.submitted", "session.ended"]), at));
    },
    isReplaced: () => {
      writeFileSync(`${transcript}.tmp`, "\n");
      renameSync(`${transcript}.tmp`, transcript);
      return [change(`${transcript}.tmp`, false), change(transcript, false)];
    },
    begins: () => withRow({ status: "running", startedAt: at, endedAt: undefined, updatedAt: at }),
    ends: () => withRow({ status: pick(["done", "failed", "killed"]), endedAt: at, updatedAt: at }),
    isTouched: () =>
      withRow({ updatedAt: at, totalTokens: pick([7, 70, 700_000]), label: pick(["a", "a longer one"]) }),
    isOdd: () => withRow(pick([{ updatedAt: -1 }, { status: "odd" }, { endedAt: 1 }, { runtimeMs: "x" }])),
    isOfAnother: () => withRow({ sessionId: pick(Object.values(rowsOf(store)))["sessionId"] }),
    hasParent: () => withRow({ spawnedBy: pick(["agent:main:main", "agent:main:nobody"]) }),
    hasCheckpoint: () =>
      withRow({ compactionCheckpoints: [{ preCompaction: { sessionFile: "x.checkpoint.y.jsonl" } }] }),
    comes: () => rewritten(store, { ...rowsOf(store), [`agent:main:made:${at}`]: { status: "done", updatedAt: at } }),
    goes: () => {
      const { [key]: _gone, ...rest } = rowsOf(store);
      return rewritten(store, Object.keys(rest).length > 0 ? rest : rowsOf(store));
    },
    stand: () => rewritten(store, Object.fromEntries(Object.entries(rowsOf(store)).reverse())),
    isLockedForAMoment: () => [change(`${transcript}.lock`, false), change(`${store}.lock`, false)],
    isLocked: () => {
      const lock = `${transcript}.lock`;
      if (existsSync(lock)) return [];
      writeFileSync(lock, pick([lockOf(gateway), '{"pid":4194300}', ""]));
      return [change(lock, false)];
    },
    isUnlocked: () => {
      for (const lock of locks) rmSync(lock);
      return locks.map((lock) => change(lock, false));
    },
    isLeft: () => {
      const file = join(dirname(store), pick([`${at}.jsonl`, "x.checkpoint.y.jsonl", "sessions.json.1.x.tmp"]));
      return written(file, message("user", at)).map((one) => ({ ...one, isWrite: false }));
    },
    isLinked: () => {
      const link = `${store}.${at}.tmp`;
      if (!existsSync(link)) symlinkSync(import.meta.filename, link);
      return [change(link, false)];
    },
    isArchived: () => {
      if (transcripts.length < 2) return [];
      const archive = `${transcript}.reset.2026-11-20T10-16-56.194Z`;
      renameSync(transcript, archive);
      return [change(transcript, false), change(archive, false)];
    },
  };
}

describe("a look at what changed", () => {
  let gateway: FakeGateway | undefined;
  const startGateway = async (stateDir: string, store: string): Promise<FakeGateway> => {
    gateway = await startFakeGateway({ stateDir, store });
    return gateway;
  };
  const endGateway = async (): Promise<void> => {
    await gateway?.end();
    gateway = undefined;
  };
  afterEach(endGateway);

  for (const [seed, name] of [
    [1, "2026.5.18-completed"],
    [2, "2026.5.18-failed-timeout-aborted"],
    [3, "2026.5.18-sigkill-not-restarted"],
    [4, "2026.4.2-sigkill-not-restarted"],
  ] as const) {
    it(`finds what a look at everything would, whatever happens to ${name} (seed ${seed})`, async () => {
      const stateDir = join(unpackCase(name).home, ".openclaw");
      const watched = new Watched(stateDir, inAnHour());
      const [first = ""] = watched.stores;
      // Older versions wrote none where nothing was configured.
      if (!existsSync(join(stateDir, "openclaw.json"))) writeFileSync(join(stateDir, "openclaw.json"), "{}");
      const { pid } = await startGateway(stateDir, first);
      await watched.look();
      const random = seededRandom(seed);
      const pick: Pick1 = (of) => of[Math.floor(random() * of.length)] as (typeof of)[number];
      const said: string[] = [];
      for (let step = 0; step < steps; step++) {
        const changes: Change[] = [];
        for (const store of pick([watched.stores.slice(0, 1), watched.stores.slice(-1), watched.stores])) {
          const happens = happenings(store, pid, pick);
          const what = pick(pick([often, Object.keys(happens)]));
          said.push(what);
          changes.push(...(happens[what]?.() ?? []));
        }
        deepEqual(await watched.look(changes), await watched.wholly(), `after ${said.join(", ")}`);
      }
      ok(watched.partial > steps / 8, `${watched.partial} of ${steps} looks were partial: ${said.join(", ")}`);
    });
  }

  it("goes on beside a lock that the gateway holds for the whole run", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 8, runningEvery: 4 });
    const { pid } = await startGateway(home.stateDir, home.store);
    const transcript = home.fileOf(4, ".jsonl");
    for (const at of [4, 5]) writeFileSync(`${home.fileOf(at, ".jsonl")}.lock`, lockOf(pid));
    const watched = new Watched(home.stateDir, inAnHour());
    await watched.look();
    const changes = written(transcript, message("user", Date.now()));
    deepEqual(await watched.look(changes), await watched.wholly());
    const ended = written(home.fileOf(5, ".trajectory.jsonl"), event("session.ended", Date.now() + 1000));
    const found = await watched.look(ended);
    deepEqual(found, await watched.wholly());
    ok(found.findings.some(({ code }) => code === "LOCK-SELF-PID"));
    equal(watched.partial, 2);
  });

  it("opens only what changed, and asks the disk no more questions where there are more rows", async () => {
    const asked = async (rows: number): Promise<Readonly<Record<string, readonly string[]>>> => {
      const home = new BenchHome(temporaryDirectory());
      home.writeStore({ rows, runningEvery: 5 });
      await startGateway(home.stateDir, home.store);
      const watched = new Watched(home.stateDir, inAnHour());
      await watched.look();
      const transcript = home.fileOf(5, ".jsonl");
      const grown = questionsOf(() => watched.some(written(transcript, message("user", Date.now()))));
      const [key = "", row = {}] = Object.entries(rowsOf(home.store))[5] ?? [];
      const changes = rewritten(home.store, { ...rowsOf(home.store), [key]: { ...row, label: "Another" } });
      const renamed = questionsOf(() => watched.some(changes));
      equal(watched.partial, 2);
      await endGateway();
      const brief = (questions: readonly string[]): string[] =>
        questions.map((question) => question.replaceAll(home.stateDir, "").replaceAll(/\/proc\/\d+/g, "/proc/PID"));
      return { grown: brief(grown), renamed: brief(renamed) };
    };
    const few = await asked(10);
    deepEqual(
      few["grown"]?.filter((question) => /^openSync (?!\/proc)/.test(question)).map((question) => basename(question)),
      ["00000000-0000-4000-8000-000000000005.jsonl"],
    );
    deepEqual(await asked(60), few);
  });

  it("keeps the values of rows that stay as they were, and knows where each stands now", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 8, runningEvery: 4 });
    await startGateway(home.stateDir, home.store);
    const watched = new Watched(home.stateDir, inAnHour());
    await watched.look();
    const known = () => watched.memory.stores.rows.get(home.store);
    const before = known()?.rows ?? [];
    const rows = rowsOf(home.store);
    const [key = "", row = {}] = Object.entries(rows)[2] ?? [];
    const longer = { ...rows, [key]: { ...row, label: "A label" } };
    ok(watched.some(rewritten(home.store, longer)));
    const after = known()?.rows ?? [];
    const values = after.map(({ fields }) => before.findIndex((one) => one.fields === fields));
    deepEqual(values, [0, 1, -1, 3, 4, 5, 6, 7]);
    const { content } = watched.memory.known?.stores[0]?.facts ?? {};
    ok(content?.state === "read" && content.sessions.every((session, i) => session.row === after[i]));
    for (const [name, value] of Object.entries(longer))
      deepEqual(JSON.parse(readRowText(home.store, name, known())), value);
  });

  const old = 1_700_000_000;
  for (const [what, prepare, fields] of [
    ["leaves its transcript to nobody", () => undefined, { sessionId: "other", sessionFile: "other.jsonl" }],
    [
      "names a transcript that was nobody's",
      (beside: string) => writeFileSync(join(beside, "left.jsonl"), "{}\n"),
      { usageFamilySessionIds: ["left"] },
    ],
    [
      "names a checkpoint that was nobody's",
      (beside: string) => {
        writeFileSync(join(beside, "a.checkpoint.b.jsonl"), "{}\n");
        utimesSync(join(beside, "a.checkpoint.b.jsonl"), old, old);
      },
      { compactionCheckpoints: [{ preCompaction: { sessionFile: "a.checkpoint.b.jsonl" } }] },
    ],
    [
      "tells of a newer version",
      (beside: string) => writeFileSync(join(beside, "..", "..", "..", "openclaw.json"), "{}"),
      { restartRecoveryRuns: [] },
    ],
    [
      "moves the rows that stand after it",
      () => undefined,
      { label: "A label\nof some length", acp: { a: [1, 2, 3] } },
    ],
  ] as const) {
    it(`tells what is said of others once a row ${what}`, async () => {
      const home = new BenchHome(temporaryDirectory());
      home.writeStore({ rows: 6, runningEvery: 2 });
      prepare(dirname(home.store));
      await startGateway(home.stateDir, home.store);
      const watched = new Watched(home.stateDir, inAnHour());
      const before = await watched.look();
      const rows = rowsOf(home.store);
      const [, key = ""] = Object.keys(rows);
      const after = await watched.look(rewritten(home.store, { ...rows, [key]: { ...rows[key], ...fields } }));
      deepEqual(after, await watched.wholly());
      const others = ({ stores, findings }: Scan): unknown => [
        stores.map(({ version }) => version),
        findings.filter(({ session }) => session !== key).map(({ code, evidence }) => [code, evidence]),
      ];
      notDeepEqual(others(after), others(before));
    });
  }

  it("is none of a session that another program's store speaks of, and leaves that store alone otherwise", async () => {
    const home = temporaryDirectory();
    const bench = new BenchHome(home);
    bench.writeStore({ rows: 4 });
    const { stateDir, store } = bench;
    const [first] = Object.values(rowsOf(store));
    agentctlHome({ home, rows: { [String(first?.["sessionId"])]: active({ adapter: "openclaw", meta: {} }) } });
    await startGateway(stateDir, store);
    const watched = new Watched(stateDir, inAnHour(), home);
    const before = await watched.look();
    ok(before.sessions.some(({ proof }) => proof.some(({ text }) => text.startsWith("agentctl says"))));
    const other = written(bench.fileOf(2, ".jsonl"), message("user", Date.now()));
    deepEqual(await watched.look(other), await watched.wholly());
    equal(watched.partial, 1);
    const known = written(bench.fileOf(0, ".jsonl"), message("user", Date.now()));
    deepEqual(await watched.look(known), await watched.wholly());
    equal(watched.partial, 1);
  });

  it("goes on from what is shown, whatever was read meanwhile to see what could be pruned", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 4 });
    const left = join(dirname(home.store), "sessions.json.1.x.tmp");
    writeFileSync(left, "{}");
    utimesSync(left, 1e9, 1e9);
    await startGateway(home.stateDir, home.store);
    const watched = new Watched(home.stateDir, inAnHour());
    await watched.look();
    rmSync(left);
    await watched.review();
    deepEqual(await watched.look([change(left, false)]), await watched.wholly());
    const changes = rewritten(home.store, { ...rowsOf(home.store), "agent:main:new": { status: "done" } });
    await watched.review();
    deepEqual(await watched.look(changes), await watched.wholly());
  });

  it("is none where its gateway is gone, or was never seen: whoever writes is looked for", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 3 });
    const grows = (): Change[] => written(home.fileOf(1, ".jsonl"), "\n");
    await startGateway(home.stateDir, home.store);
    const watched = new Watched(home.stateDir, inAnHour());
    await watched.look();
    ok(watched.some(grows()));
    await endGateway();
    equal(watched.some(grows()), undefined);
    await watched.look();
    equal(watched.some(grows()), undefined);
  });

  it("is none once the clock may have changed a verdict, or much time has passed", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 3 });
    await startGateway(home.stateDir, home.store);
    const memory = { stores: storeMemory(), stoppedSince: new Map() };
    const at = inAnHour();
    const input = { where: { homes: [], stateDirs: [home.stateDir] }, env: {}, now: at, memory };
    const found = await scan(input);
    const grown = written(home.fileOf(1, ".jsonl"), "\n");
    equal(partialLook({ scan: found, changeAt: at + 500 }, grown, { ...input, now: at + 500 }), undefined);
    equal(partialLook({ scan: found, changeAt: at + 1e6 }, grown, { ...input, now: at + 61_000 }), undefined);
    ok(partialLook({ scan: found, changeAt: at + 501 }, grown, { ...input, now: at + 500 }));
  });
});

/** What is asked of the disk meanwhile: function and path. */
function questionsOf(act: () => unknown): string[] {
  const asked: string[] = [];
  const names = ["openSync", "statSync", "lstatSync", "readdirSync", "readFileSync", "realpathSync"] as const;
  const genuine = names.map((name) => [name, fs[name]] as const);
  for (const [name, ask] of genuine) {
    const counted = (...args: readonly unknown[]): unknown => {
      asked.push(`${name} ${String(args[0])}`);
      return (ask as (...args: readonly unknown[]) => unknown)(...args);
    };
    Object.assign(fs, { [name]: Object.assign(counted, ask) });
  }
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    Object.assign(fs, Object.fromEntries(genuine));
    syncBuiltinESMExports();
  }
  return asked;
}
