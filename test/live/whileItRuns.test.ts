// What is done about the sessions of a genuine gateway that runs: one row beside it, its own stop and start, an abort.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Receipt, RepairResult } from "../../src/model/receipt.ts";
import type { Scan } from "../../src/model/scan.ts";
import type { Store } from "../../src/model/store.ts";
import { findGatewayCommands } from "../../src/owner/gatewayCommand.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { planChoices, type RepairContext, receiptsOf, repairPlans, undoReceipt } from "../../src/repairs.ts";
import { writerNow } from "../../src/scan/freshLook.ts";
import { gatewayView, requestOfGateway } from "../../src/scan/gatewayNow.ts";
import { aftermathOf } from "../../src/worker/aftermathOf.ts";
import { temporaryDirectory } from "../vscode/scratch.mjs";
import { answers, type Gateway, type Installation, makeHome, startGateway, talkTo } from "./gateway.mjs";
import { startModel } from "./model.mjs";
import { installService, type Service } from "./service.mjs";
import { findingsOf, look, picture, row, statusIn, until } from "./watching.ts";

const port = 19785;
const modelPort = 19786;
const main = "agent:main:main";
const other = "agent:main:other";
const stale = "agent:main:stale";
const tell = (line: string): void => void process.stdout.write(`      ${line}\n`);

