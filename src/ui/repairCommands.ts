// The commands that write. All of them ask before they do.
import * as vscode from "vscode";
import type { Finding, RepairKind } from "../model/finding.ts";
import type { RequestWhat } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";
import { stopDaemonAndRepair } from "./daemonStop.ts";
import { readSessionUri } from "./documentUri.ts";
import { emptyQuarantine } from "./emptyQuarantine.ts";
import { requestOfGateway } from "./gatewayRequests.ts";
import { stopRepairStart } from "./gatewayRestart.ts";
import { isOutcome } from "./outcome.ts";
import { pruneOlder, pruneSessions } from "./prune.ts";
import { showReceipts } from "./receiptActions.ts";
import { repair } from "./repair.ts";
import { repairWhileItRuns } from "./repairWhileItRuns.ts";
import { showRestoreCandidates } from "./restoreCandidates.ts";
import { finalizeAll } from "./staleReview.ts";
import { leftoversMeant, tidy } from "./tidy.ts";
import { undoLast } from "./undo.ts";

export type RepairCommand =
  | "finalize"
  | "correct"
  | "restoreTranscript"
  | "unlock"
  | "tidy"
  | "prune"
  | "applyComparison"
  | "finalizeAll"
  | "pruneOlder"
  | "undoLastRepair"
  | "showReceipts"
  | "emptyQuarantine"
  | "showRestoreCandidates"
  | "stopRepairStart"
  | "stopDaemon"
  | "repairWhileItRuns"
  | "abortRun"
  | "archiveSession"
  | "recoverSession";

export function repairCommands(parts: CommandParts): Record<RepairCommand, (...args: unknown[]) => unknown> {
  const { client, targets } = parts;
  const ofKind =
    (kind: RepairKind) =>
    async (...args: unknown[]): Promise<void> => {
      // A first look is provisional: whether a gateway runs is believed at the second.
      await client.idle();
      await repair(targets.proposals(args, [kind]), parts);
    };
  const ofGateway =
    (what: RequestWhat) =>
    async (...args: unknown[]): Promise<void> => {
      await client.idle();
      const [session, ...more] = targets.sessions(args);
      if (more.length > 0) throw oneAtATime();
      await requestOfGateway(what, session, parts);
    };
  return {
    finalize: ofKind("finalize"),
    correct: ofKind("correct"),
    restoreTranscript: ofKind("restore"),
    unlock: ofKind("unlock"),
    tidy: async (...args) => {
      await client.idle();
      const proposals = await leftoversMeant(args, parts);
      if (proposals !== undefined) await tidy(proposals, parts);
    },
    prune: (...args) => {
      const sessions = targets.sessions(args);
      const ofOpenclaw = sessions.filter(({ store }) => parts.model.store(store)?.kind.startsWith("openclaw") === true);
      // Elsewhere a row goes where a finding says so.
      if (ofOpenclaw.length === 0) return ofKind("prune")(...args);
      if (ofOpenclaw.length < sessions.length) throw ofTwoPrograms();
      return pruneSessions(sessions, parts);
    },
    applyComparison: async (...args) => {
      await client.idle();
      const [proposal] = targets.proposals(args, ["finalize", "correct"]);
      const uri = args[0] instanceof vscode.Uri ? args[0] : vscode.window.activeTextEditor?.document.uri;
      const shown = (uri && readSessionUri(uri)?.status) ?? proposal.repair.set?.["status"];
      const isAsked = proposal.repair.kind === "finalize" && proposal.repair.class === "ask";
      await repair([proposal], parts, isAsked && isOutcome(shown) ? shown : undefined);
    },
    finalizeAll: async () => {
      await client.idle();
      await finalizeAll(parts);
    },
    stopRepairStart: async (...args) => {
      checkTrusted();
      await client.idle();
      const none = vscode.l10n.t("No gateway is seen to run here: repair right away, there is nothing to stop.");
      const stateDir = await runningPlace(args, { program: undefined, none }, parts);
      if (stateDir !== undefined) await stopRepairStart(stateDir, parts);
    },
    stopDaemon: async (...args) => {
      checkTrusted();
      await client.idle();
      const none = vscode.l10n.t(
        "No daemon of agentctl is seen to run here: repair right away, there is nothing to stop.",
      );
      const stateDir = await runningPlace(args, { program: "daemon", none }, parts);
      if (stateDir !== undefined) await stopDaemonAndRepair(stateDir, parts);
    },
    repairWhileItRuns: async (...args) => {
      await client.idle();
      const [proposal, ...more] = targets.proposals(args, ["finalize", "correct"]);
      if (more.length > 0) throw oneAtATime();
      // Where none runs there is no reason to take the risk.
      const runs = parts.model.store(proposal.store)?.permission.byGateway === true;
      await (runs ? repairWhileItRuns(proposal, parts) : repair([proposal], parts));
    },
    abortRun: ofGateway("abort"),
    archiveSession: ofGateway("archive"),
    recoverSession: ofGateway("recover"),
    pruneOlder: () => pruneOlder(parts),
    undoLastRepair: () => undoLast(parts),
    showReceipts: () => showReceipts(parts),
    emptyQuarantine: () => emptyQuarantine(parts),
    showRestoreCandidates: async (...args) => {
      const finding = unparsable(args, parts) ?? (await pickUnparsable(parts));
      if (finding !== undefined) await showRestoreCandidates(finding);
    },
  };
}

