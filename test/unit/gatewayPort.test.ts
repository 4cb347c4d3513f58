// The probes of a gateway: what answers there, and what only looks like it.
import { equal } from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gatewayAnswers, gatewayDrains } from "../../src/owner/gatewayPort.ts";

describe("The port of a gateway", () => {
  let server: Server | undefined;
  afterEach(() => new Promise((closed) => server?.close(closed)));

  async function answering(answers: Readonly<Record<string, string>>): Promise<number> {
    const made = createServer(({ url = "" }, response) => {
      response.writeHead(answers[url] === undefined ? 404 : 503, { "content-type": "application/json" });
      response.end(answers[url] ?? "");
    });
    server = made;
    await new Promise<void>((listening) => made.listen(0, "127.0.0.1", listening));
    return (made.address() as AddressInfo).port;
  }

  it("says that it lives, and that it was told to end", async () => {
    const port = await answering({
      "/healthz": '{"ok":true,"status":"live"}',
      "/startupz": '{"ok":false,"status":"draining"}',
    });
    equal(await gatewayAnswers(port), true);
    equal(await gatewayDrains(port), true);
  });

  for (const [what, answer] of [
    ["has started", '{"ok":true,"status":"started"}'],
    ["says something else", '{"status":7}'],
    ["answers with a list", '["draining"]'],
    ["answers with more than a probe does", `{"status":"draining","x":"${"x".repeat(5000)}"}`],
    ["has no such probe", undefined],
  ] as const) {
    it(`is not believed to drain where it ${what}`, async () => {
      equal(await gatewayDrains(await answering(answer === undefined ? {} : { "/startupz": answer })), false);
    });
  }

  it("is nobody where nobody listens", async () => {
    const port = await answering({});
    await new Promise((closed) => server?.close(closed));
    equal(await gatewayAnswers(port), false);
    equal(await gatewayDrains(port), false);
  });
});
