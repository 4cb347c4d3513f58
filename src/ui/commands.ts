// Every command: what it is called with is checked, and what goes wrong is said to the person who called it.
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import { UserError } from "../model/userError.ts";
import { closeCaptured, inspectCaptured } from "./captured.ts";
import type { Claims } from "./claims.ts";
import { openComparison } from "./comparison.ts";
import type { Documents } from "./documents.ts";
import { openEvidence, openTranscript } from "./excerpt.ts";
import { copyLines, openStore, revealFile, sessionIds } from "./files.ts";
import { askForFilter } from "./filterInput.ts";
import { openFindingsPage } from "./findingsPage.ts";
import type { Inspection } from "./inspection.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import type { Remembered } from "./remembered.ts";
import { type RepairCommand, repairCommands } from "./repairCommands.ts";
import { copyReport } from "./report.ts";
import { openRow } from "./rowDocument.ts";
import { noFilter } from "./sessionFilter.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { SessionsView } from "./sessionsView.ts";
import { openOwnSettings, writeShowSystemSessions } from "./settings.ts";
import type { Targets } from "./targets.ts";
import type { TreeNode } from "./treeNode.ts";
import { tellTrouble } from "./trouble.ts";

export interface CommandParts {
  readonly extension: vscode.Uri;
  /** Of the extension. */
  readonly version: string;
  readonly client: InspectorClient;
  readonly documents: Documents;
  readonly inspection: Inspection;
  readonly remembered: Remembered;
  readonly claims: Claims;
  readonly model: SessionModel;
  readonly sessions: SessionsView;
  readonly targets: Targets;
  readonly log: vscode.LogOutputChannel;
}

type Command = (...args: unknown[]) => unknown;
type CommandName = keyof typeof commands;
type ViewCommand =
  | "refresh"
  | "filter"
  | "clearFilter"
  | "showSystemSessions"
  | "hideSystemSessions"
  | "showMore"
  | "showLog"
  | "nameStateDirectory";
/** They need a scan to answer from. */
type SessionCommand = Exclude<CommandName, ViewCommand | RepairCommand>;

const code = /^[A-Z][A-Z0-9-]{1,40}$/;

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const inView = Object.entries(viewCommands(parts));
  const ofSessions = Object.entries({ ...sessionCommands(parts), ...repairCommands(parts) }).map(
    ([name, command]): [string, Command] => [
      name,
      async (...args) => {
        await parts.inspection.ready();
        await command(...args);
      },
    ],
  );
  const registered = [...inView, ...ofSessions].map(([name, command]) =>
    vscode.commands.registerCommand(commands[name as CommandName], guarded(command, parts.log)),
  );
  return vscode.Disposable.from(...registered);
}

function viewCommands({ inspection, sessions, log }: CommandParts): Record<ViewCommand, Command> {
  return {
    refresh: () => inspection.scan(),
    filter: async () => {
      const filter = await askForFilter(sessions.filter);
      if (filter !== undefined) sessions.filterBy(filter);
    },
    clearFilter: () => sessions.filterBy(noFilter),
    showSystemSessions: () => writeShowSystemSessions(true),
    hideSystemSessions: () => writeShowSystemSessions(false),
    showMore: (node) => {
      const { type, group } = (node ?? {}) as Partial<Extract<TreeNode, { type: "more" }>>;
      if (type === "more" && typeof group?.id === "string") sessions.tree.showMore(group);
    },
    showLog: () => log.show(),
    nameStateDirectory: () => openOwnSettings(),
  };
}

function sessionCommands(parts: CommandParts): Record<SessionCommand, Command> {
  const { claims, client, documents, model, targets } = parts;
  return {
    openRow: (...args) => openRow(targets.sessions(args)[0], documents),
    openStore: (...args) => {
      const store = model.store(targets.store(args));
      const session = targets.anySession(args);
      if (store?.kind !== "openclaw-sqlite") return store && openStore(store, session, client);
      // A database is no text: its rows are shown one by one.
      return session === undefined ? revealFile(store.path) : openRow(session, documents);
    },
    openComparison: (...args) => {
      const [session] = targets.sessions(args);
      return openComparison(
        session,
        model.findingsOf(session).find(({ repair }) => repair.set !== undefined),
      );
    },
    openTranscript: (...args) => openTranscript(targets.sessions(args)[0], client),
    openEvidence: (...args) => openEvidence(targets.evidence(args), client),
    explainFinding: (...args) => {
      const [first] = args;
      const explained = typeof first === "string" && code.test(first) ? first : targets.findings(args)[0]?.code;
      if (explained !== undefined) return openFindingsPage(parts.extension, explained);
      throw new UserError(vscode.l10n.t("Nothing was found that is wrong with this session."));
    },
    copyKey: (...args) => copyLines(targets.sessions(args).map(({ key }) => key)),
    copySessionId: (...args) => {
      const ids = sessionIds(targets.sessions(args));
      if (ids.length === 0) throw new UserError(vscode.l10n.t("The row has no session id. Copy its key instead."));
      return copyLines(ids);
    },
    copyPath: (...args) => copyLines(targets.paths(args)),
    revealFile: (...args) => revealFile(targets.paths(args)[0]),
    inspectCaptured: () => inspectCaptured(parts),
    closeCaptured: (...args) => closeCaptured(args, parts),
    claimStore: async (...args) => {
      const store = model.store(targets.store(args));
      if (store !== undefined) await claims.ask([store]);
    },
    disownStore: async (...args) => {
      const store = model.store(targets.store(args));
      if (store !== undefined) await claims.disown(store);
    },
    copyReport: () => copyReport({ client, documents, model, version: parts.version }),
  };
}

function guarded(command: Command, log: vscode.LogOutputChannel): Command {
  return async (...args) => {
    try {
      await command(...args);
    } catch (error) {
      tellTrouble(error, log);
    }
  };
}
