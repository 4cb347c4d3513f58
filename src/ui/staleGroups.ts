// What a review of stale sessions asks: the proven ones, and the others by what most likely became of them. Knows nothing
// of VS Code.
import { type Outcome, outcomes } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";

export interface StaleGroups {
  readonly proven: readonly Finding[];
  /** Each group has one question, and the outcome that is preselected in its answers. */
  readonly asked: readonly AskedGroup[];
}

export interface AskedGroup {
  readonly likely: Outcome;
  readonly findings: readonly Finding[];
}

/** Of other findings than those that propose to finalize, nothing. The order of the findings is kept. */
export function staleGroups(findings: readonly Finding[]): StaleGroups {
  const stale = findings.filter(({ repair }) => repair.kind === "finalize" && repair.class !== "never");
  const asked = stale.filter(({ repair }) => repair.class === "ask");
  return {
    proven: stale.filter(({ repair }) => repair.class === "proven"),
    asked: outcomes
      .map((likely) => ({ likely, findings: asked.filter((finding) => likelyOutcome(finding) === likely) }))
      .filter((group) => group.findings.length > 0),
  };
}

/** The outcome that is preselected. */
export function likelyOutcome({ repair }: Finding): Outcome {
  const status = repair.set?.["status"];
  return isOutcome(status) ? status : "failed";
}

export function isOutcome(value: unknown): value is Outcome {
  return outcomes.some((outcome) => outcome === value);
}

/** The outcomes to choose from, the likely one first. */
export function likelyFirst(likely: Outcome): readonly Outcome[] {
  return [likely, ...outcomes.filter((outcome) => outcome !== likely)];
}