describe("beside a genuine 2026.5.18 that runs", () => {
  let model: Awaited<ReturnType<typeof startModel>>;
  let gateway: Gateway | undefined;
  let service: Service | undefined;
  const homes: { remove: () => void }[] = [];

  before(async () => {
    model = await startModel(modelPort);
  });
  after(() => model.close());
  afterEach(async () => {
    await gateway?.stop("SIGKILL");
    service?.end();
    [gateway, service] = [undefined, undefined];
    for (const home of homes.splice(0)) home.remove();
  });

  function install(): Installation {
    const home = temporaryDirectory();
    homes.push(home);
    return makeHome({ version: "2026.5.18", home: home.path, port, modelPort });
  }

  function contextOf({ stateDir }: Installation, whileItRuns: boolean): RepairContext {
    const kept = temporaryDirectory();
    homes.push(kept);
    const input = { where: { homes: [], stateDirs: [stateDir] }, env: {} };
    return { input, folder: stateFolder({}, join(kept.path, "inspector")), whileItRuns };
  }

  async function repair(key: string, seen: Scan, context: RepairContext): Promise<RepairResult> {
    const finding = findingsOf(seen, key).find((one) => one.repair.kind === "finalize");
    ok(finding !== undefined, `nothing is proposed for ${key}: ${JSON.stringify(findingsOf(seen, key))}`);
    const { plans, refused } = planChoices(seen, [{ finding, status: "failed" }], context);
    const [result] = [...refused, ...(await repairPlans(seen, plans, context))];
    return result as RepairResult;
  }

  async function turn(at: Installation, key: string, message = "hello [[quick]]"): Promise<void> {
    const before = endedAt(at, key);
    await talkTo(at).send(key, message);
    await until(`${key} is done`, () => statusIn(at, "main", key) === "done" && endedAt(at, key) !== before);
    await until(
      "nothing runs",
      async () => (await talkTo(at).call("gateway.restart.preflight")).counts.totalActive === 0,
    );
  }

  async function shown(at: Installation, key: string): Promise<[unknown, unknown]> {
    const { sessions } = await talkTo(at).call("sessions.list");
    const found = sessions.find((one: Record<string, unknown>) => one["key"] === key);
    return [found?.status, found?.hasActiveRun];
  }

  it("a stale row is repaired, the gateway shows it and keeps it over its own writes, and it is undone", async () => {
    const at = install();
    gateway = await startGateway(at);
    await turn(at, main);
    await turn(at, other);
    await gateway.stop("SIGTERM");
    const store = storeOf(at);
    const rows = rowsOf(at);
    const hourAgo = Date.now() - 3_600_000;
    rows[stale] = { sessionId: randomUUID(), status: "running", startedAt: hourAgo, updatedAt: hourAgo };
    writeFileSync(store, JSON.stringify(rows, null, 2));
    gateway = await startGateway(at);
    await until(
      "nothing runs",
      async () => (await talkTo(at).call("gateway.restart.preflight")).counts.totalActive === 0,
    );
    deepEqual(await shown(at, stale), ["running", false]);
    const context = contextOf(at, true);
    const seen = await look(at);
    const result = await repair(stale, seen, context);
    deepEqual([result.refused, result.applied, result.receipt?.notes], [undefined, true, undefined]);
    deepEqual(await shown(at, stale), ["failed", false]);
    const receipt = result.receipt as Receipt;
    await wait(Math.max(0, receipt.at + 2000 - Date.now()));
    const early = await aftermathOf(receipt, seen, context);
    deepEqual(early, { key: stale, row: "kept", rows: 3, changed: 0, gone: [], lost: [] });
    await turn(at, main);
    await wait(Math.max(0, receipt.at + 45_000 - Date.now()));
    const late = await aftermathOf(receipt, seen, context);
    deepEqual(late, { key: stale, row: "kept", rows: 3, changed: 1, gone: [], lost: [] });
    deepEqual(await shown(at, stale), ["failed", false]);
    tell(
      `after the repair, 2 s: ${JSON.stringify(early)}; after a turn of another session, 45 s: ${JSON.stringify(late)}`,
    );

    // A run that streams keeps everything else from being written.
    await talkTo(at).send(other, "go [[slow:120]]");
    await until("it runs", () => statusIn(at, "main", other) === "running");
    const [newest] = receiptsOf(context);
    const refused = await undoReceipt(newest as Receipt, context);
    match(refused.refused ?? "", /nothing is written beside a run/);
    equal(rowsOf(at)[stale]?.["status"], "failed");
    await requestOfGateway(seen.stores[0] as Store, { what: "abort", key: other }, context.input);
    await until(
      "nothing runs",
      async () => (await talkTo(at).call("gateway.restart.preflight")).counts.totalActive === 0,
    );
    const undone = await undoReceipt(newest as Receipt, context);
    equal(undone.refused, undefined);
    deepEqual(await shown(at, stale), ["running", false]);
    await turn(at, main);
    deepEqual(rowsOf(at)[stale], rows[stale], "the row is as it was, also after the gateway has written");
  });

  it("a run that streams is aborted, and nothing is paired or left behind", async () => {
    const at = install();
    gateway = await startGateway(at);
    await turn(at, main);
    await gateway.send(main, "go [[slow:120]]");
    await until("it streams", () => model.isStreaming() && statusIn(at, "main", main) === "running");
    const seen = await look(at);
    equal(row(seen, main).verdict, "active");
    const [store] = seen.stores as [Store];
    const input = { where: { homes: [], stateDirs: [at.stateDir] }, env: {} };
    const began = Date.now();
    deepEqual(await requestOfGateway(store, { what: "abort", key: main }, input), {
      done: "yes",
      said: "it aborted the run",
    });
    await until("its model is left alone", () => !model.isStreaming(), 30_000, 50);
    const tookMs = Date.now() - began;
    await until("its row says so", () => statusIn(at, "main", main) !== "running", 30_000, 50);
    const { status, abortedLastRun } = rowsOf(at)[main] ?? {};
    tell(`its model was left alone after ${tookMs} ms; its row says ${status}, abortedLastRun ${abortedLastRun}`);
    deepEqual(await shown(at, main), [status, false]);
    deepEqual(await requestOfGateway(store, { what: "abort", key: main }, input), {
      done: "no",
      said: "it knows of no run of this session",
    });
    const paired = [...picture(at.home).keys()].filter((path) => /devices|pairing/.test(path.slice(at.home.length)));
    deepEqual(paired, []);
  });

  it("is stopped and started by its own command as we find it, and shows what was repaired in between", async () => {
    const at = install();
    service = installService(at);
    await until("it answers", () => answers(port), 120_000);
    const commands = findGatewayCommands(at.stateDir, { PATH: service.bin });
    ok(commands !== undefined);
    equal(commands.program, join(service.bin, "openclaw"));
    await turn(at, main);
    await talkTo(at).send(other, "go [[slow:600]]");
    await until("it runs", () => statusIn(at, "main", other) === "running");
    const context = contextOf(at, false);
    const writer = async (): Promise<string> => (await writerNow(at.stateDir, context.input)).state;
    equal(await writer(), "running");
    service.calls();

    const began = Date.now();
    const stopped = service.run(commands.stop.args, commands.env);
    await until("it is seen stopped", async () => (await writer()) === "stopped", 60_000, 100);
    tell(
      `${commands.stop.line.replaceAll(at.home, "~")}: ${stopped.trim()}; seen stopped after ${Date.now() - began} ms`,
    );
    ok(service.calls().includes("--user stop openclaw-gateway.service"));
    equal(statusIn(at, "main", other), "running", "the stop has left its row as it was");
    const seen = await look(at);
    deepEqual([row(seen, other).verdict, row(seen, main).verdict], ["interrupted", "finished"]);
    equal((await repair(other, seen, context)).refused, undefined);

    const started = service.run(commands.start.args, commands.env);
    await until("it is seen running", async () => (await writer()) === "running", 90_000, 200);
    await until("it answers", () => answers(port), 120_000);
    tell(`${commands.start.line.replaceAll(at.home, "~")}: ${started.trim().split("\n").at(-1)}`);
    await until(
      "it shows its rows",
      async () => (await gatewayView(seen.stores[0] as Store, context.input)) !== undefined,
    );
    const view = await gatewayView(seen.stores[0] as Store, context.input);
    deepEqual([view?.statuses?.get(other), view?.counts, model.isStreaming()], ["failed", "none", false]);
  });
});

