import { done, key, lock, minute, now, type Row, running, trajectory } from "../../homeBuilder.ts";
import { alive, answered, ended, lockFile, started, success, tellStories, traj, tx } from "./stories.ts";

const gatewayLock = "../tmp/openclaw-1000/gateway.0a1b2c3d.lock";

tellStories("locks", {
  "LOCK-DEAD-IDLE": [
    [
      "the row has ended",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock() } },
      {},
      ["LOCK-DEAD-IDLE warning unlock proven"],
    ],
    ["no row has it", { rows: {}, files: { [lockFile]: lock() } }, {}, ["LOCK-DEAD-IDLE warning unlock proven"]],
    [
      "the gateway runs",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock() } },
      alive,
      ["LOCK-DEAD-IDLE warning none never"],
    ],
    [
      "held by the gateway for a minute",
      {
        rows: { [key]: done() },
        files: { [tx]: answered, [lockFile]: lock({ pid: 9100, createdAt: new Date(now - minute).toISOString() }) },
      },
      alive,
      [],
    ],
  ],
  "LOCK-LIVE-OLD": [
    [
      "an hour",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 9100 }) } },
      alive,
      ["LOCK-LIVE-OLD warning none never"],
    ],
    [
      "as long as it said it would be",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 9100, maxHoldMs: 90 * minute }) } },
      alive,
      [],
    ],
  ],
  "LOCK-FOREIGN-PID": [
    [
      "an editor has the pid",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 10:30:00 2026 /usr/bin/vim openclaw.json"] },
      ["LOCK-FOREIGN-PID warning unlock proven"],
    ],
    [
      "a script of Node has the pid: it may be OpenClaw",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: lock({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 10:30:00 2026 /usr/bin/node dist/index.js gateway"] },
      [],
    ],
  ],
  "LOCK-EMPTY": [
    [
      "an hour old",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" } },
      {},
      ["LOCK-EMPTY warning unlock proven"],
    ],
    [
      "five minutes old",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" }, ages: { [lockFile]: 5 * minute } },
      {},
      ["LOCK-EMPTY warning none never"],
    ],
    [
      "just made",
      { rows: { [key]: done() }, files: { [tx]: answered, [lockFile]: "" }, ages: { [lockFile]: 5000 } },
      {},
      [],
    ],
    [
      "just half an hour old under a row that claims to run",
      { rows: { [key]: running() }, files: { [lockFile]: "" }, ages: { [lockFile]: 29 * minute } },
      {},
      ["RUN-NO-OWNER error finalize ask", "LOCK-EMPTY warning none never"],
    ],
    [
      "its row claims to run: never alone",
      { rows: { [key]: running() }, files: { [lockFile]: "" } },
      {},
      ["RUN-NO-OWNER error finalize ask", "LOCK-EMPTY warning none never"],
    ],
  ],
  "STORE-LOCK": [
    [
      "it blocks 2026.4.2",
      { rows: {}, version: "2026.4.2", files: { "~/sessions.json.lock": lock() } },
      {},
      ["STORE-LOCK error unlock proven"],
    ],
    [
      "2026.5.18 ignores it",
      { rows: {}, files: { "~/sessions.json.lock": lock() } },
      {},
      ["STORE-LOCK info unlock proven"],
    ],
    [
      "a write is under way",
      { rows: {}, version: "2026.4.2", files: { "~/sessions.json.lock": lock({ pid: 9100 }) } },
      alive,
      [],
    ],
  ],
  "LOCK-SELF-PID": [
    [
      "the run that took it ended by its own record",
      {
        rows: { [key]: done() },
        files: { [tx]: answered, [traj]: success, [lockFile]: lock({ pid: 9100, createdAt: at(started + minute) }) },
      },
      alive,
      ["LOCK-SELF-PID warning none never"],
    ],
    [
      "taken after that end, for the next turn",
      {
        rows: { [key]: done() },
        files: { [tx]: answered, [traj]: success, [lockFile]: lock({ pid: 9100, createdAt: at(now - minute) }) },
      },
      alive,
      [],
    ],
    [
      "the end is half a minute old",
      {
        rows: { [key]: done() },
        files: {
          [tx]: answered,
          [traj]: trajectory(["session.ended", now - minute / 2, { status: "success" }]),
          [lockFile]: lock({ pid: 9100, createdAt: at(now - 5 * minute) }),
        },
      },
      alive,
      [],
    ],
    [
      "another run began since",
      {
        rows: { [key]: done() },
        files: {
          [tx]: answered,
          [traj]: success + trajectory(["session.started", ended + minute]),
          [lockFile]: lock({ pid: 9100, createdAt: at(now - 20 * minute) }),
        },
      },
      alive,
      [],
    ],
    [
      "its row claims to run: the owner is believed",
      {
        rows: { [key]: running() },
        files: {
          [tx]: answered,
          [traj]: success,
          [lockFile]: lock({ pid: 9100, createdAt: at(started), maxHoldMs: 90 * minute }),
        },
      },
      alive,
      [],
    ],
  ],
  "GW-LOCK-STALE": [
    [
      "the gateway was killed",
      { rows: {}, files: { [gatewayLock]: gatewayPayload({ pid: 4242 }) } },
      {},
      ["GW-LOCK-STALE warning unlock proven"],
    ],
    [
      "another program has its pid",
      { rows: {}, files: { [gatewayLock]: gatewayPayload({ pid: 700 }) } },
      { processes: ["    700       1 Sat Nov 21 10:30:00 2026 /usr/bin/vim notes"] },
      ["GW-LOCK-STALE warning unlock proven"],
    ],
    [
      "another gateway runs, which may be this one under another number",
      { rows: {}, files: { [gatewayLock]: gatewayPayload({ pid: 4242 }) } },
      alive,
      [],
    ],
    [
      "of 2026.8 and later, in the state directory itself: never touched",
      { rows: {}, files: { "tmp/openclaw-1000/gateway.state.lock": gatewayPayload({ pid: 4242 }) } },
      {},
      ["GW-LOCK-STALE warning none never"],
    ],
    ["its gateway runs", { rows: {}, files: { [gatewayLock]: gatewayPayload({ pid: 9100 }) } }, alive, []],
    [
      "of another profile",
      {
        rows: {},
        files: { [gatewayLock]: gatewayPayload({ pid: 4242, configPath: "/home/claw/.openclaw-next/openclaw.json" }) },
      },
      {},
      [],
    ],
  ],
});

function at(time: number): string {
  return new Date(time).toISOString();
}

function gatewayPayload(more: Row): string {
  return JSON.stringify({ createdAt: at(started), configPath: "/home/claw/.openclaw/openclaw.json", ...more });
}
