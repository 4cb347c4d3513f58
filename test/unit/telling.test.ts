// What the worker tells the window of a scan: each news once, and never so much in one message that the window stands still.
import { deepEqual, equal, ok } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Events, ScanSlice, ScanUpdate } from "../../src/model/messages.ts";
import type { Scan } from "../../src/model/scan.ts";
import type { Session } from "../../src/model/session.ts";
import { scan } from "../../src/scan/scan.ts";
import { mostInSlice, teller } from "../../src/worker/telling.ts";
import { buildHome, now, running } from "../homeBuilder.ts";

/** A genuine scan of one row, with its session and its finding as often as wanted. */
async function scanOf(rows: number): Promise<Scan> {
  const home = buildHome({ rows: { "agent:main:main": running({ startedAt: now - 3_600_000 }) } });
  const capture = { processes: parseCapturedProcesses("      1       0 Fri Nov 20 09:00:01 2026 /sbin/init") };
  const found = await scan({ where: { homes: [home.home], stateDirs: [] }, env: {}, now, capture });
  const [session] = found.sessions;
  const [finding] = found.findings;
  ok(session && finding, "a row that claims to run without a trace has a finding");
  const sessions = Array.from({ length: rows }, (_, at): Session => ({ ...session, key: `k${at}` }));
  const findings = sessions.map(({ key }): Finding => ({ ...finding, id: `f${key}`, session: key }));
  return { ...found, sessions, findings };
}

type Told = { [K in "slice" | "scanned"]: { readonly event: K; readonly data: Events[K] } }["slice" | "scanned"];

function listener(takes: boolean): { readonly told: Told[]; readonly tells: ReturnType<typeof teller> } {
  const told: Told[] = [];
  return { told, tells: teller((event, data) => told.push({ event, data } as Told), takes) };
}

function heard(told: readonly Told[]): { readonly sessions: readonly string[]; readonly findings: readonly string[] } {
  const slices: readonly ScanSlice[] = told.map(({ data }) => data);
  return {
    sessions: slices.flatMap(({ changed }) => changed.map(({ key }) => key)),
    findings: slices.flatMap(({ findings }) => findings.map(({ id }) => id)),
  };
}

function last(told: readonly Told[]): ScanUpdate {
  const { event, data } = told.at(-1) ?? {};
  ok(event === "scanned");
  return data as ScanUpdate;
}

describe("What a window is told of a scan", () => {
  it("comes in slices, in the order of the scan, and after them what comes in one piece", async () => {
    const found = await scanOf(mostInSlice * 2 + 50);
    const { told, tells } = listener(false);
    await tells.tell(found, true);
    ok(told.length > 4);
    for (const { data } of told) ok(data.changed.length + data.findings.length <= mostInSlice);
    deepEqual(
      told.map(({ event }) => event),
      [...Array.from(told.slice(1), () => "slice"), "scanned"],
    );
    const sessions = found.sessions.map(({ key }) => key);
    const findings = found.findings.map(({ id }) => id);
    deepEqual(heard(told), { sessions, findings });
    deepEqual(last(told).order, findings);
  });

  it("waits for each message to be taken, and for one scan before the next", async () => {
    const { told, tells } = listener(true);
    const whole = tells.tell(await scanOf(mostInSlice), true);
    const next = tells.tell(await scanOf(1), true);
    const events: string[] = [];
    for (const event of ["slice", "slice", "scanned", "scanned"]) {
      await setImmediate();
      events.push(event);
      deepEqual(
        told.map((one) => one.event),
        events,
      );
      tells.taken();
    }
    await Promise.all([whole, next]);
  });

  it("is what was not told before: not a row that was only judged anew, but one that is gone", async () => {
    const found = await scanOf(3);
    const { told, tells } = listener(false);
    await tells.tell(found, false);
    const [first, ...rest] = found.sessions;
    ok(first);
    await tells.tell({ ...found, sessions: [{ ...first }, ...rest] }, true);
    deepEqual(heard(told.slice(1)), { sessions: [], findings: [] });
    equal(last(told).order, undefined, "They are the same, and stand as they stood.");
    const [kept, ...lost] = found.findings;
    ok(kept);
    const worse: Finding = { ...kept, message: "Something else" };
    await tells.tell({ ...found, sessions: [{ ...first, claimed: "done" }], findings: [worse] }, true);
    deepEqual(heard(told.slice(2)), { sessions: [first.key], findings: [kept.id] });
    deepEqual(
      last(told).removed,
      rest.map(({ store, key }) => ({ store, key })),
    );
    deepEqual(last(told).order, [kept.id]);
    equal(lost.length, 2);
  });
});
