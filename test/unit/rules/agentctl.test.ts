// Each rule about agentctl on the smallest folder that deserves it, and on its innocent neighbours.
import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCapturedProcesses } from "../../../src/inspect/processes.ts";
import type { WriterReport } from "../../../src/model/facts.ts";
import type { Scan } from "../../../src/model/scan.ts";
import { listedIn } from "../../../src/owner/gatewayReport.ts";
import { scan } from "../../../src/scan/scan.ts";
import { type AgentctlSpec, active, agentctlHome, auto, began, claudeId, iso, ps } from "../../agentctlHome.ts";
import { briefly, buildHome, done, key, minute, now, running, sessionId } from "../../homeBuilder.ts";
import { temporaryDirectory } from "../../temporary.ts";

const init = ps(1, now - 30 * 24 * 60 * minute, "/sbin/init");
const claude = (pid: number, startedAt = began): string => ps(pid, startedAt, "claude -p task");
const launched = (pid: number, startedAt: number): Record<string, string> => ({
  [`.claude/agentctl/sessions/${claudeId}.json`]: JSON.stringify({
    sessionId: claudeId,
    pid,
    startTime: ps(pid, startedAt, "").slice(16).trim(),
  }),
});

interface Seen {
  readonly processes?: readonly string[];
  readonly report?: WriterReport;
  /** The processes are those of this machine. */
  readonly here?: boolean;
}

function look(home: string, { processes = [], report, here = false }: Seen = {}): Promise<Scan> {
  const captured = parseCapturedProcesses([init, ...processes].join("\n"));
  return scan({
    where: { homes: [home], stateDirs: [] },
    env: {},
    now,
    capture: { processes: here ? { ...captured, source: "live" } : captured },
    ...(report !== undefined && { report }),
  });
}

async function said(spec: AgentctlSpec, seen?: Seen): Promise<string[]> {
  return briefly((await look(agentctlHome(spec), seen)).findings);
}

function heard(answer: Record<string, unknown>): WriterReport {
  const listed = listedIn(answer);
  return { at: now, running: new Set(), idle: new Set(), counts: "unknown", ...(listed !== undefined && { listed }) };
}

const ghost = "AGENTCTL-GHOST error finalize proven";
const question = "AGENTCTL-GHOST warning finalize ask";
const recycled = "AGENTCTL-PID-RECYCLED error none never";
const stale = "AGENTCTL-LOCK-STALE warning unlock proven";
const asked = "AGENTCTL-LOCK-STALE warning unlock ask";

