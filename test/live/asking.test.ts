// Asking a genuine gateway what runs: what it answers, what it costs it, and that it keeps nothing of it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { WriterReport } from "../../src/model/facts.ts";
import type { Asked } from "../../src/model/where.ts";
import { accessOf, askGateway } from "../../src/owner/gatewayReport.ts";
import { scan } from "../../src/scan/scan.ts";
import { bundle } from "../bundle.mjs";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { type Gateway, type Installation, makeHome, startGateway, type Version } from "./gateway.mjs";
import { startModel } from "./model.mjs";
import { assertLive, changes, look, picture, row, statusIn, until } from "./watching.ts";

const port = 19755;
const modelPort = 19756;
const key = "agent:main:main";
const rows = 1000;
const ticksPerSecond = 100;

describe("asking a genuine gateway", () => {
  let model: Awaited<ReturnType<typeof startModel>>;
  let gateway: Gateway | undefined;
  const homes: { remove: () => void }[] = [];

  before(async () => {
    model = await startModel(modelPort);
  });
  after(() => model.close());
  afterEach(async () => {
    await gateway?.stop("SIGKILL");
    gateway = undefined;
    for (const home of homes.splice(0)) home.remove();
  });

  function install(version: Version, gatewaySettings: object = {}, settings: object = {}): Installation {
    const home = temporaryDirectory();
    homes.push(home);
    return makeHome({ version, home: home.path, port, modelPort, gateway: gatewaySettings, settings });
  }

  async function ask({ stateDir }: Installation, known = 10): Promise<WriterReport | undefined> {
    const access = accessOf(stateDir);
    assert.ok(access !== undefined, "it may not be asked");
    return (await askGateway({ port, rows: known, ...access })).report;
  }

  const told = (report: WriterReport | undefined): unknown =>
    report && [[...report.running], [...report.idle], report.counts];

  /** Waits until a gateway that was just started has written what it writes by itself. */
  async function settled({ home }: Installation): Promise<Map<string, string>> {
    let last = picture(home);
    await until(
      "the gateway writes nothing more",
      () => {
        const before = last;
        last = picture(home);
        return changes(before, last).length === 0;
      },
      60_000,
      4000,
    );
    return last;
  }

  async function turn(at: Installation, to: string, message: string): Promise<void> {
    await gateway?.send(to, message);
    await until(`${to} is done`, () => statusIn(at, "main", to) === "done");
  }

  for (const [how, auth] of [
    ["without authentication", { mode: "none" }],
    ["with its token", { mode: "token", token: "a token for this test" }],
  ] as const) {
    it(`2026.5.18 ${how}: it answers, and neither pairs nor stores anything`, async () => {
      const at = install("2026.5.18", { auth });
      gateway = await startGateway(at, [], accessOf(at.stateDir)?.token);
      await turn(at, key, "hello [[quick]]");
      // Its row is done before the gateway counts it as over.
      await until("nothing runs", async () => (await ask(at))?.counts === "none");
      const before = await settled(at);
      for (let times = 0; times < 3; times++) {
        assert.deepEqual(told(await ask(at)), [[], [key], "none"]);
      }
      const after = await settled(at);
      assert.deepEqual(changes(before, after), []);
      assert.ok(
        ![...after.keys()].some((path) => /devices|pairing/.test(path.slice(at.home.length))),
        "something is paired",
      );
    });
  }

  it("2026.5.18 with another token: it refuses, and nothing is learned", async () => {
    const at = install("2026.5.18", { auth: { mode: "token", token: "the right one" } });
    gateway = await startGateway(at, [], "the right one");
    const refused = { why: "it refused to answer", refused: true };
    assert.deepEqual(await askGateway({ port, rows: 50, token: "a wrong one" }), refused);
    assert.deepEqual(await askGateway({ port, rows: 50 }), refused);
  });

  it("2026.4.2: it lets nobody ask without a device identity, so it is not asked", async () => {
    const at = install("2026.4.2");
    gateway = await startGateway(at);
    await gateway.send(key, "go [[slow:60]]");
    await until("it runs", () => statusIn(at, "main", key) === "running");
    const scanned = await look(at);
    assert.equal(
      scanned.stateDirs[0]?.writer.said,
      "it is not asked, since its version may answer paired devices only",
    );
    assert.equal(await ask(at), undefined);
  });

  it("2026.5.18: a run makes its row active, and no other row idle", async () => {
    const at = install("2026.5.18");
    gateway = await startGateway(at);
    const other = "agent:main:other";
    await turn(at, other, "hello [[quick]]");
    await gateway.send(key, "go [[slow:60]]");
    await until("it runs", () => statusIn(at, "main", key) === "running");
    const { verdict, why } = row(await look(at), key);
    assert.deepEqual([verdict, why], ["active", "The gateway reports a run."]);
    assert.deepEqual(told(await ask(at)), [[key], [other], "some"]);
    await assertLive(at, [key]);
  });

  it("2026.5.18: the extension's worker asks as soon as its window has the focus, and not before", async () => {
    const at = install("2026.5.18");
    gateway = await startGateway(at);
    await gateway.send(key, "go [[slow:60]]");
    await until("it runs", () => statusIn(at, "main", key) === "running");
    const script = join(at.home, "worker.cjs");
    await bundle(join(import.meta.dirname, "..", "..", "src", "worker.ts"), script);
    const worker = new Worker(script, { env: { ...process.env, XDG_STATE_HOME: join(at.home, "state") } });
    const heard: (string | undefined)[] = [];
    worker.on("message", ({ event, data }) => {
      if (event === "scanned" && data.settled) heard.push(data.stateDirs[0]?.writer.said);
    });
    try {
      const where = { homes: [], stateDirs: [at.stateDir] };
      const ask: Asked = { where, captured: [], claimed: [], mayAsk: true };
      worker.postMessage({ id: 1, kind: "scan", ask });
      await until("it has looked", () => heard.length > 0, 30_000, 50);
      worker.postMessage({ id: 2, kind: "follow", ask: { on: true, focused: true } });
      await until("it has asked", () => heard.includes("it reports a run of one session"), 15_000, 50);
      assert.equal(heard[0], undefined);
    } finally {
      await worker.terminate();
    }
  });

  // Its own pages say `main` for the main session; sessions.list then says hasActiveRun: false of agent:main:main.
  it("2026.5.18: the run that sessions.list denies is not believed to be none", async () => {
    const at = install("2026.5.18");
    gateway = await startGateway(at);
    await gateway.send("main", "go [[slow:60]]");
    await until("it runs", () => statusIn(at, "main", key) === "running");
    const { sessions } = await gateway.call("sessions.list");
    assert.deepEqual(
      sessions.map((session: Record<string, unknown>) => [session["key"], session["status"], session["hasActiveRun"]]),
      [[key, "running", false]],
    );
    assert.deepEqual(told(await ask(at)), [[], [key], "some"]);
    await assertLive(at, [key]);
  });

  it("2026.5.18: a row that claims to run under a gateway that runs nothing is interrupted after half an hour", async () => {
    const at = install("2026.5.18");
    gateway = await startGateway(at);
    await turn(at, key, "hello [[quick]]");
    await gateway.stop("SIGTERM");
    const store = join(at.stateDir, "agents", "main", "sessions", "sessions.json");
    const rows = JSON.parse(readFileSync(store, "utf8"));
    const hourAgo = Date.now() - 3_600_000;
    rows["agent:main:lost"] = { sessionId: randomUUID(), status: "running", startedAt: hourAgo, updatedAt: hourAgo };
    writeFileSync(store, JSON.stringify(rows, null, 2));
    gateway = await startGateway(at);
    const { verdict, why } = row(await look(at), "agent:main:lost");
    assert.deepEqual(
      [verdict, why],
      ["interrupted", "It began and nobody works on it: the gateway reports no run at all."],
    );
    const unasked = await scan({ where: { homes: [], stateDirs: [at.stateDir] }, env: {} });
    assert.equal(row(unasked, "agent:main:lost").verdict, "unknown");
  });

  it(`2026.5.18: ${rows} rows cost it little`, async () => {
    const at = install("2026.5.18", {}, { session: { maintenance: { mode: "warn" } } });
    gateway = await startGateway(at);
    await turn(at, key, "hello [[quick]]");
    await gateway.stop("SIGTERM");
    grow(join(at.stateDir, "agents", "main", "sessions", "sessions.json"));
    gateway = await startGateway(at);
    await gateway.call("sessions.list", { limit: 1 });
    await settled(at);
    const cold = await cost(gateway.pid, () => ask(at, rows));
    const warm = await cost(gateway.pid, () => ask(at, rows));
    const twice = await cost(gateway.pid, () => ask(at, 10));
    for (const { report } of [cold, warm, twice]) assert.equal(report?.idle.size, rows);
    const told = [cold, warm, twice].map(({ cpuMs, tookMs }) => `${cpuMs} ms CPU in ${tookMs} ms`);
    process.stdout.write(`      first ${told[0]}, again ${told[1]}, with a limit that is too small ${told[2]}\n`);
    assert.ok(warm.cpuMs < 3000, `${warm.cpuMs} ms`);
  });
});

/** Clones the one row of a store, and its transcript, to a thousand. */
function grow(store: string): void {
  const genuine = JSON.parse(readFileSync(store, "utf8"))[key];
  const grown: Record<string, unknown> = { [key]: genuine };
  for (let made = 1; made < rows; made++) {
    const sessionId = randomUUID();
    const sessionFile = join(dirname(store), `${sessionId}.jsonl`);
    copyFileSync(genuine.sessionFile, sessionFile);
    grown[`agent:main:row-${made}`] = { ...genuine, sessionId, sessionFile };
  }
  writeFileSync(store, JSON.stringify(grown, null, 2));
}

async function cost(
  pid: number,
  ask: () => Promise<WriterReport | undefined>,
): Promise<{ report: WriterReport | undefined; cpuMs: number; tookMs: number }> {
  const [before, began] = [cpuMsOf(pid), Date.now()];
  const report = await ask();
  const tookMs = Date.now() - began;
  return { report, cpuMs: cpuMsOf(pid) - before, tookMs };
}

/** User and system time of a process, from /proc/<pid>/stat. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
