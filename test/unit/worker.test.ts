// What a window hears from its worker while a gateway writes, as the genuine disk tells it.
import { deepEqual, ok } from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromWorker, ScanUpdate } from "../../src/model/messages.ts";
import { BenchHome } from "../bench/store.ts";
import { type FakeGateway, startFakeGateway } from "../fakeGateway.ts";
import { temporaryDirectory } from "../temporary.ts";

describe("The worker of a window beside a running gateway", () => {
  let gateway: FakeGateway | undefined;
  let worker: Worker | undefined;
  afterEach(async () => {
    await worker?.terminate();
    await gateway?.end();
  });

  it("tells of the session whose transcript grew, then of the one whose row changed, and of no other", async () => {
    const home = new BenchHome(temporaryDirectory());
    home.writeStore({ rows: 6, runningEvery: 3 });
    gateway = await startFakeGateway(home);
    const started = new Worker(join(import.meta.dirname, "..", "..", "src", "worker.ts"));
    worker = started;
    let heard = (_update: ScanUpdate): void => undefined;
    started.on("message", (message: FromWorker) => {
      if ("event" in message && message.event === "trouble") started.emit("error", new Error(message.data.message));
      if ("event" in message && message.event === "scanned" && message.data.changed.length > 0) heard(message.data);
    });
    /** The next update with any news. */
    const told = (): Promise<ScanUpdate> => {
      const update = new Promise<ScanUpdate>((resolve) => {
        heard = resolve;
      });
      return Promise.race([update, once(started, "error").then(([error]) => Promise.reject(error))]);
    };
    const where = { homes: [], stateDirs: [home.stateDir] };
    const first = told();
    started.postMessage({ id: 1, kind: "scan", ask: { where, captured: [], claimed: [], mayAsk: false } });
    ok((await first).changed.length === 6);
    started.postMessage({ id: 2, kind: "follow", ask: { on: true, focused: true } });
    for (let message: FromWorker | undefined; !(message && "id" in message && message.id === 2); )
      [message] = (await once(started, "message")) as [FromWorker];

    const grown = told();
    appendFileSync(home.fileOf(3, ".jsonl"), "\n");
    deepEqual(
      (await grown).changed.map(({ transcript }) => transcript),
      [home.fileOf(3, ".jsonl")],
    );
    const renamed = told();
    const rows: Record<string, object> = JSON.parse(readFileSync(home.store, "utf8"));
    const [key = ""] = Object.keys(rows);
    writeFileSync(`${home.store}.tmp`, JSON.stringify({ ...rows, [key]: { ...rows[key], label: "Renamed" } }, null, 2));
    renameSync(`${home.store}.tmp`, home.store);
    deepEqual(
      (await renamed).changed.map(({ label }) => label),
      ["Renamed"],
    );
  });
});
