// The lines of docs/unattended.md, run as systemd and launchd would.
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltCli, buildCli, captured, type Ran, runProcess } from "../cli.ts";
import { gateway, key } from "../homeBuilder.ts";
import { changedBetween, imagesIn } from "../repairing.ts";
import { rowsOf, sick } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "unattended.md"), "utf8");
/** systemd's line: a dash, a program, and one word in quotes. */
const [, dash = "", shell = "", line = ""] = /^ExecStartPre=(-?)(\S+) -c '([^']*)'$/m.exec(page) ?? [];
const wrapper = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

describe("unattended", () => {
  let cli: BuiltCli;
  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());

  /**
   * A PATH as a service has it, with the command on it as npm links it. What runs on the machine of this test must not
   * count: the command gets the processes to go by.
   */
  function path(nodeIs: "new" | "missing" | "failing", ...processes: readonly string[]): string {
    const bin = temporaryDirectory();
    for (const name of ["sh", "timeout", "env"]) symlinkSync(`/usr/bin/${name}`, join(bin, name));
    program(
      join(bin, "openclaw-session-inspector"),
      `exec node '${cli.path}' "$@" ${captured(cli.folder, ...processes).join(" ")}`,
    );
    if (nodeIs === "new") symlinkSync(process.execPath, join(bin, "node"));
    if (nodeIs === "failing") program(join(bin, "node"), 'echo "SyntaxError: Unexpected token" >&2; exit 1');
    return bin;
  }

  function program(file: string, script: string): void {
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  function start(home: string, bin: string): Promise<Ran> {
    return runProcess(shell, ["-c", line], { HOME: home, PATH: bin });
  }

  it("has a line for systemd that cannot keep the gateway from starting", () => {
    deepEqual([dash, shell], ["-", "/bin/sh"]);
    match(line, /^exec timeout \d+ openclaw-session-inspector repair --proven$/);
  });

  it("repairs the home of the service, shows what it did and undoes it", async () => {
    const built = sick();
    const before = imagesIn(built.home);
    const bin = path("new");
    const { code, stdout, stderr } = await start(built.home, bin);
    deepEqual([code, stderr], [0, ""]);
    match(stdout, /Done, receipt/);
    equal(rowsOf(built)[key]?.["status"], "done");
    const env = { HOME: built.home, PATH: bin };
    const [listed = ""] = /^ {4}(openclaw-session-inspector receipts)$/m.exec(page) ?? [];
    match((await runProcess("/bin/sh", ["-c", listed], env)).stdout, /finalize {2}done/);
    const [undo = ""] = /^ {4}(openclaw-session-inspector undo --last)$/m.exec(page) ?? [];
    equal((await runProcess("/bin/sh", ["-c", undo], env)).code, 0);
    const changed = changedBetween(before, imagesIn(built.home));
    ok(
      changed.every((name) => name.startsWith(".local")),
      changed.join(", "),
    );
  });

  it("says what it would do", async () => {
    const built = sick();
    const before = imagesIn(built.home);
    const [, dry = ""] = /`(openclaw-session-inspector repair --proven --dry-run)`/.exec(page) ?? [];
    match((await runProcess("/bin/sh", ["-c", dry], { HOME: built.home, PATH: path("new") })).stdout, /Would do/);
    deepEqual(imagesIn(built.home), before);
  });

  it("is content with no store, an unreadable one and a gateway that runs", async () => {
    const torn = sick();
    truncateSync(torn.store, 30);
    const busy = sick();
    const linked = { home: temporaryDirectory() };
    mkdirSync(join(linked.home, ".openclaw"));
    for (const [{ home }, bin] of [
      [{ home: temporaryDirectory() }, path("new")],
      [linked, path("new")],
      [torn, path("new")],
      [busy, path("new", gateway)],
    ] as const) {
      const before = imagesIn(home);
      const { code, stderr } = await start(home, bin);
      deepEqual([code, stderr], [0, ""]);
      deepEqual(imagesIn(home), before);
    }
  });

  for (const nodeIs of ["missing", "failing"] as const) {
    it(`fails harmlessly where Node is ${nodeIs}: that is what the dash is for`, async () => {
      const built = sick();
      const before = imagesIn(built.home);
      notEqual((await start(built.home, path(nodeIs))).code, 0);
      deepEqual(imagesIn(built.home), before);
    });
  }

  it("starts the gateway behind the wrapper for launchd, whatever Node is", async () => {
    for (const nodeIs of ["new", "missing", "failing"] as const) {
      const built = sick();
      const file = join(temporaryDirectory(), "repair-then");
      writeFileSync(file, wrapper);
      chmodSync(file, 0o755);
      const env = { HOME: built.home, PATH: path(nodeIs) };
      const { code, stdout } = await runProcess(
        file,
        ["/bin/sh", "-c", 'echo "gateway $1"; exit 7', "x", "--port 1"],
        env,
      );
      equal(code, 7);
      match(stdout, /gateway --port 1\n$/);
      equal(rowsOf(built)[key]?.["status"], nodeIs === "new" ? "done" : "running");
    }
  });
});