/** The menus do not offer it there; another extension could call it all the same. */
function checkTrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(vscode.l10n.t("This folder is not trusted: no program is stopped or started from it."));
}

function oneAtATime(): UserError {
  return new UserError(vscode.l10n.t("This is done for one session at a time. Select a single one."));
}

function ofTwoPrograms(): UserError {
  return new UserError(
    vscode.l10n.t(
      "Rows of OpenClaw go another way than those of other programs. Select those of one program, then the rest.",
    ),
  );
}

/**
 * The state directory meant, or the one whose gateway, or program of that kind, runs. Undefined where the person picks none
 * of several. Throws a UserError that says `none` where there is none.
 */
async function runningPlace(
  args: readonly unknown[],
  { program, none }: { readonly program: StateDir["program"]; readonly none: string },
  { targets, model }: CommandParts,
): Promise<StateDir | undefined> {
  const meant = args[0] === undefined ? undefined : targets.stateDir(args);
  const running = model.stateDirs.filter(
    ({ writer, captured, ...dir }) =>
      captured === undefined && dir.program === program && (writer.state === "running" || writer.state === "draining"),
  );
  if (meant !== undefined && running.includes(meant)) return meant;
  const [only] = running;
  if (meant !== undefined || only === undefined) throw new UserError(none);
  if (running.length === 1) return only;
  const items = running.map((stateDir) => ({ stateDir, label: labelText(stateDir.path, 200) }));
  const title =
    program === undefined
      ? vscode.l10n.t("Which gateway is to be stopped?")
      : vscode.l10n.t("Which daemon is to be stopped?");
  return (await vscode.window.showQuickPick(items, { title }))?.stateDir;
}

function isUnparsable({ code }: Finding): boolean {
  return code === "STORE-UNPARSABLE";
}

/** Of what the command was called with; from the palette it is called with nothing. */
function unparsable(args: readonly unknown[], { targets, model }: CommandParts): Finding | undefined {
  if (args[0] === undefined) return undefined;
  const store = targets.store(args);
  const finding = model.findingsOfStore(store).find(isUnparsable);
  if (finding === undefined)
    throw new UserError(vscode.l10n.t("The store can be read: there is nothing to restore it from."));
  return finding;
}

async function pickUnparsable({ model }: CommandParts): Promise<Finding | undefined> {
  const found = model.findings.filter(isUnparsable);
  const [only] = found;
  if (only === undefined) throw new UserError(vscode.l10n.t("Every store can be read: there is nothing to restore."));
  if (found.length === 1) return only;
  const items = found.map((finding) => ({ finding, label: labelText(finding.path ?? finding.store, 300) }));
  const title = vscode.l10n.t("Which store is to be restored?");
  return (await vscode.window.showQuickPick(items, { title }))?.finding;
}
