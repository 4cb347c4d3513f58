// The sessions of the sample home whose rows or locks lie, each a genuine one under another name.
import {
  completed,
  cronParentKey,
  killedInFirstTurn,
  killedInSecondTurn,
  lostWrite,
  subagentRun,
  usedTool,
} from "./genuine.mjs";

/** @typedef {import("./genuine.mjs").SampleSession} SampleSession */

/** @type {SampleSession} */
const subagent = {
  agent: "main",
  key: "agent:main:subagent:93a7c1de-5b20-4c7f-b1d4-0e6f8a2b3c44",
  label: "Collect the figures",
  minutesAgo: 150,
  like: subagentRun,
  ask: "Collect the figures of the quarter.",
  answer: "The figures are in figures.csv.",
  lie: runsForEver,
};

/** @type {SampleSession} */
const cronRun = {
  agent: "main",
  key: `${cronParentKey}:run:5e0c3a1b-7d9f-4e26-8b3a-1c5d7e9f2a60`,
  label: "Cron: nightly report",
  minutesAgo: 399,
  like: completed,
  sharesIdOf: cronParentKey,
  ask: "Write the nightly report.",
  answer: "The report was posted.",
  lie: runsForEver,
};

/** @type {readonly SampleSession[]} */
export const sick = [
  // RUN-FINISHED: the write of its end was lost.
  {
    agent: "main",
    key: "agent:main:weekly-summary",
    label: "Weekly summary",
    minutesAgo: 85,
    like: lostWrite,
    ask: "Sum up the week.",
    answer: "Four releases, no incident.",
  },
  // RUN-ENDED-J: a late start event put `running` back over the end.
  {
    agent: "main",
    key: "agent:main:invoice-check",
    label: "Invoice check",
    minutesAgo: 118,
    like: completed,
    ask: "Compare the invoices with the orders.",
    answer: "All but one agree.",
    lie: (row) => {
      row["status"] = "running";
    },
  },
  // RUN-DEADLOCK: killed inside a write, its lock left.
  {
    agent: "main",
    key: "agent:main:telegram:direct:500600700",
    minutesAgo: 140,
    like: killedInSecondTurn,
    lock: "dead",
    ask: "And now the second half.",
    answer: "The first half is done.",
  },
  // RUN-NO-OWNER: killed while the model streamed.
  {
    agent: "work",
    key: "agent:work:code-review",
    label: "Code review",
    minutesAgo: 145,
    like: killedInFirstTurn,
    ask: "Review the change.",
    answer: "",
    model: "openai/gpt-5.1",
  },
  {
    agent: "work",
    key: "agent:work:migration-plan",
    label: "Migration plan",
    minutesAgo: 146,
    like: killedInSecondTurn,
    ask: "Go on with step two.",
    answer: "Step one is done.",
  },
  // DELIVERY-PENDING: a finished answer that never reached its chat.
  {
    agent: "main",
    key: "agent:main:slack:channel:c0ffee123",
    label: "#status",
    minutesAgo: 160,
    like: lostWrite,
    ask: "Post the status.",
    answer: "All systems are up.",
    lie: (row) => {
      row["pendingFinalDelivery"] = true;
      row["pendingFinalDeliveryText"] = "All systems are up.";
      row["pendingFinalDeliveryCreatedAt"] = row["updatedAt"];
    },
  },
  // ROW-DROPPED: the gateway's next write leaves these out.
  dropped("agent:work:imported-notes", null),
  dropped("agent:work:imported-draft", { sessionId: "../drafts/2", updatedAt: 0 }),
  // LOCK-DEAD-IDLE
  {
    agent: "work",
    key: "agent:work:standup",
    label: "Stand-up",
    minutesAgo: 175,
    like: completed,
    lock: "dead",
    ask: "Collect the stand-up notes.",
    answer: "Collected.",
  },
  // LOCK-EMPTY
  {
    agent: "work",
    key: "agent:work:billing-questions",
    label: "Billing questions",
    minutesAgo: 185,
    like: completed,
    lock: "empty",
    ask: "Why was it charged twice?",
    answer: "It was not: one is a reservation.",
  },
  // LOCK-FOREIGN-PID
  {
    agent: "work",
    key: "agent:work:onboarding",
    label: "Onboarding",
    minutesAgo: 195,
    like: completed,
    lock: "first process",
    ask: "Prepare the checklist.",
    answer: "The checklist has nine points.",
  },
  // TX-MISSING
  {
    agent: "research",
    key: "agent:research:old-survey",
    label: "Old survey",
    minutesAgo: 5_900,
    like: completed,
    transcript: "missing",
    ask: "",
    answer: "",
  },
  // TX-ARCHIVED
  {
    agent: "research",
    key: "agent:research:benchmarks",
    label: "Benchmarks",
    minutesAgo: 3_100,
    like: completed,
    transcript: "archived",
    ask: "Run the benchmarks again.",
    answer: "Nine per cent faster.",
  },
  // SUB-REGISTRY-SPLIT
  subagent,
  // CRON-SPLIT
  cronRun,
  // END-BEFORE-START
  {
    agent: "research",
    key: "agent:research:clock-step",
    label: "Market watch",
    minutesAgo: 640,
    like: completed,
    ask: "Watch the prices for an hour.",
    answer: "Nothing moved.",
    lie: (row) => {
      row["endedAt"] = row["startedAt"] - 95_000;
      row["runtimeMs"] = 0;
    },
  },
  // TERM-NO-END
  {
    agent: "research",
    key: "agent:research:imported-interview",
    label: "Interview",
    minutesAgo: 800,
    like: completed,
    ask: "Write down the interview.",
    answer: "Written down.",
    lie: (row) => {
      delete row["endedAt"];
      delete row["runtimeMs"];
    },
  },
  // UPDATEDAT-BAD: seconds, by a script.
  {
    agent: "research",
    key: "agent:research:scripted-import",
    label: "Scripted import",
    minutesAgo: 900,
    like: completed,
    ask: "Import the table.",
    answer: "Imported.",
    lie: (row) => {
      row["updatedAt"] = Math.floor(row["updatedAt"] / 1000);
    },
  },
  // STATUS-UNKNOWN
  {
    agent: "research",
    key: "agent:research:patched-by-hand",
    label: "Patched by hand",
    minutesAgo: 1_000,
    like: completed,
    ask: "Try again.",
    answer: "It works.",
    lie: (row) => {
      row["status"] = "stalled";
    },
  },
];

