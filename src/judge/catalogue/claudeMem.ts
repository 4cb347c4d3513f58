// What is said of claude-mem's sessions.
import type { CatalogueEntry } from "./entry.ts";

export const claudeMemCatalogue = {
  "MEM-GHOST": {
    title: "Active for claude-mem, but nobody works on it",
    severity: "warning",
    sentence: "{key} of {project} says active, but {why}; its last trace is {last}.",
    about:
      "claude-mem hears of no end: since 12.5.0 nothing closes a session whose worker died or whose generator never ran, and up to 12.4 only the next start did, by the time of the start, which marked living sessions too. They cost display and statistics, and in older versions the agent pool.",
    repair:
      "Finalize (status and both stamps, only while the row is still active): proven where the agent's own session is known to be over, asked where only its silence, or that no agent runs, speaks for it. No row is ever deleted: its prompts and observations would go with it.",
    issues: [],
  },
  "MEM-SCHEMA": {
    title: "A schema of claude-mem that is not known here",
    severity: "info",
    sentence: "The database has schema {schema}: it is shown, and nothing of it is written.",
    about: "Only the schemas of 10.6.2 and 13.15.3 were held against the genuine program.",
    repair: "None until its version is known here.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
