// When a running gateway is asked, how often, and when it is left alone.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Era, Writer } from "../../src/model/store.ts";
import { type Answers, hear, type Told } from "../../src/owner/asking.ts";
import type { Look } from "../../src/owner/look.ts";
import { busy, closeServers, gatewayServer, quiet } from "../gatewayServer.ts";
import { temporaryDirectory } from "../temporary.ts";

const key = "agent:main:main";
const withToken = '{ gateway: { auth: { mode: "token", token: "its token" } } }';

/** A state directory whose gateway is this very process: it listens, and its lock names it. */
class Place {
  readonly stateDir: string;
  readonly answers: Answers = new Map();
  readonly asked: unknown[][] = [];
  era: Era | undefined = "J2";
  pid = process.pid;
  port = 0;

  constructor(config = withToken) {
    this.stateDir = join(temporaryDirectory(), ".openclaw");
    mkdirSync(this.stateDir);
    writeFileSync(join(this.stateDir, "openclaw.json"), config);
  }

  async listen(answerTo: (method: string) => unknown): Promise<void> {
    this.port = await gatewayServer(answerTo, this.asked);
  }

  hear(mayAsk = true, lockOwner: "alive" | "unknown" = "alive"): Promise<Told | undefined> {
    const { stateDir, era, pid, port } = this;
    const writer: Writer = { state: "running", why: "its gateway runs", evidence: [], pid, since: 1 };
    const lock = { facts: { owner: lockOwner }, holder: pid, port };
    const look = { writers: new Map([[stateDir, writer]]), gatewayLocks: [lock] } as unknown as Look;
    return hear({ stateDir, era, rows: 1 }, look, this.answers, mayAsk);
  }

  /** As if the last answer were this old. */
  age(ms: number): void {
    const answer = this.answers.get(this.stateDir);
    assert.ok(answer !== undefined);
    this.answers.set(this.stateDir, { ...answer, at: answer.at - ms });
  }

  get questions(): number {
    return this.asked.filter(([method]) => method === "connect").length;
  }
}

function saying(sessions: readonly object[], counts: object): (method: string) => unknown {
  const answers: Record<string, unknown> = { connect: {}, "sessions.list": { sessions } };
  return (method) => answers[method] ?? counts;
}

describe("hearing a gateway", () => {
  afterEach(closeServers);

  for (const [said, sessions, counts] of [
    ["it reports no run at all", [{ key, hasActiveRun: false }], quiet],
    ["it reports a run of one session", [{ key, hasActiveRun: true }], busy],
    ["it does not say which sessions run", [{ key, hasActiveRun: false }], busy],
  ] as const) {
    it(`tells what came of it: ${said}`, async () => {
      const place = new Place();
      await place.listen(saying(sessions, counts));
      const told = await place.hear();
      assert.equal(told?.said, said);
      assert.ok(told?.report !== undefined);
      const [, connection] = place.asked[0] ?? [];
      assert.deepEqual((connection as { auth: unknown }).auth, { token: "its token" });
    });
  }

  it("asks once a minute, and forgets after another half where nobody may ask", async () => {
    const place = new Place();
    await place.listen(saying([{ key, hasActiveRun: false }], quiet));
    assert.equal(await place.hear(false), undefined);
    const first = await place.hear();
    assert.deepEqual(await place.hear(), first);
    place.age(59_000);
    assert.equal((await place.hear())?.report, first?.report);
    assert.equal(place.questions, 1);
    place.age(2000);
    assert.equal((await place.hear(false))?.report, first?.report);
    assert.notEqual((await place.hear())?.report, first?.report);
    assert.equal(place.questions, 2);
    place.age(91_000);
    assert.equal(await place.hear(false), undefined);
    assert.equal(place.questions, 2);
  });

  it("asks one that refused never again, and the next gateway anew", async () => {
    const place = new Place();
    await place.listen(() => new Error("pairing required"));
    assert.equal((await place.hear())?.said, "asked, it refused to answer");
    place.age(3_600_000);
    assert.equal((await place.hear())?.said, "asked, it refused to answer");
    assert.equal(place.questions, 1);
    place.answers.set(place.stateDir, { at: Date.now(), writer: "of another", refused: true });
    await place.hear();
    assert.equal(place.questions, 2);
  });

  for (const [what, change, said] of [
    [
      "whose version may want paired devices (2026.4.2)",
      (place: Place) => (place.era = "J1"),
      "it is not asked, since its version may answer paired devices only",
    ],
    [
      "whose version is not known",
      (place: Place) => (place.era = undefined),
      "it is not asked, since its version may answer paired devices only",
    ],
    [
      "whose lock names another process than the one that listens",
      (place: Place) => (place.pid = process.ppid),
      /^it is not asked, since port \d+ is not seen to be its own$/,
    ],
  ] as const) {
    it(`leaves one alone ${what}, and says so`, async () => {
      const place = new Place();
      await place.listen(saying([], quiet));
      change(place);
      const told = await place.hear();
      if (typeof said === "string") assert.equal(told?.said, said);
      else assert.match(told?.said ?? "", said);
      assert.deepEqual([told?.report, place.asked], [undefined, []]);
    });
  }

  it("leaves one alone that wants more than a token in its configuration", async () => {
    for (const config of ["", "{}", '{ gateway: { auth: { mode: "password", password: "p" } } }']) {
      const place = new Place(config);
      await place.listen(saying([], quiet));
      const told = await place.hear();
      assert.equal(told?.said, "it is not asked, since that takes more than a token in its configuration");
      assert.deepEqual(place.asked, []);
    }
  });

  it("asks nobody who does not hold the directory's lock for certain", async () => {
    const place = new Place();
    await place.listen(saying([], quiet));
    assert.equal(await place.hear(true, "unknown"), undefined);
    assert.deepEqual(place.asked, []);
  });
});
