// Evidence, opened: a readable piece of a transcript or trajectory around the place, or the file itself at its line.
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { Evidence } from "../model/evidence.ts";
import type { ExcerptName } from "../model/messages.ts";
import type { Session } from "../model/session.ts";
import { UserError } from "../model/userError.ts";
import { labelText } from "../plan/visibleText.ts";
import { excerptUri, sessionUri } from "./documentUri.ts";
import { revealFile } from "./files.ts";
import type { InspectorClient } from "./inspectorClient.ts";

/** Shows the transcript where its evidence is, or its end. Throws a UserError where there is none. */
export async function openTranscript(session: Session, client: InspectorClient): Promise<void> {
  const path = session.transcript;
  if (path === undefined) {
    throw new UserError(vscode.l10n.t("This session names no transcript. Open its row to see what it has."));
  }
  const evidence = session.proof.find((one) => one.path === path && one.kind === "transcript");
  const end = session.transcriptEnd;
  await openExcerpt({ ...(end !== undefined && { event: end }), ...evidence, path }, client);
}

/** Shows the only piece of evidence, or the one that the person picks. Throws a UserError where nothing can be opened. */
export async function openEvidence(evidence: readonly Evidence[], client: InspectorClient): Promise<void> {
  const openable = evidence.filter(({ path }) => isAbsolute(path));
  const [only] = openable;
  if (only === undefined) {
    throw new UserError(
      vscode.l10n.t("No file shows this: it was seen in the list of processes. Its tooltip has it all."),
    );
  }
  const picked = openable.length === 1 ? only : await pick(openable);
  if (picked === undefined) return;
  if (picked.row !== undefined) await vscode.window.showTextDocument(sessionUri("row", picked.row), { preview: true });
  else if (isDatabase(picked)) await revealFile(picked.path);
  else if (isExcerpt(picked)) await openExcerpt(picked, client);
  else await openFile(picked);
}

/** Where to go for a piece of evidence from a list that VS Code shows. */
export function evidenceLocation(evidence: Evidence): vscode.Location {
  if (evidence.row !== undefined) {
    return new vscode.Location(sessionUri("row", evidence.row), new vscode.Position(0, 0));
  }
  if (evidence.line === undefined && isExcerpt(evidence)) {
    return new vscode.Location(excerptUri(evidence), new vscode.Position(0, 0));
  }
  return new vscode.Location(vscode.Uri.file(evidence.path), new vscode.Position((evidence.line ?? 1) - 1, 0));
}

async function openExcerpt(name: ExcerptName, client: InspectorClient): Promise<void> {
  const { path, offset, line, event, kind } = name;
  const place = {
    path,
    ...(offset !== undefined && { offset }),
    ...(line !== undefined && { line }),
    ...(event !== undefined && { event }),
    ...(kind !== undefined && { kind }),
  };
  // Asked for here too, since only the answer knows the line, and since what went wrong must not end up as a document.
  const excerpt = await client.ask("excerpt", place);
  const document = await vscode.workspace.openTextDocument(excerptUri(place));
  const shown = document.validateRange(new vscode.Range(excerpt.line, 0, excerpt.line, Number.MAX_SAFE_INTEGER));
  const editor = await vscode.window.showTextDocument(document, { preview: true, selection: shown });
  editor.revealRange(shown, vscode.TextEditorRevealType.InCenter);
}

async function openFile({ path, line }: Evidence): Promise<void> {
  const at = new vscode.Position((line ?? 1) - 1, 0);
  const options = { preview: true, selection: new vscode.Range(at, at) };
  await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path), options);
}

/** Nobody can look at it as it is. */
function isDatabase({ path, event }: Evidence): boolean {
  return event === undefined && /\.sqlite(-wal)?$/.test(path);
}

/** A file that nobody reads as it is: logs, and the events of a database. */
function isExcerpt({ kind, offset, event }: Evidence): boolean {
  const isLog = kind === "transcript" || kind === "trajectory" || kind === "archive";
  return offset !== undefined || event !== undefined || isLog;
}

async function pick(evidence: readonly Evidence[]): Promise<Evidence | undefined> {
  const icons: Readonly<Record<Evidence["kind"], string>> = {
    row: "json",
    transcript: "comment-discussion",
    trajectory: "pulse",
    archive: "archive",
    lock: "lock",
    registry: "list-tree",
    cron: "watch",
    process: "server-process",
    writer: "server-environment",
    file: "file",
  };
  const items = evidence.map((one) => ({
    one,
    label: `$(${icons[one.kind]}) ${labelText(one.text, 150)}`,
    description: labelText(one.path.replace(/^.*[\\/]/, ""), 60),
  }));
  const title = vscode.l10n.t("Open Evidence");
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.one;
}
