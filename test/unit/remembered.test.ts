import { deepEqual } from "node:assert/strict";
import { Remembered } from "../../src/ui/remembered.ts";
import { parseTime } from "../../src/ui/timeInput.ts";

/** What VS Code keeps over a reload: JSON. */
class Kept {
  text = "{}";

  get(key: string): unknown {
    return JSON.parse(this.text)[key];
  }

  async update(key: string, value: unknown): Promise<void> {
    this.text = JSON.stringify({ ...JSON.parse(this.text), [key]: value });
  }
}

const anna = { path: "/captured/anna", at: 1_795_176_635_952, processes: "/captured/ps.txt" };
const ben = { path: "/captured/ben", at: 1_795_176_635_000 };
const store = { path: "/h/.openclaw-old/agents/main/sessions/sessions.json", movedFrom: "/old" };

describe("What a person told us", () => {
  it("is there after a reload, until it is closed or taken back", async () => {
    const kept = new Kept();
    const remembered = new Remembered(kept as never);
    await remembered.open(anna);
    await remembered.open(ben);
    await remembered.claim([store]);
    const reloaded = new Remembered(kept as never);
    deepEqual([reloaded.captured, reloaded.claimed], [[anna, ben], [store]]);
    await reloaded.close(anna.path);
    await reloaded.disown(store.path);
    deepEqual([remembered.captured, remembered.claimed], [[ben], []]);
  });

  it("of the same folder or store is what was said last", async () => {
    const remembered = new Remembered(new Kept() as never);
    await remembered.open(anna);
    await remembered.open({ path: anna.path, at: 1 });
    await remembered.claim([store]);
    await remembered.claim([{ ...store, movedFrom: "/older" }]);
    deepEqual(
      [remembered.captured, remembered.claimed],
      [[{ path: anna.path, at: 1 }], [{ ...store, movedFrom: "/older" }]],
    );
  });

  it("counts only where it is what we write", () => {
    const kept = new Kept();
    const odd = [null, 7, "x", {}, { path: 1, at: 2 }, { path: "/p", at: "soon" }, { ...ben, processes: 5 }];
    kept.text = JSON.stringify({ captured: [...odd, ben], claimed: [...odd, { path: "/p" }, store] });
    const remembered = new Remembered(kept as never);
    deepEqual([remembered.captured, remembered.claimed], [[ben], [store]]);
    kept.text = JSON.stringify({ captured: "all", claimed: { length: 1 } });
    deepEqual([remembered.captured, remembered.claimed], [[], []]);
  });
});

describe("A time of capture", () => {
  it("is ISO, local where it names no zone, or milliseconds", () => {
    const at = Date.UTC(2026, 10, 20, 14, 10, 35, 952);
    const local = new Date(2026, 10, 20, 14, 10).getTime();
    deepEqual(["2026-11-20T14:10:35.952Z", `${at}`, " 2026-11-20T15:10:35.952+01:00 "].map(parseTime), [at, at, at]);
    deepEqual(["2026-11-20 14:10", "2026-11-20T14:10", "2026-11-20 14:10:00"].map(parseTime), [local, local, local]);
    deepEqual(parseTime("2026-11-20"), Date.UTC(2026, 10, 20));
  });

  it("is none in seconds, in words, at a date that is none, or before there was an OpenClaw", () => {
    const none = ["", "soon", "1795176635", "2026-13-40", "2026-11-20 25:00", "1970-01-01", "9".repeat(20), "12", "-5"];
    deepEqual(
      none.map(parseTime),
      none.map(() => undefined),
    );
  });
});
