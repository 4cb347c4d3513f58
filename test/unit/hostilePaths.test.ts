// Whatever lies at a path, and whatever a path names: nothing waits, nothing outside is taken for evidence, nothing there
// is written, and the rest goes on.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { namesOtherHost } from "../../src/inspect/otherHost.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { provenFindings } from "../../src/repairs.ts";
import {
  type BuiltHome,
  done,
  key,
  lock,
  minute,
  now,
  running,
  scanHome,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";
import { besideWork, goesOn, put, said } from "../hostileHome.ts";
import { benchOf, changedBetween, imagesIn, look, repairFindings, repairProven, repairSeen } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

const ended = trajectory(
  ["session.started", now - 60 * minute],
  ["session.ended", now - 50 * minute, { status: "success" }],
);
const sessions = "agents/main/sessions";

function home(): BuiltHome {
  return besideWork({
    rows: { [key]: running(), "agent:main:cron:job": running({ sessionId: "cron" }) },
    files: {
      [`~/${sessionId}.jsonl`]: transcript(["user", now - 60 * minute]),
      [`~/${sessionId}.trajectory.jsonl`]: ended,
      [`~/${sessionId}.trajectory-path.json`]: "{}",
      [`~/${sessionId}.jsonl.lock`]: lock(),
      "~/sessions.json.lock": lock(),
      "subagents/runs.json": '{"runs": []}',
      "cron/runs/job.jsonl": "{}\n",
    },
  });
}

const places = [
  "openclaw.json",
  "subagents/runs.json",
  "cron/runs/job.jsonl",
  `${sessions}/sessions.json`,
  `${sessions}/${sessionId}.jsonl`,
  `${sessions}/${sessionId}.trajectory.jsonl`,
  `${sessions}/${sessionId}.trajectory-path.json`,
  `${sessions}/${sessionId}.jsonl.lock`,
  `${sessions}/sessions.json.lock`,
  "agents/main/sessions",
  "agents/main",
];

/** What can lie where a file or a directory should. */
const things: Readonly<Record<string, (path: string) => unknown>> = {
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "a directory": (path) => mkdirSync(path),
  "a socket": async (path) => {
    // The path of a socket may have 107 characters.
    const short = join(temporaryDirectory(), "s");
    await new Promise<void>((resolve) => createServer().listen(short, resolve).unref());
    renameSync(short, path);
  },
  "a link to itself": (path) => symlinkSync(basename(path), path),
  "a link to its own directory": (path) => symlinkSync(".", path),
  "a link to the root": (path) => symlinkSync("/", path),
  "a link to nothing": (path) => symlinkSync("/nowhere/at/all", path),
  "a device without end": (path) => symlinkSync("/dev/zero", path),
  "a device that is full": (path) => symlinkSync("/dev/full", path),
  "a terminal": (path) => symlinkSync("/dev/tty", path),
  "a file of the kernel": (path) => symlinkSync("/proc/self/mem", path),
  "a file of the kernel that never ends": (path) => symlinkSync("/proc/kmsg", path),
};

describe("What lies at a path", () => {
  for (const [what, make] of Object.entries(things)) {
    it(`may be ${what}, wherever a file is looked for`, async () => {
      for (const place of places) {
        const built = home();
        const path = join(built.stateDir, place);
        rmSync(path, { recursive: true });
        await make(path);
        const began = Date.now();
        const scan = await scanHome(built);
        goesOn(scan);
        ok(Date.now() - began < 2000, `${place} took ${Date.now() - began} ms`);
        if (place === `${sessions}/sessions.json`) {
          deepEqual(
            said(scan)
              .map(({ code }) => code)
              .filter((code) => !/^STORE-UN(READABLE|PARSABLE)$|LOCK/.test(code)),
            [],
          );
        }
        const [result] = await repairFindings(benchOf(built), ({ findings }) =>
          findings.filter(({ store, repair }) => store.includes("/agents/main/") && repair.kind !== "none"),
        );
        ok(result === undefined || result.applied || result.refused !== undefined);
      }
    }).timeout(20_000);
  }

  it("may become a FIFO between the plan and the repair, which then is refused and does not wait", async () => {
    const built = home();
    const bench = benchOf(built);
    const scan = await look(bench);
    const proven = scan.findings.filter(({ session, code }) => session === key && code === "RUN-FINISHED");
    equal(proven.length, 1);
    rmSync(built.store);
    execFileSync("mkfifo", [built.store]);
    const [result] = await repairSeen(bench, scan, proven);
    match(result?.refused ?? "", /plan anew|The system refused/);
    let code: unknown;
    try {
      nodeFiles.open(built.store, "r");
    } catch (error) {
      code = (error as NodeJS.ErrnoException).code;
    }
    equal(code, "ENXIO");
  });
});

/** A run's end that would prove the row done, if it were believed. */
function outside(directory: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, `${sessionId}.jsonl`),
    transcript(["user", now - 60 * minute], ["assistant", now - 50 * minute, { stopReason: "stop" }]),
  );
  writeFileSync(join(directory, `${sessionId}.trajectory.jsonl`), ended);
  return join(directory, `${sessionId}.jsonl`);
}