/** RUN-WILL-RESUME: from 2026.6.11 on the gateway goes on with such a run when it starts. @type {readonly SampleSession[]} */
export const nextGeneration = [
  {
    agent: "main",
    key: "agent:main:main",
    minutesAgo: 240,
    like: killedInSecondTurn,
    ask: "Now delete the old branches.",
    answer: "The list of old branches is ready.",
  },
  {
    agent: "main",
    key: "agent:main:changelog",
    label: "Changelog",
    minutesAgo: 300,
    like: completed,
    ask: "Bring the changelog up to date.",
    answer: "It is up to date.",
  },
  {
    agent: "main",
    key: "agent:main:translations",
    label: "Translations",
    minutesAgo: 420,
    like: usedTool,
    ask: "Which strings are not translated?",
    answer: "None is missing.",
  },
];

/** The sessions of whose end only a registry knows. */
export const later = { subagent, cronRun };

/** @param {Record<string, any>} row */
function runsForEver(row) {
  row["status"] = "running";
  delete row["endedAt"];
  delete row["runtimeMs"];
}

/**
 * @param {string} key
 * @param {unknown} value
 * @returns {SampleSession}
 */
function dropped(key, value) {
  return { agent: "work", key, minutesAgo: 1_200, like: completed, ask: "", answer: "", value };
}
