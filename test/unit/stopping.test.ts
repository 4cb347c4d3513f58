// Stopped in the middle: nothing is half known, and nothing half done.
import { deepEqual, equal, match, notEqual, ok, rejects, throws } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Receipt, RepairResult } from "../../src/model/receipt.ts";
import type { Scan } from "../../src/model/scan.ts";
import { Stopped } from "../../src/model/stopped.ts";
import { planPruning, provenFindings, receiptsOf, repairPlans, undoReceipt } from "../../src/repairs.ts";
import { scan } from "../../src/scan/scan.ts";
import { emptyQuarantine, quarantineSummary } from "../../src/worker/quarantineAnswers.ts";
import { buildDatabaseHome, type SessionSpec } from "../databaseBuilder.ts";
import { contentOf } from "../databaseContent.ts";
import { buildHome, done, minute, now, running, sessionId, trajectory, transcript } from "../homeBuilder.ts";
import {
  type Bench,
  benchOf,
  changedBetween,
  imagesIn,
  look,
  newestReceipt,
  repairProven,
  repairSeen,
} from "../repairing.ts";

const started = now - 60 * minute;
const ended = now - 50 * minute;

function bench(): { readonly store: string; readonly bench: Bench } {
  const rows = { "agent:main:main": running({ startedAt: started }), "agent:main:other": done({ sessionId: "other" }) };
  const files = {
    [`~/${sessionId}.trajectory.jsonl`]: trajectory(
      ["session.started", started],
      ["session.ended", ended, { status: "success" }],
    ),
  };
  const home = buildHome({ rows, files });
  return { store: home.store, bench: benchOf(home) };
}

/** Goes on so many times, and then no more. */
function stopAfter(times: number): () => void {
  let left = times;
  return () => {
    if (left-- <= 0) throw new Stopped();
  };
}

describe("what is stopped", () => {
  it("is a scan, at every row; what is looked at after that is whole", async () => {
    const { bench: made } = bench();
    const { input } = made.context;
    const whole = await look(made);
    // Two rows are read, and then each is held against its files.
    for (const times of [0, 1, 2, 3]) {
      const memory = { stores: storeMemory(), stoppedSince: new Map() };
      await rejects(scan({ ...input, memory, goOn: stopAfter(times) }), Stopped);
      deepEqual(await scan({ ...input, memory }), whole);
    }
    deepEqual(await scan({ ...input, goOn: stopAfter(4) }), whole);
  });

  it("is a repair, at every step before the last: the store is as it was, and can be repaired after that", async () => {
    const { store, bench: made } = bench();
    const before = readFileSync(store);
    const repair = (own: Bench): Promise<RepairResult> => proven(own);
    const times = await untilDone(made, repair, () => deepEqual(readFileSync(store), before));
    ok(times > 3, `${times} times`);
    equal(newestReceipt(made).state, "done");
    ok(JSON.parse(String(readFileSync(store)))["agent:main:main"].status === "done");
  });

  it("is an undo, at every step before the last: the store is as the repair left it", async () => {
    const { store, bench: made } = bench();
    const before = readFileSync(store);
    await repairProven(made);
    const { id } = newestReceipt(made);
    const repaired = readFileSync(store);
    const undo = (own: Bench): Promise<RepairResult> => undoReceipt(receiptOf(made, id), own.context);
    const times = await untilDone(made, undo, () => {
      deepEqual(readFileSync(store), repaired);
      equal(receiptOf(made, id).undoneBy, undefined);
    });
    ok(times > 3, `${times} times`);
    deepEqual(readFileSync(store), before);
    ok(receiptOf(made, id).undoneBy !== undefined);
  });

  it("is a repair and an undo of a database, at every row: all rows are old, or all are new", async () => {
    const session = (id: string): SessionSpec => ({
      entry: running({ sessionId: id, startedAt: started }),
      events: [["user", started]],
      trajectory: [
        ["session.started", started],
        ["session.ended", ended, { status: "success" }],
      ],
    });
    const home = buildDatabaseHome({
      sessions: { "agent:main:direct:1": session("1"), "agent:main:direct:2": session("2") },
    });
    const made = benchOf(home);
    const before = contentOf(home.store);
    const finalize = async (own: Bench): Promise<RepairResult> => {
      const seen = await look(made);
      const [result] = await repairSeen(
        own,
        seen,
        seen.findings.filter(({ code }) => code === "RUN-FINISHED"),
      );
      return result as RepairResult;
    };
    ok((await untilDone(made, finalize, () => equal(contentOf(home.store), before))) > 3);
    const repaired = contentOf(home.store);
    notEqual(repaired, before);
    const { id } = newestReceipt(made);
    const undo = (own: Bench): Promise<RepairResult> => undoReceipt(receiptOf(made, id), own.context);
    ok((await untilDone(made, undo, () => equal(contentOf(home.store), repaired))) > 3);
    equal(contentOf(home.store), before);
  });

  it("is a prune, at every transcript that is kept: no row is gone, and no transcript has another name", async () => {
    const long = 40 * 24 * 60 * minute;
    const old = { startedAt: now - long, endedAt: now - long, updatedAt: now - long };
    const ids = ["a", "b", "c"];
    const said = transcript(["user", now - long], ["assistant", now - long, { stopReason: "stop" }]);
    const home = buildHome({
      rows: Object.fromEntries(ids.map((id) => [`agent:main:direct:${id}`, done({ ...old, sessionId: id })])),
      files: Object.fromEntries(ids.map((id) => [`~/${id}.jsonl`, said])),
      ages: Object.fromEntries(ids.map((id) => [`~/${id}.jsonl`, long])),
    });
    const made = benchOf(home);
    const before = imagesIn(home.home);
    const seen = await scan({ ...made.context.input, prune: { olderThanMs: 30 * 24 * 60 * minute } });
    const takeOut = async ({ context }: Bench): Promise<RepairResult> => {
      const { plans } = planPruning(seen, context);
      const [result] = await repairPlans(seen, plans, context);
      return result as RepairResult;
    };
    const times = await untilDone(made, takeOut, () => deepEqual(changedBetween(before, imagesIn(home.home)), []));
    ok(times > 3 + ids.length, `${times} times`);
    deepEqual(JSON.parse(readFileSync(home.store, "utf8")), {});
  });

  it("is a move of leftovers or their way back, between two files: each is in one place, and the rest can still go", async () => {
    const { made, directory, inQuarantine, left } = untidy();
    const before = imagesIn(directory);
    const [tidied] = await repairSeen(impatient(made, 2), await look(made), tidies(await look(made)));
    equal(tidied?.applied, true);
    equal(tidied?.stopped, true);
    deepEqual(tidied?.receipt?.notes, ["You stopped it: 2 files stay where they are."]);
    deepEqual([inQuarantine().length, left().length], [1, 2]);
    // What was not moved is found again, and moved by a receipt of its own.
    await repairSeen(made, await look(made), tidies(await look(made)));
    deepEqual([inQuarantine().length, left().length], [3, 0]);
    const { id } = newestReceipt(made);
    const half = await undoReceipt(receiptOf(made, id), impatient(made, 3).context);
    equal(half.stopped, true);
    deepEqual(half.receipt?.notes, ["You stopped it: 1 file stays where it is."]);
    equal(receiptOf(made, id).undoneBy, undefined, "the rest is still to be undone");
    for (const { id: own, plan } of receiptsOf(made.context).filter(({ plan }) => plan.action === "tidy"))
      equal((await undoReceipt(receiptOf(made, own), made.context)).applied, true, `${plan.edits.length} files`);
    deepEqual(changedBetween(before, imagesIn(directory)), []);
  });

  it("is the emptying of the quarantine, between two files: what is left has its way back", async () => {
    const { made, inQuarantine, left } = untidy();
    await repairSeen(made, await look(made), tidies(await look(made)));
    const everywhere = { stateDirs: [] as const } as unknown as Scan;
    const { token } = quarantineSummary(everywhere, made.context);
    throws(
      () => emptyQuarantine(everywhere, token, impatient(made, 0).context),
      /You stopped it before anything was written here/,
    );
    equal(inQuarantine().length, 3);
    const gone = emptyQuarantine(everywhere, token, impatient(made, 2).context);
    deepEqual([gone.files, gone.stopped, inQuarantine().length], [1, true, 2]);
    equal(newestReceipt(made).purgedAt, undefined);
    equal((await undoReceipt(newestReceipt(made), made.context)).applied, true);
    equal(left().length, 2);
  });
});

