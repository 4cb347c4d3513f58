import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WriterReport } from "../../src/model/facts.ts";
import { accessOf, askGateway, reportOf } from "../../src/owner/gatewayReport.ts";
import { busy, closeServers, gatewayServer, httpServer, quiet } from "../gatewayServer.ts";
import { temporaryDirectory } from "../temporary.ts";

type Rows = readonly unknown[];

/** The rows that run, those that are idle, and what it counts. */
type Told = readonly [string[], string[], WriterReport["counts"]];

function told(rows: unknown, preflight?: object): Told | undefined {
  return plain(reportOf({ sessions: rows }, preflight as never, 5));
}

function plain(report: WriterReport | undefined): Told | undefined {
  return report && [[...report.running], [...report.idle], report.counts];
}

describe("what a gateway says of its sessions", () => {
  const rows: Rows = [
    { key: "a", hasActiveRun: true },
    { key: "b", status: "running", hasActiveRun: false },
  ];

  it("tells which rows have a run, which are idle, and whether it counts anything active at all", () => {
    assert.deepEqual(told(rows.slice(1), quiet), [[], ["b"], "none"]);
    assert.deepEqual(told(rows.slice(1), busy), [[], ["b"], "some"]);
    assert.deepEqual(told(rows, busy), [["a"], ["b"], "some"]);
    assert.equal(reportOf({ sessions: rows }, quiet, 5)?.at, 5);
  });

  it("does not say that nothing runs where a row does, or where it does not count (before 2026.5.18)", () => {
    assert.deepEqual(told(rows, quiet), [["a"], ["b"], "some"]);
    for (const preflight of [undefined, {}, { counts: null }, { counts: { totalActive: "0" } }]) {
      assert.deepEqual(told(rows.slice(1), preflight), [[], ["b"], "unknown"]);
    }
  });

  it("leaves out rows without a word about runs (2026.4.2), and rows that are none", () => {
    assert.deepEqual(told([{ key: "a", status: "running" }], quiet), [[], [], "none"]);
    for (const row of [null, 7, "a", [], {}, { key: 7, hasActiveRun: false }, { key: "a", hasActiveRun: "false" }]) {
      assert.deepEqual(told([row], quiet), [[], [], "none"]);
    }
  });

  it("believes the run of a row that is named twice", () => {
    const twice = [
      { key: "a", hasActiveRun: true },
      { key: "a", hasActiveRun: false },
    ];
    assert.deepEqual(told(twice, quiet), [["a"], [], "some"]);
    assert.deepEqual(told(twice.toReversed(), quiet), [["a"], [], "some"]);
  });

  it("is nothing where there is no list", () => {
    for (const list of [undefined, null, {}, "a"]) assert.equal(told(list, quiet), undefined);
    assert.equal(reportOf(undefined, quiet, 5), undefined);
  });
});

