import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const scratch = resolve(import.meta.dirname, "../vscode/scratch.mjs");

describe("What a script of the tests leaves on the machine", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`is gone after ${signal}: its directory and its process`, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      // The process holds a connection to us: when that closes, it has ended.
      const connect = `require("net").connect(${(server.address() as AddressInfo).port}, "127.0.0.1")`;
      const script = [
        `import { startProgram, temporaryDirectory } from ${JSON.stringify(scratch)};`,
        `startProgram(process.execPath, ["-e", ${JSON.stringify(connect)}]);`,
        "console.log(temporaryDirectory().path);",
      ].join("\n");
      const connected = once(server, "connection") as Promise<[Socket]>;
      const args = ["--input-type=module", "-e", script];
      const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const [directory] = (await once(createInterface(parent.stdout), "line")) as [string];
      const [connection] = await connected;
      assert.ok(existsSync(directory));

      parent.kill(signal);
      connection.resume();
      await Promise.all([once(parent, "exit"), once(connection, "close").catch(() => undefined)]);
      assert.equal(existsSync(directory), false);
      server.close();
    });
  }
});