/** With a person who lets it go on so many times. */
function impatient(made: Bench, times: number): Bench {
  const { context } = made;
  return { ...made, context: { ...context, input: { ...context.input, goOn: stopAfter(times) } } };
}

/** Stops it at the first step, then at the second, and so on until it comes to its end. Gives how many steps there are. */
async function untilDone(
  made: Bench,
  act: (own: Bench) => Promise<RepairResult>,
  isAsItWas: () => void,
): Promise<number> {
  for (let times = 0; ; times++) {
    const result = await act(impatient(made, times));
    if (result.applied) return times;
    match(result.refused ?? "", /^You stopped it before anything was written here/);
    equal(result.stopped, true);
    isAsItWas();
    const unfinished = receiptsOf(made.context).filter(({ state }) => state !== "done" && state !== "rolledBack");
    deepEqual(unfinished, []);
    const names = readdirSync(made.home, { recursive: true, encoding: "utf8" });
    deepEqual(
      names.filter((name) => name.includes(".session-inspector")),
      [],
    );
  }
}

async function proven(own: Bench): Promise<RepairResult> {
  // Looked at by somebody who waits: only the repair itself is stopped.
  const seen = await look(impatient(own, Number.POSITIVE_INFINITY));
  const [result] = await repairSeen(own, seen, provenFindings(seen));
  return result as RepairResult;
}

function receiptOf({ context }: Bench, id: string): Receipt {
  const found = receiptsOf(context).find((receipt) => receipt.id === id);
  if (found === undefined) throw new Error("no such receipt");
  return found;
}

const tidies = (seen: Scan): Finding[] => seen.findings.filter(({ repair }) => repair.kind === "tidy");

/** A healthy row and three trajectories of sessions that are gone. */
function untidy(): {
  readonly made: Bench;
  readonly directory: string;
  readonly inQuarantine: () => string[];
  readonly left: () => string[];
} {
  const names = ["a", "b", "c"].map((name) => `${name}.trajectory.jsonl`);
  const said = transcript(["user", now - 61 * minute], ["assistant", now - 60 * minute, { stopReason: "stop" }]);
  const files = Object.fromEntries(names.map((name) => [`~/${name}`, "{}\n"]));
  const ages = Object.fromEntries(names.map((name) => [`~/${name}`, 40 * 24 * 60 * minute]));
  const home = buildHome({
    rows: { "agent:main:main": done() },
    files: { ...files, [`~/${sessionId}.jsonl`]: said },
    ages,
  });
  const made = benchOf(home);
  const { quarantine } = made.context.folder;
  return {
    made,
    directory: home.home,
    inQuarantine: () => (existsSync(quarantine) ? readdirSync(quarantine) : []),
    left: () => readdirSync(dirname(home.store)).filter((name) => names.includes(name)),
  };
}
