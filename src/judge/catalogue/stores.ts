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