describe("A path that a row names", () => {
  const strange: Readonly<Record<string, (built: BuiltHome) => string>> = {
    "up and out": ({ home: base }) => `../../../../${basename(base)}/elsewhere/${sessionId}.jsonl`,
    "up and out of an absolute one": ({ sessionsDir, home: base }) =>
      `${sessionsDir}/../../../../../${basename(base)}/elsewhere/${sessionId}.jsonl`,
    "absolute, elsewhere": ({ home: base }) => join(base, "elsewhere", `${sessionId}.jsonl`),
    "with a tilde": () => `~/elsewhere/${sessionId}.jsonl`,
    "with a variable": () => `$HOME/elsewhere/${sessionId}.jsonl`,
    "of another machine": () => `\\\\server\\share\\agents\\main\\sessions\\${sessionId}.jsonl`,
    "of another machine, with slashes": () => `//server/share/elsewhere/${sessionId}.jsonl`,
    "a device of Windows": () => "\\\\.\\COM1",
    "a name that Windows keeps": () => "NUL",
    "an address": ({ home: base }) => `file://${base}/elsewhere/${sessionId}.jsonl`,
    "a stream of NTFS": () => "sessions.json::$DATA",
  };
  for (const [what, name] of Object.entries(strange)) {
    it(`is no evidence where it leads out of the store: ${what}`, async () => {
      const built = besideWork({ rows: {} });
      const path = outside(join(built.home, "elsewhere"));
      writeFileSync(built.store, JSON.stringify({ [key]: running({ sessionFile: name(built) }) }));
      const before = imagesIn(built.home);
      const scan = await scanHome(built);
      goesOn(scan);
      const [session] = scan.sessions.filter((one) => one.key === key);
      equal(session?.verdict, "interrupted", session?.why);
      deepEqual(
        scan.findings.flatMap(({ evidence }) => evidence).filter((one) => one.path === path),
        [],
      );
      // Nothing proves an end, so nothing is written unasked.
      deepEqual(
        provenFindings(scan).filter((finding) => finding.session === key && finding.repair.kind === "finalize"),
        [],
      );
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
    });
  }

  it("of an agent is none where the configuration names agents by paths", async () => {
    const built = besideWork({
      rows: { [key]: running() },
      config: {
        session: { store: "stores/{agentId}/sessions.json" },
        agents: { list: [{ id: "../../.." }, { id: "/etc" }, { id: "\0" }, { id: "a/../../b" }] },
      },
    });
    goesOn(await scanHome(built));
  });

  it("is asked of no other machine on Windows, unless the store itself lies there", () => {
    const windows = (path: string, store = "C:\\Users\\p\\.openclaw\\agents\\main\\sessions"): boolean =>
      namesOtherHost(path, store, "win32");
    for (const path of [
      "\\\\server\\share\\x.jsonl",
      "//server/share/x.jsonl",
      "\\\\.\\pipe\\x",
      "\\\\?\\UNC\\server\\share\\x",
      "/\\server\\share\\x",
      "\\\\",
    ])
      equal(windows(path), true, path);
    for (const path of ["x.jsonl", "C:\\x.jsonl", "\\x.jsonl", "/x.jsonl", ""]) equal(windows(path), false, path);
    equal(windows("\\\\Server\\share\\agents\\x.jsonl", "//server/share/.openclaw/agents/main/sessions"), false);
    equal(windows("\\\\server\\other\\x.jsonl", "\\\\server\\share\\.openclaw"), true);
    equal(namesOtherHost("//server/share/x.jsonl", "/home/p", "linux"), false);
  });
});

describe("Two names of one thing", () => {
  it("as links of directories give every store once, and end where they loop", async () => {
    const built = home();
    symlinkSync("..", join(built.stateDir, "agents", "loop"));
    symlinkSync(built.stateDir, join(built.stateDir, "agents", "self"));
    symlinkSync("main", join(built.stateDir, "agents", "again"));
    symlinkSync(built.stateDir, join(built.home, ".openclaw-twin"));
    const scan = await scanHome(built);
    goesOn(scan);
    deepEqual(
      scan.stores.map(({ agent }) => agent),
      ["again", "work"],
    );
  });

  it("as hard links of a store are two files after a repair: the other one keeps its bytes", async () => {
    const built = home();
    const twin = join(built.home, "twin.json");
    linkSync(built.store, twin);
    const before = readFileSync(twin, "utf8");
    const results = await repairProven(benchOf(built));
    equal(
      results.some(({ applied, plan }) => applied && plan.store.path === built.store),
      true,
    );
    equal(readFileSync(twin, "utf8"), before);
    equal(JSON.parse(readFileSync(built.store, "utf8"))[key].status, "done");
  });

  it("as names that differ in case only are two agents and two rows", async () => {
    const built = besideWork({ rows: { [key]: done(), [key.toUpperCase()]: running({ sessionId: "other" }) } });
    put(built, "agents/MAIN/sessions/sessions.json", JSON.stringify({ [key]: done({ label: "twin" }) }));
    const scan = await scanHome(built);
    goesOn(scan);
    deepEqual(
      scan.stores.map(({ agent, sessions: count }) => `${agent} ${count}`),
      ["MAIN 1", "main 2", "work 1"],
    );
    deepEqual(
      scan.sessions.filter(({ label }) => label === "twin").map(({ store }) => basename(dirname(dirname(store)))),
      ["MAIN"],
    );
  });
});
