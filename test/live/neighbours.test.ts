// What was repaired of agentctl's files and of claude-mem's database, given to the genuine programs: they take it, keep it,
// and end nobody for it.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { scan } from "../../src/scan/scan.ts";
import { rowsOf } from "../claudeMemHome.ts";
import { type AgentctlCase, scanAgentctl, unpackAgentctl } from "../fixtures/agentctl.ts";
import { capturedAt, unpackClaudeMem } from "../fixtures/claudeMem.ts";
import { type Bench, onlyInit, repairFindings, repairProven } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";
import { canUnshare, ensureAgentctl, ensureClaudeMem, inNamespace } from "./neighbourPrograms.mjs";

type Rows = Record<string, Record<string, unknown>>;

function benchOf(home: string, input: Bench["context"]["input"]): Bench {
  return { home, context: { input, folder: stateFolder({}, join(temporaryDirectory(), "inspector")) } };
}

function rowsIn(home: string): Rows {
  return JSON.parse(readFileSync(join(home, ".agentctl", "state.json"), "utf8")).sessions;
}

const locksIn = (home: string): unknown[] => JSON.parse(readFileSync(join(home, ".agentctl", "locks.json"), "utf8"));
const tried = canUnshare();

describe("agentctl's own daemon", () => {
  for (const [version, name] of [
    ["1.3.0", "old-v1.3.0-dead-daemon"],
    ["1.3.0", "scale-394-79-dead-daemon"],
    ["head", "mid-v1.8.0-dead-daemon"],
    ["head", "head-dead-daemon-pid-recycled"],
    ["head", "scale-394-79-dead-daemon"],
  ] as const) {
    const test = (): void | Promise<void> => accepts(version, name);
    if (tried) it(`of ${version} takes what was repaired of ${name}, and keeps it`, test);
    else it(`of ${version} takes what was repaired of ${name}, and keeps it`);
  }

  async function accepts(version: "1.3.0" | "head", name: string): Promise<void> {
    const unpacked = unpackAgentctl(name);
    const before = rowsIn(unpacked.home);
    const results = await repairProven(benchOf(unpacked.home, unpacked.input));
    ok(results.length > 0 && results.every(({ applied }) => applied));
    const [repaired, locks] = [rowsIn(unpacked.home), locksIn(unpacked.home)];
    const ours = Object.keys(repaired).filter((id) => repaired[id]?.["status"] !== before[id]?.["status"]);
    ok(ours.length > 0);
    const said = inNamespace({ what: "agentctl", script: ensureAgentctl(version), home: unpacked.home });
    const left = rowsIn(unpacked.home);
    for (const id of ours) {
      // Up to 1.3.0 a start takes rows out that ended over a week ago.
      const isDropped = version === "1.3.0" && left[id] === undefined;
      if (isDropped) ok(Date.now() - Date.parse(String(repaired[id]?.["stoppedAt"])) > 7 * 86_400_000, id);
      else deepEqual(left[id], repaired[id]);
    }
    // What lived where it was captured does not live here: such locks it may release itself.
    const known = new Set(locks.map((lock) => JSON.stringify(lock)));
    for (const lock of said.locks) ok(known.has(JSON.stringify(lock)), JSON.stringify(lock));
    if (name.startsWith("scale")) deepEqual([ours.length, said.locks, locksIn(unpacked.home)], [390, [], []]);
  }

  /** The captured folder, of agents that had not said a word yet: such rows it takes for stuck. */
  function silent(): AgentctlCase {
    const unpacked = unpackAgentctl("head-dead-daemon-pid-recycled");
    rmSync(join(unpacked.home, ".claude", "projects"), { recursive: true });
    return unpacked;
  }

  const bystander = 443;
  const title = "of head ends a process at a recycled pid, and not where its row was finalized before";
  if (!tried) it(title);
  else
    it(title, async () => {
      const order = { what: "agentctl", script: ensureAgentctl("head"), bystander };
      const asItWas = silent();
      const warned = (await scanAgentctl(asItWas)).findings.filter(({ code }) => code === "AGENTCTL-PID-RECYCLED");
      match(warned[0]?.message ?? "", /pid 443, which is another process now/);
      equal(inNamespace({ ...order, home: asItWas.home }).bystanderLives, false);
      const repaired = silent();
      await repairProven(benchOf(repaired.home, repaired.input));
      equal(inNamespace({ ...order, home: repaired.home }).bystanderLives, true);
    });
});

describe("claude-mem's own worker", () => {
  const title = "starts on the database that was repaired, goes on with a session, and leaves it finalized";
  if (!tried) it(title);
  else
    it(title, async () => {
      const home = unpackClaudeMem();
      const processes = parseCapturedProcesses(onlyInit);
      const input = { where: { homes: [home], stateDirs: [] }, env: {}, now: capturedAt, capture: { processes } };
      const results = await repairFindings(benchOf(home, input), ({ findings }) =>
        findings
          .filter(({ code }) => code === "MEM-GHOST")
          .map((finding, i) => ({ finding, status: i === 0 ? "completed" : "failed" })),
      );
      deepEqual(
        results.map(({ applied }) => applied),
        [true],
      );
      const path = join(home, ".claude-mem", "claude-mem.db");
      const repaired = rowsOf(path);
      const session = String(repaired["sdk_sessions"]?.[0]?.["content_session_id"]);
      const said = inNamespace({ what: "claude-mem", ...ensureClaudeMem(), home, session });
      deepEqual([said.status, said.version, said.accepted], ["ok", "13.15.3", 200], said.said);
      const after = rowsOf(path);
      const ends = (rows: typeof repaired): unknown[] =>
        (rows["sdk_sessions"] ?? []).map(({ id, status, completed_at, completed_at_epoch }) => [
          id,
          status,
          completed_at,
          completed_at_epoch,
        ]);
      deepEqual(ends(after), ends(repaired));
      deepEqual(after["observations"], repaired["observations"]);
      equal(after["user_prompts"]?.length, (repaired["user_prompts"]?.length ?? 0) + 1, "its prompt was taken");
    });

  const beside = "goes on with a session that was finalized beside it";
  if (!tried) it(beside);
  else
    it(beside, async () => {
      const home = unpackClaudeMem();
      const processes = parseCapturedProcesses(onlyInit);
      const where = { homes: [home], stateDirs: [] };
      const { findings } = await scan({ where, env: {}, now: capturedAt, capture: { processes } });
      const ghost = findings.find(({ code }) => code === "MEM-GHOST");
      ok(ghost);
      const path = join(home, ".claude-mem", "claude-mem.db");
      const sessionsIn = (): Record<string, unknown>[] => [...(rowsOf(path)["sdk_sessions"] ?? [])];
      const completed = (): Record<string, unknown>[] => sessionsIn().filter(({ status }) => status === "completed");
      const [first] = sessionsIn();
      const before = completed().length;
      const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");
      const repair = ["repair", "--home", home, "--finding", ghost.id, "--set", "status=completed"];
      const said = inNamespace({
        what: "claude-mem",
        ...ensureClaudeMem(),
        home,
        session: String(first?.["content_session_id"]),
        beside: [
          "--disable-warning=ExperimentalWarning",
          cli,
          ...repair,
          "--backup-dir",
          temporaryDirectory(),
          "--json",
        ],
      });
      const { receipts } = JSON.parse(said.beside);
      deepEqual(
        receipts.map(({ applied }: { applied: boolean }) => applied),
        [true],
        said.beside,
      );
      equal(said.accepted, 200, said.said);
      equal(completed().length, before + 1);
      ok(completed().every((row) => row["completed_at"] !== null && row["completed_at_epoch"] !== null));
    });
});
