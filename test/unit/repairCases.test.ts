// What is proven in each captured store, repaired and undone.
import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { provenFindings, receiptsOf, undoReceipt } from "../../src/repairs.ts";
import { onCopy } from "../databaseContent.ts";
import { caseNames, type UnpackedCase, unpackCase } from "../fixtures/unpack.ts";
import { type Bench, benchOf, changedBetween, imagesIn, look, repairSeen } from "../repairing.ts";

function benchOfCase(
  { home, now, processesFile }: UnpackedCase,
  processes = readFileSync(processesFile, "utf8"),
): Bench {
  return benchOf({ home }, { now, processes });
}

/** `ps` without the processes that write stores: the gateway was stopped after the capture. */
function withoutOpenclaw({ processesFile }: UnpackedCase): string {
  return readFileSync(processesFile, "utf8").replace(/^.*openclaw.*\n/gm, "");
}

function storeOf(seen: Scan, id: string): string {
  return seen.stores.find((store) => store.id === id)?.path ?? "";
}

/** All rows of a store by key. */
function rowsOf(path: string): Record<string, object> {
  if (!path.endsWith(".sqlite")) return JSON.parse(readFileSync(path, "utf8"));
  return onCopy(path, (database) => {
    const rows = database.prepare("SELECT session_key AS key, entry_json AS json FROM session_nodes").all();
    return Object.fromEntries(rows.map(({ key, json }) => [String(key), JSON.parse(String(json))]));
  });
}

/** The stores' rows, with what the findings propose written into them. */
function expectedStores(seen: Scan, findings: readonly Finding[]): Map<string, unknown> {
  const expected = new Map<string, Record<string, object>>();
  for (const { store, session, repair } of findings) {
    const path = storeOf(seen, store);
    const rows = expected.get(path) ?? rowsOf(path);
    expected.set(path, rows);
    if (session === undefined) continue;
    const row: Record<string, unknown> = { ...rows[session], ...repair.set };
    rows[session] = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  }
  return expected;
}

/** Serious findings, without those that were repaired. */
function rest(seen: Scan, repaired: readonly Finding[]): string[] {
  const settled = new Set(repaired.flatMap(({ session, lock }) => [session, lock]));
  return seen.findings
    .filter(({ session, lock }) => !settled.has(session) || (session === undefined && !settled.has(lock)))
    .map(({ id, code }) => `${code} ${id}`);
}

async function repairAndUndo(bench: Bench, choose: (seen: Scan) => Finding[], least: number): Promise<void> {
  const seen = await look(bench);
  const findings = choose(seen);
  ok(findings.length >= least, `${findings.length} findings`);
  const expected = expectedStores(seen, findings);
  const before = imagesIn(bench.home);
  const results = await repairSeen(bench, seen, findings);
  deepEqual(
    results.map(({ applied, refused }) => ({ applied, refused })),
    results.map(() => ({ applied: true, refused: undefined })),
  );
  for (const [path, rows] of expected) deepEqual(rowsOf(path), rows);
  const after = imagesIn(bench.home);
  const touched = [...expected.keys(), ...findings.flatMap(({ repair }) => repair.unlock ?? [])];
  const changed = changedBetween(before, after);
  ok(
    changed.every((name) => touched.some((path) => relative(bench.home, path) === name)),
    changed.join(", "),
  );
  for (const name of changed) {
    const [mode, owner] = (after.get(name) ?? before.get(name) ?? "").split(" ");
    deepEqual([mode, owner], (before.get(name) ?? "").split(" ").slice(0, 2), name);
  }
  const again = await look(bench);
  const told = again.findings.filter(({ session }) => findings.some((finding) => finding.session === session));
  deepEqual(
    told.filter(({ severity }) => severity !== "info").map(({ message }) => message),
    [],
  );
  deepEqual(rest(again, findings), rest(seen, findings), "nothing new is said of others");
  for (const receipt of receiptsOf(bench.context))
    equal((await undoReceipt(receipt, bench.context)).refused, undefined);
  deepEqual(changedBetween(before, imagesIn(bench.home)), []);
  ok(receiptsOf(bench.context).every(({ plan, undoneBy }) => plan.action === "undo" || undoneBy !== undefined));
}

describe("repairs of captured stores", () => {
  let proven = 0;
  for (const name of caseNames) {
    it(`${name}: what is proven`, async () => {
      const unpacked = unpackCase(name);
      const sure = unpacked.truth.sessions.filter(({ repair }) => repair?.class.join() === "proven").length;
      proven += sure;
      await repairAndUndo(benchOfCase(unpacked), provenFindings, sure);
    });

    it(`${name}: what is asked, once the gateway is stopped`, async () => {
      const unpacked = unpackCase(name);
      const bench = benchOfCase(unpacked, withoutOpenclaw(unpacked));
      const asked = (seen: Scan): Finding[] =>
        seen.findings.filter(
          ({ repair }) => repair.kind === "finalize" || repair.kind === "unlock" || repair.kind === "correct",
        );
      const stuck = unpacked.truth.sessions.filter(
        ({ claimed, flag }) => claimed === "running" && flag === true,
      ).length;
      await repairAndUndo(bench, asked, stuck);
    });
  }

  it("some of them hold what is proven", () => ok(proven > 0));

  it("a gateway that runs keeps every proven repair away", async () => {
    for (const name of caseNames) {
      const unpacked = unpackCase(name);
      const stopped = benchOfCase(unpacked, withoutOpenclaw(unpacked));
      const seen = await look(stopped);
      const findings = seen.findings.filter(({ repair }) => repair.kind !== "none");
      const gateway = `${withoutOpenclaw(unpacked)}   9100       1 Fri Nov 20 10:00:00 2026 openclaw-gateway\n`;
      const running = benchOfCase(unpacked, gateway);
      const before = imagesIn(unpacked.home);
      for (const { applied, refused } of await repairSeen(running, seen, findings)) {
        equal(applied, false);
        ok(/stop (it first|the gateway)/i.test(refused ?? ""), refused);
      }
      deepEqual(changedBetween(before, imagesIn(unpacked.home)), []);
      deepEqual(receiptsOf(running.context), []);
    }
  });
});
