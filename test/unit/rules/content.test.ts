import { done, key, minute, running, sessionId, trajectory, transcript } from "../../homeBuilder.ts";
import { alive, answered, ended, started, success, tellStories, traj, tx } from "./stories.ts";

const otherId = "99999999-2222-4333-8444-555555555555";
const files = { [tx]: answered };
const other = (): string => answered.replaceAll(sessionId, otherId);
const noStatus = done({ status: undefined });
const pointer = `~/${sessionId}.trajectory-path.json`;

/** A run that was over half an hour before the one that the transcript knows. */
function earlier(prompt = "Hello", status = "success"): string {
  const at = started - 30 * minute;
  return trajectory(
    ["session.started", at],
    ["prompt.submitted", at + 1000, { prompt }],
    ["session.ended", at + minute, { status }],
  );
}

const [header = "", ...messages] = answered.split("\n");
const compaction = JSON.stringify({ type: "compaction", id: "c", firstKeptEntryId: "1", tokensBefore: 9000 });
const compacted = [header, compaction, ...messages].join("\n");

function pointerTo(runtimeFile: string, id = sessionId): string {
  return JSON.stringify({
    traceSchema: "openclaw-trajectory-pointer",
    schemaVersion: 1,
    sessionId: id,
    runtimeFile,
  });
}

