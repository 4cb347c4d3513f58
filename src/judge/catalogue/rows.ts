// What is said of rows that contradict themselves or each other.
import type { CatalogueEntry } from "./entry.ts";

export const rowsCatalogue = {
  "ROW-DROPPED": {
    title: "A row that the gateway will drop",
    severity: "error",
    sentence: "{key} is no usable row ({reason}): the gateway deletes it with its next write.",
    about: "OpenClaw drops rows that are no objects, and rows whose sessionId is a path, whenever it writes the store.",
    repair: "None here: copy what you need from the row before the gateway writes.",
    issues: ["#66522"],
  },
  "SQL-ROW-INVALID": {
    title: "A row that OpenClaw does not accept",
    severity: "error",
    sentence: "{key} is not accepted by OpenClaw ({reason}): its commands refuse all sessions of the agent meanwhile.",
    about:
      "A database keeps with every row whether it was validated. One that is changed from outside is not valid until the next gateway start, or `openclaw doctor --fix`.",
    repair: "None here, and it keeps every other repair away from this row.",
    issues: [],
  },
  "SQL-STATUS-SPLIT": {
    title: "Row and columns disagree",
    severity: "error",
    sentence: "{key} says {claimed}, but {difference}.",
    about:
      "The row's JSON is what counts; columns and windows are copies that the gateway finds rows by, so that a wrong one hides a row from its recovery or hands it to it.",
    repair: "Correct, asked once quiet: the columns are made to say what the row says.",
    issues: [],
  },
  "END-BEFORE-START": {
    title: "Ended before it started",
    severity: "info",
    sentence: "{key} has endedAt {ended} before startedAt {started}.",
    about: "The order of events or a step of the clock; while a new run starts it is normal for a moment.",
    repair: "None: nothing tells which of the two is wrong, and OpenClaw shows a runtime of zero.",
    issues: ["#119407"],
  },
  "TERM-NO-END": {
    title: "Ended without a time",
    severity: "info",
    sentence: "{key} says {claimed} but has no endedAt.",
    about: "Older writers, imports and edits by hand leave it; OpenClaw tolerates it.",
    repair:
      "Correct, proven where the record of the end is there and the session is quiet; otherwise it is left, being harmless.",
    issues: [],
  },
  "RUNTIME-ODD": {
    title: "A runtime that does not fit",
    severity: "info",
    sentence: "{key} has runtimeMs {value}, which is not the time between its start and its end.",
    about: "Sub-agents accumulate theirs and are not meant. Harmless.",
    repair: "Correct, proven only where it is negative or no number; otherwise it is left.",
    issues: [],
  },
  "ABORT-FLAG-STALE": {
    title: "Marked as aborted, but done",
    severity: "info",
    sentence: "{key} says done, but is still marked as aborted (abortedLastRun).",
    about: "The flag of an earlier run was left. Sub-agent recovery reads it whatever the status is.",
    repair: "Correct, asked: set it to false.",
    issues: ["#104950"],
  },
  "UPDATEDAT-BAD": {
    title: "updatedAt is no plausible time",
    severity: "warning",
    sentence:
      "{key} has updatedAt {value}, which is no time in milliseconds of the last years: the next clean-up may prune the row.",
    about: "OpenClaw turns a bad updatedAt into 0, and a row that old is pruned with the next write.",
    repair: "Correct, asked: the time of the transcript's last change.",
    issues: [],
  },
  "STATUS-UNKNOWN": {
    title: "An unknown status",
    severity: "info",
    sentence: "{key} has the status {value}, which no known version writes in this store.",
    about: "A newer version, a plugin or an edit by hand. OpenClaw treats it as not running.",
    repair: "Correct, asked: take the field out.",
    issues: ["#92697"],
  },
  "PRUNE-RISK": {
    title: "The next clean-up takes it",
    severity: "warning",
    sentence: "{key} was last updated {age} ago: OpenClaw's maintenance deletes such rows after {limit}.",
    about:
      "Maintenance looks at updatedAt alone, spares groups, channels, threads and topics and is enforced by default from 2026.5.2 on, whatever its documentation says; it has deleted rows of running sessions too.",
    repair:
      "None here: `openclaw sessions cleanup --dry-run` counts what the next clean-up takes. Copy what you need, or raise session.maintenance.pruneAfter.",
    issues: ["#56034", "#87938"],
  },
  "FILE-ESCAPE": {
    title: "The transcript is named outside",
    severity: "warning",
    sentence: "{key} names {file} as its transcript, which OpenClaw ignores: it lies outside the sessions directory.",
    about:
      "A transcript has to lie in a sessions directory; anything else is passed over, and the transcript of the session id is used instead.",
    repair: "Correct, asked, where a file of the same name lies beside the store: its plain name.",
    issues: ["#15967", "#61321", "#5631"],
  },
  "FILE-STALE-ID": {
    title: "The row names another session's file",
    severity: "warning",
    sentence: "{key} uses the transcript {file}, although {own}, named after its own session id, is there too.",
    about: "The session got a new id and kept its old file, as embedded runs of older versions leave it.",
    repair: "None: nothing tells which of the two is the conversation.",
    issues: ["#16972"],
  },
  "ID-SHARED": {
    title: "Two rows, one transcript",
    severity: "warning",
    sentence: "{key} writes into the same transcript as {others}.",
    about:
      "Two conversations write into one file. A cron job and its runs, a heartbeat, and a topic without a file of its own share theirs legitimately.",
    repair: "None: nothing tells whose it is.",
    issues: ["#57175", "#63629"],
  },
  "KEY-ALIAS": {
    title: "An unusual key",
    severity: "warning",
    sentence: "The key {key} is not the usual one: {reason}.",
    about:
      "Older versions wrote keys in other forms; the gateway keeps the newest of two that it takes for the same, and deletes the other.",
    repair: "None here.",
    issues: ["#1169", "#69013"],
  },
  "PARENT-GONE": {
    title: "The parent is gone",
    severity: "info",
    sentence: "{key} was started by {parent}, which is in no store.",
    about:
      "The parent was deleted or pruned before its child. Cron runs, which OpenClaw takes out by itself, and the channel of a thread are not meant.",
    repair: "None: it is harmless.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
