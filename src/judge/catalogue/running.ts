// What is said of rows that claim to run.
import type { CatalogueEntry } from "./entry.ts";

export const runningCatalogue = {
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
      "From 2026.6.11 on the gateway acts at its start on every ownerless running main session: it sends a model request to go on, or a notice to the chat that the last run was interrupted. From 2026.8 on it always sends the request, and marks sub-agents as interrupted. Earlier ones act on rows marked as aborted.",
    repair:
      "Finalize before the next start if the work should not be resumed; where the last word is a user's or a tool's, leaving it to be resumed is a fair choice too.",
    issues: ["#119117", "#82433"],
  },
  "RUN-ARCHIVED": {
    title: "Archived, but the row says running",
    severity: "error",
    sentence: "{key} says running, although it was archived at {archived}: no gateway start resumes or settles it.",
    about:
      "Archiving a session does not end its run, and recovery passes over archived rows: it stays running for ever, and counts as such.",
    repair:
      "Finalize, proven once quiet, from the record of the end or else as failed; asked where it is placed on another machine or its recovery is claimed.",
    issues: ["#119117"],
  },
  "YIELDED-PARENT": {
    title: "It waits for its sub-agent",
    severity: "info",
    sentence: "{key} says running and has endedAt {ended}, rightly: its turn ended, and {child} wakes it.",
    about: "From 2026.8 on a session that hands over to its sub-agents stays running until they are done.",
    repair: "Never: it goes on by itself.",
    issues: [],
  },
  "FENCE-STRANDED": {
    title: "A run's place that nobody holds",
    severity: "error",
    sentence: "{key} keeps {fences} of a run that is gone: OpenClaw may refuse its next turn.",
    about:
      "A run marks its row as its own. Where it was aborted and the gateway started anew, the marks were left, and new work is refused with SESSION_WORK_START_CHANGED.",
    repair:
      "Asked: with a running gateway its own `sessions.recover`, which goes on with the turn; with a stopped one the fields are taken out.",
    issues: ["#146692", "#117096", "#140467"],
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
  WEDGED: {
    title: "Recovery gave up on it",
    severity: "warning",
    sentence: "OpenClaw's recovery gave up on {key} at {at} ({reason}).",
    about: "After two quick failures a sub-agent is marked so that no start tries it again.",
    repair: "By OpenClaw's own commands: `openclaw doctor --fix`, `openclaw tasks maintenance --apply`, or /new.",
    issues: ["#74864"],
  },
  "QUOTA-STALE": {
    title: "Suspended for too long",
    severity: "info",
    sentence: "{key} is still suspended for its quota, although it was expected back by {by}.",
    about: "The gateway drops a suspension at twice its time.",
    repair: "None: the gateway clears it by itself.",
    issues: [],
  },
  "ACP-SPLIT": {
    title: "ACP and row disagree",
    severity: "info",
    sentence: "{key} says acp.state {state}, but {against} (last active: {since}).",
    about: "The state of an external agent was left when the gateway went down.",
    repair: "None: ACP has its own recovery.",
    issues: ["#79545"],
  },
} as const satisfies Record<string, CatalogueEntry>;
