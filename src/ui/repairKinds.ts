// Which command makes which kind of repair.
import { commands } from "../ids.ts";
import type { RepairKind } from "../model/finding.ts";

const kinds: Partial<Record<RepairKind, string>> = {
  finalize: commands.finalize,
  correct: commands.correct,
  restore: commands.restoreTranscript,
  unlock: commands.unlock,
  tidy: commands.tidy,
};

/** Undefined for what nobody is offered. */
export function commandOf(kind: RepairKind): string | undefined {
  return kinds[kind];
}
