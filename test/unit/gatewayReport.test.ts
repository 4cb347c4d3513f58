import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import type { WriterReport } from "../../src/model/facts.ts";
import { accessOf, askGateway, reportOf } from "../../src/owner/gatewayReport.ts";
import { temporaryDirectory } from "../temporary.ts";

type Rows = readonly unknown[];

const quiet = { counts: { queueSize: 0, pendingReplies: 0, embeddedRuns: 0, activeTasks: 0, totalActive: 0 } };
const busy = { counts: { ...quiet.counts, embeddedRuns: 1, totalActive: 1 } };

/** The rows that run, those that are idle, and whether nothing at all runs. */
type Told = readonly [string[], string[], boolean];

function told(rows: unknown, preflight?: object): Told | undefined {
  return plain(reportOf({ sessions: rows }, preflight as never, 5));
}

function plain(report: WriterReport | undefined): Told | undefined {
  return report && [[...report.running], [...report.idle], report.nothingRuns];
}

describe("what a gateway says of its sessions", () => {
  const rows: Rows = [
    { key: "a", hasActiveRun: true },
    { key: "b", status: "running", hasActiveRun: false },
  ];

  it("tells which rows have a run, which are idle, and whether it counts anything active at all", () => {
    assert.deepEqual(told(rows.slice(1), quiet), [[], ["b"], true]);
    assert.deepEqual(told(rows.slice(1), busy), [[], ["b"], false]);
    assert.deepEqual(told(rows, busy), [["a"], ["b"], false]);
    assert.equal(reportOf({ sessions: rows }, quiet, 5)?.at, 5);
  });

  it("does not say that nothing runs where a row does, or where it does not count (before 2026.5.18)", () => {
    assert.deepEqual(told(rows, quiet), [["a"], ["b"], false]);
    for (const preflight of [undefined, {}, { counts: null }, { counts: { totalActive: "0" } }]) {
      assert.deepEqual(told(rows.slice(1), preflight), [[], ["b"], false]);
    }
  });

  it("leaves out rows without a word about runs (2026.4.2), and rows that are none", () => {
    assert.deepEqual(told([{ key: "a", status: "running" }], quiet), [[], [], true]);
    for (const row of [null, 7, "a", [], {}, { key: 7, hasActiveRun: false }, { key: "a", hasActiveRun: "false" }]) {
      assert.deepEqual(told([row], quiet), [[], [], true]);
    }
  });

  it("believes the run of a row that is named twice", () => {
    const twice = [
      { key: "a", hasActiveRun: true },
      { key: "a", hasActiveRun: false },
    ];
    assert.deepEqual(told(twice, quiet), [["a"], [], false]);
    assert.deepEqual(told(twice.toReversed(), quiet), [["a"], [], false]);
  });

  it("is nothing where there is no list", () => {
    for (const list of [undefined, null, {}, "a"]) assert.equal(told(list, quiet), undefined);
    assert.equal(reportOf(undefined, quiet, 5), undefined);
  });
});

describe("asking a gateway", () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** A server that speaks as much of WebSocket as the question needs. What it was asked is added to `asked`. */
  async function gateway(answerTo: (method: string, params: never) => unknown, asked: unknown[] = []): Promise<number> {
    const server = createServer((_request, response) => response.end());
    server.on("upgrade", (request, socket: Socket) => {
      const accept = createHash("sha1").update(
        `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      );
      const headers = "Upgrade: websocket\r\nConnection: Upgrade";
      const status = "HTTP/1.1 101 Switching Protocols";
      socket.write(`${status}\r\n${headers}\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`);
      socket.write(frame({ type: "event", event: "connect.challenge", payload: { nonce: "n" } }));
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        for (const { id, method, params } of requestsIn(bytes)) {
          asked.push([method, params]);
          const payload = answerTo(method, params as never);
          if (payload === "close") socket.destroy();
          else if (payload instanceof Error) socket.write(frame({ type: "res", id, ok: false, error: {} }));
          else socket.write(frame({ type: "res", id, ok: true, payload }));
          // A gateway tells more than it is asked.
          if (!socket.destroyed) socket.write(frame({ type: "event", event: "tick", payload: { ts: 1 } }));
        }
      });
    });
    servers.push(server);
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    return (server.address() as AddressInfo).port;
  }

  it("connects as a backend without a device, asks for its rows and for what it counts, and goes", async () => {
    const asked: unknown[] = [];
    const sessions = [{ key: "a", hasActiveRun: true }];
    const answers: Record<string, unknown> = {
      connect: {},
      "sessions.list": { sessions },
      "gateway.restart.preflight": busy,
    };
    const port = await gateway((method) => answers[method], asked);
    assert.deepEqual(plain((await askGateway({ port, rows: 12, token: "secret" })).report), [["a"], [], false]);
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
    const port = await gateway(answerTo, asked);
    assert.deepEqual(plain((await askGateway({ port, rows: 10 })).report), [[], ["of 350"], true]);
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
    assert.deepEqual(plain((await askGateway({ port: await gateway(answerTo), rows: 10 })).report), [
      ["a"],
      ["b"],
      false,
    ]);
  });

  for (const [what, answerTo, why, refused] of [
    ["is refused", () => new Error("device identity required"), "it refused to answer", true],
    ["is hung up on", () => "close", "it refused to answer", true],
    ["is hung up on later", (method: string) => (method === "connect" ? {} : "close"), "it hung up", false],
    ["gets nonsense", () => [1], "it refused to answer", true],
  ] as const) {
    it(`learns nothing where it ${what}`, async () => {
      assert.deepEqual(await askGateway({ port: await gateway(answerTo), rows: 10 }), { why, refused });
    });
  }

  it("learns nothing where no gateway listens", async () => {
    const server = createServer((_request, response) => response.end("hello"));
    servers.push(server);
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = server.address() as AddressInfo;
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

/** A short text frame of a server: not masked. */
function frame(value: object): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const header = text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from(header), text]);
}

/** The requests in these bytes of a client: short, masked text frames. What closes the connection is no request. */
function requestsIn(bytes: Buffer): { id: string; method: string; params: unknown }[] {
  const requests = [];
  for (let at = 0; at < bytes.length; ) {
    const isText = (bytes[at] ?? 0) === 0x81;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const mask = at + (short === 126 ? 4 : 2);
    const text = bytes.subarray(mask + 4, mask + 4 + length).map((byte, i) => byte ^ (bytes[mask + (i % 4)] ?? 0));
    if (isText) requests.push(JSON.parse(Buffer.from(text).toString()));
    at = mask + 4 + length;
  }
  return requests;
}
