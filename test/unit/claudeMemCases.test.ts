// A captured folder of claude-mem, whose worker was killed: all that it holds is in its write-ahead log.
import { deepEqual, equal } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan/scan.ts";
import { capturedAt, unpackClaudeMem } from "../fixtures/claudeMem.ts";
import { changedBetween, imagesIn, onlyInit } from "../repairing.ts";

/** Nobody ran: the captured list shows its init and ps. */
const ghosts = ["openclaw-agent:main:main-1", "openclaw-agent:main:main-2", "openclaw-agent:main:main-3"];

function look(home: string, now = capturedAt): Promise<Scan> {
  const processes = parseCapturedProcesses(onlyInit);
  return scan({ where: { homes: [home], stateDirs: [] }, env: {}, now, capture: { processes } });
}

function copies(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`openclaw-session-inspector-copy-${process.pid}`));
}

describe("a captured folder of claude-mem", () => {
  it("is read through its log, with every ghost and no other row flagged", async () => {
    const { sessions, findings, stores } = await look(unpackClaudeMem());
    deepEqual(
      sessions.map(({ key, claimed }) => [key, claimed]),
      [...ghosts.map((key) => [key, "active"]), ["openclaw-agent:main:main-4", "completed"]],
    );
    const flagged = findings.filter(({ severity }) => severity !== "info").map(({ session }) => session);
    deepEqual(flagged, ghosts);
    deepEqual(
      stores.map(({ kind, writer, sessions: count }) => [kind, writer.state, count]),
      [["claude-mem", "stopped", 4]],
    );
  });

  it("proposes both stamps of the last trace, and leaves the outcome to a person", async () => {
    const [first] = (await look(unpackClaudeMem())).findings;
    deepEqual([first?.code, first?.repair.kind, first?.repair.class], ["MEM-GHOST", "finalize", "ask"]);
    deepEqual(first?.repair.set, {
      status: "completed",
      completed_at: "2026-11-20T10:22:35.223Z",
      completed_at_epoch: 1795170155223,
    });
  });

  it("leaves no trace of the reading, neither in the home nor beside", async () => {
    const home = unpackClaudeMem();
    const before = imagesIn(home);
    const seen = await look(home);
    deepEqual(changedBetween(before, imagesIn(home)), []);
    deepEqual(copies(), []);
    equal(/canary|ghost task/i.test(JSON.stringify(seen)), false);
  });
});
