// Stopped in the middle: nothing is half known, and nothing half done.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import { Stopped } from "../../src/model/stopped.ts";
import { provenFindings, receiptsOf } from "../../src/repairs.ts";
import { scan } from "../../src/scan.ts";
import { buildHome, done, minute, now, running, sessionId, trajectory } from "../homeBuilder.ts";
import { type Bench, benchOf, look, repairProven, repairSeen } from "../repairing.ts";

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

  it("is a repair, before it writes: the store is as it was, and can be repaired after that", async () => {
    const { store, bench: made } = bench();
    const before = readFileSync(store);
    const seen = await look(made);
    const { context } = made;
    const impatient = { ...made, context: { ...context, input: { ...context.input, goOn: stopAfter(0) } } };
    const [result] = await repairSeen(impatient, seen, provenFindings(seen));
    equal(result?.applied, false);
    match(result?.refused ?? "", /^You stopped it before anything was written here/);
    deepEqual(readFileSync(store), before);
    deepEqual(
      receiptsOf(context).filter(({ state }) => state === "done"),
      [],
    );
    const [again] = await repairProven(made);
    equal(again?.applied, true);
  });
});
