// What a repair of one thing does, as a button and as a sentence.
import * as vscode from "vscode";
import type { Finding } from "../model/finding.ts";
import { modeText } from "../plan/editText.ts";

/** The effect in a word or two. */
export function repairButton({ repair: { kind, set, mode } }: Finding, status: string | undefined): string {
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
  { repair: { kind, set, mode } }: Finding,
  name: string,
  status: string | undefined,
): string {
  if (mode !== undefined) return vscode.l10n.t("The mode of {0} is {1}.", name, modeText(mode));
  switch (kind) {
    case "finalize":
      return vscode.l10n.t("{0} is marked as {1}.", name, status ?? String(set?.["status"]));
    case "unlock":
      return vscode.l10n.t("The lock of {0} is removed.", name);
    case "restore":
      return vscode.l10n.t("The transcript of {0} is back.", name);
    default:
      return vscode.l10n.t("{0} is corrected.", name);
  }
}
