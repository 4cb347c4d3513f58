// Every finding there is: what it is called, how bad it is, the sentence that is said, and what it rests on.
// `docs/findings.md` is made from this by `npm run docs`. Severities: critical and high of the facts are errors, medium
// warnings, low and info infos (DESIGN, Words: finding).
import type { Severity } from "../model/finding.ts";

export interface CatalogueEntry {
  readonly title: string;
  readonly severity: Severity;
  /** English, with named arguments in braces. */
  readonly sentence: string;
  /** What it means and how it comes about. */
  readonly about: string;
  /** What can be done, in which class, and why. */
  readonly repair: string;
  /** Issues of the inspected program that it rests on. */
  readonly issues: readonly string[];
}

export const catalogue = {
  "RUN-FINISHED": {
    title: "Finished, but the row says running",
    severity: "error",
    sentence: "{key} says running, but its run ended at {ended} ({how}).",
    about:
      "The run came to its end and said so in its trajectory, in the sub-agent registry or in the cron log, but the row was never updated: the gateway was killed between the two writes, or another write put `running` back.",
    repair:
      "Finalize, proven once the session is quiet: status, endedAt and runtimeMs from the record of the end, abortedLastRun false, and a dead lock goes with it. While the gateway runs, or cannot be judged, it is only shown.",
    issues: ["#86009", "#71756", "#70421", "#131561"],
  },
  "RUN-ENDED-J": {
    title: "Running and ended at once",
    severity: "error",
    sentence: "{key} says running and yet has endedAt {ended}: one of the two fields lies.",
    about:
      "In the JSON stores a start takes endedAt away, so a row that has both was written by two writers that did not see each other. Shown at once as a warning, whoever runs; an error only when the session is quiet.",
    repair:
      "Finalize once quiet: proven where the record of the end agrees with endedAt within five minutes, otherwise a person chooses the outcome.",
    issues: ["#70421"],
  },
  "RUN-DEADLOCK": {
    title: "Running, locked by a process that is gone",
    severity: "error",
    sentence: "{key} says running, but the process that locked its transcript is gone ({owner}).",
    about:
      "The gateway died in the middle of a run. The lock is evidence that a newer gateway needs: its start marks exactly the rows whose dead locks it removes. Taking the lock alone would leave the row stuck for good.",
    repair:
      "Finalize row and lock together, as asked; proven only where the record of the end is there too. Never the lock alone.",
    issues: ["#18140", "#45726", "#70555"],
  },
  "RUN-NO-OWNER": {
    title: "Running, but nobody works on it",
    severity: "error",
    sentence: "{key} says running since {started}, but no process works on it and nothing will clear it.",
    about:
      "The gateway was killed or stopped in the middle of a run and left no lock. No command of OpenClaw clears such a row: cleanup, doctor and abort do not touch `status`.",
    repair:
      "Finalize, asked: the last trace gives endedAt, a person gives the outcome (failed is preselected; done where the transcript ends in a finished answer).",
    issues: ["#84755", "#96853", "#82433", "#119117"],
  },
  "RUN-WILL-RESUME": {
    title: "The next gateway start acts on it",
    severity: "error",
    sentence: "{key} says running and nobody works on it: {effect}.",
    about:
      "From 2026.6.11 on the gateway acts at its start on every ownerless running main session: it sends a model request to go on, or a notice to the chat that the last run was interrupted. Earlier ones do so for rows marked as aborted.",
    repair:
      "Finalize before the next start if the work should not be resumed; where the last word is a user's or a tool's, leaving it to be resumed is a fair choice too.",
    issues: ["#119117", "#82433"],
  },
  "DELIVERY-PENDING": {
    title: "A reply was never delivered",
    severity: "error",
    sentence: "{key} holds a final reply that was not delivered.",
    about:
      "The run produced its answer, but the gateway stopped before it was sent. Settling the row would drop the reply.",
    repair:
      "None here, and it keeps every other repair away from this row: start the gateway, which delivers it, or read it in the row first.",
    issues: ["#82433"],
  },
  "STORE-UNPARSABLE": {
    title: "The store is no JSON",
    severity: "error",
    sentence: "The store of {agent} cannot be read as JSON: {reason} (line {line}, byte {offset} of {size}).",
    about:
      "OpenClaw treats a store that does not parse as empty, and its next write replaces it: every row would be lost. Stop the gateway now.",
    repair:
      "Never written by this tool. Restore it from one of the candidates that are shown, with the gateway stopped.",
    issues: ["#77783", "#88017"],
  },
  "STORE-UNREADABLE": {
    title: "The store may not be read",
    severity: "error",
    sentence: "The store of {agent} cannot be opened: {reason}.",
    about:
      "Its permissions, its owner or what lies at its path keep it from being read, so nothing is known about its sessions.",
    repair: "None here: give this user permission to read it, or run the inspector as its owner.",
    issues: [],
  },
  "ROW-DROPPED": {
    title: "A row that the gateway will drop",
    severity: "error",
    sentence: "{key} is no usable row ({reason}): the gateway deletes it with its next write.",
    about: "OpenClaw drops rows that are no objects, and rows whose sessionId is a path, whenever it writes the store.",
    repair: "None here: copy what you need from the row before the gateway writes.",
    issues: ["#66522"],
  },
  "LOCK-DEAD-IDLE": {
    title: "A lock that nobody holds",
    severity: "warning",
    sentence: "{lock} is held by nobody ({owner}), and {row}.",
    about:
      "A process was killed while it held the lock. Until it goes, a new message in that conversation waits for its timeout.",
    repair: "Unlock, proven where the gateway is stopped: pid and file are looked at again right before.",
    issues: ["#86530", "#26579", "#18140"],
  },
  "LOCK-LIVE-OLD": {
    title: "A lock held for very long",
    severity: "warning",
    sentence: "{lock} has been held for {age} by a living process ({owner}).",
    about:
      "A run that hangs, or a gateway that forgot to release. Commands of older OpenClaw versions would delete it under the living owner.",
    repair: "Never taken from a living owner: abort the run or restart the gateway, which then drops its own locks.",
    issues: ["#49603", "#86801", "#87779", "#88129"],
  },
  "LOCK-FOREIGN-PID": {
    title: "A lock in the name of another program",
    severity: "warning",
    sentence: "{lock} names a process that is no OpenClaw ({owner}), and {row}.",
    about: "The owner died and the system gave its pid to another program.",
    repair: "Unlock, proven where the gateway is stopped and the other program is certain.",
    issues: ["#76854", "#76823"],
  },
  "LOCK-EMPTY": {
    title: "A lock that names nobody",
    severity: "warning",
    sentence: "{lock} has been there for {age} and names no process.",
    about: "Its writer was killed between creating the file and writing its pid.",
    repair: "Unlock, proven after 30 minutes where the gateway is stopped.",
    issues: ["#80686"],
  },
  "STORE-LOCK": {
    title: "A leftover lock on the store",
    severity: "error",
    sentence: "{lock} is held by nobody ({owner}){effect}.",
    about:
      "Up to 2026.4.29 the store is locked for every write, and a dead lock blocks them all; later versions never look at it and leave it lying.",
    repair: "Unlock, proven where its pid is gone and the gateway is stopped.",
    issues: ["#13203", "#15507", "#75386"],
  },
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
  "SUB-REGISTRY-SPLIT": {
    title: "Row and sub-agent registry disagree",
    severity: "error",
    sentence: "{key} says {claimed}, but the sub-agent registry says {registered}.",
    about: "The registry of sub-agent runs and the row are written apart; a crash between the two leaves them split.",
    repair:
      "Finalize from the registry, proven once quiet: that is what OpenClaw itself copies into the row. Nothing where the row has ended and the registry has not.",
    issues: ["#70421", "#126322", "#74864"],
  },
  "CRON-SPLIT": {
    title: "The cron log says finished",
    severity: "error",
    sentence: "{key} says running, but the cron log has its end at {ended} ({status}).",
    about: "Rows of isolated cron runs often never get their last update.",
    repair: "Finalize from the cron log, proven once quiet.",
    issues: ["#56121"],
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
  "RUN-RPC-IDLE": {
    title: "The gateway knows of no run",
    severity: "error",
    sentence: "{key} says running, but the gateway itself reports no run, and nothing changed for {age}.",
    about:
      "A user's abort or a timeout inside the gateway ended the run without an update of its row; the gateway lives on.",
    repair: "None while the gateway runs: stop it, repair, start it again.",
    issues: ["#82382", "#84755", "#59878"],
  },
  "STORE-SHRUNK": {
    title: "Far fewer rows than conversations",
    severity: "error",
    sentence: "The store of {agent} has {rows} rows, but {count} transcripts ({size}) beside it have none.",
    about:
      "A store that was torn or replaced is started anew by the next write; the conversations stay on disk without their rows.",
    repair: "None here: look for an older copy of the store. Rows are never made up from transcripts.",
    issues: ["#66522", "#77783"],
  },
  "PRUNE-RISK": {
    title: "The next clean-up takes it",
    severity: "warning",
    sentence: "{key} was last updated {age} ago: OpenClaw's maintenance deletes such rows after {limit}.",
    about:
      "Maintenance looks at updatedAt alone and is enforced by default from 2026.5.2 on, whatever its documentation says; it has deleted rows of running sessions too.",
    repair: "None here: copy what you need, or raise session.maintenance.pruneAfter.",
    issues: ["#56034", "#87938"],
  },
  "LOCK-SELF-PID": {
    title: "A lock that outlived its run",
    severity: "warning",
    sentence: "{lock} is held by the living gateway, although the run ended at {ended}.",
    about:
      "The gateway forgot to release the lock after the run; new messages in that conversation wait for their timeout.",
    repair: "Never taken from a living owner: restart the gateway, which drops its own locks.",
    issues: ["#86530", "#49603", "#88647"],
  },
  "GW-LOCK-STALE": {
    title: "A gateway lock that nobody holds",
    severity: "warning",
    sentence: "{lock} names a gateway that is gone ({owner}).",
    about: "The gateway was killed. Its next start takes the lock over by itself.",
    repair: "Unlock, proven where no gateway runs; or leave it to the next start.",
    issues: ["#49036", "#57115"],
  },
  "RUNTIME-ODD": {
    title: "A runtime that does not fit",
    severity: "info",
    sentence: "{key} has runtimeMs {value}, which is not the time between its start and its end.",
    about: "Sub-agents accumulate theirs and are not meant. Harmless.",
    repair: "Correct, proven only where it is negative or no number; otherwise it is left.",
    issues: [],
  },
  WEDGED: {
    title: "Recovery gave up on it",
    severity: "warning",
    sentence: "{key} was given up by OpenClaw's recovery at {at} ({reason}).",
    about: "After two quick failures a sub-agent is marked so that no start tries it again.",
    repair: "By OpenClaw's own commands: `openclaw doctor --fix`, `openclaw tasks maintenance --apply`, or /new.",
    issues: ["#74864"],
  },
  "ABORT-FLAG-STALE": {
    title: "Marked as aborted, but done",
    severity: "info",
    sentence: "{key} is done and yet marked as aborted.",
    about: "The flag of an earlier run was left. Sub-agent recovery reads it whatever the status is.",
    repair: "Correct, asked: set it to false.",
    issues: ["#104950"],
  },
  "TX-ORPHAN": {
    title: "Transcripts without a row",
    severity: "info",
    sentence: "{count} transcripts ({size}) beside the store of {agent} belong to no row.",
    about:
      "Conversations whose rows were deleted, pruned or lost. They are history. OpenClaw's clean-up deletes them after its retention.",
    repair: "None: never removed here.",
    issues: ["#89170", "#29706", "#73471"],
  },
  "FILE-ESCAPE": {
    title: "The row names a file outside",
    severity: "warning",
    sentence: "{key} names {file}, which OpenClaw ignores in silence.",
    about:
      "A transcript has to lie in a sessions directory; anything else is passed over, and the transcript of the session id is used instead.",
    repair: "Correct, asked, where a file of the same name lies beside the store: its plain name.",
    issues: ["#15967", "#61321", "#5631"],
  },
  "FILE-STALE-ID": {
    title: "The row names another session's file",
    severity: "warning",
    sentence: "{key} names {file}, but {own} of its own id is there too.",
    about: "The session got a new id and kept its old file, as embedded runs of older versions leave it.",
    repair: "None: nothing tells which of the two is the conversation.",
    issues: ["#16972"],
  },
  "ID-SHARED": {
    title: "Two rows, one transcript",
    severity: "warning",
    sentence: "{key} has the same transcript as {others}.",
    about: "Two conversations write into one file. A cron job and its run, and heartbeats, share theirs legitimately.",
    repair: "None: nothing tells whose it is.",
    issues: ["#57175", "#63629"],
  },
  "KEY-ALIAS": {
    title: "A key that is not the only one of its kind",
    severity: "warning",
    sentence: "{key} is an odd key: {reason}.",
    about:
      "Older versions wrote keys in other forms; the gateway keeps the newest of two that it takes for the same, and deletes the other.",
    repair: "None here.",
    issues: ["#1169", "#69013"],
  },
  "TX-HEADER": {
    title: "A transcript with an odd header",
    severity: "warning",
    sentence: "The transcript of {key} does not begin as one: {reason}.",
    about: "The head of the file was lost, or it is another session's.",
    repair: "None: a transcript is never edited.",
    issues: ["#9021", "#104323"],
  },
  "TX-TORN": {
    title: "A transcript with a torn end",
    severity: "warning",
    sentence: "The transcript of {key} ends in the middle of a line (byte {size}).",
    about: "The machine or the gateway went down while it was written.",
    repair: "None: a transcript is never edited.",
    issues: ["#69846"],
  },
  "TX-TOOL-OPEN": {
    title: "A tool call without a result",
    severity: "info",
    sentence: "The transcript of {key} ends with a tool call that has no result.",
    about: "The run was cut short while a tool was at work.",
    repair: "None: the gateway adds the missing result in memory.",
    issues: ["#10310", "#16823"],
  },
  "TRAJ-ORPHAN": {
    title: "Trajectories of nothing",
    severity: "info",
    sentence: "{count} trajectory files ({size}) beside the store of {agent} have neither transcript nor row.",
    about: "Sidecars that a deleted session left, older than the retention.",
    repair: "None here: OpenClaw's clean-up takes them.",
    issues: ["#70680"],
  },
  "TRAJ-TRUNC": {
    title: "A trajectory that was cut",
    severity: "info",
    sentence: "The trajectory of {key} is cut: its recorder stopped at its limit.",
    about: "A recorder keeps 10 MB; what is missing after that proves nothing, and it is not used as proof.",
    repair: "None.",
    issues: [],
  },
  "TMP-LEFT": {
    title: "Temporary files of killed writers",
    severity: "info",
    sentence: "{count} temporary files ({size}) lie beside the store of {agent}.",
    about: "A writer that is killed before it puts its file in place leaves it. 51 GB were reported.",
    repair: "None here: newer gateways sweep them at their start.",
    issues: ["#89520", "#90503"],
  },
  "CKPT-ORPHAN": {
    title: "Checkpoints of nothing",
    severity: "info",
    sentence: "{count} compaction checkpoints ({size}) beside the store of {agent} belong to no row.",
    about: "Checkpoints are kept when their row lets them go.",
    repair: "None here.",
    issues: ["#66057"],
  },
  "ARCHIVE-BLOAT": {
    title: "Archives past their retention",
    severity: "info",
    sentence: "{count} archives ({size}) beside the store of {agent} are past their retention, the oldest by {age}.",
    about: "Deleted and reset transcripts are kept under another name for a while.",
    repair: "By OpenClaw's own `sessions cleanup`.",
    issues: ["#44812", "#36608"],
  },
  PERM: {
    title: "Others may read the store",
    severity: "warning",
    sentence: "The store of {agent} is open to others: {reason}.",
    about: "OpenClaw writes its stores for their owner alone; a copy or an edit by hand changed that.",
    repair: "None here: `chmod 600` closes it.",
    issues: [],
  },
  "STORE-HUGE": {
    title: "A very large store",
    severity: "warning",
    sentence: "The store of {agent} has {rows} rows and {size}: every write of the gateway rewrites all of it.",
    about: "More rows than the maintenance keeps, or more than 10 MB.",
    repair:
      "By OpenClaw's own `sessions cleanup`, after a look at its `--dry-run`; or Prune here, which can be undone.",
    issues: ["#58550", "#83124"],
  },
  "STATE-SPLIT": {
    title: "Sessions in two places",
    severity: "warning",
    sentence: "The store of {agent} is not the only one of this home: sessions lie in {others} too.",
    about: "A renamed home, or one inside another, splits conversations between two state directories.",
    repair: "None: only you know which of them your gateway serves.",
    issues: ["#45765"],
  },
  "ACP-SPLIT": {
    title: "ACP and row disagree",
    severity: "info",
    sentence: "{key} has acp.state {state}, last active {since}, and nobody works on it.",
    about: "The state of an external agent was left when the gateway went down.",
    repair: "None: ACP has its own recovery.",
    issues: ["#79545"],
  },
  "QUOTA-STALE": {
    title: "Suspended for longer than planned",
    severity: "info",
    sentence: "{key} is suspended for its quota and was expected back by {by}.",
    about: "The gateway drops a suspension at twice its time.",
    repair: "None: the gateway clears it by itself.",
    issues: [],
  },
  "PARENT-GONE": {
    title: "The parent is gone",
    severity: "info",
    sentence: "{key} was started by {parent}, which is in no store.",
    about: "The parent was deleted or pruned before its child.",
    repair: "None: it is harmless.",
    issues: [],
  },
  "STORE-ON-SYNC": {
    title: "A store on a shared disk",
    severity: "warning",
    sentence: "The store of {agent} lies on {shared}, where another machine may write it unseen.",
    about: "Network file systems and cloud folders show no foreign process, and bring back old versions of files.",
    repair: "None, and nothing is written here unasked.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof catalogue;

/** The sentence of a finding with its arguments filled in. */
export function sentenceOf(code: Code, args: Readonly<Record<string, string | number>>): string {
  return catalogue[code].sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(args[name] ?? "?"));
}
