import { done, key, sessionId } from "../../homeBuilder.ts";
import { answered, cronKey, started, subKey, tellStories, tx } from "./stories.ts";

const otherId = "99999999-2222-4333-8444-555555555555";
const files = { [tx]: answered };
const other = (text = answered): string => text.replaceAll(sessionId, otherId);

tellStories("identity", {
  "FILE-ESCAPE": [
    [
      "outside, and there is none of that name here",
      { rows: { [key]: done({ sessionFile: "/var/backups/x.jsonl" }) }, files },
      {},
      ["FILE-ESCAPE warning none never"],
    ],
    [
      "outside, and there is one of that name here",
      { rows: { [key]: done({ sessionFile: "/var/backups/x.jsonl" }) }, files: { ...files, "~/x.jsonl": answered } },
      {},
      ["FILE-ESCAPE warning correct ask"],
    ],
    [
      "above the store",
      { rows: { [key]: done({ sessionFile: "../../../x.jsonl" }) }, files },
      {},
      ["FILE-ESCAPE warning none never"],
    ],
    ["beside the store", { rows: { [key]: done({ sessionFile: `${sessionId}.jsonl` }) }, files }, {}, []],
    [
      "another machine's place of the same agent",
      { rows: { [key]: done({ sessionFile: `/Users/me/.clawdbot/agents/main/sessions/${sessionId}.jsonl` }) }, files },
      {},
      [],
    ],
    [
      "moved from a place of its own: what OpenClaw takes instead is the same file",
      { rows: { [key]: done({ sessionFile: `/old/disk/chats/${sessionId}.jsonl` }) }, files },
      {},
      [],
    ],
    [
      "a marker of a newer store is no path",
      { rows: { [key]: done({ sessionFile: `sqlite:main:${sessionId}:/x` }) }, files },
      {},
      [],
    ],
  ],
  "FILE-STALE-ID": [
    [
      "both files are there",
      {
        rows: { [key]: done({ sessionFile: `${otherId}.jsonl` }) },
        files: { ...files, [`~/${otherId}.jsonl`]: other() },
      },
      {},
      ["FILE-STALE-ID warning none never"],
    ],
    [
      "only the old file, as embedded runs of 2026.4.2 leave it",
      { rows: { [key]: done({ sessionFile: `${otherId}.jsonl` }) }, files: { [`~/${otherId}.jsonl`]: other() } },
      {},
      [],
    ],
    [
      "only the file of its own id",
      { rows: { [key]: done({ sessionFile: `${otherId}.jsonl` }) }, files },
      {},
      ["TX-MISSING warning none never"],
    ],
    [
      "the file of a topic, beside that of its group",
      {
        rows: { "agent:main:telegram:group:1:topic:7": done({ sessionFile: `${sessionId}-topic-7.jsonl` }) },
        files: { ...files, [`~/${sessionId}-topic-7.jsonl`]: answered },
      },
      {},
      [],
    ],
    [
      "a fork, beside what it was forked from",
      {
        rows: { [key]: done({ sessionFile: `2026-11-20T10-00-00_${sessionId}.jsonl` }) },
        files: { ...files, [`~/2026-11-20T10-00-00_${sessionId}.jsonl`]: answered },
      },
      {},
      [],
    ],
  ],
  "ID-SHARED": [
    [
      "two conversations",
      { rows: { [key]: done(), "agent:main:other": done() }, files },
      {},
      ["ID-SHARED warning none never", "ID-SHARED warning none never"],
    ],
    [
      "by the file alone",
      {
        rows: { [key]: done(), "agent:main:other": done({ sessionId: otherId, sessionFile: `${sessionId}.jsonl` }) },
        files,
      },
      {},
      ["ID-SHARED warning none never", "ID-SHARED warning none never"],
    ],
    ["a cron job and its run", { rows: { "agent:main:cron:job-1": done(), [cronKey]: done() }, files }, {}, []],
    [
      "two runs of one cron job",
      { rows: { "agent:main:cron:job-1:run:r2": done(), [cronKey]: done() }, files },
      {},
      [],
    ],
    [
      "runs of two cron jobs",
      { rows: { "agent:main:cron:job-2:run:r1": done(), [cronKey]: done() }, files },
      {},
      ["ID-SHARED warning none never", "ID-SHARED warning none never"],
    ],
    ["a heartbeat", { rows: { [key]: done(), [`${key}:heartbeat`]: done() }, files }, {}, []],
    ["the heartbeat of an agent", { rows: { [key]: done(), "agent:main:heartbeat": done() }, files }, {}, []],
    [
      "a topic that names no file of its own",
      { rows: { "agent:main:telegram:group:1": done(), "agent:main:telegram:group:1:topic:7": done() }, files },
      {},
      [],
    ],
    [
      "one name in the directories of two agents",
      {
        rows: { [key]: done() },
        files: {
          ...files,
          "agents/work/sessions/sessions.json": JSON.stringify({ "agent:work:main": done() }),
          [`agents/work/sessions/${sessionId}.jsonl`]: answered,
        },
      },
      {},
      [],
    ],
    [
      "an earlier conversation of the same session",
      {
        rows: { [key]: done({ usageFamilySessionIds: [otherId] }) },
        files: { ...files, [`~/${otherId}.jsonl`]: other() },
      },
      {},
      [],
    ],
    [
      "rows without an id share nothing",
      {
        rows: { "agent:main:cron:a": { updatedAt: started }, "agent:main:cron:b": { updatedAt: started } },
      },
      {},
      [],
    ],
  ],
  "KEY-ALIAS": [
    [
      "twice but for case",
      {
        rows: { "agent:main:Report": done(), "agent:main:report": done({ sessionId: otherId }) },
        files: { ...files, [`~/${otherId}.jsonl`]: other() },
      },
      {},
      ["KEY-ALIAS warning none never", "KEY-ALIAS warning none never"],
    ],
    ["the old name of main", { rows: { main: done() }, files }, {}, ["KEY-ALIAS warning none never"]],
    [
      "the old name beside the new one, with one transcript",
      { rows: { main: done(), [key]: done() }, files },
      {},
      ["KEY-ALIAS warning none never"],
    ],
    ["of another agent", { rows: { "agent:work:main": done() }, files }, {}, ["KEY-ALIAS warning none never"]],
    [
      "of several agents, in the one store that all share",
      {
        rows: { [key]: done(), "agent:work:main": done({ sessionId: otherId }) },
        config: { session: { store: "agents/main/sessions/sessions.json" } },
        files: { ...files, [`~/${otherId}.jsonl`]: other() },
      },
      {},
      [],
    ],
    ["a peer's id in its own case", { rows: { "agent:main:signal:direct:AbCd=": done() }, files }, {}, []],
    ["the one session of a global scope", { rows: { global: done() }, files }, {}, []],
  ],
  "PARENT-GONE": [
    [
      "spawned by nobody known",
      { rows: { [subKey]: done({ spawnedBy: key }) }, files },
      {},
      ["PARENT-GONE info none never"],
    ],
    [
      "forked from nobody known",
      { rows: { [key]: done({ parentSessionKey: "agent:main:old" }) }, files },
      {},
      ["PARENT-GONE info none never"],
    ],
    [
      "its parent is there, in another case",
      {
        rows: { "agent:main:Main": done({ sessionId: otherId }), [subKey]: done({ spawnedBy: key }) },
        files: { ...files, [`~/${otherId}.jsonl`]: other() },
      },
      {},
      [],
    ],
    [
      "its parent is another agent's",
      {
        rows: { [subKey]: done({ spawnedBy: "agent:work:main" }) },
        files: {
          ...files,
          "agents/work/sessions/sessions.json": JSON.stringify({ "agent:work:main": done() }),
          [`agents/work/sessions/${sessionId}.jsonl`]: answered,
        },
      },
      {},
      [],
    ],
    [
      "its parent may be in a store that cannot be read",
      {
        rows: { [subKey]: done({ spawnedBy: "agent:work:main" }) },
        files: { ...files, "agents/work/sessions/sessions.json": "{" },
      },
      {},
      ["STORE-UNPARSABLE error none never"],
    ],
    [
      "its parent was a cron run, which OpenClaw takes out",
      { rows: { [subKey]: done({ spawnedBy: cronKey }) }, files },
      {},
      [],
    ],
    [
      "a thread whose channel never spoke",
      {
        rows: {
          "agent:main:slack:channel:c1:thread:9": done({ parentSessionKey: "agent:main:slack:channel:c1" }),
        },
        files,
      },
      {},
      [],
    ],
    ["no parent", { rows: { [subKey]: done({ spawnedBy: "" }) }, files }, {}, []],
  ],
});
