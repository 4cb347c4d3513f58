// Every captured folder of agentctl against what truly was behind its rows, locks and fuses.
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { type AgentctlCase, agentctlCases, scanAgentctl, unpackAgentctl } from "../fixtures/agentctl.ts";
import { briefly } from "../homeBuilder.ts";
import { changedBetween, imagesIn } from "../repairing.ts";

const canary = /canary/i;

function serious({ findings }: Scan): Finding[] {
  return findings.filter(({ severity }) => severity !== "info");
}

function tally(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

describe("captured folders of agentctl", () => {
  it("are judged with full precision and recall, rows and locks", async () => {
    const rows = { lying: 0, flagged: 0, rightly: 0 };
    const locks = { stale: 0, flagged: 0, rightly: 0 };
    for (const name of agentctlCases) {
      const unpacked = unpackAgentctl(name);
      const seen = await scanAgentctl(unpacked);
      for (const [id, { ghost }] of Object.entries(unpacked.truth.sessions)) {
        if (ghost === "unknown") continue;
        const isFlagged = serious(seen).some(({ session }) => session === id);
        if (ghost) rows.lying += 1;
        if (isFlagged) rows.flagged += 1;
        if (ghost && isFlagged) rows.rightly += 1;
      }
      for (const { directory, i, stale } of unpacked.truth.locks) {
        const isFlagged = serious(seen).some(({ lock }) => lock === `${directory}#${i}`);
        if (stale) locks.stale += 1;
        if (isFlagged) locks.flagged += 1;
        if (stale && isFlagged) locks.rightly += 1;
      }
    }
    deepEqual(rows, { lying: 399, flagged: 399, rightly: 399 });
    deepEqual(locks, { stale: 90, flagged: 90, rightly: 90 });
  });

  for (const name of agentctlCases) {
    describe(name, () => {
      let unpacked: AgentctlCase;
      let seen: Scan;

      beforeEach(async () => {
        unpacked = unpackAgentctl(name);
        seen = await scanAgentctl(unpacked);
      });

      it("shows every session, lock and claim that its files hold", () => {
        const { sessions, locks } = unpacked.truth;
        deepEqual(
          seen.sessions.map(({ key, claimed }) => [key, claimed]),
          Object.entries(sessions).map(([id, { status }]) => [id, status]),
        );
        deepEqual(
          seen.locks.map(({ path, kind }) => [path, kind]),
          locks.map(({ directory, i }) => [`${directory}#${i}`, "directory"]),
        );
        deepEqual(
          seen.stores.map(({ kind, sessions: count, writer }) => [kind, count, writer.state]),
          [["agentctl", Object.keys(sessions).length, unpacked.truth.daemon.alive ? "running" : "stopped"]],
        );
      });

      it("calls no session dead that lived, and none alive that was gone", () => {
        for (const { key, verdict, why } of seen.sessions) {
          const truth = unpacked.truth.sessions[key];
          const active = truth?.status === "running";
          const told = `${key}: ${verdict}, ${why}`;
          if (truth?.ghost === true) equal(verdict, "interrupted", told);
          else if (active) ok(verdict === "active" || verdict === "unknown", told);
          else equal(verdict, "finished", told);
        }
      });

      it("calls exactly the locks stale that nobody holds", () => {
        deepEqual(
          seen.locks.map(({ path, verdict }) => [path, verdict === "stale"]),
          unpacked.truth.locks.map(({ directory, i, stale }) => [`${directory}#${i}`, stale]),
        );
      });

      it("says which fuses wait for a session that has ended", () => {
        const said = seen.findings.filter(({ code }) => code === "AGENTCTL-FUSE-ORPHAN").map(({ message }) => message);
        const orphans = unpacked.truth.fuses.filter(({ orphan }) => orphan);
        equal(said.length, orphans.length);
        for (const { directory } of orphans) ok(said.some((message) => message.includes(directory)));
      });

      it("proves nothing of what may live, and proposes nothing under a running daemon", () => {
        for (const { session, lock, repair } of seen.findings) {
          if (unpacked.truth.daemon.alive) equal(repair.kind, "none", repair.why);
          if (repair.class !== "proven") continue;
          if (lock === undefined) equal(unpacked.truth.sessions[session ?? ""]?.ghost, true, repair.why);
          else ok(unpacked.truth.locks.some(({ directory, i, stale }) => stale && lock === `${directory}#${i}`));
        }
      });

      it("changes nothing by reading, and keeps no secret that lies beside", async () => {
        const before = imagesIn(unpacked.home);
        const again = await scanAgentctl(unpacked);
        deepEqual(changedBetween(before, imagesIn(unpacked.home)), []);
        equal(canary.test(JSON.stringify(again)), false);
      });
    });
  }

  it("knows the four live ones of 394 by the gateway's list, and cleans the rest", async () => {
    const seen = await scanAgentctl(unpackAgentctl("scale-394-79-dead-daemon"));
    deepEqual(tally(briefly(seen.findings)), {
      "AGENTCTL-GHOST error finalize proven": 390,
      "AGENTCTL-LOCK-STALE warning unlock proven": 79,
    });
  });

  it("asks about all 394 without that list, and calls none of them proven", async () => {
    const seen = await scanAgentctl(unpackAgentctl("scale-394-79-dead-daemon", false));
    deepEqual(tally(briefly(seen.findings)), {
      "AGENTCTL-GHOST warning finalize ask": 394,
      "AGENTCTL-LOCK-STALE warning unlock proven": 79,
    });
  });

  it("gives the time of the last trace, and warns of a process that a start would end", async () => {
    const { findings } = await scanAgentctl(unpackAgentctl("head-dead-daemon-pid-recycled"));
    deepEqual(
      findings
        .filter(({ lock }) => lock === undefined)
        .map(({ code, repair, message }) => [code, repair.set ?? null, message]),
      [
        [
          "AGENTCTL-GHOST",
          { status: "stopped", stoppedAt: "2026-11-20T10:26:27.691Z" },
          "c5df7c56-fc82-4673-a697-77312b1d0392 says running, but no process has pid 391.",
        ],
        [
          "AGENTCTL-GHOST",
          { status: "stopped", stoppedAt: "2026-11-20T10:26:28.561Z" },
          "b613fe00-ff77-4d8e-892d-6172571f9cd5 says running, but pid 443 now belongs to a process with another start time (sleep).",
        ],
        [
          "AGENTCTL-PID-RECYCLED",
          null,
          "b613fe00-ff77-4d8e-892d-6172571f9cd5 names pid 443, which is another process now (sleep): the next start of agentctl's daemon may end it.",
        ],
        [
          "AGENTCTL-FUSE-ORPHAN",
          null,
          "The fuse of /home/dev/work/w02 waits for 5ee5dfb6-5ec4-4f2e-9ab9-8fe5c84a694e, which says stopped.",
        ],
      ],
    );
  });
});
