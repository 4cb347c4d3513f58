// Every command: what it is called with is checked, and what goes wrong is said to the person who called it.
import * as vscode from "vscode";
import { commands } from "../ids.ts";
import type { Claims } from "./claims.ts";
import type { Documents } from "./documents.ts";
import type { Inspection } from "./inspection.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import type { Remembered } from "./remembered.ts";
import type { RepairCommand } from "./repairCommands.ts";
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

/** What there is from activation on. */
export type ShownParts = Omit<CommandParts, "claims" | "targets">;
export type Command = (...args: unknown[]) => unknown;
type CommandName = keyof typeof commands;
type ViewCommand =
  | "refresh"
  | "stop"
  | "filter"
  | "clearFilter"
  | "showSystemSessions"
  | "hideSystemSessions"
  | "showMore"
  | "showLog"
  | "nameStateDirectory";
/** They need a scan to answer from. */
export type ScanCommand = Exclude<CommandName, ViewCommand>;
/** Those of them that write nothing. */
export type SessionCommand = Exclude<ScanCommand, RepairCommand>;

export function registerCommands(parts: ShownParts): vscode.Disposable {
  const ofView = viewCommands(parts);
  const inView = Object.entries(ofView);
  let loaded: Promise<Record<ScanCommand, Command>> | undefined;
  const names = Object.keys(commands).filter((name) => !Object.hasOwn(ofView, name)) as ScanCommand[];
  const ofScan = names.map((name): [string, Command] => [
    name,
    async (...args) => {
      // Most windows never call one of them: they are read from disk at the first call.
      loaded ??= import("./scanCommands.ts").then(({ scanCommands }) => scanCommands(parts));
      const [all] = await Promise.all([loaded, parts.inspection.ready()]);
      await all[name](...args);
    },
  ]);
  const registered = [...inView, ...ofScan].map(([name, command]) =>
    vscode.commands.registerCommand(commands[name as CommandName], guarded(command, parts.log)),
  );
  return vscode.Disposable.from(...registered);
}

function viewCommands({ client, inspection, sessions, log }: ShownParts): Record<ViewCommand, Command> {
  return {
    refresh: () => inspection.scan(),
    stop: () => client.stop(),
    filter: async () => {
      const { askForFilter } = await import("./filterInput.ts");
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

function guarded(command: Command, log: vscode.LogOutputChannel): Command {
  return async (...args) => {
    try {
      await command(...args);
    } catch (error) {
      tellTrouble(error, log);
    }
  };
}
