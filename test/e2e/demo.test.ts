import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { temporaryDirectory } from "../vscode/scratch.mjs";

const root = resolve(import.meta.dirname, "../..");

describe("npm run demo, without a screen", () => {
  it("prints an address that answers, and leaves nothing behind", async () => {
    const place = temporaryDirectory();
    const { DISPLAY, WAYLAND_DISPLAY, VSCODE_EXECUTABLE, ...env } = process.env;
    const demo = spawn(process.execPath, [join(root, "test/demo.mjs"), "--port", "0"], {
      // Newer npm keeps what it compiled in the temporary directory.
      env: { ...env, TMPDIR: place.path, NODE_DISABLE_COMPILE_CACHE: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      let address: string | undefined;
      for await (const line of createInterface(demo.stdout)) {
        address = /^Open (\S+) in a browser/.exec(line)?.[1];
        if (address) break;
      }
      assert.ok(address, "The demo ended without an address.");
      assert.notDeepEqual(await readdir(place.path), []);

      // The address carries a token; the server turns it into a cookie, as a browser would keep it.
      const first = await fetch(address, { redirect: "manual" });
      const headers = { cookie: first.headers.get("set-cookie")?.split(";")[0] ?? "" };
      const page = await fetch(new URL(first.headers.get("location") ?? "", address), { headers });
      assert.equal(page.status, 200);
      assert.match(await page.text(), /workbench/);
      assert.equal((await fetch(new URL("/", address))).status, 403, "Without the token nobody gets in.");

      demo.kill("SIGINT");
      await once(demo, "exit");
      assert.deepEqual(await readdir(place.path), []);
      await assert.rejects(fetch(address), "The server has ended, too.");
    } finally {
      demo.kill("SIGINT");
      place.remove();
    }
  });
});
