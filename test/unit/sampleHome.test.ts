import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { catalogue } from "../../src/judge/catalogue.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan/scan.ts";
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
  // Of the last one, inside the third.
  "agent:main:handbook": ["FILE-ESCAPE"],
  "agent:main:travel-plan": ["FILE-STALE-ID"],
  "agent:main:recipes": ["ID-SHARED"],
  "agent:main:shopping": ["ID-SHARED"],
  main: ["KEY-ALIAS"],
  "agent:main:subagent:0b5b8a64-3a0e-4c39-9a55-70c1f1f0a2d1": ["PARENT-GONE"],
  "agent:main:tax-return": ["PRUNE-RISK"],
  "agent:main:time-zones": ["RUNTIME-ODD"],
  "agent:main:subagent:6a3b0c1d-8f0e-4d2b-b0a4-5d6c7e8f9a01": ["WEDGED"],
  "agent:main:newsletter": ["ABORT-FLAG-STALE"],
  "agent:main:acp:4a1e7c90-2b3d-4f58-8c6d-9e0f1a2b3c4d": ["ACP-SPLIT"],
  "agent:main:bulk-mail": ["QUOTA-STALE"],
  "agent:main:explicit:pasted": ["TX-HEADER"],
  "agent:main:explicit:power-cut": ["TX-TORN"],
  "agent:main:explicit:tool-cut": ["TX-TOOL-OPEN"],
  "agent:main:explicit:beheaded": ["TX-HEAD-DROP"],
  "agent:main:explicit:talkative": ["TRAJ-TRUNC"],
};

/** Findings that no home of files alone can show, each with the reason. */
const notHere: Readonly<Record<string, string>> = {
  "LOCK-LIVE-OLD": "needs an openclaw process that lives",
  "LOCK-SELF-PID": "needs an openclaw process that lives",
  "RUN-RPC-IDLE": "needs the word of a gateway",
  ...Object.fromEntries(
    [
      ...["ERA-S-LOCKS", "FENCE-STRANDED", "LEGACY-BESIDE-SQL", "RUN-ARCHIVED", "SCHEMA-UNKNOWN", "SQL-ORPHAN"],
      ...["SQL-ROW-INVALID", "SQL-STATUS-SPLIT", "WAL-HUGE", "YIELDED-PARENT"],
    ].map((code) => [code, "needs a database, and the sample home has the stores of older versions"]),
  ),
  "STORE-ON-SYNC": "needs a network mount or a cloud folder",
  PERM: "its files are their owner's alone, and modes of a captured home mean nothing",
};

/** It is a home of OpenClaw alone; agentctl's and claude-mem's findings have captured folders of their own. */
const ofNeighbours = /^(AGENTCTL|MEM|CROSS)-/;

describe("sample home", () => {
  it("shows exactly what is wrong with its sick sessions, and nothing of the healthy ones", async () => {
    const seen = await scanSample();
    const flagged = seen.sessions.filter((session) => session.findings.length > 0);
    assert.deepEqual(Object.fromEntries(flagged.map(({ key, findings }) => [key, [...findings]])), sickSessions);
    assert.equal(flagged.length, Object.keys(sickSessions).length);
    assert.ok(seen.sessions.length - flagged.length > flagged.length, "the healthy are the majority");
  });

  it("shows every finding there is but those that files alone cannot show", async () => {
    const seen = await scanSample();
    const expected = new Set(Object.keys(catalogue).filter((code) => !(code in notHere) && !ofNeighbours.test(code)));
    assert.deepEqual(new Set(seen.findings.map(({ code }) => code)), expected);
  });

  it("says of its stores what no session is to blame for", async () => {
    const seen = await scanSample();
    const about = seen.findings.filter(({ session, lock }) => session === undefined && lock === undefined);
    const agentOf = (id: string): string => seen.stores.find((store) => store.id === id)?.agent ?? "";
    assert.deepEqual(about.map(({ code, store }) => `${agentOf(store)} ${code}`).sort(), [
      "lost STATE-SPLIT",
      "lost STORE-SHRUNK",
      "lost TX-ORPHAN",
      "main ARCHIVE-BLOAT",
      "main CKPT-ORPHAN",
      "main STATE-SPLIT",
      "main TMP-LEFT",
      "main TRAJ-ORPHAN",
      "notes STORE-UNPARSABLE",
      "restored STORE-UNREADABLE",
      "tickets STORE-HUGE",
    ]);
  });

  it("is its owner's alone", async () => {
    const home = await prepareSampleHome(temporaryDirectory());
    const open = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0);
    assert.deepEqual(open, []);
  });

  it("shows its locks and stores", async () => {
    const seen = await scanSample();
    const locks = seen.locks.map(({ kind, owner, verdict, findings }) => [kind, owner, verdict, ...findings].join(" "));
    assert.deepEqual(locks.sort(), [
      "gateway dead stale GW-LOCK-STALE",
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
      ".openclaw-old main J2 readable",
      ".openclaw lost J2 readable",
      ".openclaw main J2 readable",
      ".openclaw tickets J2 readable",
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
