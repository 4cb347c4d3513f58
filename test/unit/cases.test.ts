// Every captured store against what truly happened in it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan.ts";
import { caseNames, type UnpackedCase, unpackCase } from "../fixtures/unpack.ts";

function scanCase({ home, now, processesFile }: UnpackedCase): Promise<Scan> {
  const processes = parseCapturedProcesses(readFileSync(processesFile, "utf8"));
  return scan({ where: { homes: [home], stateDirs: [] }, env: {}, capture: { processes }, now });
}

function findingsOf(seen: Scan, key: string): Finding[] {
  return seen.findings.filter((finding) => finding.session === key);
}

function isSerious(finding: Finding): boolean {
  return finding.severity !== "info";
}

describe("captured stores", () => {
  for (const name of caseNames) {
    describe(name, () => {
      let unpacked: UnpackedCase;
      let seen: Scan;

      beforeEach(async () => {
        unpacked = unpackCase(name);
        seen = await scanCase(unpacked);
      });

      it("has exactly the sessions that the truth speaks of, with what their rows claim", () => {
        const jsonTruth = unpacked.truth.sessions.filter((session) => session.store === "openclaw-json");
        assert.deepEqual(
          new Map(seen.sessions.map(({ key, claimed }) => [key, claimed])),
          new Map(jsonTruth.map(({ key, claimed }) => [key, claimed])),
        );
        assert.equal(seen.sessions.length, jsonTruth.length);
      });

      it("tells the state of the writer and the problems of the stores", () => {
        assert.deepEqual([...new Set(seen.stores.map((store) => store.writer.state))], [unpacked.truth.writer]);
        const problems = seen.stores.map((store) => [`${store.kind}:${store.agent}`, store.problem]);
        assert.deepEqual(Object.fromEntries(problems.filter(([, problem]) => problem)), unpacked.truth.stores);
      });

      it("flags what lies, with the right repair, and nothing else", () => {
        for (const truth of unpacked.truth.sessions.filter((session) => session.store === "openclaw-json")) {
          const serious = findingsOf(seen, truth.key).filter(isSerious);
          const told = `${truth.key}: ${serious.map((finding) => finding.message).join(" ")}`;
          if (truth.flag !== null) assert.equal(serious.length > 0, truth.flag, told);
          if (truth.repair === undefined) continue;
          const repairs = serious.map((finding) => finding.repair).filter((repair) => repair.kind !== "none");
          assert.deepEqual(
            repairs.map((repair) => repair.kind),
            [truth.repair.kind],
            told,
          );
          assert.ok(truth.repair.class.includes(repairs[0]?.class ?? ""), told);
          assert.ok(truth.repair.status.includes(String(repairs[0]?.set?.["status"])), told);
        }
      });

      it("calls nothing finished or interrupted that was not, and proves nothing of what lives", () => {
        for (const truth of unpacked.truth.sessions.filter((session) => session.store === "openclaw-json")) {
          const session = seen.sessions.find(({ key }) => key === truth.key);
          const told = `${truth.key}: ${session?.verdict}, ${session?.why}`;
          if (truth.live === true) {
            assert.ok(session?.verdict === "active" || session?.verdict === "unknown", told);
            assert.ok(
              findingsOf(seen, truth.key).every(({ repair }) => repair.class !== "proven"),
              told,
            );
          } else if (truth.truth === "interrupted" || truth.truth === "finished") {
            assert.equal(session?.verdict, truth.truth, told);
          } else {
            assert.ok(session?.verdict === "finished" || session?.verdict === "unknown", told);
          }
          if (truth.truth.startsWith("husk")) {
            assert.ok(
              findingsOf(seen, truth.key).every(({ repair }) => repair.class !== "proven"),
              told,
            );
          }
        }
      });

      it("judges its locks", () => {
        const locks = seen.locks.map((lock) => [basename(lock.path), lock] as const);
        assert.deepEqual(new Set(locks.map(([lock]) => lock)), new Set(Object.keys(unpacked.truth.locks)));
        for (const [lock, { verdict, owner, why }] of locks) {
          const truth = unpacked.truth.locks[lock];
          assert.equal(verdict, truth?.verdict, why);
          assert.ok(truth?.owner.includes(owner), why);
        }
      });
    });
  }
});
