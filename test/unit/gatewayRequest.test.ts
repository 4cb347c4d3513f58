// What a gateway is asked to do: one thing, once, over loopback only.
import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestAnswer } from "../../src/model/messages.ts";
import { knowsRequest, makeRequest } from "../../src/owner/gatewayRequest.ts";
import { requestOfGateway } from "../../src/scan/gatewayNow.ts";
import { scan } from "../../src/scan/scan.ts";
import { type FakeGateway, startFakeGateway } from "../fakeGateway.ts";
import { closeServers, gatewayServer } from "../gatewayServer.ts";
import { key, now, sessionId } from "../homeBuilder.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { sick } from "../sickStore.ts";

const request = { what: "abort", key } as const;

describe("aborting a run", () => {
  afterEach(closeServers);

  it("asks for just that, as a backend that may abort what others began", async () => {
    const asked: unknown[] = [];
    const answers: Record<string, unknown> = { "sessions.abort": { ok: true, abortedRunId: "r", status: "aborted" } };
    const port = await gatewayServer((method) => answers[method] ?? {}, asked);
    deepEqual(await makeRequest({ port, token: "secret" }, request), { done: "yes", said: "it aborted the run" });
    const [[, connection], ...rest] = asked as [[string, Record<string, unknown>], ...unknown[]];
    deepEqual([connection["scopes"], connection["auth"]], [["operator.write", "operator.admin"], { token: "secret" }]);
    deepEqual(rest, [["sessions.abort", { key }]]);
  });

  for (const [what, answer, expected] of [
    ["knows of no run", { ok: true, abortedRunId: null, status: "no-active-run" }, "no"],
    ["refuses", new Error("missing scope"), "no"],
    ["says something else", { ok: true }, "unknown"],
    ["hangs up in the middle", "close", "unknown"],
  ] as const) {
    it(`tells whether anything was done where it ${what}`, async () => {
      const port = await gatewayServer((method) => (method === "connect" ? {} : answer));
      equal((await makeRequest({ port }, request)).done, expected);
    });
  }

  it("does nothing where it is not let in, or nobody listens", async () => {
    const shut = await gatewayServer(() => new Error("pairing required"));
    deepEqual(await makeRequest({ port: shut }, request), { done: "no", said: "it refused to answer" });
    closeServers();
    equal((await makeRequest({ port: shut }, request)).done, "no");
  });
});

describe("archiving a session", () => {
  afterEach(closeServers);

  it("asks for the very generation that was seen, and believes only what says that it is archived", async () => {
    const archive = { what: "archive", key, sessionId } as const;
    for (const [answer, done] of [
      [{ ok: true, entry: { archivedAt: 5 } }, "yes"],
      [{ ok: true, entry: {} }, "unknown"],
      [new Error("the session changed"), "no"],
    ] as const) {
      const asked: unknown[] = [];
      const port = await gatewayServer((method) => (method === "connect" ? {} : answer), asked);
      equal((await makeRequest({ port }, archive)).done, done);
      deepEqual(asked.slice(1), [["sessions.patch", { key, archived: true, expectedSessionId: sessionId }]]);
    }
  });

  it("is as a recovery: believed only by what it says of the turn", async () => {
    for (const [answer, done] of [
      [{ ok: true, key, sessionId, continuation: { status: "started", runId: "r" } }, "yes"],
      [{ ok: true, key, sessionId, continuation: { status: "rejected", error: {} } }, "no"],
      [{ ok: true }, "unknown"],
      [new Error("a run is active"), "no"],
    ] as const) {
      const asked: unknown[] = [];
      const port = await gatewayServer((method) => (method === "connect" ? {} : answer), asked);
      equal((await makeRequest({ port }, { what: "recover", key, sessionId })).done, done);
      deepEqual(asked.slice(1), [["sessions.recover", { key }]]);
    }
  });

  it("is a request of 2026.8 and later, and aborting one of 2026.5 and later", () => {
    const eras = ["J1", "J2", "S", undefined] as const;
    deepEqual(
      eras.map((era) => knowsRequest(era, "archive")),
      [false, false, true, false],
    );
    deepEqual(
      eras.map((era) => knowsRequest(era, "recover")),
      [false, false, true, false],
    );
    deepEqual(
      eras.map((era) => knowsRequest(era, "abort")),
      [false, true, true, false],
    );
  });
});

describe("the gateway that is asked to do something", function () {
  this.timeout(60_000);
  const genuine = globalThis.WebSocket;
  let gateway: FakeGateway | undefined;
  let opened: string[] = [];

  beforeEach(() => {
    opened = [];
    globalThis.WebSocket = class extends genuine {
      constructor(url: string | URL) {
        opened.push(String(url));
        super(url);
      }
    };
  });
  afterEach(async () => {
    globalThis.WebSocket = genuine;
    delete process.env["NODE_USE_ENV_PROXY"];
    await gateway?.end();
    gateway = undefined;
  });

  /** As the worker asks, after a scan. `gatewaySettings`: of its configuration. */
  async function ask(built = sick(), gatewaySettings: object = {}): Promise<RequestAnswer> {
    const config = {
      meta: { lastTouchedVersion: "2026.5.18" },
      gateway: { auth: { mode: "none" }, ...gatewaySettings },
    };
    writeFileSync(join(built.stateDir, "openclaw.json"), JSON.stringify(config));
    const input = { where: { homes: [built.home], stateDirs: [] }, env: {}, now };
    const [store] = (await scan(input)).stores;
    const before = imagesIn(built.home);
    const answer = await requestOfGateway(store as NonNullable<typeof store>, request, input);
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
    return answer;
  }

  it("is the one of the store, and aborts; asked again it knows of no run", async () => {
    const built = sick();
    gateway = await startFakeGateway(built);
    await gateway.say({ active: [1], running: [key] });
    equal((await ask(built)).done, "yes");
    deepEqual(await ask(built), { done: "no", said: "it knows of no run of this session" });
  });

  it("is on this machine's loopback, whatever the configuration names", async () => {
    const built = sick();
    gateway = await startFakeGateway(built);
    for (const settings of [
      { mode: "remote", remote: { url: "ws://192.0.2.1:18789", token: "t" } },
      { bind: "lan", host: "192.0.2.1", port: 18789 },
      { port: "18789@192.0.2.1" },
      { bind: "custom", customBindHost: "192.0.2.1" },
    ]) {
      await ask(built, settings);
    }
    equal(opened.length, 4);
    for (const url of opened) match(url, /^ws:\/\/127\.0\.0\.1:\d+$/);
  });

  it("is not asked through a proxy", async () => {
    const built = sick();
    gateway = await startFakeGateway(built);
    process.env["NODE_USE_ENV_PROXY"] = "1";
    deepEqual(await ask(built), { done: "no", said: "no answer can be had in this Node" });
    deepEqual(opened, []);
  });

  it("is nobody where the port of its lock is another's", async () => {
    const built = sick();
    gateway = await startFakeGateway(built);
    const elsewhere = await gatewayServer(() => ({}));
    const payload = JSON.parse(readFileSync(gateway.lock, "utf8"));
    writeFileSync(gateway.lock, JSON.stringify({ ...payload, port: elsewhere }));
    const { done, said } = await ask(built);
    closeServers();
    equal(done, "no");
    match(said, /is not seen to be its own/);
    deepEqual(opened, []);
  });
});
