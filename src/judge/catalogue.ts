// Every finding there is: what it is called, how bad it is, the sentence that is said, and what it rests on.
// `docs/findings.md` is made from this by `npm run docs`. Severities: critical and high of the facts are errors, medium
// warnings, low and info infos (DESIGN, Words: finding).
import { agentctlCatalogue } from "./catalogue/agentctl.ts";
import { claudeMemCatalogue } from "./catalogue/claudeMem.ts";
import type { CatalogueEntry } from "./catalogue/entry.ts";
import { filesCatalogue } from "./catalogue/files.ts";
import { locksCatalogue } from "./catalogue/locks.ts";
import { neighboursCatalogue } from "./catalogue/neighbours.ts";
import { rowsCatalogue } from "./catalogue/rows.ts";
import { runningCatalogue } from "./catalogue/running.ts";
import { storesCatalogue } from "./catalogue/stores.ts";

/** With all that the page about findings says of each: only for what makes the page, since it is not in what is shipped. */
export const wholeCatalogue = {
  ...runningCatalogue,
  ...rowsCatalogue,
  ...locksCatalogue,
  ...filesCatalogue,
  ...storesCatalogue,
  ...agentctlCatalogue,
  ...claudeMemCatalogue,
  ...neighboursCatalogue,
};

export type Code = keyof typeof wholeCatalogue;

export const catalogue: Readonly<Record<Code, Pick<CatalogueEntry, "severity" | "sentence">>> = wholeCatalogue;

/** The sentence of a finding with its arguments filled in. */
export function sentenceOf(code: Code, args: Readonly<Record<string, string | number>>): string {
  return catalogue[code].sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(args[name] ?? "?"));
}
