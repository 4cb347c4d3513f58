// The title of what is offered: what it will do, to which session, lock or store.
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import { repairTitle, type TitleContext } from "./repairTitle.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { storeName } from "./words.ts";

/** @param status the outcome that a person chose */
export function proposalTitle(finding: Finding, model: SessionModel, status?: string): string {
  return repairTitle(finding, titleContext(finding, model), status);
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
