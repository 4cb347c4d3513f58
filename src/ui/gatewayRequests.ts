// What a running gateway is asked to do for one session. It is the gateway's doing, and no receipt of ours brings it back:
// that stands in the command's title and is said again before.
import * as vscode from "vscode";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle } from "./words.ts";

interface Parts {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly log: vscode.LogOutputChannel;
}

/** It runs, or says so, and its gateway does: whether there is a run is for the gateway to say. */
export function mayBeAborted({ claimed, verdict }: Session, store: Store | undefined): boolean {
  if (store?.kind !== "openclaw-json" || store.captured !== undefined || store.writer.state !== "running") return false;
  return verdict === "active" || (claimed === "running" && verdict === "unknown");
}

/** Throws a UserError where it was not done, or nobody knows whether it was. */
export async function abortRun(session: Session, { client, model, log }: Parts): Promise<void> {
  const { store, key } = session;
  const name = labelText(sessionTitle(session), 100);
  const served = model.store(store);
  if (!mayBeAborted(session, served) || served === undefined) {
    throw new UserError(vscode.l10n.t("No run of {0} is known that its gateway could be asked to abort.", name));
  }
  const message = vscode.l10n.t("Abort the run of {0}? This cannot be undone here.", name);
  const detail = [
    vscode.l10n.t("Its gateway is asked to, over this machine's loopback. No file is written by this extension."),
    vscode.l10n.t(
      "The gateway decides what is kept: 2026.5.18 marks the row as failed, and of a first turn it loses the message that began it.",
    ),
    [vscode.l10n.t("Session:"), visibleText(key, 300)].join("\n"),
    [vscode.l10n.t("Store:"), visibleText(served.path, 300)].join("\n"),
  ].join("\n\n");
  const button = vscode.l10n.t("Abort Run");
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  const { done, said } = await client.ask("request", { store, key, what: "abort" });
  log.info(`${served.path}: asked to abort the run of ${visibleText(key, 200)}: ${done}, ${said}`);
  if (done === "yes") {
    void vscode.window.showInformationMessage(vscode.l10n.t("The gateway has aborted the run of {0}.", name));
    return;
  }
  throw new UserError(
    done === "no"
      ? vscode.l10n.t("Nothing was aborted: {0}.", said)
      : vscode.l10n.t("Whether the run was aborted is not known: {0}. Refresh to see what its row says.", said),
  );
}
