// What a review of stale sessions asks: the proven ones, and the others by what most likely became of them. Knows nothing
// of VS Code.

import { type Outcome, outcomes } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";
import { isOutcome } from "./outcome.ts";

export interface StaleGroups {
  readonly proven: readonly Finding[];
  /** Each group has one question, and the outcome that is preselected in its answers. */
  readonly asked: readonly AskedGroup[];
}

export interface AskedGroup {
  readonly likely: Answer;
  /** What its rows may become: what the program itself writes there. */
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
}

/** An outcome of OpenClaw's, or a status of agentctl's or of claude-mem's. */
export type Answer = Outcome | "stopped" | "completed";

/** Of other findings than those that propose to finalize, nothing. The order of the findings is kept. */
export function staleGroups(findings: readonly Finding[]): StaleGroups {
  const stale = findings.filter(({ repair }) => isFinalize(repair) && repair.class !== "never");
  // A dead lock of a directory is of no session that is listed beside it: it goes in the same review.
  const locks = findings.filter(({ code, repair }) => code === "AGENTCTL-LOCK-STALE" && repair.class === "proven");
  const asked = stale.filter(({ repair }) => repair.class === "ask");
  return {
    proven: [...stale.filter(({ repair }) => repair.class === "proven"), ...locks],
    asked: [...outcomes.map(likelyFirst), ["stopped"] as const, ["completed", "failed"] as const]
      .map((answers) => ({
        likely: answers[0] as Answer,
        answers,
        findings: asked.filter((finding) => isAnsweredBy(finding, answers)),
      }))
      .filter((group) => group.findings.length > 0),
  };
}

/** What its owner is asked to end gets its outcome there. */
function isFinalize({ kind, request }: Finding["repair"]): boolean {
  return kind === "finalize" && request === undefined;
}

/** Whose row it is can be told by how it spells the time of its end. */
function isAnsweredBy(finding: Finding, [likely]: readonly Answer[]): boolean {
  const { set = {} } = finding.repair;
  if ("completed_at" in set) return likely === "completed";
  if (set["status"] === "stopped") return likely === "stopped";
  return likelyOutcome(finding) === likely;
}

/** The outcome that is preselected. */
export function likelyOutcome({ repair }: Finding): Outcome {
  const status = repair.set?.["status"];
  return isOutcome(status) ? status : "failed";
}

/** The outcomes to choose from, the likely one first. */
export function likelyFirst(likely: Outcome): readonly Outcome[] {
  return [likely, ...outcomes.filter((outcome) => outcome !== likely)];
}