describe("rules about agentctl's sessions", () => {
  it("calls a row a ghost whose process is gone", async () => {
    deepEqual(await said({ rows: { a: active({ pid: 42 }) } }), [ghost]);
  });

  it("leaves a row alone whose agent lives", async () => {
    deepEqual(await said({ rows: { a: active({ pid: 42 }) } }, { processes: [claude(42)] }), []);
  });

  it("leaves a resumed session alone, whose process is younger than its row", async () => {
    deepEqual(await said({ rows: { a: active({ pid: 42 }) } }, { processes: [claude(42, now - minute)] }), []);
  });

  it("tells another process at the pid by the start that was recorded at launch, even if it has the same name", async () => {
    const spec = { rows: { [claudeId]: active({ pid: 42 }) }, files: launched(42, began) };
    deepEqual(await said(spec, { processes: [claude(42, began + 15_000)] }), [ghost, recycled]);
    deepEqual(await said(spec, { processes: [claude(42, began + 1000)] }), []);
  });

  it("does not take another time zone for another process", async () => {
    const spec = { rows: { [claudeId]: active({ pid: 42 }) }, files: launched(42, began - 2 * 60 * minute) };
    deepEqual(await said(spec, { processes: [claude(42)] }), []);
  });

  it("leaves open who a process of another name is that was there first", async () => {
    const { findings, sessions } = await look(agentctlHome({ rows: { a: active({ pid: 42 }) } }), {
      processes: [ps(42, began - minute, "/opt/wrapper run")],
    });
    deepEqual(findings, []);
    deepEqual(
      sessions.map(({ verdict }) => verdict),
      ["unknown"],
    );
  });

  it("asks about a row without a pid, however old it is", async () => {
    deepEqual(await said({ rows: { a: active({ startedAt: iso(now - 90 * 24 * 60 * minute) }) } }), [question]);
  });

  it("takes the pid from the launch record where the row has none", async () => {
    const spec = { rows: { [claudeId]: active() }, files: launched(42, began) };
    deepEqual(await said(spec), [ghost]);
    deepEqual(await said(spec, { processes: [claude(42)] }), []);
  });

  it("proposes nothing while the daemon runs or may run", async () => {
    const daemon = ps(7, began, "/usr/bin/node /usr/lib/node_modules/agentctl/dist/cli.js daemon start --foreground");
    const home = agentctlHome({ rows: { a: active({ pid: 42 }) }, locks: [auto()] });
    const seen = await look(home, { processes: [daemon] });
    deepEqual(briefly(seen.findings), ["AGENTCTL-GHOST warning none never", "AGENTCTL-LOCK-STALE warning none never"]);
    equal(seen.stores[0]?.writer.pid, 7);
    const viewer = await look(home, { processes: [ps(7, began, "tail -f /home/me/.agentctl/daemon.stdout.log")] });
    equal(viewer.stores[0]?.writer.state, "stopped");
  });

  it("notes a row of a week ago, unless its lock is still to be judged by it", async () => {
    const old = {
      status: "stopped",
      startedAt: iso(now - 9 * 24 * 60 * minute),
      stoppedAt: iso(now - 8 * 24 * 60 * minute),
    };
    deepEqual(await said({ rows: { a: active(old) } }), ["AGENTCTL-OLD info prune ask"]);
    deepEqual(await said({ rows: { a: active(old) }, locks: [auto({ sessionId: "a" })] }), [
      "AGENTCTL-OLD info none never",
      stale,
    ]);
    deepEqual(await said({ rows: { a: active({ ...old, stoppedAt: iso(now - 6 * 24 * 60 * minute) }) } }), []);
  });

  it("says of a pending row that its process lives, and which stopped row may be the same run", async () => {
    const rows = { "pending-42": active(), [claudeId]: active({ status: "stopped", startedAt: iso(began + 5000) }) };
    const { findings } = await look(agentctlHome({ rows }), { processes: [claude(42)] });
    deepEqual(briefly(findings), ["AGENTCTL-PENDING info none never"]);
    match(findings[0]?.message ?? "", new RegExp(`${claudeId}, which says stopped, may be the same run`));
    deepEqual(await said({ rows: { "pending-42": active() } }), [ghost]);
  });

  it("warns of a process that a start would end by the pid file", async () => {
    const spec = { files: { ".agentctl/agentctl.pid": "77" } };
    deepEqual(await said(spec, { processes: [ps(77, began, "/usr/bin/postgres")] }), [recycled]);
    deepEqual(await said(spec), []);
  });
});

