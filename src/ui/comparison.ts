// The stored row against the row as the evidence proves it, or as a repair would leave it, side by side.
import * as vscode from "vscode";
import type { Outcome } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import { labelText } from "../plan/visibleText.ts";
import { sessionUri } from "./documentUri.ts";
import { sessionTitle } from "./sessionTitle.ts";

export interface ComparisonOptions {
  /** Another outcome than the likely one. */
  readonly status?: Outcome;
  /** What is open beside it, as a list to pick from, keeps the focus. */
  readonly preserveFocus?: boolean;
}

/** @param proposal what would be written; undefined where nothing else is proven than what is stored */
export async function openComparison(
  session: Session,
  proposal: Finding | undefined,
  { status, preserveFocus = false }: ComparisonOptions = {},
): Promise<void> {
  const name = labelText(sessionTitle(session), 60);
  const title =
    proposal === undefined
      ? vscode.l10n.t("{0}: nothing else is proven", name)
      : proposal.repair.class === "proven"
        ? vscode.l10n.t("{0}: stored ↔ proven", name)
        : vscode.l10n.t("{0}: stored ↔ proposed", name);
  const [stored, proven] = [sessionUri("stored", session, status), sessionUri("proven", session, status)];
  await vscode.commands.executeCommand("vscode.diff", stored, proven, title, { preview: true, preserveFocus });
}
