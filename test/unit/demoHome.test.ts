import assert from "node:assert/strict";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { scan } from "../../src/scan/scan.ts";
import { prepareDemoHome } from "../demoHome.mjs";
import { temporaryDirectory } from "../temporary.ts";

/** A machine that has run for years and on which nothing of all this lives. */
const processes = parseCapturedProcesses("      1       0 Wed Jan  1 09:00:01 2020 /sbin/init\n");

describe("demo home", () => {
  it("shows rows that lie in each kind of store", async () => {
    const home = await prepareDemoHome(temporaryDirectory());
    const seen = await scan({ where: { homes: [home], stateDirs: [] }, env: {}, capture: { processes } });
    const kindOf = new Map(seen.stores.map(({ id, kind }) => [id, kind]));
    const lying = seen.sessions.filter(({ verdict, claimed, findings }) => {
      return verdict === "interrupted" && (claimed === "running" || claimed === "active") && findings.length > 0;
    });
    assert.deepEqual([...new Set(lying.map(({ store }) => kindOf.get(store)))].sort(), [
      "agentctl",
      "claude-mem",
      "openclaw-json",
      "openclaw-sqlite",
    ]);
  });
});
