// What a repair of one thing does, as a button and as a sentence.
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import type { OwnerRequest } from "../model/plan.ts";
import { modeText } from "../plan/editText.ts";
import { visibleText } from "../plan/visibleText.ts";

/** The effect in a word or two. */
export function repairButton({ repair: { kind, set, mode, request } }: Finding, status: string | undefined): string {
  if (request !== undefined) return vscode.l10n.t("Ask agentctl");
  if (mode !== undefined) return vscode.l10n.t("Set Mode {0}", modeText(mode));
  switch (kind) {
    case "finalize":
      return vscode.l10n.t("Mark as {0}", status ?? String(set?.["status"]));
    case "unlock":
      return vscode.l10n.t("Remove Lock");
    case "restore":
      return vscode.l10n.t("Restore Transcript");
    default:
      return vscode.l10n.t("Correct");
  }
}

/** The effect, once it is there. */
export function doneSentence(
  { repair: { kind, set, mode, request } }: Finding,
  name: string,
  status: string | undefined,
): string {
  if (request !== undefined) return vscode.l10n.t("agentctl has done it.");
  if (mode !== undefined) return vscode.l10n.t("The mode of {0} is {1}.", name, modeText(mode));
  switch (kind) {
    case "finalize":
      return vscode.l10n.t("{0} is marked as {1}.", name, status ?? String(set?.["status"]));
    case "unlock":
      return vscode.l10n.t("The lock of {0} is removed.", name);
    case "restore":
      return vscode.l10n.t("The transcript of {0} is back.", name);
    case "prune":
      return vscode.l10n.t("{0} is taken out.", name);
    default:
      return vscode.l10n.t("{0} is corrected.", name);
  }
}

/** What its owner is asked, for a person who is asked for consent. */
export function requestLine(request: OwnerRequest): string {
  if (request.method === "session.prune")
    return vscode.l10n.t("agentctl is asked to settle every session and lock that it finds dead (session.prune)");
  return vscode.l10n.t("agentctl is asked to release {0} (lock.release)", visibleText(request.directory, 300));
}

export function noWayBack(): string {
  return vscode.l10n.t("Its daemon runs and does it itself. Nothing is copied, and Undo cannot bring it back.");
}
