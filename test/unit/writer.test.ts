import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProcessTable, readProcesses } from "../../src/inspect/processes.ts";
import { readGatewayLocks } from "../../src/owner/gatewayLocks.ts";
import { findWriter } from "../../src/owner/writer.ts";
import { temporaryDirectory } from "../temporary.ts";

// What processes see and hold is told from /proc.
if (process.platform === "linux") {
  describe("the writer of a state directory, beside a gateway that serves another one", () => {
    const children: ChildProcess[] = [];

    afterEach(() => {
      for (const child of children.splice(0)) child.kill("SIGKILL");
    });

    /** A process that calls itself a gateway and has these files open. */
    async function gateway(...open: string[]): Promise<number> {
      const script = `process.title = "openclaw-gateway"; const { openSync } = require("node:fs");
        for (const path of ${JSON.stringify(open)}) openSync(path, "r"); console.log("up"); process.stdin.resume()`;
      const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
      children.push(child);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      return child.pid ?? 0;
    }

    function stateDir(home: string, ...folders: string[]): string {
      const dir = join(home, ".openclaw");
      for (const folder of folders) mkdirSync(join(dir, folder), { recursive: true });
      writeFileSync(join(dir, "openclaw.json"), "{}");
      return dir;
    }

    /** The only processes are the first one, we and this one: others of the machine are none of the story. */
    function only(pid: number): ProcessTable {
      const table = readProcesses();
      return {
        ...table,
        byPid: new Map([...table.byPid].filter(([other]) => [1, process.pid, pid].includes(other))),
      };
    }

    function lockFor(pid: number, configPath: string): string {
      const temp = temporaryDirectory();
      mkdirSync(join(temp, "openclaw-0"));
      const startTime = only(pid).byPid.get(pid)?.startTicks;
      const lock = { pid, createdAt: new Date().toISOString(), configPath, startTime };
      writeFileSync(join(temp, "openclaw-0", "gateway.0f8b4f80.lock"), JSON.stringify(lock));
      return temp;
    }

    async function stateOf(dir: string, pid: number, temp: string): Promise<string> {
      const processes = only(pid);
      const gatewayLocks = readGatewayLocks([{ path: temp }], processes);
      return (
        await findWriter({
          stateDir: dir,
          processes,
          gatewayLocks,
          hasOwnConfig: true,
          state: undefined,
          now: Date.now(),
        })
      ).state;
    }

    it("is stopped where its lock ties it to the other one", async () => {
      const [ours, theirs] = [temporaryDirectory(), temporaryDirectory()];
      const dir = stateDir(ours, "agents");
      const other = stateDir(theirs, "agents");
      const pid = await gateway();
      const temp = lockFor(pid, join(other, "openclaw.json"));
      assert.deepEqual([await stateOf(dir, pid, temp), await stateOf(other, pid, temp)], ["stopped", "running"]);
    });

    it("runs where the lock is in a temp directory that nobody knows", async () => {
      const dir = stateDir(temporaryDirectory(), "agents");
      assert.equal(await stateOf(dir, await gateway(), temporaryDirectory()), "running");
    });

    it("runs where the lock names a configuration outside of any state directory (OPENCLAW_CONFIG_PATH)", async () => {
      const [ours, configs] = [temporaryDirectory(), temporaryDirectory()];
      const dir = stateDir(ours, "agents");
      writeFileSync(join(configs, "openclaw.json"), "{}");
      const pid = await gateway();
      assert.equal(await stateOf(dir, pid, lockFor(pid, join(configs, "openclaw.json"))), "running");
    });

    it("runs where the lock names the other's configuration, but the gateway has files of ours open", async () => {
      const [ours, theirs] = [temporaryDirectory(), temporaryDirectory()];
      const dir = stateDir(ours, "agents", "tasks");
      const other = stateDir(theirs, "agents");
      const database = join(dir, "tasks", "runs.sqlite");
      writeFileSync(database, "");
      const pid = await gateway(database);
      assert.equal(await stateOf(dir, pid, lockFor(pid, join(other, "openclaw.json"))), "running");
    });

    it("runs where another path leads to the same directory", async () => {
      const [ours, links] = [temporaryDirectory(), temporaryDirectory()];
      const dir = stateDir(ours, "agents");
      symlinkSync(ours, join(links, "home"));
      const linked = join(links, "home", ".openclaw");
      const pid = await gateway();
      const temps = [lockFor(pid, join(linked, "openclaw.json")), lockFor(pid, join(dir, "openclaw.json"))];
      for (const temp of temps) {
        assert.deepEqual([await stateOf(dir, pid, temp), await stateOf(linked, pid, temp)], ["running", "running"]);
      }
    });
  });
}
