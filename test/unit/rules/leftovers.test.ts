import { done, key, sessionId } from "../../homeBuilder.ts";
import { alive, answered, day, tellStories, tx } from "./stories.ts";

const otherId = "99999999-2222-4333-8444-555555555555";
const files = { [tx]: answered };
const old = 40 * day;
/** Six conversations that no row has, or has lost. */
const six = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((id) => [`~/${id}.jsonl`, answered]));
const rows = { [key]: done() };
const temporaries = { "~/sessions.json.0f1e.tmp": "{", "~/.fs-safe-replace.7.0f1e.tmp": "{" };
const aged = { "~/sessions.json.0f1e.tmp": day, "~/.fs-safe-replace.7.0f1e.tmp": 2 * day };

tellStories("what lies beside a store", {
  "STORE-SHRUNK": [
    [
      "six conversations and no row",
      { rows: {}, files: six },
      {},
      ["STORE-SHRUNK error none never", "TX-ORPHAN info none never"],
    ],
    [
      "one row, and a far larger copy of the store",
      { rows, files: { ...files, ...six, "~/sessions.json.bak.1795000000000": " ".repeat(9000) } },
      {},
      ["STORE-SHRUNK error none never", "TX-ORPHAN info none never"],
    ],
    [
      "one row that began anew each day, as older versions leave it",
      { rows, files: { ...files, ...six } },
      {},
      ["TX-ORPHAN info none never"],
    ],
    [
      "one row, and a copy of the same size",
      { rows, files: { ...files, ...six, "~/sessions.json.bak.1795000000000": " ".repeat(300) } },
      {},
      ["TX-ORPHAN info none never"],
    ],
    [
      "a larger copy and no conversation without a row: maintenance took rows",
      { rows, files: { ...files, "~/sessions.json.bak.1795000000000": " ".repeat(9000) } },
      {},
      [],
    ],
    ["a fresh store", { rows: {} }, {}, []],
    [
      "all conversations were deleted properly",
      {
        rows: {},
        files: Object.fromEntries(
          Object.keys(six).map((name) => [`${name}.deleted.2026-11-20T10-16-56.194Z`, answered]),
        ),
      },
      {},
      [],
    ],
    [
      "two stores in one directory",
      {
        rows: {},
        config: { session: { store: "agents/main/sessions/{agentId}.json" } },
        files: { ...six, "~/main.json": "{}" },
      },
      {},
      [],
    ],
  ],
  "TX-ORPHAN": [
    ["one", { rows, files: { ...files, "~/a.jsonl": answered } }, {}, ["TX-ORPHAN info none never"]],
    ["the topic of a row", { rows, files: { ...files, [`~/${sessionId}-topic-7.jsonl`]: answered } }, {}, []],
    ["a fork of a row", { rows, files: { ...files, [`~/2026-11-20T10-00-00_${sessionId}.jsonl`]: answered } }, {}, []],
    [
      "an earlier conversation of a row",
      {
        rows: { [key]: done({ usageFamilySessionIds: [otherId] }) },
        files: { ...files, [`~/${otherId}.jsonl`]: answered },
      },
      {},
      [],
    ],
    [
      "named by a row of another agent",
      {
        rows,
        files: {
          ...files,
          "~/lent.jsonl": answered,
          "agents/work/sessions/sessions.json": JSON.stringify({
            "agent:work:main": done({ sessionFile: "../../main/sessions/lent.jsonl" }),
          }),
        },
      },
      {},
      [],
    ],
    [
      "archives, checkpoints and trajectories are none",
      {
        rows,
        files: {
          ...files,
          "~/a.jsonl.reset.2026-11-20T10-16-56.194Z": answered,
          [`~/${sessionId}.checkpoint.c1.jsonl`]: answered,
          [`~/${sessionId}.trajectory.jsonl`]: "",
        },
      },
      {},
      [],
    ],
  ],
  "TRAJ-ORPHAN": [
    [
      "past the retention",
      { rows, files: { ...files, "~/a.trajectory.jsonl": "" }, ages: { "~/a.trajectory.jsonl": old } },
      {},
      ["TRAJ-ORPHAN info tidy ask"],
    ],
    [
      "where another store cannot be read, whose rows may name it",
      {
        rows,
        files: { ...files, "~/a.trajectory.jsonl": "", "agents/work/sessions/sessions.json": "{" },
        ages: { "~/a.trajectory.jsonl": old },
      },
      {},
      ["TRAJ-ORPHAN info none never", "STORE-UNPARSABLE error none never"],
    ],
    ["of today", { rows, files: { ...files, "~/a.trajectory.jsonl": "" } }, {}, []],
    [
      "of an archived transcript",
      {
        rows,
        files: { ...files, "~/a.trajectory.jsonl": "", "~/a.jsonl.deleted.2026-11-20T10-16-56.194Z": answered },
        ages: { "~/a.trajectory.jsonl": old },
      },
      {},
      [],
    ],
    [
      "of a row whose transcript never came to be",
      {
        rows: { [key]: done({ status: "failed" }) },
        files: { [`~/${sessionId}.trajectory.jsonl`]: "", [`~/${sessionId}.trajectory-path.json`]: "{}" },
        ages: { [`~/${sessionId}.trajectory.jsonl`]: old, [`~/${sessionId}.trajectory-path.json`]: old },
      },
      {},
      [],
    ],
    [
      "kept longer by its configuration",
      {
        rows,
        config: { session: { maintenance: { pruneAfter: "90d" } } },
        files: { ...files, "~/a.trajectory.jsonl": "" },
        ages: { "~/a.trajectory.jsonl": old },
      },
      {},
      [],
    ],
  ],
  "TMP-LEFT": [
    [
      "of 2026.4.2 and of 2026.5.18",
      {
        rows,
        files: { ...files, ...temporaries },
        ages: aged,
      },
      {},
      ["TMP-LEFT info tidy proven"],
    ],
    [
      "of 2026.4.2 and of 2026.5.18, while a gateway may be writing",
      { rows, files: { ...files, ...temporaries }, ages: aged },
      alive,
      ["TMP-LEFT info tidy ask"],
    ],
    [
      "where other machines may write",
      { rows, files: { ...files, ...temporaries }, ages: aged, within: "Dropbox" },
      { here: true },
      ["STORE-ON-SYNC warning none never", "TMP-LEFT info tidy ask"],
    ],
    [
      "one of them far larger than the store",
      { rows, files: { ...files, ...temporaries, "~/.fs-safe-replace.7.0f1e.tmp": " ".repeat(9000) }, ages: aged },
      {},
      ["TMP-LEFT info tidy ask"],
    ],
    [
      "where the store has lost rows: they may be in there",
      { rows: {}, files: { ...six, ...temporaries }, ages: aged },
      {},
      ["STORE-SHRUNK error none never", "TX-ORPHAN info none never", "TMP-LEFT info none never"],
    ],
    [
      "one, which is the newest",
      { rows, files: { ...files, "~/sessions.json.0f1e.tmp": "{" }, ages: { "~/sessions.json.0f1e.tmp": day } },
      {},
      ["TMP-LEFT info none never"],
    ],
    [
      "two that are newer than the store",
      {
        rows,
        files: { ...files, ...temporaries },
        ages: { "~/sessions.json.0f1e.tmp": 2 * day, "~/.fs-safe-replace.7.0f1e.tmp": 2 * day },
        storeAge: 3 * day,
      },
      {},
      ["TMP-LEFT info none never"],
    ],
    ["a write may be under way", { rows, files: { ...files, "~/sessions.json.0f1e.tmp": "{" } }, {}, []],
    [
      "a backup is none",
      {
        rows,
        files: { ...files, "~/sessions.json.bak.1795000000000": "{}", "~/notes.tmp": "" },
        ages: { "~/sessions.json.bak.1795000000000": day, "~/notes.tmp": day },
      },
      {},
      [],
    ],
  ],
  "CKPT-ORPHAN": [
    [
      "past the retention",
      {
        rows,
        files: { ...files, [`~/${sessionId}.checkpoint.c1.jsonl`]: answered },
        ages: { [`~/${sessionId}.checkpoint.c1.jsonl`]: old },
      },
      {},
      ["CKPT-ORPHAN info tidy ask"],
    ],
    [
      "named by a row of another agent",
      {
        rows,
        files: {
          ...files,
          [`~/${sessionId}.checkpoint.c1.jsonl`]: answered,
          "agents/work/sessions/sessions.json": JSON.stringify({
            "agent:work:main": done({
              sessionFile: "w.jsonl",
              compactionCheckpoints: [{ preCompaction: { sessionFile: `/x/${sessionId}.checkpoint.c1.jsonl` } }],
            }),
          }),
          "agents/work/sessions/w.jsonl": answered,
        },
        ages: { [`~/${sessionId}.checkpoint.c1.jsonl`]: old },
      },
      {},
      [],
    ],
    [
      "named by its row, under the place where it was",
      {
        rows: {
          [key]: done({
            compactionCheckpoints: [{ preCompaction: { sessionFile: `/old/${sessionId}.checkpoint.c1.jsonl` } }],
          }),
        },
        files: { ...files, [`~/${sessionId}.checkpoint.c1.jsonl`]: answered },
        ages: { [`~/${sessionId}.checkpoint.c1.jsonl`]: old },
      },
      {},
      [],
    ],
    ["of today", { rows, files: { ...files, [`~/${sessionId}.checkpoint.c1.jsonl`]: answered } }, {}, []],
  ],
  "ARCHIVE-BLOAT": [
    [
      "by the time in its name",
      { rows, files: { ...files, "~/a.jsonl.deleted.2026-09-20T10-16-56.194Z": answered } },
      {},
      ["ARCHIVE-BLOAT info none never"],
    ],
    [
      "of yesterday, though the file is old",
      {
        rows,
        files: { ...files, "~/a.jsonl.deleted.2026-11-20T10-16-56.194Z": answered },
        ages: { "~/a.jsonl.deleted.2026-11-20T10-16-56.194Z": old },
      },
      {},
      [],
    ],
    [
      "a backup has no retention",
      { rows, files: { ...files, "~/a.jsonl.bak.2026-09-20T10-16-56.194Z": answered } },
      {},
      [],
    ],
    [
      "what was reset is kept for good, as configured",
      {
        rows,
        config: { session: { maintenance: { resetArchiveRetention: false } } },
        files: { ...files, "~/a.jsonl.reset.2026-09-20T10-16-56.194Z": answered },
      },
      {},
      [],
    ],
    [
      "what was reset is kept for a week, as configured",
      {
        rows,
        config: { session: { maintenance: { resetArchiveRetention: "7d" } } },
        files: { ...files, "~/a.jsonl.reset.2026-11-10T10-16-56.194Z": answered },
      },
      {},
      ["ARCHIVE-BLOAT info none never"],
    ],
  ],
});
