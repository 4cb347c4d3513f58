// What agentctl's daemon is asked while it runs: exactly what it can do itself, looked at before and after.
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeMemory } from "../../src/inspect/openclawJson/readStore.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Scan } from "../../src/model/scan.ts";
import { endDaemon } from "../../src/owner/agentctlRequests.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { active, agentctlHome, auto } from "../agentctlHome.ts";
import { type DaemonServer, serveDaemon } from "../agentctlServer.ts";
import { type Bench, changedBetween, imagesIn, look, repairProven, repairSeen } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";

/** No system gives a pid as high. */
const dead = 4_194_304;
const gone = { directory: "/no/such/directory", type: "manual", lockedBy: "me", lockedAt: "2026-11-20T10:00:00.000Z" };
const byPid = auto({ pid: dead, lockedAt: "2026-11-20T10:00:00.000Z" });
const rows = { a: active({ pid: dead }), b: active({ pid: dead, cwd: "/code/b" }) };

describe("agentctl's daemon, while it runs,", () => {
  let home: string;
  let daemon: DaemonServer | undefined;

  beforeEach(() => {
    // Short: the system cuts the paths of sockets.
    home = realpathSync(mkdtempSync(join(tmpdir(), "ac-")));
  });
  afterEach(async () => {
    await daemon?.close();
    daemon = undefined;
    rmSync(home, { recursive: true });
  });

  const directory = (): string => join(home, ".agentctl");

  async function serve(locks: readonly unknown[], pid = process.pid): Promise<{ bench: Bench; server: DaemonServer }> {
    agentctlHome({ rows, locks, home });
    daemon = await serveDaemon(directory(), locks, pid);
    const folder = stateFolder({}, join(temporaryDirectory(), "inspector"));
    const input = { where: { homes: [home], stateDirs: [] }, env: {} };
    return { bench: { home, context: { input, folder } }, server: daemon };
  }

  const offered = ({ findings }: Scan): Finding[] => findings.filter(({ repair }) => repair.kind !== "none");
  const methods = ({ asked }: DaemonServer): string[] =>
    asked.map(({ method }) => method).filter((method) => method !== "daemon.status");

  it("is asked to release a lock by hand, whose directory is gone, and nothing is written", async () => {
    const { bench, server } = await serve([gone]);
    const before = imagesIn(home);
    const seen = await look(bench);
    const [finding] = offered(seen).filter(({ lock }) => lock !== undefined);
    deepEqual(
      [finding?.code, finding?.repair.kind, finding?.repair.class, finding?.repair.request],
      [
        "AGENTCTL-LOCK-GONE",
        "unlock",
        "ask",
        {
          method: "lock.release",
          directory: gone.directory,
          text: JSON.stringify(gone, null, 2).replaceAll("\n", "\n  "),
        },
      ],
    );
    const [result] = await repairSeen(bench, seen, [finding as Finding]);
    deepEqual([result?.applied, result?.refused, result?.receipt], [true, undefined, undefined]);
    deepEqual(methods(server), ["lock.list", "lock.release", "lock.list"]);
    deepEqual(server.locks, []);
    deepEqual(changedBetween(before, imagesIn(home)), []);
  });

  it("is not asked to release what is another lock by now", async () => {
    const { bench, server } = await serve([gone]);
    const seen = await look(bench);
    server.locks = [{ ...gone, lockedBy: "somebody else" }];
    const [result] = await repairSeen(bench, seen, offered(seen));
    match(result?.refused ?? "", /The lock on \/no\/such\/directory changed/);
    deepEqual(methods(server), ["lock.list"]);
  });

  it("is asked once to settle all that it finds dead, where it is one that loses nothing by that", async () => {
    const { bench, server } = await serve([byPid]);
    const seen = await look(bench);
    deepEqual(
      offered(seen).map(({ code, repair }) => [code, repair.class, repair.request?.method]),
      [
        ["AGENTCTL-GHOST", "ask", "session.prune"],
        ["AGENTCTL-GHOST", "ask", "session.prune"],
        ["AGENTCTL-LOCK-STALE", "ask", "session.prune"],
      ],
    );
    const [result] = await repairSeen(bench, seen, offered(seen));
    equal(result?.applied, true, result?.refused);
    deepEqual(methods(server), ["session.prune"]);
  });

  it("is asked nothing where it may be of an era that takes living rows out", async () => {
    const { bench } = await serve([auto({ sessionId: "a" })]);
    const { findings } = await look(bench);
    deepEqual(
      findings.map(({ code, repair }) => [code, repair.kind]),
      [
        ["AGENTCTL-GHOST", "none"],
        ["AGENTCTL-GHOST", "none"],
        ["AGENTCTL-LOCK-STALE", "none"],
      ],
    );
    match(findings[0]?.repair.why ?? "", /daemon would write its memory over the change/);
  });

  it("is believed when it refuses, and is not asked once it has ended", async () => {
    const { bench, server } = await serve([gone]);
    const seen = await look(bench);
    server.answers.set("lock.release", { error: { code: "ERR", message: "No manual lock" } });
    match((await repairSeen(bench, seen, offered(seen)))[0]?.refused ?? "", /refused lock.release: No manual lock/);
    await server.close();
    match((await repairSeen(bench, seen, offered(seen)))[0]?.refused ?? "", /not asked any more/);
  });

  it("is noticed when it came while its files were written", async () => {
    agentctlHome({ rows, home });
    let coming: Promise<DaemonServer> | undefined;
    const files = {
      ...nodeFiles,
      rename: (from: string, to: string) => {
        nodeFiles.rename(from, to);
        if (to.endsWith("state.json")) coming = serveDaemon(directory(), [], process.pid);
      },
    };
    const memory = { stores: storeMemory(), stoppedSince: new Map() };
    const input = { where: { homes: [home], stateDirs: [] }, env: {}, memory };
    const folder = stateFolder({}, join(temporaryDirectory(), "inspector"));
    const [result] = await repairProven({ home, context: { input, folder, files } });
    daemon = await coming;
    equal(result?.applied, true, result?.refused);
    match(result?.receipt?.notes?.join() ?? "", /was started meanwhile/);
  });

  it("is asked to end, which is waited for, and only if it is the one that was shown", async () => {
    const { server } = await serve([]);
    await rejects(
      endDaemon(directory(), process.pid + 1, () => true),
      /Another daemon/,
    );
    let looks = 0;
    await endDaemon(directory(), process.pid, () => ++looks > 2);
    equal(looks, 3);
    deepEqual(methods(server), ["daemon.shutdown"]);
  });
});
