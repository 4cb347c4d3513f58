// When a session of claude-mem is called a ghost, and when it is not.
import { deepEqual, equal, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseCapturedProcesses } from "../../../src/inspect/processes.ts";
import type { Scan } from "../../../src/model/scan.ts";
import { findWorker } from "../../../src/owner/claudeMemWorker.ts";
import { scan } from "../../../src/scan/scan.ts";
import { agentctlHome, active as agentctlRow, ps } from "../../agentctlHome.ts";
import { claudeMemHome, hour, type MemorySpec } from "../../claudeMemHome.ts";
import { briefly, buildHome, done, key, minute, now, running } from "../../homeBuilder.ts";

const init = ps(1, now - 900 * hour, "/sbin/init");
const id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const openclaw = (ms: number): string => `openclaw-${key}-${ms}`;
const claude = ps(50, now - hour, "claude -p something");
const asked = "MEM-GHOST warning finalize ask";
const proven = "MEM-GHOST warning finalize proven";

function look(home: string, ...processes: readonly string[]): Promise<Scan> {
  const captured = parseCapturedProcesses([init, ...processes].join("\n"));
  return scan({ where: { homes: [home], stateDirs: [] }, env: {}, now, capture: { processes: captured } });
}

async function said(spec: MemorySpec, ...processes: readonly string[]): Promise<string[]> {
  const { findings } = await look(claudeMemHome(spec), ...processes);
  return briefly(findings);
}

describe("rules about claude-mem's sessions", () => {
  it("asks about one of which neither worker nor any agent is left, however short ago it was", async () => {
    deepEqual(await said({ rows: [{ content_session_id: id }], prompts: { 1: now - minute } }), [asked]);
  });

  it("waits for hours of silence while some agent runs that may be its own", async () => {
    const rows = [{ content_session_id: id }];
    deepEqual(await said({ rows, prompts: { 1: now - 2 * hour } }, claude), []);
    deepEqual(await said({ rows, prompts: { 1: now - 3.2 * hour } }, claude), [asked]);
  });

  it("leaves one alone that a living process was started with, whatever its silence", async () => {
    const resumed = ps(51, now - 30 * hour, `claude --resume ${id}`);
    const home = claudeMemHome({ rows: [{ content_session_id: id, started_at_epoch: now - 30 * hour }] });
    const { findings, sessions } = await look(home, resumed);
    deepEqual(findings, []);
    deepEqual(
      sessions.map(({ verdict }) => verdict),
      ["active"],
    );
  });

  it("reads the schema of v10, which knows no platform", async () => {
    deepEqual(await said({ rows: [{ content_session_id: id }], schema: 23 }), [asked]);
  });

  it("shows a schema that it does not know, and proposes nothing there", async () => {
    const home = claudeMemHome({ rows: [{ content_session_id: id }], schema: 50 });
    deepEqual(briefly((await look(home)).findings), ["MEM-SCHEMA info none never", "MEM-GHOST warning none never"]);
  });

  it("leaves rows alone that say how they ended, and messages that wait to a person", async () => {
    deepEqual(await said({ rows: [{ content_session_id: id, status: "failed" }] }), []);
    const home = claudeMemHome({ rows: [{ content_session_id: id }], waiting: [1] });
    const [found] = (await look(home)).findings;
    match(found?.repair.why ?? "", /1 message of it waits to be processed/);
  });

  it("knows by OpenClaw's row that the session is over, and says what each store claims", async () => {
    const { home } = buildHome({ rows: { [key]: done({ endedAt: now - 3 * hour }) } });
    claudeMemHome({ rows: [{ content_session_id: openclaw(now), platform_source: "openclaw" }], home });
    const seen = await look(home);
    const findings = seen.findings.filter(({ store }) => store.endsWith(".db"));
    deepEqual(briefly(findings), [proven, "CROSS-SPLIT warning none never"]);
    const ofOpenclaw = seen.sessions.find(({ store }) => !store.endsWith(".db"));
    match(ofOpenclaw?.proof.at(-1)?.text ?? "", /claude-mem says active\./);
    match(findings[1]?.message ?? "", /claude-mem: active · OpenClaw: done 2026-11-21/);
  });

  it("leaves one open that did something after OpenClaw's row had ended", async () => {
    const { home } = buildHome({ rows: { [key]: done({ endedAt: now - 3 * hour, updatedAt: now - 3 * hour }) } });
    claudeMemHome({
      rows: [{ content_session_id: openclaw(now), platform_source: "openclaw" }],
      prompts: { 1: now - minute },
      home,
    });
    deepEqual(
      (await look(home)).findings.filter(({ store }) => store.endsWith(".db")),
      [],
    );
  });

  it("calls it failed where agentctl's process of the same session is gone", async () => {
    const home = agentctlHome({
      rows: { [id]: agentctlRow({ pid: 42, startedAt: new Date(now - 3 * hour).toISOString() }) },
    });
    claudeMemHome({ rows: [{ content_session_id: id }], home });
    const [found, split] = (await look(home, claude)).findings.filter(({ store }) => store.endsWith(".db"));
    deepEqual([found?.code, found?.repair.class, found?.repair.set?.["status"]], ["MEM-GHOST", "proven", "failed"]);
    match(split?.message ?? "", /claude-mem: active · agentctl: running, which is interrupted/);
    const living = await look(home, ps(42, now - 3 * hour - minute, "claude -p"));
    deepEqual(living.findings, []);
  });

  it("asks about a conversation that went on in a newer row, and leaves the newer one alone", async () => {
    const { home } = buildHome({ rows: { [key]: running() } });
    const rows = [1, 2].map((n) => ({
      content_session_id: openclaw(n),
      platform_source: "openclaw",
      started_at_epoch: now - 10 * hour + n * hour,
    }));
    claudeMemHome({ rows, prompts: { 2: now - minute }, home });
    const seen = await look(home, ps(9100, now - 24 * hour, "openclaw-gateway"));
    const findings = seen.findings.filter(({ store }) => store.endsWith(".db"));
    deepEqual(
      findings.map(({ session }) => session),
      [openclaw(1)],
    );
    deepEqual(briefly(findings), [asked]);
  });

  it("keeps apart two rows of one id on two platforms", async () => {
    const rows = ["claude", "codex"].map((platform_source) => ({ content_session_id: id, platform_source }));
    const { sessions } = await look(claudeMemHome({ rows }));
    deepEqual(
      sessions.map(({ key: name, sessionId }) => [name, sessionId]),
      [
        [id, id],
        [`${id}#2`, id],
      ],
    );
  });

  it("names the rows of one project so that they can be told from each other", async () => {
    const rows = ["one", "two"].map((content_session_id) => ({ content_session_id }));
    const { sessions } = await look(claudeMemHome({ rows }));
    deepEqual(
      sessions.map(({ label }) => label),
      ["claude · proj #1", "claude · proj #2"],
    );
  });

  it("says that a database cannot be read where it is none", async () => {
    const home = claudeMemHome({ rows: [] });
    writeFileSync(join(home, ".claude-mem", "claude-mem.db"), "no database at all, but long enough to be looked at");
    const { findings, stores } = await look(home);
    deepEqual(briefly(findings), ["STORE-UNREADABLE error none never"]);
    deepEqual(
      stores.map(({ problem }) => problem),
      ["STORE-UNREADABLE"],
    );
  });
});

