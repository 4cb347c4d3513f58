import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { parseCapturedProcesses, readProcesses } from "../../src/inspect/processes.ts";

const list = `    PID    PPID                  STARTED COMMAND
      1       0 Fri Nov 20 09:00:01 2026 /sbin/init
    900       1 Fri Nov 20 09:00:05 2026 /usr/sbin/sshd -D
   9100       1 Fri Nov  6 10:09:40 2026 openclaw-gateway
   9200    9100 Fri Nov 20 10:10:00 2026 node /srv/my app/x.js  --flag
   9300    9100 Fri Nov 20 10:10:00 2026 
  not a process
`;

describe("captured processes", () => {
  const localTime = (text: string): number => new Date(text).getTime();

  it("are read with pid, parent, start in the local zone, and arguments", () => {
    const table = parseCapturedProcesses(list);
    assert.equal(table.source, "captured");
    assert.equal(table.incomplete, undefined);
    assert.deepEqual([...table.byPid.keys()], [1, 900, 9100, 9200, 9300]);
    assert.deepEqual(table.byPid.get(9100), {
      pid: 9100,
      ppid: 1,
      argv: ["openclaw-gateway"],
      startedAt: localTime("2026-11-06T10:09:40"),
    });
    assert.deepEqual(table.byPid.get(9200)?.argv, ["node", "/srv/my", "app/x.js", "--flag"]);
  });

  it("tell when the machine was started", () => {
    assert.equal(parseCapturedProcesses(list).bootAt, localTime("2026-11-20T09:00:01"));
  });

  it("are read with CRLF, and without a header", () => {
    const table = parseCapturedProcesses("1 0 Fri Nov 20 09:00:01 2026 /sbin/init\r\n");
    assert.deepEqual(table.byPid.get(1)?.argv, ["/sbin/init"]);
    assert.deepEqual([...parseCapturedProcesses(list.replaceAll("\n", "\r\n")).byPid.keys()].length, 5);
  });

  it("are refused where no line is a process: an empty list would prove that nothing runs", () => {
    for (const text of ["", "\n", "PID PPID STARTED COMMAND\n", "ps: command not found", "1 0 Nov20 init"]) {
      assert.throws(() => parseCapturedProcesses(text), RangeError);
    }
  });
});

describe("processes of this machine", () => {
  const children: ChildProcess[] = [];

  async function start(title: string): Promise<number> {
    const script = `process.title = ${JSON.stringify(title)}; console.log("up"); process.stdin.resume()`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child.pid ?? 0;
  }

  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  it("include ourselves, with our parent, start and arguments", () => {
    const table = readProcesses();
    const own = table.byPid.get(process.pid);
    assert.equal(own?.ppid, process.ppid);
    assert.equal(own?.argv?.[0]?.includes("node"), true);
    const upSince = Date.now() - process.uptime() * 1000;
    assert.ok(Math.abs((own?.startedAt ?? 0) - upSince) < 3_000, `${own?.startedAt} and ${upSince}`);
    assert.equal(table.source, "live");
  });

  // Titles and zombies as Linux shows them in /proc.
  if (process.platform === "linux") {
    it("show a title that a process gave itself, without its padding", async () => {
      const pid = await start("openclaw-gateway");
      assert.deepEqual(readProcesses().byPid.get(pid)?.argv, ["openclaw-gateway"]);
    });

    it("do not include a process that is dead and only waits to be collected", async () => {
      // A shell that never collects its child, which ends at once.
      const shell = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
      children.push(shell);
      const pid = Number(await new Promise((resolve) => shell.stdout?.once("data", (data) => resolve(String(data)))));
      let table = readProcesses();
      // The pipe ends when the child does; after that it is a zombie.
      while (table.byPid.has(pid)) table = readProcesses();
      assert.equal(table.byPid.has(shell.pid ?? 0), true);
    });
  }
});
