import assert from "node:assert/strict";
import { basename } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { catalogue } from "../../src/judge/catalogue.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan.ts";
import { prepareSampleHome } from "../sampleHome.mjs";
import { temporaryDirectory } from "../temporary.ts";

/** A machine that has run for years and on which no OpenClaw lives. */
const processes = parseCapturedProcesses("      1       0 Wed Jan  1 09:00:01 2020 /sbin/init\n");

async function scanSample(): Promise<Scan> {
  const home = await prepareSampleHome(temporaryDirectory());
  return scan({ where: { homes: [home], stateDirs: [] }, env: {}, capture: { processes } });
}

const cronRun = "agent:main:cron:7b1f4c52-8a1d-4b8e-9a56-2f0e6d3c9b41:run:5e0c3a1b-7d9f-4e26-8b3a-1c5d7e9f2a60";

const sickSessions: Record<string, readonly string[]> = {
  "agent:main:weekly-summary": ["RUN-FINISHED"],
  "agent:main:invoice-check": ["RUN-FINISHED", "RUN-ENDED-J"],
  "agent:main:telegram:direct:500600700": ["RUN-DEADLOCK"],
  "agent:main:slack:channel:c0ffee123": ["RUN-FINISHED", "DELIVERY-PENDING"],
  "agent:main:subagent:93a7c1de-5b20-4c7f-b1d4-0e6f8a2b3c44": ["RUN-FINISHED", "SUB-REGISTRY-SPLIT"],
  [cronRun]: ["RUN-FINISHED", "CRON-SPLIT"],
  "agent:work:code-review": ["RUN-NO-OWNER"],
  "agent:work:migration-plan": ["RUN-NO-OWNER"],
  "agent:work:imported-notes": ["ROW-DROPPED"],
  "agent:work:imported-draft": ["ROW-DROPPED"],
  "agent:research:old-survey": ["TX-MISSING"],
  "agent:research:benchmarks": ["TX-ARCHIVED"],
  "agent:research:clock-step": ["END-BEFORE-START"],
  "agent:research:imported-interview": ["TERM-NO-END"],
  "agent:research:scripted-import": ["UPDATEDAT-BAD"],
  "agent:research:patched-by-hand": ["STATUS-UNKNOWN"],
  // Of the second state directory.
  "agent:main:main": ["RUN-WILL-RESUME"],
};

describe("sample home", () => {
  it("shows exactly what is wrong with its sick sessions, and nothing of the healthy ones", async () => {
    const seen = await scanSample();
    const flagged = seen.sessions.filter((session) => session.findings.length > 0);
    assert.deepEqual(Object.fromEntries(flagged.map(({ key, findings }) => [key, [...findings]])), sickSessions);
    assert.equal(flagged.length, Object.keys(sickSessions).length);
    assert.ok(seen.sessions.length - flagged.length > flagged.length, "the healthy are the majority");
  });

  it("shows every finding there is but the one that needs a living owner", async () => {
    const seen = await scanSample();
    const expected = new Set(Object.keys(catalogue).filter((code) => code !== "LOCK-LIVE-OLD"));
    assert.deepEqual(new Set(seen.findings.map(({ code }) => code)), expected);
  });

  it("shows its locks and stores", async () => {
    const seen = await scanSample();
    const locks = seen.locks.map(({ kind, owner, verdict, findings }) => [kind, owner, verdict, ...findings].join(" "));
    assert.deepEqual(locks.sort(), [
      "store dead stale STORE-LOCK",
      "transcript dead stale LOCK-DEAD-IDLE",
      "transcript dead stale RUN-DEADLOCK",
      "transcript foreign stale LOCK-FOREIGN-PID",
      "transcript unknown stale LOCK-EMPTY",
    ]);
    const stores = seen.stores.map(({ stateDir, agent, era, problem }) =>
      [basename(stateDir), agent, era, problem ?? "readable"].join(" "),
    );
    assert.deepEqual(stores, [
      ".openclaw main J2 readable",
      ".openclaw notes J2 STORE-UNPARSABLE",
      ".openclaw research J2 readable",
      ".openclaw restored J2 STORE-UNREADABLE",
      ".openclaw work J2 readable",
      ".openclaw-next main J2 readable",
    ]);
    assert.deepEqual(
      seen.stores.filter((store) => store.movedFrom !== undefined),
      [],
    );
  });

  it("looks recent and is the same each time but for the clock", async () => {
    const [first, second] = [await scanSample(), await scanSample()];
    const view = (seen: Scan): unknown =>
      seen.sessions.map(({ key, label, model, sessionId, findings, verdict }) => [
        ...[key, label, model, sessionId, findings, verdict],
      ]);
    assert.deepEqual(view(first), view(second));
    const newest = Math.max(...first.sessions.map((session) => session.lastSeenAt ?? 0));
    assert.ok(first.now - newest < 3_600_000 && newest <= first.now);
  });
});
