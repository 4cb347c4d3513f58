import { type Outcome, outcomes } from "../judge/end.ts";

export function isOutcome(value: unknown): value is Outcome {
  return outcomes.some((outcome) => outcome === value);
}
