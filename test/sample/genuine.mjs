// The genuine sessions that those of the sample home are made from.

/**
 * @typedef {object} SampleSession
 * @property {string} agent
 * @property {string} key
 * @property {number} minutesAgo When the row was last written.
 * @property {{ caseName: string, agent: string, key: string }} like The genuine session that it is made from.
 * @property {string} ask What the user says.
 * @property {string} answer What the assistant says.
 * @property {string} [label]
 * @property {string} [model]
 * @property {string} [suffix] Of the transcript's name, after the id.
 * @property {"missing" | "archived"} [transcript] Then its trajectory is gone as well.
 * @property {"dead" | "empty" | "first process"} [lock] On its transcript.
 * @property {string} [sharesIdOf] Key of the session whose id and transcript it has.
 * @property {(row: Record<string, any>) => void} [lie] What is wrong with the row.
 * @property {(transcript: string) => string} [damage]
 * @property {(trajectory: string) => string} [damageTrajectory]
 * @property {unknown} [value] Stands in the store instead of a row.
 */

export const completed = { caseName: "2026.5.18-completed", agent: "main", key: "agent:main:slowdone" };
export const twoTurns = { caseName: "2026.5.18-reset-delete-cron-subagent", agent: "main", key: "agent:main:slashnew" };
export const usedTool = { caseName: "2026.5.18-sigkill-not-restarted", agent: "main", key: "agent:main:finished" };
export const noStatus = { caseName: "2026.5.18-completed", agent: "main", key: "agent:main:explicit:embedded-main-1" };
export const failed = { caseName: "2026.5.18-failed-timeout-aborted", agent: "main", key: "agent:main:http500" };
export const timedOut = {
  caseName: "2026.5.18-failed-timeout-aborted",
  agent: "work",
  key: "agent:work:explicit:timeout-cli-1",
};
export const aborted = { caseName: "2026.5.18-failed-timeout-aborted", agent: "main", key: "agent:main:abort-chat" };
export const subagentRun = {
  caseName: "2026.5.18-reset-delete-cron-subagent",
  agent: "main",
  key: "agent:main:subagent:5f8c020d-bbc5-4d35-a76d-bab838af8cf3",
};
export const lostWrite = { caseName: "2026.5.18-live-external-edit-result", agent: "main", key: "agent:main:race1" };
export const killedInFirstTurn = { caseName: "2026.5.18-sigkill-not-restarted", agent: "work", key: "agent:work:hang" };
export const killedInSecondTurn = {
  caseName: "2026.5.18-sigkill-not-restarted",
  agent: "main",
  key: "agent:main:main",
};

export const cronJob = "7b1f4c52-8a1d-4b8e-9a56-2f0e6d3c9b41";
export const cronParentKey = `agent:main:cron:${cronJob}`;