describe("asking a gateway", () => {
  afterEach(closeServers);

  it("connects as a backend without a device, asks for its rows and for what it counts, and goes", async () => {
    const asked: unknown[] = [];
    const sessions = [{ key: "a", hasActiveRun: true }];
    const answers: Record<string, unknown> = {
      connect: {},
      "sessions.list": { sessions },
      "gateway.restart.preflight": busy,
    };
    const port = await gatewayServer((method) => answers[method], asked);
    assert.deepEqual(plain((await askGateway({ port, rows: 12, token: "secret" })).report), [["a"], [], "some"]);
    assert.deepEqual(asked, [
      [
        "connect",
        {
          minProtocol: 3,
          maxProtocol: 4,
          client: { id: "gateway-client", mode: "backend", version: "0", platform: process.platform },
          role: "operator",
          scopes: ["operator.read"],
          auth: { token: "secret" },
        },
      ],
      ["sessions.list", { limit: 62 }],
      ["gateway.restart.preflight", {}],
    ]);
  });

  it("asks once more where there are more rows, and not a third time", async () => {
    const asked: unknown[] = [];
    const list = (limit: number): object => ({
      sessions: [{ key: `of ${limit}`, hasActiveRun: false }],
      totalCount: 300,
      hasMore: true,
    });
    const answerTo = (method: string, { limit }: { limit: number }): unknown =>
      method === "sessions.list" ? list(limit) : method === "connect" ? {} : quiet;
    const port = await gatewayServer(answerTo, asked);
    assert.deepEqual(plain((await askGateway({ port, rows: 10 })).report), [[], ["of 350"], "none"]);
    assert.deepEqual(
      asked.map((question) => (question as string[])[0]),
      ["connect", "sessions.list", "sessions.list", "gateway.restart.preflight"],
    );
  });

  it("keeps what the list tells where the gateway does not know how to count", async () => {
    const sessions = [
      { key: "a", hasActiveRun: true },
      { key: "b", hasActiveRun: false },
    ];
    const answerTo = (method: string): unknown =>
      method === "sessions.list" ? { sessions } : method === "connect" ? {} : new Error("unknown method");
    assert.deepEqual(plain((await askGateway({ port: await gatewayServer(answerTo), rows: 10 })).report), [
      ["a"],
      ["b"],
      "unknown",
    ]);
  });

  for (const [what, answerTo, why, refused] of [
    ["is refused", () => new Error("device identity required"), "it refused to answer", true],
    ["is hung up on", () => "close", "it refused to answer", true],
    ["is hung up on later", (method: string) => (method === "connect" ? {} : "close"), "it hung up", false],
    ["gets nonsense", () => [1], "it refused to answer", true],
  ] as const) {
    it(`learns nothing where it ${what}`, async () => {
      assert.deepEqual(await askGateway({ port: await gatewayServer(answerTo), rows: 10 }), { why, refused });
    });
  }

  it("learns nothing where no gateway listens", async () => {
    const { server, port } = await httpServer((_request, response) => response.end("hello"));
    const nobody = { why: "it did not answer as a gateway does", refused: false };
    assert.deepEqual(await askGateway({ port, rows: 10 }), nobody);
    server.close();
    server.closeAllConnections();
    assert.deepEqual(await askGateway({ port, rows: 10 }), nobody);
    for (const wrong of [0, -1, 65536, 1.5, Number.NaN]) {
      assert.equal((await askGateway({ port: wrong, rows: 10 })).report, undefined);
    }
  });
});

describe("whether a gateway may be asked", () => {
  const access = (config: string | undefined): unknown => {
    const stateDir = join(temporaryDirectory(), ".openclaw");
    mkdirSync(stateDir);
    if (config !== undefined) writeFileSync(join(stateDir, "openclaw.json"), config);
    return accessOf(stateDir);
  };

  it("it may without a word where it wants none, and with its token where that is written down", () => {
    assert.deepEqual(access('{ gateway: { auth: { mode: "none", token: "t" } } }'), {});
    assert.deepEqual(access('{ gateway: { auth: { mode: "token", token: " t " } }, /* JSON5 */ }'), { token: "t" });
    assert.deepEqual(access('{ gateway: { auth: { token: "t" } } }'), { token: "t" });
  });

  for (const config of [
    ...[undefined, "", "{", "[]", "{}", "{ gateway: {} }", "{ gateway: { auth: {} } }"],
    "{ gateway: { auth: { mode: 'password', password: 'p', token: 't' } } }",
    "{ gateway: { auth: { mode: 'trusted-proxy', token: 't' } } }",
    `{ gateway: { auth: { mode: 'token', token: '$${"{TOKEN}"}' } } }`,
    "{ gateway: { auth: { mode: 'token', token: { source: 'env', id: 'TOKEN' } } } }",
    "{ gateway: { auth: { mode: 'none' }, tls: { enabled: true } } }",
  ]) {
    it(`it may not with ${config ?? "no configuration"}`, () => assert.equal(access(config), undefined));
  }
});
