import { done, key, sessionId } from "../../homeBuilder.ts";
import { answered, tellStories, tx } from "./stories.ts";

tellStories("transcripts", {
  "TX-MISSING": [
    ["it has run", { rows: { [key]: done() } }, {}, ["TX-MISSING warning none never"]],
    ["a first turn that failed has lost nothing", { rows: { [key]: done({ status: "failed" }) } }, {}, []],
    ["kept by Claude's command line", { rows: { [key]: done({ claudeCliSessionId: "x" }) } }, {}, []],
    ["kept by other command lines", { rows: { [key]: done({ cliSessionBindings: { codex: {} } }) } }, {}, []],
    ["an ACP session", { rows: { "agent:main:acp:x": done({ acp: { state: "idle" } }) } }, {}, []],
    ["being set up", { rows: { [key]: done({ initializationPending: true }) } }, {}, []],
    ["a heartbeat", { rows: { "agent:main:main:heartbeat": done() } }, {}, []],
    [
      "under the name of its topic",
      { rows: { [key]: done() }, files: { [`~/${sessionId}-topic-7.jsonl`]: answered } },
      {},
      [],
    ],
    [
      "under the name of a fork",
      { rows: { [key]: done() }, files: { [`~/2026-11-20T10-00-00_${sessionId}.jsonl`]: answered } },
      {},
      [],
    ],
    [
      "beside the store, though the row names another machine's place",
      {
        rows: { [key]: done({ sessionFile: `/elsewhere/agents/main/sessions/${sessionId}.jsonl` }) },
        files: { [tx]: answered },
      },
      {},
      [],
    ],
  ],
  "TX-ARCHIVED": [
    [
      "deleted under the row",
      { rows: { [key]: done() }, files: { [`${tx}.deleted.2026-11-20T10-16-56.194Z`]: answered } },
      {},
      ["TX-ARCHIVED warning restore ask"],
    ],
    [
      "reset: somebody asked to forget it",
      { rows: { [key]: done() }, files: { [`${tx}.reset.2026-11-20T10-16-56.194Z`]: answered } },
      {},
      ["TX-ARCHIVED warning none never"],
    ],
  ],
});