tellStories("what files hold", {
  "TX-HEADER": [
    [
      "another session's",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: other() } },
      {},
      ["TX-HEADER warning none never"],
    ],
    [
      "its head is lost",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: answered.slice(answered.indexOf("\n") + 1) } },
      {},
      ["TX-HEADER warning none never"],
    ],
    [
      "its first line is no entry",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: `\0\0\0\n${answered}` } },
      {},
      ["TX-HEADER warning none never"],
    ],
    [
      "of a version to come",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: answered.replace('"version":3', '"version":9') } },
      {},
      ["TX-HEADER warning none never"],
    ],
    ["its own", { rows: { [key]: done({ status: undefined }) }, files }, {}, []],
    [
      "only a header, as after a reset",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: transcript() } },
      {},
      [],
    ],
    ["empty", { rows: { [key]: done({ status: undefined }) }, files: { [tx]: "" } }, {}, []],
    [
      "named by its file, as an embedded run of 2026.4.2 leaves it",
      {
        rows: { [key]: done({ status: undefined, sessionFile: `${otherId}.jsonl` }) },
        files: { [`~/${otherId}.jsonl`]: other() },
      },
      {},
      [],
    ],
    [
      "of a topic",
      {
        rows: {
          "agent:main:telegram:group:1:topic:7": done({ status: undefined, sessionFile: `${sessionId}-topic-7.jsonl` }),
        },
        files: { [`~/${sessionId}-topic-7.jsonl`]: answered },
      },
      {},
      [],
    ],
  ],
  "TX-TORN": [
    [
      "the last line is cut",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: `${answered}{"type":"mess` } },
      {},
      ["TX-TORN warning none never"],
    ],
    [
      "zeros at the end",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: `${answered}${"\0".repeat(64)}` } },
      {},
      ["TX-TORN warning none never"],
    ],
    [
      "only the newline is missing",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: answered.trimEnd() } },
      {},
      [],
    ],
    [
      "a line in the making",
      { rows: { [key]: done({ status: undefined }) }, files: { [tx]: `${answered}{"type":"mess` } },
      alive,
      [],
    ],
  ],
  "TX-TOOL-OPEN": [
    [
      "the tool never answered",
      {
        rows: { [key]: done({ status: undefined }) },
        files: { [tx]: transcript(["user", started], ["assistant", ended, { stopReason: "toolUse" }]) },
      },
      {},
      ["TX-TOOL-OPEN info none never"],
    ],
    [
      "the tool is at work",
      {
        rows: { [key]: done({ status: undefined }) },
        files: { [tx]: transcript(["user", started], ["assistant", ended, { stopReason: "toolUse" }]) },
      },
      alive,
      [],
    ],
    [
      "the tool answered",
      {
        rows: { [key]: done({ status: undefined }) },
        files: {
          [tx]: transcript(["assistant", started, { stopReason: "toolUse" }], ["toolResult", started + minute]),
        },
      },
      {},
      [],
    ],
  ],
  "TX-HEAD-DROP": [
    [
      "a run had answered before its first message",
      { rows: { [key]: noStatus }, files: { [tx]: answered, [traj]: earlier() + success } },
      {},
      ["TX-HEAD-DROP info none never"],
    ],
    [
      "the run was a heartbeat, which leaves no message",
      { rows: { [key]: noStatus }, files: { [tx]: answered, [traj]: earlier("Read HEARTBEAT.md") + success } },
      {},
      [],
    ],
    [
      "the run failed, and its message with it",
      { rows: { [key]: noStatus }, files: { [tx]: answered, [traj]: earlier("Hello", "error") + success } },
      {},
      [],
    ],
    [
      "compacted, as some versions take out what was before",
      { rows: { [key]: noStatus }, files: { [tx]: compacted, [traj]: earlier() + success } },
      {},
      [],
    ],
    [
      "the run waited long before it wrote its message",
      {
        rows: { [key]: noStatus },
        files: {
          [tx]: transcript(["user", started + minute], ["assistant", ended, { stopReason: "stop" }]),
          [traj]: success,
        },
      },
      {},
      [],
    ],
    [
      "the trajectory is kept elsewhere, by session",
      {
        rows: { [key]: noStatus },
        files: {
          [tx]: answered,
          [pointer]: pointerTo("/gone/renamed.trajectory.jsonl"),
          "~/renamed.trajectory.jsonl": earlier() + success,
        },
      },
      {},
      [],
    ],
  ],
  "TRAJ-ORPHAN (pointers)": [
    [
      "what it names is gone",
      { rows: { [key]: noStatus }, files: { [tx]: answered, [pointer]: pointerTo("/gone/traces/x.jsonl") } },
      {},
      ["TRAJ-ORPHAN info none never"],
    ],
    [
      "it is another session's",
      { rows: { [key]: noStatus }, files: { [tx]: answered, [pointer]: pointerTo("/gone/traces/x.jsonl", otherId) } },
      {},
      ["TRAJ-ORPHAN info none never"],
    ],
    [
      "the trajectory is beside the transcript anyway",
      {
        rows: { [key]: noStatus },
        files: { [tx]: answered, [traj]: success, [pointer]: pointerTo("/gone/traces/x.jsonl") },
      },
      {},
      [],
    ],
    [
      "moved with what it names",
      {
        rows: { [key]: noStatus },
        files: {
          [tx]: answered,
          [pointer]: pointerTo("/gone/traces/x.trajectory.jsonl"),
          "~/x.trajectory.jsonl": success,
        },
      },
      {},
      [],
    ],
  ],
  "TRAJ-TRUNC": [
    [
      "its recorder says that it stopped",
      {
        rows: { [key]: done({ status: undefined }) },
        files: { ...files, [traj]: trajectory(["session.started", started], ["trace.truncated", ended]) },
      },
      {},
      ["TRAJ-TRUNC info none never"],
    ],
    [
      "it is as large as a recorder lets it grow, and its end proves nothing",
      { rows: { [key]: running() }, files: { ...files, [traj]: `${" ".repeat(10 << 20)}\n${success}` } },
      {},
      ["RUN-NO-OWNER error finalize ask", "TRAJ-TRUNC info none never"],
    ],
    [
      "a run that was truncated long before the last one",
      {
        rows: { [key]: done({ status: undefined }) },
        files: { ...files, [traj]: trajectory(["trace.truncated", started - minute]) + success },
      },
      {},
      [],
    ],
  ],
});
