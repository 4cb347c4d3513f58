// What is proposed for a session, a lock or a store, with its title, ready to be offered.
import * as vscode from "vscode";
import type { Finding, RepairKind } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import { repairTitle, type TitleContext } from "./repairTitle.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle, storeName } from "./words.ts";

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

/** @param status the outcome that a person chose */
export function proposalTitle(finding: Finding, model: SessionModel, status?: string): string {
  return repairTitle(finding, titleContext(finding, model), status);
}

/** The words that the tree's menus ask for in `contextValue`. */
export function repairFlags(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(isOffered).map(({ repair }) => repair.kind))];
}

/** The session that a finding is about, also by its lock. */
export function sessionOfFinding(finding: Finding, model: SessionModel): Session | undefined {
  const key = finding.session ?? model.lock(finding.store, finding.lock ?? "")?.session;
  return key === undefined ? undefined : model.session({ store: finding.store, key });
}

export function subjectName(finding: Finding, model: SessionModel): string {
  const session = sessionOfFinding(finding, model);
  if (session !== undefined) return sessionTitle(session);
  const lock = model.lock(finding.store, finding.lock ?? "");
  if (lock?.kind === "directory") return lock.path.replace(/#\d+$/, "");
  const store = model.store(finding.store);
  return vscode.l10n.t("the store {0}", store === undefined ? "" : storeName(store));
}

function titleContext(finding: Finding, model: SessionModel): TitleContext {
  return {
    l10n: vscode.l10n,
    locale: vscode.env.language,
    now: model.now,
    name: subjectName(finding, model),
    lock: model.lock(finding.store, finding.lock ?? ""),
  };
}
