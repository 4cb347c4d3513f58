// Repairs of every kind and their undos, made ready to be struck at any point. A new kind of repair is one more line of
// `stages`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Finding } from "../../src/model/finding.ts";
import { planChoices, planPruning } from "../../src/repairs.ts";
import { scan } from "../../src/scan/scan.ts";
import { active, agentctlHome, auto } from "../agentctlHome.ts";
import { claudeMemHome } from "../claudeMemHome.ts";
import { buildDatabaseHome, killedWhileWriting, type SessionSpec } from "../databaseBuilder.ts";
import { unpackCase } from "../fixtures/unpack.ts";
import {
  type BuiltHome,
  buildHome,
  done,
  key,
  lock,
  minute,
  now,
  running,
  sessionId,
  trajectory,
  transcript,
} from "../homeBuilder.ts";
import { type Bench, type BenchSpec, benchOf, newestReceipt } from "../repairing.ts";
import { isLong } from "./extent.ts";
import { type Disk, disks } from "./faults.ts";
import { perform, type Task } from "./task.ts";

export interface Scene {
  readonly store: string;
  readonly bench: Bench;
  readonly disk: Disk;
  readonly task: Task;
}

export type Stage = () => Promise<Scene>;

const day = 24 * 60 * minute;
const said = transcript(["user", now - 61 * minute], ["assistant", now - 60 * minute, { stopReason: "stop" }]);
const second = "aaaaaaaa-2222-4333-8444-555555555555";
export const other = "agent:main:direct:x";

const records = trajectory(
  ["session.started", now - 60 * minute],
  ["session.ended", now - 50 * minute, { status: "success" }],
);

function sick(version: string): BuiltHome {
  return buildHome({
    version,
    rows: { [key]: running(), [other]: { sessionId: second, n: 1.5 } },
    files: {
      [`~/${sessionId}.trajectory.jsonl`]: records,
      [`~/${sessionId}.jsonl`]: said,
      [`~/${sessionId}.jsonl.lock`]: lock(),
    },
  });
}

/** Ended, and its row does not say when. */
function endless(): BuiltHome {
  const { endedAt: _missing, ...row } = done();
  return buildHome({
    rows: { [key]: row, [other]: { sessionId: second } },
    files: { [`~/${sessionId}.trajectory.jsonl`]: records, [`~/${sessionId}.jsonl`]: said },
  });
}

function locked(): BuiltHome {
  return buildHome({
    rows: { [key]: done() },
    files: { [`~/${sessionId}.jsonl`]: said, [`~/${sessionId}.jsonl.lock`]: lock() },
  });
}

function old(): BuiltHome {
  const ended = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day };
  const files = {
    [`~/${second}.jsonl`]: said,
    [`~/${second}.trajectory.jsonl`]: "{}\n",
    [`~/${sessionId}.jsonl`]: said,
  };
  return buildHome({
    rows: { [other]: done({ ...ended, sessionId: second }), [key]: done() },
    files,
    ages: Object.fromEntries(Object.keys(files).map((name) => [name, 40 * day])),
  });
}

function archived(): BuiltHome {
  return buildHome({
    rows: { [key]: done() },
    files: {
      [`~/${sessionId}.jsonl.deleted.2026-11-20T10-00-00.000Z`]: said,
      [`~/${sessionId}.trajectory.jsonl`]: "{}\n",
    },
  });
}

/** As a killed gateway leaves a database, with all of it in its log: two rows of runs that were cut short. */
function killed(): BuiltHome {
  const cut: SessionSpec = { entry: running({ lifecycleRunId: "r" }), events: [["user", now - 60 * minute]] };
  const built = buildDatabaseHome({
    sessions: { [key]: cut, [other]: { ...cut, entry: running({ sessionId: second, archivedAt: now - day }) } },
    sql: "UPDATE session_nodes SET entry_valid = 1",
    withoutState: true,
  });
  killedWhileWriting(built.store, (database) => database.exec("UPDATE session_nodes SET last_read_at = 1"));
  return built;
}

const offersRepair = ({ repair }: Finding): boolean => repair.kind !== "none";

function untidy(): BuiltHome {
  const ages = {
    "~/sessions.json.0f1e.tmp": 2 * day,
    "~/.fs-safe-replace.7.0f1e.tmp": 3 * day,
    "~/gone.trajectory.jsonl": 40 * day,
    [`~/${sessionId}.checkpoint.c1.jsonl`]: 40 * day,
  };
  const files = Object.fromEntries(Object.keys(ages).map((name) => [name, said]));
  return buildHome({ rows: { [key]: done() }, files: { ...files, [`~/${sessionId}.jsonl`]: said }, ages });
}

function open(): BuiltHome {
  return buildHome({ rows: { [key]: done() }, files: { [`~/${sessionId}.jsonl`]: said }, mode: 0o644 });
}

function agentctl(): { home: string } {
  const rows = { a: active({ pid: 42 }), b: active({ pid: 43 }), c: active({ status: "completed" }) };
  const locks = [
    auto({ pid: 42 }),
    { directory: "/code/mine", type: "manual" },
    auto({ pid: 43, directory: "/code/b" }),
  ];
  return { home: agentctlHome({ rows, locks }) };
}

function claudeMem(): { home: string } {
  const rows = [second, sessionId, key].map((id) => ({ content_session_id: id }));
  return { home: claudeMemHome({ rows, prompts: { 1: now - 200 * minute } }) };
}

function repairing({ home }: { home: string }, disk: Disk = "usual", spec: BenchSpec = {}): Promise<Scene> {
  return repairingOn(benchOf({ home }, spec), disk);
}

