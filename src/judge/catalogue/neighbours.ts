// What is said of sessions that several stores know.
import type { CatalogueEntry } from "./entry.ts";

export const neighboursCatalogue = {
  "CROSS-SPLIT": {
    title: "Two stores contradict each other",
    severity: "warning",
    sentence: "{key} is told differently: {claims}. {why}",
    about:
      "agentctl and claude-mem keep their own record of a session that OpenClaw or another of them keeps too. One says that it goes on, the other that it has ended.",
    repair: "None of its own: the store that lies has a finding with the repair.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
