// Repairs of every kind and their undos, made ready to be struck at any point.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RepairResult } from "../../src/model/receipt.ts";
import { type Files, nodeFiles } from "../../src/repair/files.ts";
import { planChoices, planPruning, repairPlans, undoReceipt } from "../../src/repairs.ts";
import { scan } from "../../src/scan.ts";
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

export interface Scene {
  readonly built: BuiltHome;
  readonly bench: Bench;
  /** The repair or undo, through this port. */
  act(files: Files): Promise<RepairResult | undefined>;
}

export type Stage = () => Promise<Scene>;

const day = 24 * 60 * minute;
const said = transcript(["user", now - 61 * minute], ["assistant", now - 60 * minute, { stopReason: "stop" }]);
const second = "aaaaaaaa-2222-4333-8444-555555555555";
const other = "agent:main:direct:x";

function sick(version: string): BuiltHome {
  return buildHome({
    version,
    rows: { [key]: running(), [other]: { sessionId: second, n: 1.5 } },
    files: {
      [`~/${sessionId}.trajectory.jsonl`]: trajectory(
        ["session.started", now - 60 * minute],
        ["session.ended", now - 50 * minute, { status: "success" }],
      ),
      [`~/${sessionId}.jsonl`]: said,
      [`~/${sessionId}.jsonl.lock`]: lock(),
    },
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

async function repairing(built: BuiltHome, spec: BenchSpec = {}): Promise<Scene> {
  const bench = benchOf(built, spec);
  const seen = await scan(bench.context.input);
  const chosen = seen.findings.filter(({ repair }) => repair.kind !== "none").map((finding) => ({ finding }));
  const { plans } = planChoices(seen, chosen, bench.context);
  return { built, bench, act: async (files) => (await repairPlans(seen, plans, { ...bench.context, files }))[0] };
}

async function pruning(built: BuiltHome): Promise<Scene> {
  const bench = benchOf(built);
  const seen = await scan({ ...bench.context.input, prune: { keys: new Set([other]) } });
  const { plans } = planPruning(seen, bench.context);
  return { built, bench, act: async (files) => (await repairPlans(seen, plans, { ...bench.context, files }))[0] };
}

/** After that repair was made, and `meanwhile` happened. */
async function undoing(made: Promise<Scene>, meanwhile: (built: BuiltHome) => void = () => undefined): Promise<Scene> {
  const { built, bench, act } = await made;
  await act(nodeFiles);
  meanwhile(built);
  const receipt = newestReceipt(bench);
  return { built, bench, act: (files) => undoReceipt(receipt, { ...bench.context, files }) };
}

/** As a gateway does: another row, by a new file. */
export function writeOtherRow({ store }: BuiltHome): void {
  const rows = JSON.parse(readFileSync(store, "utf8"));
  writeFileSync(store, JSON.stringify({ ...rows, "agent:main:new": { sessionId: "new" } }, null, 2));
}

function cleanUp({ sessionsDir }: BuiltHome): void {
  for (const name of readdirSync(sessionsDir)) if (/\.deleted\.|trajectory/.test(name)) rmSync(join(sessionsDir, name));
}

export const stages: Readonly<Record<string, Stage>> = {
  "finalize and its lock": () => repairing(sick("2026.5.18")),
  "finalize under the store lock of 2026.4": () => repairing(sick("2026.4.2")),
  prune: () => pruning(old()),
  restore: () => repairing(archived()),
  tidy: () => repairing(untidy()),
  mode: () => repairing(open(), { here: true }),
  "undo of a finalize": () => undoing(repairing(sick("2026.5.18"))),
  "undo of a finalize, field by field": () => undoing(repairing(sick("2026.5.18")), writeOtherRow),
  "undo of a prune": () => undoing(pruning(old())),
  "undo of a prune, field by field, after the archive was deleted": () =>
    undoing(pruning(old()), (built) => {
      writeOtherRow(built);
      cleanUp(built);
    }),
  "undo of a restore": () => undoing(repairing(archived())),
  "undo of a tidy": () => undoing(repairing(untidy())),
  "undo of a mode": () => undoing(repairing(open(), { here: true })),
};
