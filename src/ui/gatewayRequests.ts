// What a running gateway is asked to do for one session. It is the gateway's doing, and no receipt of ours brings it back:
// that stands in the command's title and is said again before.
import * as vscode from "vscode";
import type { RequestWhat } from "../model/messages.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { mayBeAborted, mayBeArchived, mayBeRecovered } from "./offered.ts";
import type { SessionModel } from "./sessionModel.ts";
import { sessionTitle } from "./sessionTitle.ts";

interface Parts {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly log: vscode.LogOutputChannel;
}

interface Wanted {
  readonly mayBe: (session: Session, store: Store | undefined) => boolean;
  /** Why it may not be, as a sentence. */
  readonly cannot: string;
  readonly message: string;
  /** What it does besides. */
  readonly effect: string;
  readonly button: string;
  /** Once it is done, as a sentence. */
  readonly done: string;
}

/** Throws a UserError where it was not done, or nobody knows whether it was. */
export async function requestOfGateway(what: RequestWhat, session: Session, parts: Parts): Promise<void> {
  const store = parts.model.store(session.store);
  const wanted = wantedOf[what](labelText(sessionTitle(session), 100));
  if (store === undefined || !wanted.mayBe(session, store)) throw new UserError(wanted.cannot);
  await request(what, session, store, parts, wanted);
}

const wantedOf: Readonly<Record<RequestWhat, (name: string) => Wanted>> = {
  abort: (name) => ({
    mayBe: mayBeAborted,
    cannot: vscode.l10n.t("No run of {0} is known that its gateway could be asked to abort.", name),
    message: vscode.l10n.t("Abort the run of {0}? This cannot be undone here.", name),
    effect: vscode.l10n.t(
      "The gateway decides what becomes of it: 2026.5.18 marks the row as failed or timed out, and of a first turn it loses the message that began it.",
    ),
    button: vscode.l10n.t("Abort Run"),
    done: vscode.l10n.t("The gateway has aborted the run of {0}.", name),
  }),
  archive: (name) => ({
    mayBe: mayBeArchived,
    cannot: vscode.l10n.t(
      "{0} cannot be archived: that takes a gateway of 2026.8 or later that runs, and no run of it.",
      name,
    ),
    message: vscode.l10n.t("Archive {0}? This cannot be undone here.", name),
    effect: vscode.l10n.t(
      "The gateway takes it out of its lists, switches off what is scheduled in it, and keeps what was said. OpenClaw itself can bring it back.",
    ),
    button: vscode.l10n.t("Archive Session"),
    done: vscode.l10n.t("The gateway has archived {0}.", name),
  }),
  recover: (name) => ({
    mayBe: mayBeRecovered,
    cannot: vscode.l10n.t(
      "{0} cannot be recovered: that takes a gateway of 2026.8 or later that runs, and a run that was cut short.",
      name,
    ),
    message: vscode.l10n.t("Recover {0} and continue its turn? This cannot be undone here.", name),
    effect: vscode.l10n.t(
      "The gateway continues the turn that was cut short: it sends a model request, which costs money, and the agent may use its tools. To mark the row as ended instead, stop the gateway, repair, and start it again.",
    ),
    button: vscode.l10n.t("Recover and Continue"),
    done: vscode.l10n.t("The gateway has recovered {0} and goes on with its turn.", name),
  }),
};

async function request(
  what: RequestWhat,
  { store, key }: Session,
  { path }: Store,
  { client, log }: Parts,
  wanted: Wanted,
): Promise<void> {
  const detail = [
    vscode.l10n.t("Its gateway is asked to, over this machine's loopback. No file is written by this extension."),
    wanted.effect,
    [vscode.l10n.t("Session:"), visibleText(key, 300)].join("\n"),
    [vscode.l10n.t("Store:"), visibleText(path, 300)].join("\n"),
  ].join("\n\n");
  const { message, button } = wanted;
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  const { done, said } = await client.ask("request", { store, key, what });
  log.info(`${path}: asked for ${what} of ${visibleText(key, 200)}: ${done}, ${said}`);
  if (done === "yes") {
    void vscode.window.showInformationMessage(wanted.done);
    return;
  }
  throw new UserError(
    done === "no"
      ? vscode.l10n.t("Nothing was done: {0}.", said)
      : vscode.l10n.t("Whether it was done is not known: {0}. Refresh to see what its row says.", said),
  );
}
