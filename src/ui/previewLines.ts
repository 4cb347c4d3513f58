import * as vscode from "vscode";
import type { RepairChoice } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { editLines } from "./editLines.ts";
import type { InspectorClient } from "./inspectorClient.ts";

/** What one repair would write, a line each. Throws a UserError where that is nothing, or cannot be planned. */
export async function previewLines(choice: RepairChoice, client: InspectorClient): Promise<readonly string[]> {
  const [preview] = await client.ask("preview", { choices: [choice] });
  if (preview?.refused !== undefined) throw new UserError(preview.refused);
  const lines = (preview?.edits ?? []).flatMap(editLines);
  if (lines.length === 0)
    throw new UserError(vscode.l10n.t("Nothing is left to do: the store has it already. Refresh."));
  return lines;
}
