// Opens a store that was captured on another machine, beside those of this one, and closes it again.
import { dirname } from "node:path";
import * as vscode from "vscode";
import { views } from "../ids.ts";
import { UserError } from "../model/userError.ts";
import type { CapturedPlace } from "../model/where.ts";
import { labelText } from "../plan/visibleText.ts";
import type { CommandParts } from "./commands.ts";
import { parseTime } from "./timeInput.ts";
import { dateAndTime } from "./words.ts";

export async function inspectCaptured(parts: CommandParts): Promise<void> {
  const { client, remembered, inspection, sessions } = parts;
  const path = await pickFolder();
  if (path === undefined) return;
  const folder = await client.ask("captured", { path });
  const list = await pickProcesses(path);
  if (list === undefined) return;
  const { at: suggested } = list.processes === undefined ? folder : await client.ask("captured", { path, ...list });
  const at = await askForTime(suggested, list.processes !== undefined);
  if (at === undefined) return;
  await remembered.open({ path, at, ...list });
  await inspection.scan();
  const shown = sessions.tree.getChildren().find((node) => node.type === "stateDir" && isOf(node.path, path, parts));
  if (shown === undefined) return;
  // A view that is only being opened can lose what it is asked to select.
  if (!sessions.view.visible) await vscode.commands.executeCommand(`${views.sessions}.focus`);
  await sessions.view.reveal(shown, { select: true, focus: true, expand: true });
}

/** @param args the node of a state directory; from the palette nothing, and the person picks */
export async function closeCaptured([node]: readonly unknown[], parts: CommandParts): Promise<void> {
  const { remembered, inspection, model } = parts;
  const { path } = (node ?? {}) as { readonly path?: unknown };
  const shown = model.stateDir(String(path))?.captured;
  const place = shown ?? (await pickOpen(remembered.captured));
  if (place === undefined) return;
  await remembered.close(place.path);
  await inspection.scan();
}

function isOf(stateDir: string, folder: string, { model }: CommandParts): boolean {
  return model.stateDir(stateDir)?.captured?.path === folder;
}

async function pickOpen(open: readonly CapturedPlace[]): Promise<CapturedPlace | undefined> {
  const [only] = open;
  if (only === undefined) throw new UserError(vscode.l10n.t("No captured store is open."));
  if (open.length === 1) return only;
  const items = open.map((place) => ({ place, label: labelText(place.path, 200), description: dateAndTime(place.at) }));
  const title = vscode.l10n.t("Which captured store is to be closed? Nothing of it is deleted");
  return (await vscode.window.showQuickPick(items, { title }))?.place;
}

async function pickFolder(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    title: vscode.l10n.t("Captured Store: an OpenClaw State Directory, or the Home That Holds It"),
    openLabel: vscode.l10n.t("Inspect"),
  });
  return pathOf(picked);
}

/** Undefined where the person leaves. */
async function pickProcesses(folder: string): Promise<Pick<CapturedPlace, "processes"> | undefined> {
  const withList = {
    label: vscode.l10n.t("With Its Process List…"),
    detail: vscode.l10n.t(
      "The output of ps -eo pid,ppid,lstart,args there. What ran is told by it alone, and the store is yours to repair.",
    ),
  };
  const without = {
    label: vscode.l10n.t("Without One"),
    detail: vscode.l10n.t("What ran there stays unknown then, and the store is shown only."),
  };
  const answer = await vscode.window.showQuickPick([withList, without], {
    title: vscode.l10n.t("What Ran on the Machine of the Captured Store?"),
    ignoreFocusOut: true,
  });
  if (answer === without) return {};
  if (answer !== withList) return undefined;
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: false,
    defaultUri: vscode.Uri.file(dirname(folder)),
    title: vscode.l10n.t("Process List of the Captured Store"),
    openLabel: vscode.l10n.t("Use"),
  });
  const processes = pathOf(picked);
  return processes === undefined ? undefined : { processes };
}

async function askForTime(suggested: number, listed: boolean): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("When Was It Captured?"),
    prompt: listed
      ? vscode.l10n.t("It is judged by this clock. Suggested: when the process list was written.")
      : vscode.l10n.t("It is judged by this clock. Suggested: when its newest store was written."),
    value: new Date(suggested).toISOString(),
    ignoreFocusOut: true,
    validateInput: (value) => timeMessage(parseTime(value)),
  });
  return text === undefined ? undefined : parseTime(text);
}

function timeMessage(at: number | undefined): vscode.InputBoxValidationMessage {
  const { Error: wrong, Info: fine, Warning: odd } = vscode.InputBoxValidationSeverity;
  if (at === undefined) {
    const message = vscode.l10n.t(
      "Write a time such as 2026-11-20 14:10 (local), 2026-11-20T14:10:35Z, or milliseconds.",
    );
    return { message, severity: wrong };
  }
  const message = dateAndTime(at);
  if (at <= Date.now()) return { message, severity: fine };
  return { message: vscode.l10n.t("{0} is still to come by this machine's clock.", message), severity: odd };
}

/** Throws a UserError for what is no file of the machine where we run. */
function pathOf(picked: readonly vscode.Uri[] | undefined): string | undefined {
  const [uri] = picked ?? [];
  if (uri === undefined) return undefined;
  if (uri.scheme === "file") return uri.fsPath;
  throw new UserError(vscode.l10n.t("Choose something on the machine where the extension runs."));
}