describe("rules about rows that mirror OpenClaw", () => {
  const mirrored = { [sessionId]: active({ adapter: "openclaw", cwd: undefined, meta: { key } }) };
  const gone = { "33333333-aaaa": active({ adapter: "openclaw", cwd: undefined, meta: { key: "agent:main:gone" } }) };

  it("believes a whole list of the gateway, and no partial one", async () => {
    const whole = { sessions: [{ key, sessionId }] };
    deepEqual(await said({ rows: { ...mirrored, ...gone } }, { report: heard(whole) }), [ghost]);
    deepEqual(await said({ rows: gone }, { report: heard({ ...whole, hasMore: true }) }), [question]);
    deepEqual(await said({ rows: gone }, { report: heard({ ...whole, totalCount: 2 }) }), [question]);
    deepEqual(await said({ rows: gone }, { report: heard({ error: "unreachable" }) }), [question]);
  });

  it("asks where the conversation goes on under another session id", async () => {
    const report = heard({ sessions: [{ key, sessionId: "another" }] });
    deepEqual(await said({ rows: mirrored }, { report }), [question]);
  });

  it("believes the stores beside it once they know one of its rows", async () => {
    const { home } = buildHome({ rows: { [key]: done() } });
    agentctlHome({ rows: { ...mirrored, ...gone }, home });
    const { findings, sessions } = await look(home);
    const ofAgentctl = findings.filter(({ store }) => store.endsWith("state.json"));
    deepEqual(briefly(ofAgentctl), ["CROSS-SPLIT warning finalize ask", ghost]);
    match(ofAgentctl[0]?.message ?? "", /agentctl: running · OpenClaw: done 2026-11-21/);
    const claimed = sessions.map(({ store, proof }) => [store.endsWith("state.json"), proof.map(({ text }) => text)]);
    match(String(claimed.find(([isAgentctl]) => isAgentctl)?.[1]), /OpenClaw, agent:main:main: done 2026-11-21/);
    match(String(claimed.find(([isAgentctl]) => !isAgentctl)?.[1]), /agentctl says running\./);
    deepEqual(ofAgentctl[0]?.repair.set, { status: "stopped", stoppedAt: iso(now - 60 * minute) });
    agentctlHome({ rows: gone, home });
    deepEqual(briefly((await look(home)).findings).at(-1), question);
  });

  it("does not believe them where a database that holds sessions was not read", async () => {
    const { home } = buildHome({
      rows: { [key]: running() },
      files: { "agents/work/agent/openclaw-agent.sqlite": "" },
    });
    agentctlHome({ rows: { ...mirrored, ...gone }, home });
    const ofAgentctl = (await look(home)).findings.filter(({ store }) => store.endsWith("state.json"));
    deepEqual(briefly(ofAgentctl).at(-1), question);
  });
});

describe("rules about directory locks", () => {
  const stopped = { [claudeId]: active({ status: "stopped" }) };

  it("finds the lock of a session that stopped, and asks while an agent lives that nothing accounts for", async () => {
    deepEqual(await said({ rows: stopped, locks: [auto()] }), [stale]);
    deepEqual(await said({ rows: stopped, locks: [auto()] }, { processes: [claude(99)] }), [asked]);
    const accounted = { ...stopped, other: active({ pid: 99, cwd: "/code/two" }) };
    deepEqual(await said({ rows: accounted, locks: [auto()] }, { processes: [claude(99)] }), [stale]);
  });

  it("asks where another agent works in the same directory, and leaves its own lock alone", async () => {
    const rows = { ...stopped, other: active({ pid: 99 }) };
    const locks = [auto(), auto({ sessionId: "other", pid: 99 })];
    const { findings, locks: shown } = await look(agentctlHome({ rows, locks }), { processes: [claude(99)] });
    deepEqual(
      findings.map(({ lock, repair }) => [lock, repair.class]),
      [["/code/one#0", "ask"]],
    );
    deepEqual(
      shown.map(({ path, verdict }) => [path, verdict]),
      [
        ["/code/one#0", "stale"],
        ["/code/one#1", "held"],
      ],
    );
  });

  it("never calls a lock stale by its age", async () => {
    const old = iso(now - 60 * 24 * 60 * minute);
    const processes = [ps(1, now - 90 * 24 * 60 * minute, "/sbin/init"), claude(42, now - 60 * 24 * 60 * minute)];
    deepEqual(await said({ locks: [auto({ pid: 42, lockedAt: old })] }, { processes }), []);
    deepEqual(await said({ locks: [{ directory: "/work", type: "manual", lockedBy: "me", lockedAt: old }] }), []);
  });

  it("asks about a lock whose session is not known at all", async () => {
    deepEqual(await said({ locks: [auto()] }), [asked]);
  });

  it("keeps the lock of a pending session whose row is gone while its process lives", async () => {
    const locks = [auto({ sessionId: "pending-42" })];
    deepEqual(await said({ locks }, { processes: [claude(42)] }), ["AGENTCTL-PENDING info none never"]);
    deepEqual(await said({ locks }), [stale]);
  });

  it("tells a process that started after the lock was taken", async () => {
    const locks = [auto({ pid: 42 })];
    deepEqual(await said({ locks }, { processes: [claude(42, began - 6000)] }), []);
    deepEqual(await said({ locks }, { processes: [claude(42, began + 20_000)] }), [stale]);
  });

  it("offers the release of a manual lock whose directory is gone, and looks for directories of this machine only", async () => {
    const here = temporaryDirectory();
    mkdirSync(join(here, "there"));
    const manual = (directory: string): Record<string, string> => ({ directory, type: "manual", lockedBy: "bob" });
    const locks = [manual(join(here, "there")), manual(join(here, "gone")), manual("/nowhere/at/all")];
    const home = agentctlHome({ locks });
    const gone = (seen: Scan): (string | undefined)[] =>
      seen.findings.filter(({ code }) => code === "AGENTCTL-LOCK-GONE").map(({ lock }) => lock);
    const captured = await look(home);
    deepEqual(gone(captured), [`${join(here, "gone")}#1`]);
    deepEqual(briefly(captured.findings), ["AGENTCTL-LOCK-GONE info unlock ask"]);
  });

  it("says another proposal once the element is another", async () => {
    const home = agentctlHome({ locks: [auto({ pid: 42 })] });
    const [first] = (await look(home)).findings;
    agentctlHome({ locks: [auto({ pid: 43 })], home });
    const [second] = (await look(home)).findings;
    equal(first?.lock, second?.lock);
    equal(first?.id === second?.id, false);
  });
});

