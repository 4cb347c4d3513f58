// What is said of transcripts, trajectories and what else lies beside a store.
import type { CatalogueEntry } from "./entry.ts";

export const filesCatalogue = {
  "TX-MISSING": {
    title: "The transcript is missing",
    severity: "warning",
    sentence: "{key} has run before, but its transcript {file} is not there.",
    about:
      "The row points to a transcript that does not exist. First turns, sessions of other command-line agents and rows that are being set up have none and are not meant.",
    repair: "None here: look for it in your backups; `openclaw sessions cleanup --fix-missing` would delete the row.",
    issues: ["#39249", "#79545"],
  },
  "TX-ARCHIVED": {
    title: "The transcript was archived under the row",
    severity: "warning",
    sentence: "{key} has no transcript, but an archive of it from {archived} is there.",
    about: "The transcript was renamed as deleted or as a backup while its row stayed.",
    repair:
      "Restore, asked: the newest deleted or backup archive is renamed back. Never one that was reset: somebody asked to forget it.",
    issues: ["#26468", "#73471", "#45255"],
  },
  "TX-HEADER": {
    title: "A transcript with an odd header",
    severity: "warning",
    sentence: "The transcript of {key} does not begin as it should: {reason}.",
    about: "The head of the file was lost, or it is another session's.",
    repair: "None: a transcript is never edited.",
    issues: ["#9021", "#104323"],
  },
  "TX-TORN": {
    title: "A transcript with a torn end",
    severity: "warning",
    sentence: "The transcript of {key} ends in the middle of a line, after {size} bytes.",
    about: "The machine or the gateway went down while it was written.",
    repair: "None: a transcript is never edited.",
    issues: ["#69846"],
  },
  "TX-TOOL-OPEN": {
    title: "A tool call without a result",
    severity: "info",
    sentence: "The transcript of {key} ends with a tool call that never got its result.",
    about: "The run was cut short while a tool was at work.",
    repair: "None: the gateway adds the missing result in memory.",
    issues: ["#10310", "#16823"],
  },
  "TX-ORPHAN": {
    title: "Transcripts without a row",
    severity: "info",
    sentence: "Transcripts beside the store of {agent} belong to no row: {files}, {size}.",
    about:
      "Conversations whose rows were deleted, pruned or lost. They are history. OpenClaw's clean-up deletes them after its retention.",
    repair:
      "None: never moved or removed here. `openclaw sessions cleanup --dry-run` counts what OpenClaw's own clean-up would delete.",
    issues: ["#89170", "#29706", "#73471"],
  },
  "TX-HEAD-DROP": {
    title: "A transcript that lost its beginning",
    severity: "info",
    sentence: "The transcript of {key} begins at {first}, but a run had answered a message by {ended}.",
    about:
      "The trajectory beside it knows an earlier turn that the transcript lacks. Looked for where a transcript is read: rows that claim to run or look odd. Heartbeats and compacted transcripts are not meant.",
    repair: "None: a transcript is never edited.",
    issues: ["#104323"],
  },
  "TRAJ-TRUNC": {
    title: "A trajectory that may be cut",
    severity: "info",
    sentence: "The trajectory of {key} may be incomplete: {reason}.",
    about: "A recorder stops at 10 MB. What is missing after that proves nothing, so the file is not used as proof.",
    repair: "None.",
    issues: [],
  },
  "TRAJ-ORPHAN": {
    title: "Trajectories without a session",
    severity: "info",
    sentence: "Trajectory files beside the store of {agent} are of no use to any session: {files}, {size}.",
    about:
      "Sidecars that a deleted session left, older than the retention, and pointers that name a trajectory which is not there, or another session's. Pointers are looked at where a transcript is read: rows that claim to run or look odd.",
    repair:
      "Tidy, asked: what a deleted session left is moved to the quarantine, and Undo moves it back. OpenClaw's own `openclaw sessions cleanup` would delete it. A pointer stays: nothing depends on it.",
    issues: ["#70680"],
  },
  "CKPT-ORPHAN": {
    title: "Checkpoints without a session",
    severity: "info",
    sentence: "Compaction checkpoints beside the store of {agent} belong to no row: {files}, {size}.",
    about:
      "OpenClaw leaves the file when a row lets go of its checkpoint, or goes itself. Meant are those older than the retention.",
    repair: "Tidy, asked: they are moved to the quarantine, and Undo moves them back.",
    issues: ["#66057"],
  },
  "TMP-LEFT": {
    title: "Temporary files of killed writers",
    severity: "info",
    sentence: "Temporary files of killed writers lie beside the store of {agent}: {files}, {size}.",
    about: "A writer that is killed before it puts its file in place leaves it. 51 GB were reported.",
    repair:
      "Tidy, proven where the gateway is stopped and the store is whole and newer than they are; the newest of them stays, and asked where one is far larger than the store. They are moved to the quarantine, and Undo moves them back. Newer gateways sweep them at their start.",
    issues: ["#89520", "#90503"],
  },
  "ARCHIVE-BLOAT": {
    title: "Archives past their retention",
    severity: "info",
    sentence: "Archives beside the store of {agent} are past their retention: {files}, {size}, the oldest by {age}.",
    about: "Deleted and reset transcripts are kept under another name for a while.",
    repair: "By OpenClaw's own `openclaw sessions cleanup`, after a look at its `--dry-run`.",
    issues: ["#44812", "#36608"],
  },
} as const satisfies Record<string, CatalogueEntry>;
