// What is said of whole stores.
import type { CatalogueEntry } from "./entry.ts";

export const storesCatalogue = {
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
  "STORE-SHRUNK": {
    title: "Far fewer rows than conversations",
    severity: "error",
    sentence: "The store of {agent} has {rows}, but far more transcripts lie beside it without one: {files}, {size}.",
    about:
      "A store that was torn or replaced is started anew by the next write; the conversations stay on disk without their rows. It is said where no row is left, or where a far larger copy of the store lies beside it.",
    repair: "None here: look for an older copy of the store. Rows are never made up from transcripts.",
    issues: ["#66522", "#77783"],
  },
  "STORE-HUGE": {
    title: "A very large store",
    severity: "warning",
    sentence: "The store of {agent} has {rows} and {size}: every write of the gateway rewrites all of it.",
    about: "More rows than the maintenance keeps, or more than 10 MB.",
    repair:
      "By OpenClaw's own `openclaw sessions cleanup`, after a look at its `--dry-run`; or Prune here, which can be undone.",
    issues: ["#58550", "#83124"],
  },
  "STORE-ON-SYNC": {
    title: "A store on a shared disk",
    severity: "warning",
    sentence: "The store of {agent} lies on {shared}, where another machine may write it unseen.",
    about: "Network file systems and cloud folders show no foreign process, and bring back old versions of files.",
    repair: "None, and nothing is written here unasked.",
    issues: [],
  },
  "LEGACY-BESIDE-SQL": {
    title: "Two stores of one agent",
    severity: "error",
    sentence: "Beside the database of {agent} lies {what}: {how}.",
    about:
      "OpenClaw 2026.8 and later keep sessions in a database, and took over what was there. An older version that runs again starts a sessions.json of its own, and neither sees what the other writes.",
    repair: "None here: OpenClaw's own doctor takes over what is left, and nothing is deleted.",
    issues: ["#154277", "#156046"],
  },
  "SCHEMA-UNKNOWN": {
    title: "An unknown kind of database",
    severity: "info",
    sentence: "The database of {agent} is not of a kind that is known here: {reason}.",
    about:
      "It was written by a version that is newer or older than what is understood here, or belongs to another agent.",
    repair: "None: it is shown as far as it can be read, and never written.",
    issues: [],
  },
  "SQL-ORPHAN": {
    title: "Rows without their other half",
    severity: "warning",
    sentence: "The database of {agent} has rows that lack their other half: {first}.",
    about:
      "Rows, their windows and their events belong together; a write that was torn or made from outside parts them.",
    repair: "None here: `openclaw doctor` looks after it.",
    issues: [],
  },
  "WAL-HUGE": {
    title: "A very large log",
    severity: "warning",
    sentence: "The log of the database of {agent} has {size}.",
    about: "It is folded into the database now and then; where that does not happen it grows, and slows every read.",
    repair: "None here: OpenClaw's own `doctor --session-sqlite compact`, with the gateway stopped.",
    issues: ["#143524"],
  },
  "STATE-SPLIT": {
    title: "Sessions in two places",
    severity: "warning",
    sentence: "{stateDir} is not the only state directory of this home: sessions lie in {others} too.",
    about: "A renamed home, or one inside another, splits conversations between two state directories.",
    repair: "None: only you know which of them your gateway serves.",
    issues: ["#45765"],
  },
  PERM: {
    title: "Others may read the store",
    severity: "warning",
    sentence: "The store of {agent} is open to others: {reason}.",
    about: "OpenClaw writes its stores for their owner alone; a copy or an edit by hand changed that.",
    repair:
      "Correct, asked, where the file is your own: its mode becomes 0600. Otherwise its owner closes it by `chmod 600`.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
