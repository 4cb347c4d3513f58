// Makes docs/findings.md from the catalogue: `node test/checks/findingsPage.ts` writes it, a test holds the two equal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueEntry } from "../../src/judge/catalogue/entry.ts";
import { wholeCatalogue } from "../../src/judge/catalogue.ts";

export const findingsPagePath = join(import.meta.dirname, "..", "..", "docs", "findings.md");

const intro = `# Findings

What the OpenClaw Session Inspector can say about a store, why, and what can be done. An *error* is a contradiction that is certain, a *warning* needs a look, an *info* is untidy.
A repair is *proven* where the evidence leaves one right answer, *asked* where a person chooses. Issue numbers are those of openclaw/openclaw.

This page is made from \`src/judge/catalogue\` by \`npm run docs\`.
`;

export function findingsPage(): string {
  const sections = Object.entries<CatalogueEntry>(wholeCatalogue).map(([code, entry]) => {
    const issues = entry.issues.length === 0 ? [] : ["", `Reported as ${entry.issues.join(", ")}.`];
    return [
      `## ${code}`,
      "",
      `**${entry.title}** (${entry.severity})`,
      "",
      entry.about,
      "",
      `**Repair.** ${entry.repair}`,
      ...issues,
      "",
    ].join("\n");
  });
  return `${[intro, ...sections].join("\n").trimEnd()}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(findingsPagePath, findingsPage());