/** Everything that one store offers. */
async function repairingOn(bench: Bench, disk: Disk): Promise<Scene> {
  const seen = await scan(bench.context.input);
  const first = seen.findings.find(offersRepair)?.store;
  const chosen = seen.findings.filter((finding) => finding.store === first && offersRepair(finding));
  const choices = chosen.map((finding) => ({ finding }));
  const { plans } = planChoices(seen, choices, bench.context);
  return { store: plans[0]?.store.path ?? "", bench, disk, task: { do: "repair", seen, plans } };
}

/** As a genuine gateway of 2026.4.2 left it that was killed: several rows and several locks. */
function captured(): Promise<Scene> {
  const { home, now: at, processesFile } = unpackCase("2026.4.2-sigkill-not-restarted");
  const processes = readFileSync(processesFile, "utf8").replace(/^.*openclaw.*\n/gm, "");
  const bench = benchOf({ home }, { now: at });
  const capture = { processes: parseCapturedProcesses(processes) };
  const input = { ...bench.context.input, capture };
  return repairingOn({ ...bench, context: { ...bench.context, input } }, "usual");
}

function endedInDatabase(): BuiltHome {
  const ended = { startedAt: now - 41 * day, endedAt: now - 40 * day, updatedAt: now - 40 * day };
  return buildDatabaseHome({
    sessions: { [other]: { entry: done({ ...ended, sessionId: second }) }, [key]: { entry: done() } },
    sql: "UPDATE session_nodes SET entry_valid = 1",
    withoutState: true,
  });
}

async function pruning(built: BuiltHome, disk: Disk = "usual"): Promise<Scene> {
  const bench = benchOf(built);
  const seen = await scan({ ...bench.context.input, prune: { keys: new Set([other]) } });
  const { plans } = planPruning(seen, bench.context);
  return { store: built.store, bench, disk, task: { do: "repair", seen, plans } };
}

interface UndoSpec {
  /** After the repair was made. */
  readonly meanwhile?: (scene: Scene) => void;
  readonly only?: ReadonlySet<string>;
}

async function undoing(made: Promise<Scene>, { meanwhile, only }: UndoSpec = {}): Promise<Scene> {
  const scene = await made;
  await perform(scene.task, { ...scene.bench.context, files: disks[scene.disk] });
  meanwhile?.(scene);
  const task: Task = { do: "undo", receipt: newestReceipt(scene.bench), ...(only !== undefined && { only }) };
  return { ...scene, task };
}

/** As a gateway does: another row, by a new file. */
export function writeOtherRow({ store }: Pick<Scene, "store">): void {
  const rows = JSON.parse(readFileSync(store, "utf8"));
  writeFileSync(store, JSON.stringify({ ...rows, "agent:main:new": { sessionId: "new" } }, null, 2));
}

function cleanUp({ store }: Scene): void {
  const folder = join(store, "..");
  for (const name of readdirSync(folder)) if (/\.deleted\.|trajectory/.test(name)) rmSync(join(folder, name));
}

const none: Readonly<Record<never, Stage>> = {};

/** To tell what is in a database takes a while: `npm test` strikes the two that have every kind of step. */
const moreOfDatabases = {
  "archive in a database": () => pruning(endedInDatabase()),
  "undo of one row of a database": () => undoing(repairing(killed()), { only: new Set([other]) }),
} satisfies Readonly<Record<string, Stage>>;

export const stages = {
  "finalize and its lock": () => repairing(sick("2026.5.18")),
  "finalize under the store lock of 2026.4": () => repairing(sick("2026.4.2")),
  "all that a captured store offers": captured,
  correct: () => repairing(endless()),
  unlock: () => repairing(locked()),
  prune: () => pruning(old()),
  "prune, receipts on another disk": () => pruning(old(), "receipts on another disk"),
  "prune on a disk without hard links": () => pruning(old(), "no hard links"),
  restore: () => repairing(archived()),
  tidy: () => repairing(untidy()),
  mode: () => repairing(open(), "usual", { here: true }),
  "finalize in a database": () => repairing(killed()),
  "undo of a finalize in a database": () => undoing(repairing(killed())),
  ...(isLong ? moreOfDatabases : none),
  "rows and directory locks of agentctl": () => repairing(agentctl()),
  "rows of claude-mem": () => repairing(claudeMem()),
  "undo of a finalize": () => undoing(repairing(sick("2026.5.18"))),
  "undo of a finalize under the store lock of 2026.4": () => undoing(repairing(sick("2026.4.2"))),
  "undo of a finalize, field by field": () => undoing(repairing(sick("2026.5.18")), { meanwhile: writeOtherRow }),
  "undo of one row of a captured store": async () => {
    const made = await captured();
    const edit =
      made.task.do === "repair" ? made.task.plans[0]?.edits.find(({ kind }) => kind === "fields") : undefined;
    return undoing(Promise.resolve(made), { only: new Set(edit !== undefined && "key" in edit ? [edit.key] : []) });
  },
  "undo of a correct": () => undoing(repairing(endless())),
  "undo of an unlock": () => undoing(repairing(locked())),
  "undo of an unlock on a disk without hard links": () => undoing(repairing(locked(), "no hard links")),
  "undo of a prune": () => undoing(pruning(old())),
  "undo of a prune, field by field, after the archive was deleted": () =>
    undoing(pruning(old(), "receipts on another disk"), {
      meanwhile: (scene) => {
        writeOtherRow(scene);
        cleanUp(scene);
      },
    }),
  "undo of a restore": () => undoing(repairing(archived())),
  "undo of a tidy": () => undoing(repairing(untidy())),
  "undo of a mode": () => undoing(repairing(open(), "usual", { here: true })),
  "undo of rows and directory locks of agentctl": () => undoing(repairing(agentctl())),
  "undo of rows of claude-mem": () => undoing(repairing(claudeMem())),
} satisfies Readonly<Record<string, Stage>>;
