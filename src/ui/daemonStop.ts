// Stop agentctl's Daemon and Repair: what its daemon holds in memory cannot be repaired beside it. It is asked to end with
// the person's consent, everything is looked at and planned anew, and the person starts it again, never this tool.
import * as vscode from "vscode";
import type { StateDir } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";
import { finalizeAll } from "./staleReview.ts";

/** As a person types it; it is shown and never run. */
const startLine = "agentctl daemon start";

/** Throws a UserError where it does not end. */
export async function stopDaemonAndRepair({ path, writer }: StateDir, parts: CommandParts): Promise<void> {
  const { client, inspection, model } = parts;
  if (writer.pid === undefined)
    throw new UserError(
      vscode.l10n.t("agentctl's daemon does not say which process it is. Stop it yourself, then repair."),
    );
  const button = vscode.l10n.t("Ask It to End");
  const message = vscode.l10n.t("Stop agentctl's daemon (pid {0}) and repair", writer.pid);
  const detail = [
    vscode.l10n.t("Folder: {0}", visibleText(path, 300)),
    vscode.l10n.t("Its agents go on: they are no children of it. Until you start it again nothing watches them."),
    vscode.l10n.t("Then everything is looked at anew, and nothing is repaired before you have seen what."),
    vscode.l10n.t("It is not started from here. Start it as you usually do, with: {0}", startLine),
  ].join("\n\n");
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t("Waiting until it has ended"),
  };
  await vscode.window.withProgress(options, () => client.ask("endDaemon", { stateDir: path, pid: writer.pid ?? 0 }));
  await inspection.scan();
  await client.idle();
  try {
    const stores = new Set(model.stores.filter(({ stateDir }) => stateDir === path).map(({ id }) => id));
    await finalizeAll(parts, ({ store }) => stores.has(store));
  } finally {
    await inspection.scan();
    await client.idle();
    tellHowToStart(path, parts);
  }
}

/** What a start would do to innocent processes is said before it (facts 1.6), with the repair that spares them. */
function tellHowToStart(path: string, parts: CommandParts): void {
  const { model, log } = parts;
  const stores = new Set(model.stores.filter(({ stateDir }) => stateDir === path).map(({ id }) => id));
  const recycled = model.findings.filter(({ code, store }) => code === "AGENTCTL-PID-RECYCLED" && stores.has(store));
  const [first] = recycled;
  if (first === undefined) {
    const message = vscode.l10n.t("agentctl's daemon is stopped. Start it with: {0}", startLine);
    void vscode.window.showInformationMessage(message);
    return;
  }
  const warning = vscode.l10n.t("Before you start agentctl again: {0}", first.message);
  const finalize = vscode.l10n.t("Finalize First");
  // Of a pid file nothing is written here.
  const buttons = recycled.some(({ session }) => session !== undefined) ? [finalize] : [];
  void vscode.window
    .showWarningMessage(labelText(warning, 500), ...buttons)
    .then((answer) => (answer === finalize ? finalizeAll(parts, ({ store }) => stores.has(store)) : undefined))
    .then(undefined, (error: unknown) => {
      if (error instanceof UserError) void vscode.window.showErrorMessage(labelText(error.message, 500));
      else log.error(error as Error);
    });
}
