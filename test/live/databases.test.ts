// Genuine gateways of the versions with databases, as judges: what we read of them leaves no trace, and a row that we
// repaired is accepted by the program that owns it.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Finding } from "../../src/model/finding.ts";
import { change } from "../databaseBuilder.ts";
import { onCopy } from "../databaseContent.ts";
import { fingerprint } from "../fingerprint.ts";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { databaseVersions, type Gateway, type Installation, makeHome, runOpenclaw, startGateway } from "./gateway.mjs";
import { startModel } from "./model.mjs";
import { assertLive, findingsOf, look, row, until } from "./watching.ts";

const port = 19775;
const modelPort = 19776;
const main = "agent:main:main";
const cut = "agent:work:cut";
const untouched = "agent:work:untouched";
const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");

interface Answer {
  readonly receipts: readonly { readonly applied: boolean; readonly refused?: string }[];
}

for (const version of databaseVersions) {
  describe(`the database of a genuine ${version}`, () => {
    const homes: { remove: () => void }[] = [];
    const gateways = new Set<Gateway>();
    let model: Awaited<ReturnType<typeof startModel>>;
    let at: Installation;
    let receipts: string;

    before(async () => {
      model = await startModel(modelPort);
    });
    after(() => model.close());
    beforeEach(() => {
      const [home, kept] = [temporaryDirectory(), temporaryDirectory()];
      homes.push(home, kept);
      at = makeHome({ version, home: home.path, port, modelPort });
      receipts = kept.path;
    });
    afterEach(async () => {
      for (const gateway of gateways) await gateway.stop("SIGKILL");
      gateways.clear();
      for (const home of homes.splice(0)) home.remove();
    });

    async function up(): Promise<Gateway> {
      const gateway = await startGateway(at);
      gateways.add(gateway);
      return gateway;
    }

    async function stop(gateway: Gateway, signal: NodeJS.Signals): Promise<void> {
      gateways.delete(gateway);
      await gateway.stop(signal);
    }

    async function shown(gateway: Gateway, key: string): Promise<{ status?: string; hasActiveRun?: boolean }> {
      const { sessions } = await gateway.call("sessions.list", { limit: 100 });
      return sessions.find((session: { key: string }) => session.key === key) ?? {};
    }

    async function begin(gateway: Gateway, key: string, message: string): Promise<void> {
      await gateway.send(key, message);
      await until(`${key} runs`, async () => {
        const { hasActiveRun, status } = await shown(gateway, key);
        return hasActiveRun === true && status === "running";
      });
    }

    /** Three rows: one that is done, and two whose gateway was killed while they ran. */
    async function killed(): Promise<void> {
      const gateway = await up();
      await gateway.send(main, "hello [[quick]]");
      await until(`${main} is done`, async () => (await shown(gateway, main)).status === "done");
      await begin(gateway, cut, "begin [[slow:300]]");
      await begin(gateway, untouched, "begin [[slow:300]]");
      await assertLive(at, [cut, untouched]);
      await stop(gateway, "SIGKILL");
    }

    function inspector(...args: string[]): Answer {
      const where = ["--state-dir", at.stateDir, "--backup-dir", receipts, "--no-ask", "--json"];
      const all = ["--disable-warning=ExperimentalWarning", cli, ...args, ...where];
      const { stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
      ok(stdout.startsWith("{"), stderr);
      return JSON.parse(stdout);
    }

    async function staleFinding(key: string): Promise<Finding> {
      const seen = await look(at);
      deepEqual([row(seen, key).verdict, row(seen, key).claimed], ["interrupted", "running"], row(seen, key).why);
      const [finding, ...more] = findingsOf(seen, key).filter(({ repair }) => repair.kind !== "none");
      equal(more.length, 0);
      equal(finding?.code, "RUN-WILL-RESUME");
      return finding as Finding;
    }

    /** Every row with its status, as the program itself lists them. */
    function listed(): Record<string, string> {
      const { status, out } = runOpenclaw(at, ["sessions", "--all-agents", "--json"]);
      equal(status, 0, out);
      const { sessions } = JSON.parse(out) as { sessions: { key: string; status: string }[] };
      return Object.fromEntries(sessions.map((session) => [session.key, session.status]));
    }

    /** The lines in which its doctor complains, without what differs from call to call. */
    function complaints(): string[] {
      const { out } = runOpenclaw(at, ["doctor", "--non-interactive"]);
      return out
        .split("\n")
        .map((line) =>
          line
            .replace(/\d+/g, "#")
            .replace(/[│┌┐└┘├┤─◇\s]+/g, " ")
            .trim(),
        )
        .filter((line) => line !== "");
    }

    function entryOf(key: string): string {
      const [, agent = ""] = key.split(":");
      const path = join(at.stateDir, "agents", agent, "agent", "openclaw-agent.sqlite");
      const wanted = "SELECT entry_json AS json FROM session_nodes WHERE session_key = ?";
      return onCopy(path, (database) => String(database.prepare(wanted).get(key)?.["json"]));
    }

    /** As the official writer writes it (RAN-9.6-EXT, variant B). */
    function archiveByHand(key: string): void {
      const [, agent = ""] = key.split(":");
      change(join(at.stateDir, "agents", agent, "agent", "openclaw-agent.sqlite"), (database) => {
        const archived = "entry_json = json_set(entry_json, '$.archivedAt', ?2, '$.archiveReason', 'manual')";
        const now = Date.now();
        database.prepare(`UPDATE session_nodes SET archived_at = ?2, ${archived} WHERE session_key = ?1`).run(key, now);
        database.prepare("UPDATE session_nodes SET entry_valid = 1 WHERE session_key = ?").run(key);
      });
    }

    it("is seen to drain when it is told to end in the middle of a run, and nothing of it is called dead", async () => {
      const gateway = await up();
      await begin(gateway, cut, "begin [[slow:300]]");
      equal((await look(at)).stateDirs[0]?.writer.state, "running");
      process.kill(gateway.pid, "SIGTERM");
      let drained = await look(at);
      await until("it drains", async () => {
        drained = await look(at);
        return drained.stateDirs[0]?.writer.state === "draining";
      });
      ok(row(drained, cut).verdict !== "interrupted", row(drained, cut).why);
      const { receipts: tried } = inspector("repair", "--proven", "--strict");
      deepEqual(
        tried.filter(({ applied }) => applied),
        [],
      );
    });

    it("accepts a row that was repaired, and goes on with the one beside it", async () => {
      await killed();
      const before = fingerprint(at.stateDir);
      const finding = await staleFinding(cut);
      await staleFinding(untouched);
      equal(fingerprint(at.stateDir), before, "looking left a trace");
      const said = complaints();
      const stale = entryOf(cut);

      const [repaired] = inspector("repair", "--finding", finding.id, "--set", "status=failed").receipts;
      deepEqual([repaired?.applied, repaired?.refused], [true, undefined]);
      deepEqual(listed(), { [main]: "done", [cut]: "failed", [untouched]: "running" });
      deepEqual(
        complaints().filter((line) => !said.includes(line)),
        [],
        "its doctor says more than before",
      );
      const settled = entryOf(cut);

      const again = await up();
      await until("the other row is resumed", async () => (await shown(again, untouched)).hasActiveRun === true);
      const { status, hasActiveRun } = await shown(again, cut);
      deepEqual([status, hasActiveRun], ["failed", false]);
      const late = findingsOf(await look(at), untouched);
      ok(late.every(({ repair }) => repair.class !== "proven"));
      const [refused] = inspector("undo", "--last").receipts;
      equal(refused?.applied, false);
      match(refused?.refused ?? "", /Stop the gateway, then repair, then start it again/);
      await stop(again, "SIGKILL");

      equal(entryOf(cut), settled, "the gateway left the repaired row as it was");
      const [undone] = inspector("undo", "--last").receipts;
      deepEqual([undone?.applied, undone?.refused], [true, undefined]);
      equal(entryOf(cut), stale);
      deepEqual(Object.keys(listed()).sort(), [cut, main, untouched].sort());
      const third = await up();
      await until("the undone row is resumed", async () => (await shown(third, cut)).hasActiveRun === true);
    });

    it("accepts what was archived, and what was settled unasked since it was archived while it ran (#119117)", async () => {
      const ended = "agent:work:ended";
      const gateway = await up();
      await gateway.send(ended, "hello [[quick]]");
      await until(`${ended} is done`, async () => (await shown(gateway, ended)).status === "done");
      await begin(gateway, cut, "begin [[slow:300]]");
      await stop(gateway, "SIGKILL");
      // No command archives what runs any more; rows that were are genuine all the same.
      archiveByHand(cut);
      const [settled] = inspector("repair", "--proven").receipts;
      deepEqual([settled?.applied, settled?.refused], [true, undefined]);
      const [archived] = inspector("prune", "--key", ended).receipts;
      deepEqual([archived?.applied, archived?.refused], [true, undefined]);
      deepEqual(listed(), { [ended]: "done", [cut]: "failed" });
      const rows = [entryOf(ended), entryOf(cut)];

      const again = await up();
      const { sessions } = await again.call("sessions.list", { limit: 100, archived: true });
      deepEqual(sessions.map(({ key, status }: { key: string; status: string }) => [key, status]).sort(), [
        [cut, "failed"],
        [ended, "done"],
      ]);
      await stop(again, "SIGTERM");
      deepEqual([entryOf(ended), entryOf(cut)], rows, "its start left them as they were");
    });
  });
}
