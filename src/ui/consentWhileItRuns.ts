// Before one row is written beside a running gateway: what the gateway says, and the person, who has read what can go wrong.
import * as vscode from "vscode";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import { isUnsaved, unsaved } from "./consent.ts";
import { GatewayRuns } from "./gatewayRuns.ts";
import type { InspectorClient } from "./inspectorClient.ts";

/**
 * By a fresh look, with its gateway asked. Throws a UserError where it may not be written.
 * @returns the folder of the receipts
 */
export async function permissionWhileItRuns(store: Store, client: InspectorClient): Promise<string> {
  if (isUnsaved(store.path)) throw new UserError(unsaved(store.path));
  const permission = await client.ask("permission", { store: store.id, whileItRuns: true });
  if (permission.answer === "yes") return permission.receipts;
  throw permission.byGateway === true ? new GatewayRuns(permission.why, store.stateDir) : new UserError(permission.why);
}

export interface ConsentWhileItRuns {
  /** The effect. */
  readonly message: string;
  readonly lines: readonly string[];
  readonly button: string;
  /** Path of the store. */
  readonly store: string;
  /** The folder of the receipts. */
  readonly receipts: string;
}

export async function confirmWhileItRuns(asked: ConsentWhileItRuns): Promise<boolean> {
  const { message, lines, button, store, receipts } = asked;
  const paragraphs = [
    lines.join("\n"),
    [vscode.l10n.t("Store:"), visibleText(store, 300)].join("\n"),
    vscode.l10n.t(
      "Risk: the gateway has the store too, and there is no lock to share with it. It is asked twice whether anything runs; if nothing does, the row is written at once, by one rename. A write of its own can still come at that very moment. Then it writes over this one, or this one replaces it, and a session that begins just then may lose its row.",
    ),
    vscode.l10n.t(
      "After 2 and after 45 seconds every row is compared, and you are told what became of it. Only with the gateway stopped is it certain.",
    ),
    vscode.l10n.t("What is there now is copied first. The copy is kept in {0}", receipts),
  ];
  const detail = paragraphs.join("\n\n");
  const answer = await vscode.window.showWarningMessage(labelText(message, 300), { modal: true, detail }, button);
  if (answer !== button) return false;
  // A person may take minutes, and type into the store meanwhile.
  if (isUnsaved(store)) throw new UserError(unsaved(store));
  return true;
}
