import { l10n } from "vscode";
import type { Session } from "../model/session.ts";

/** The key without the agent that it stands under in the tree. */
export function sessionTitle({ key, label }: Pick<Session, "key" | "label">): string {
  return label?.trim() || key.replace(/^agent:[^:]*:(?=.)/, "") || l10n.t("(empty key)");
}
