// What is proposed for a session, a lock or a store, ready to be offered.
import type { Finding, RepairKind } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import type { SessionModel } from "./sessionModel.ts";

/** Kinds that a person can be offered here, in the order to offer them. */
export const offeredKinds = [
  "finalize",
  "correct",
  "restore",
  "unlock",
  "tidy",
] as const satisfies readonly RepairKind[];

export function isOffered({ repair }: Finding): boolean {
  return repair.class !== "never" && offeredKinds.some((kind) => kind === repair.kind);
}

/** What would be done about a session: findings of its own and of its locks. */
export function proposalsOf(session: Session, model: SessionModel): readonly Finding[] {
  return model.findingsOf(session).filter(isOffered);
}

/** The words that the tree's menus ask for in `contextValue`. */
export function repairFlags(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(isOffered).map(({ repair }) => repair.kind))];
}
