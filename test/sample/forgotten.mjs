// A profile that was forgotten, with a home inside it: what is untidy rather than wrong, and what an operator only meets
// after months. Each a genuine session under another name, with one thing amiss.
import { completed, noStatus, subagentRun, usedTool } from "./genuine.mjs";

/** @typedef {import("./genuine.mjs").SampleSession} SampleSession */

const dayMinutes = 24 * 60;

/** Of the profile itself; STATE-SPLIT, since another state directory lies inside it. @type {readonly SampleSession[]} */
export const outer = [
  {
    agent: "main",
    key: "agent:main:moving-house",
    label: "Moving house",
    minutesAgo: 9 * dayMinutes,
    like: completed,
    ask: "What is left to pack?",
    answer: "The cellar.",
  },
];

/** @type {readonly SampleSession[]} */
export const inner = [
  // FILE-ESCAPE: a path of the machine before, outside of what OpenClaw allows.
  odd("agent:main:handbook", completed, 1_000, "Bring the handbook up to date.", "It is up to date.", (row) => {
    row["sessionFile"] = "/var/backups/claw/handbook.jsonl";
  }),
  // FILE-STALE-ID: a new id, and still the old file.
  odd("agent:main:travel-plan", completed, 1_010, "Plan the journey.", "Three days, two trains.", (row) => {
    row["sessionFile"] = "travel-plan-before.jsonl";
  }),
  // ID-SHARED
  odd("agent:main:recipes", completed, 1_020, "What can I cook?", "A soup."),
  { ...odd("agent:main:shopping", completed, 1_030, "", ""), sharesIdOf: "agent:main:recipes" },
  // KEY-ALIAS: the name that main had in old versions.
  odd("main", completed, 1_040, "Good morning.", "Good morning."),
  // PARENT-GONE
  odd(
    "agent:main:subagent:0b5b8a64-3a0e-4c39-9a55-70c1f1f0a2d1",
    subagentRun,
    1_050,
    "Look it up.",
    "Found.",
    (row) => {
      row["spawnedBy"] = "agent:main:long-gone";
    },
  ),
  // PRUNE-RISK
  odd("agent:main:tax-return", completed, 45 * dayMinutes, "Check the tax return.", "Line 12 is empty."),
  // RUNTIME-ODD
  odd("agent:main:time-zones", completed, 1_060, "What time is it there?", "Nine in the evening.", (row) => {
    row["runtimeMs"] = -41_000;
  }),
  // WEDGED
  odd("agent:main:subagent:6a3b0c1d-8f0e-4d2b-b0a4-5d6c7e8f9a01", subagentRun, 1_070, "Try it again.", "", (row) => {
    const wedgedAt = row["updatedAt"];
    row["spawnedBy"] = "agent:main:recipes";
    row["subagentRecovery"] = { automaticAttempts: 2, wedgedAt, wedgedReason: "two failures within a minute" };
  }),
  // ABORT-FLAG-STALE
  odd("agent:main:newsletter", completed, 1_080, "Write the newsletter.", "Written.", (row) => {
    row["abortedLastRun"] = true;
  }),
  // ACP-SPLIT
  {
    ...odd("agent:main:acp:4a1e7c90-2b3d-4f58-8c6d-9e0f1a2b3c4d", completed, 1_090, "", "", (row) => {
      row["acp"] = { state: "running", lastActivityAt: row["updatedAt"] };
    }),
    transcript: "missing",
  },
  // QUOTA-STALE
  odd("agent:main:bulk-mail", completed, 1_100, "Sort the mail.", "Sorted.", (row) => {
    const suspendedAt = row["updatedAt"];
    row["quotaSuspension"] = { state: "resuming", suspendedAt, expectedResumeBy: suspendedAt + 1_800_000 };
  }),
  // TX-HEADER: the header is another session's.
  {
    ...odd("agent:main:explicit:pasted", noStatus, 1_110, "Say hello.", "Hello."),
    damage: (transcript) => transcript.replace(/"id":"[^"]+"/, '"id":"00000000-0000-4000-8000-000000000000"'),
  },
  // TX-TORN
  {
    ...odd("agent:main:explicit:power-cut", noStatus, 1_120, "Say hello.", "Hello."),
    damage: (transcript) => transcript.slice(0, -60),
  },
  // TX-TOOL-OPEN: cut short while a tool was at work.
  {
    ...odd("agent:main:explicit:tool-cut", usedTool, 1_130, "Count the files.", "", (row) => {
      for (const field of ["status", "startedAt", "endedAt", "runtimeMs"]) delete row[field];
    }),
    damage: (transcript) => transcript.replace(/\n[^\n]*"role":"toolResult"[\s\S]*$/, "\n"),
  },
  // TX-HEAD-DROP: its trajectory knows an earlier run.
  {
    ...odd("agent:main:explicit:beheaded", noStatus, 1_135, "And then?", "Then it ended."),
    damageTrajectory: (trajectory) => halfAnHourEarlier(trajectory) + trajectory,
  },
  // TRAJ-TRUNC: a recorder that gives up says so instead of the end.
  {
    ...odd("agent:main:explicit:talkative", noStatus, 1_140, "Tell me everything.", "Everything."),
    damageTrajectory: (trajectory) => trajectory.replace(/"type":"session\.ended"/g, '"type":"trace.truncated"'),
  },
  // STORE-HUGE: more rows than its configuration keeps.
  ...Array.from({ length: 46 }, (_, i) => ticket(i + 1)),
];

/** What `session.maintenance` of the inner home says. */
export const innerMaintenance = { maxEntries: 20 };

/**
 * @param {string} key
 * @param {SampleSession["like"]} like
 * @param {number} minutesAgo
 * @param {string} ask
 * @param {string} answer
 * @param {SampleSession["lie"]} [lie]
 * @returns {SampleSession}
 */
function odd(key, like, minutesAgo, ask, answer, lie) {
  return { agent: "main", key, minutesAgo, like, ask, answer, ...(lie && { lie }) };
}

/** @param {string} trajectory @returns {string} */
function halfAnHourEarlier(trajectory) {
  return trajectory.replaceAll(
    /"ts":"([^"]+)"/g,
    (_, ts) => `"ts":"${new Date(Date.parse(ts) - 1_800_000).toISOString()}"`,
  );
}

/** @param {number} number @returns {SampleSession} */
function ticket(number) {
  return {
    agent: "tickets",
    key: `agent:tickets:ticket-${number}`,
    label: `Ticket ${number}`,
    minutesAgo: 1_200 + 17 * number,
    like: completed,
    ask: "What does the customer want?",
    answer: "A receipt.",
  };
}