describe("what a genuine 2026.9.6 is asked to do", () => {
  let model: Awaited<ReturnType<typeof startModel>>;
  let gateway: Gateway;
  const home = temporaryDirectory();

  before(async () => {
    model = await startModel(modelPort);
    gateway = await startGateway(makeHome({ version: "2026.9.6", home: home.path, port, modelPort }));
  });
  after(async () => {
    await gateway.stop("SIGKILL");
    await model.close();
    home.remove();
  });

  async function listed(key: string, more: object = {}): Promise<Record<string, unknown> | undefined> {
    const { sessions } = await gateway.call("sessions.list", { limit: 100, ...more });
    return sessions.find((one: Record<string, unknown>) => one["key"] === key);
  }

  it("it does: a run is aborted, a session archived, and nothing is paired", async () => {
    const { at } = gateway;
    const input = { where: { homes: [], stateDirs: [at.stateDir] }, env: {} };
    await gateway.send(main, "hello [[quick]]");
    await until("it is done", async () => (await listed(main))?.["status"] === "done");
    await gateway.send(other, "go [[slow:120]]");
    await until("it streams", async () => model.isStreaming() && (await listed(other))?.["hasActiveRun"] === true);
    const seen = await look(at);
    const store = seen.stores.find(({ era }) => era === "S") as Store;
    const paired = (): string[] => [...picture(at.home).keys()].filter((path) => /devices|pairing/.test(path));
    const pairedBefore = paired();

    const ask = (what: "abort" | "archive" | "recover", key: string, sessionId?: string) =>
      requestOfGateway(store, { what, key, ...(sessionId !== undefined && { sessionId }) }, input);
    deepEqual(await ask("recover", other), { done: "no", said: "it refused" }, "what streams is not recovered");
    ok(model.isStreaming());
    deepEqual(await ask("abort", other), { done: "yes", said: "it aborted the run" });
    await until("its model is left alone", () => !model.isStreaming(), 30_000, 50);
    await until("its row says so", async () => (await listed(other))?.["status"] !== "running");
    tell(`its row says ${(await listed(other))?.["status"]}`);
    deepEqual((await ask("abort", other)).done, "no");

    const { sessionId } = row(seen, main);
    deepEqual(await ask("archive", main, randomUUID()), { done: "no", said: "it refused" });
    deepEqual((await listed(main))?.["status"], "done", "another generation was meant");
    deepEqual(await ask("archive", other, row(seen, other).sessionId), {
      done: "yes",
      said: "it archived the session",
    });
    equal(await listed(other), undefined);
    ok((await listed(other, { archived: true })) !== undefined, "it is in the list of what is archived");
    deepEqual(await ask("archive", main, sessionId), { done: "no", said: "it refused" }, "its main session stays");
    deepEqual(paired(), pairedBefore);
  });
});

type Row = Record<string, unknown>;

function storeOf({ stateDir }: Installation): string {
  return join(stateDir, "agents", "main", "sessions", "sessions.json");
}

function rowsOf(at: Installation): Record<string, Row> {
  return JSON.parse(readFileSync(storeOf(at), "utf8"));
}

function endedAt(at: Installation, key: string): unknown {
  try {
    return rowsOf(at)[key]?.["endedAt"];
  } catch {
    return undefined;
  }
}
