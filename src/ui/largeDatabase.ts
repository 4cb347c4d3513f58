// Reads a database that takes a private copy of more than 512 MB, once a person wants that.
import * as vscode from "vscode";
import { size } from "../judge/words.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";

export async function readLargeDatabase(store: Store | undefined, parts: CommandParts): Promise<void> {
  if (store?.copyBytes === undefined) {
    throw new UserError(
      vscode.l10n.t("This store takes no private copy, or one that is made without being asked for."),
    );
  }
  const message = vscode.l10n.t("Read a private copy of {0}?", size(store.copyBytes));
  const detail = [
    vscode.l10n.t(
      "It is made in your temporary folder, for you alone, and removed as soon as it is read; and again whenever the store has changed, until this window is closed. The store itself is not touched.",
    ),
    visibleText(store.path, 300),
  ].join("\n\n");
  const button = vscode.l10n.t("Read a Copy");
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  await parts.client.ask("copyDatabase", { store: store.id });
  await parts.inspection.scan();
}
