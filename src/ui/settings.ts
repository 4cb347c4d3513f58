// The settings, typed. Nothing else asks VS Code for them.
import * as vscode from "vscode";
import { settings as ids } from "../ids.ts";
import type { Where } from "../model/where.ts";

export interface Settings {
  readonly where: Where;
  readonly showSystemSessions: boolean;
  readonly statusBar: boolean;
  readonly askGateway: boolean;
}

/** What a person wrote may be of any type; what is of another than it should be counts as not written. */
export function readSettings(): Settings {
  // Once: VS Code puts together all that is configured, by whomever, each time it is asked.
  const configuration = vscode.workspace.getConfiguration();
  return {
    where: { homes: paths(configuration.get(ids.homes)), stateDirs: paths(configuration.get(ids.stateDirectories)) },
    showSystemSessions: configuration.get(ids.showSystemSessions) === true,
    statusBar: configuration.get(ids.statusBar) !== false,
    askGateway: configuration.get(ids.askGateway) === true,
  };
}

/** Calls the listener when one of the named settings may have changed. */
export function onSettingsChange(names: readonly (keyof typeof ids)[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(ids[name]))) listener();
  });
}

/** Written where it counts: in the workspace if it is set there, else in the person's own settings. */
export async function writeShowSystemSessions(shown: boolean): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const here = configuration.inspect(ids.showSystemSessions)?.workspaceValue !== undefined;
  const target = here ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(ids.showSystemSessions, shown, target);
}

function paths(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((path) => typeof path === "string" && path.trim() !== "") : [];
}

/** The settings that name paths belong to the machine: in a remote window they stand on another page than a person's own. */
export async function openOwnSettings(): Promise<void> {
  const remote = vscode.env.remoteName !== undefined;
  const command = remote ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
  await vscode.commands.executeCommand(command, { query: ids.stateDirectories });
}
