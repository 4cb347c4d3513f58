// Whether agentctl's daemon runs, told by its socket (facts 1.8).
import { deepEqual, equal, match } from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProcessTable, parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { findDaemon, isDaemon } from "../../src/owner/agentctlDaemon.ts";
import { began, ps } from "../agentctlHome.ts";

const init = ps(1, began, "/sbin/init");

function table(...lines: readonly string[]): ProcessTable {
  return { ...parseCapturedProcesses([init, ...lines].join("\n")), source: "live" };
}

describe("agentctl's daemon", () => {
  let directory: string;
  let server: Server | undefined;
  let asked: string[];

  beforeEach(() => {
    // Short: the system cuts the paths of sockets.
    directory = mkdtempSync(join(tmpdir(), "ac-"));
    asked = [];
  });
  afterEach(async () => {
    if (server !== undefined) {
      server.close();
      await once(server, "close");
      server = undefined;
    }
    rmSync(directory, { recursive: true });
  });

  async function listen(onLine: (socket: Socket, line: string) => void): Promise<void> {
    server = createServer((socket) => {
      socket.setEncoding("utf8").on("data", (line: string) => {
        asked.push(line);
        onLine(socket, line);
      });
      socket.on("error", () => {});
    });
    server.listen(join(directory, "agentctl.sock"));
    await once(server, "listening");
  }

  it("runs where it answers, and is asked nothing but its status", async () => {
    await listen((socket) => socket.write('{"id":"1","result":{"pid":4711,"uptime":5}}\n'));
    const { state, pid } = await findDaemon(directory, table());
    deepEqual([state, pid], ["running", 4711]);
    deepEqual(asked, ['{"id":"1","method":"daemon.status","params":{}}\n']);
  });

  it("runs where something takes the connection and says nothing, or nonsense", async () => {
    await listen((socket) => socket.end());
    equal((await findDaemon(directory, table())).state, "running");
  });

  it("runs where the answer is no JSON", async () => {
    await listen((socket) => socket.write("garbage\n"));
    const { state, pid } = await findDaemon(directory, table());
    deepEqual([state, pid], ["running", undefined]);
  });

  it("is stopped where nobody listens, whatever files it left", async () => {
    writeFileSync(join(directory, "agentctl.pid"), "1");
    equal((await findDaemon(directory, table())).state, "stopped");
  });

  it("may run where its socket is gone but a daemon is among the processes", async () => {
    const { state, why } = await findDaemon(directory, table(ps(7, began, "agentctl daemon start --foreground")));
    equal(state, "running");
    match(why, /process 7/);
  });

  it("is not known where the socket cannot be asked", async () => {
    writeFileSync(join(directory, "agentctl.sock"), "");
    equal((await findDaemon(join(directory, "x".repeat(120)), table())).state, "unknown");
  });

  it("is told from what only has its words in the command line", () => {
    const named = (...argv: readonly string[]): boolean => isDaemon({ argv });
    equal(named("/usr/bin/node", "/opt/agentctl/dist/cli.js", "daemon", "start"), true);
    equal(named("agentctl", "daemon", "start"), true);
    equal(named("tail", "-f", "/home/me/.agentctl/daemon.stdout.log"), false);
    equal(named("grep", "agentctl", "daemon"), false);
    equal(named("/usr/bin/node", "/opt/other/cli.js", "daemon"), false);
    equal(named("agentctl", "list"), false);
  });
});