describe("claude-mem's worker", () => {
  const table = (...lines: readonly string[]) => parseCapturedProcesses([init, ...lines].join("\n"));
  const pidFile = (home: string, file: unknown): string => {
    writeFileSync(join(home, ".claude-mem", "worker.pid"), JSON.stringify(file));
    return join(home, ".claude-mem");
  };

  it("is told by the start that its pid file names", async () => {
    const home = claudeMemHome({ rows: [] });
    const folder = pidFile(home, { pid: 60, port: 1, startedAt: new Date(now).toISOString(), startToken: "777" });
    const seen = table(ps(60, now, "bun /opt/claude-mem/worker-service.cjs --daemon"));
    const process60 = seen.byPid.get(60);
    const withTicks = (startTicks: number) => ({
      ...seen,
      byPid: new Map([
        [60, { pid: 60, argv: ["node", "x.js"], ...(process60?.startedAt && { startedAt: now }), startTicks }],
      ]),
    });
    equal((await findWorker(folder, withTicks(777), [])).pid, 60);
    equal((await findWorker(folder, withTicks(999), [])).state, "stopped");
    equal((await findWorker(folder, seen, [])).state, "running");
    equal((await findWorker(folder, table(ps(60, now + hour, "sleep 9")), [])).state, "stopped");
    equal((await findWorker(folder, table(ps(60, now - hour, "node something.js")), [])).state, "unknown");
  });

  it("runs where its port answers as a worker does, and only there", async () => {
    const home = claudeMemHome({ rows: [] });
    const asked: (string | undefined)[] = [];
    let answer = '{"status":"ok","pid":5,"version":"13"}';
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const folder = pidFile(home, { pid: 60, port });
    const live = { ...table(), source: "live" as const };
    equal((await findWorker(folder, live, [])).state, "running");
    answer = '{"hello":1}';
    equal((await findWorker(folder, live, [])).state, "stopped");
    deepEqual(asked, ["/api/health", "/api/health"]);
    server.close();
  });
});
