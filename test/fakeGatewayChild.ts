// A process that is called like a gateway, holds its lock and answers like one, of a store that it reads from the disk:
// node fakeGatewayChild.ts STORE CONFIG LOCK. What it says of runs is told to it by its parent.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { FakeState } from "./fakeGateway.ts";
import { gatewayServer } from "./gatewayServer.ts";

const [store = "", configPath = "", lock = ""] = process.argv.slice(2);
let state: FakeState = { active: [0] };

type Rows = Record<string, { status?: string }>;

function list(): object {
  const rows: Rows = JSON.parse(readFileSync(store, "utf8"));
  const keys = [...new Set([...Object.keys(rows), ...(state.running ?? [])])];
  return {
    sessions: keys.map((key) => ({
      key,
      status: rows[key]?.status,
      hasActiveRun: state.running?.includes(key) === true,
    })),
  };
}

/** The last one stays. */
function nextActive(): number {
  const [first = 0, ...rest] = state.active;
  if (rest.length > 0) state = { ...state, active: rest };
  return first;
}

function answerTo(method: string): unknown {
  process.send?.({ asked: method });
  if (state.refuses === method) return new Error("no");
  switch (method) {
    case "sessions.list":
      return list();
    case "gateway.restart.preflight":
      return { counts: { totalActive: nextActive() } };
    case "sessions.abort": {
      const [runId] = state.running ?? [];
      state = { active: [0] };
      return runId === undefined
        ? { ok: true, abortedRunId: null, status: "no-active-run" }
        : { ok: true, abortedRunId: runId, status: "aborted" };
    }
    default:
      return {};
  }
}

/** As a gateway does that had read the store before it was repaired. */
function writeOver(text: string): void {
  writeFileSync(`${store}.theirs`, text, { mode: 0o600 });
  renameSync(`${store}.theirs`, store);
}

function startTicks(): number | undefined {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}

const port = await gatewayServer(answerTo);
const payload = { pid: process.pid, createdAt: new Date().toISOString(), configPath, startTime: startTicks(), port };
writeFileSync(lock, JSON.stringify(payload));
process.on("message", (told: FakeState) => {
  state = told;
  if (told.writesOver === true) {
    const text = readFileSync(store, "utf8");
    const look = setInterval(() => {
      if (readFileSync(store, "utf8") === text) return;
      clearInterval(look);
      writeOver(text);
    }, 5);
  }
  process.send?.({ ready: true });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
