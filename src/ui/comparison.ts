// The stored row against the row as the evidence proves it, side by side.
import * as vscode from "vscode";
import type { Session } from "../model/session.ts";
import { labelText } from "../plan/visibleText.ts";
import { sessionUri } from "./documentUri.ts";
import { sessionTitle } from "./words.ts";

/** @param differs whether the evidence proves anything else than what is stored */
export async function openComparison(session: Session, differs: boolean): Promise<void> {
  const name = labelText(sessionTitle(session), 60);
  const title = differs
    ? vscode.l10n.t("{0}: stored ↔ proven", name)
    : vscode.l10n.t("{0}: nothing else is proven", name);
  const [stored, proven] = [sessionUri("stored", session), sessionUri("proven", session)];
  await vscode.commands.executeCommand("vscode.diff", stored, proven, title, { preview: true });
}
