// How much is looked at for what the disk tells: no more than what changed, unless that is not enough.
import { deepEqual, equal } from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Change } from "../../src/inspect/follow.ts";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { Scan } from "../../src/model/scan.ts";
import { scan } from "../../src/scan/scan.ts";
import { Following } from "../../src/worker/following.ts";
import { buildHome, done } from "../homeBuilder.ts";

interface Asked {
  readonly some: readonly string[];
  readonly all: boolean;
}

describe("Following the disk", () => {
  let store = "";
  let latest: Scan | undefined;
  let following: Following;
  let isEnough = true;
  let heard = (_asked: Asked): void => undefined;

  /** What is looked at next. */
  const asked = (): Promise<Asked> =>
    new Promise((resolve) => {
      heard = resolve;
    });

  beforeEach(async () => {
    const home = buildHome({ rows: { "agent:main:main": done() }, files: { "~/a.jsonl": "{}\n" } });
    const capture = { processes: parseCapturedProcesses("      1       0 Fri Nov 20 09:00:01 2026 /sbin/init") };
    latest = await scan({ where: { homes: [home.home], stateDirs: [] }, env: {}, capture });
    store = latest.stores[0]?.path ?? "";
    let some: readonly string[] = [];
    following = new Following({
      latest: () => latest,
      underWay: () => undefined,
      lookAtSome: (changes: readonly Change[]) => {
        some = changes.map(({ name, isWrite }) => `${isWrite ? "+" : "!"}${name}`).sort();
        if (isEnough) heard({ some, all: false });
        return isEnough;
      },
      lookAtAll: () => {
        following.wholeLookBegins();
        following.wholeLookEnded(0);
        heard({ some, all: true });
      },
      onTrouble: (message) => {
        throw new Error(message);
      },
    });
    const first = asked();
    following.on();
    // Something may have been written before it began.
    deepEqual(await first, { some: [], all: true });
  });

  afterEach(() => following.off());

  it("names what was written to, and what came or went, each once", async () => {
    const next = asked();
    const beside = dirname(store);
    appendFileSync(join(beside, "a.jsonl"), "{}\n");
    appendFileSync(join(beside, "a.jsonl"), "{}\n");
    writeFileSync(join(beside, "b.jsonl"), "{}\n");
    deepEqual(await next, { some: ["!b.jsonl", "+a.jsonl"], all: false });
  });

  it("looks at everything where that is not enough", async () => {
    isEnough = false;
    const next = asked();
    appendFileSync(join(dirname(store), "a.jsonl"), "{}\n");
    deepEqual(await next, { some: ["+a.jsonl"], all: true });
    isEnough = true;
  });

  it("tells of a change once", async () => {
    const first = asked();
    appendFileSync(join(dirname(store), "a.jsonl"), "{}\n");
    await first;
    const second = asked();
    writeFileSync(join(dirname(store), "b.jsonl"), "{}\n");
    equal((await second).some.join(), "!b.jsonl");
  });
});
