// What went wrong, said to the person who wanted it.
import * as vscode from "vscode";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { GatewayRuns } from "./gatewayRuns.ts";

/** VS Code would show a bug's message, with a store's text in it, as it is. */
export function tellTrouble(error: unknown, log: vscode.LogOutputChannel): void {
  // Left by the person, who knows.
  if (error instanceof vscode.CancellationError) return;
  if (error instanceof GatewayRuns) {
    void tellGatewayRuns(error).catch((next: unknown) => tellTrouble(next, log));
    return;
  }
  if (error instanceof UserError) {
    void vscode.window.showErrorMessage(labelText(error.message, 500));
    return;
  }
  log.error(error as Error);
  const show = vscode.l10n.t("Show Log");
  const message = vscode.l10n.t("OpenClaw Sessions could not do that. The log says why.");
  void vscode.window.showErrorMessage(message, show).then((answer) => answer === show && log.show());
}

/** The ways around it are its buttons. */
async function tellGatewayRuns({ message, ways }: GatewayRuns): Promise<void> {
  const titles = ways.map(({ title }) => title);
  const answer = await vscode.window.showErrorMessage(labelText(message, 500), ...titles);
  await ways.find(({ title }) => title === answer)?.run();
}