describe("what agentctl's files may hold", () => {
  it("is not trusted: any shape is shown or passed over", async () => {
    const rows = {
      __proto__x: active({ pid: -1, status: 5 }),
      "../../etc/passwd": active({ pid: "42" }),
      "pending-99999999999999": active(),
    };
    const home = agentctlHome({ rows, locks: [null, 7, "x", { type: "auto" }, { directory: 5 }], fuses: [null, {}] });
    const seen = await look(home);
    deepEqual(
      seen.sessions.map(({ key: id }) => id),
      Object.keys(rows),
    );
    deepEqual(
      seen.locks.map(({ path }) => path),
      ["#3", "#4"],
    );
  });

  it("says which file does not parse, and keeps the rest", async () => {
    const home = agentctlHome({ rows: { a: active({ pid: 42 }) }, files: { ".agentctl/locks.json": '{"a": 1}' } });
    const { findings, stores } = await look(home);
    deepEqual(briefly(findings), ["STORE-UNPARSABLE error none never", ghost]);
    match(findings[0]?.message ?? "", /agentctl \(locks\.json\).*it is no list/);
    deepEqual(
      stores.map(({ problem, permission }) => [problem, permission.answer]),
      [["STORE-UNPARSABLE", "no"]],
    );
    writeFileSync(join(home, ".agentctl", "state.json"), '{"sessions": {"a"');
    const torn = await look(home);
    deepEqual(briefly(torn.findings), ["STORE-UNPARSABLE error none never", "STORE-UNPARSABLE error none never"]);
  });

  it("is where it was named, whatever lies in the home", async () => {
    const home = agentctlHome({ rows: { a: active({ pid: 42 }) } });
    const processes = parseCapturedProcesses(init);
    const where = { homes: [], stateDirs: [], agentctlDirs: [join(home, ".agentctl")] };
    const seen = await scan({ where, env: {}, now, capture: { processes } });
    deepEqual(
      seen.stateDirs.map(({ path, program }) => [path, program]),
      [[join(home, ".agentctl"), "daemon"]],
    );
    deepEqual(briefly(seen.findings), [ghost]);
  });
});
