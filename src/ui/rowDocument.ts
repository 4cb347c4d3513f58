// The row of a session as a document of its own: what is stored, with what was found written above the fields that lie.
import * as vscode from "vscode";
import { commands, documentScheme } from "../ids.ts";
import type { Finding } from "../model/finding.ts";
import type { RowText, SessionName } from "../model/messages.ts";
import type { Session } from "../model/session.ts";
import { labelText } from "../plan/visibleText.ts";
import type { Documents } from "./documents.ts";
import { readSessionUri, sessionUri } from "./documentUri.ts";
import { isOffered, proposalsOf } from "./offered.ts";
import { rangeOf } from "./places.ts";
import { proposalTitle } from "./proposal.ts";
import { commandOf } from "./repairKinds.ts";
import type { SessionModel } from "./sessionModel.ts";
import { claimAndVerdict, findingSentence } from "./words.ts";

export async function openRow(session: SessionName, documents: Documents): Promise<void> {
  const document = await vscode.workspace.openTextDocument(sessionUri("row", session));
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  // A row is long, and what one wants to see is what lies.
  const [place] = documents.row(document.uri)?.places ?? [];
  if (place === undefined) return;
  const range = rangeOf(place);
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

export class RowLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #model: SessionModel;
  readonly #documents: Documents;
  readonly #subscriptions: vscode.Disposable;

  constructor(model: SessionModel, documents: Documents) {
    this.#model = model;
    this.#documents = documents;
    const selector = ["json", "jsonc"].map((language) => ({ scheme: documentScheme, language }));
    this.#subscriptions = vscode.Disposable.from(
      model.onDidChange(() => this.#changed.fire()),
      documents.onDidReadRow(() => this.#changed.fire()),
      this.#changed,
      vscode.languages.registerCodeLensProvider(selector, this),
    );
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const name = readSessionUri(uri);
    const session = name && this.#model.session(name);
    if (session === undefined) return [];
    // What a comparison shows can be applied from it; VS Code draws lenses in comparisons where a setting asks for them.
    if (name?.kind === "proven") return applyLenses(uri, session, this.#model, name.status);
    if (name?.kind !== "row") return [];
    const row = this.#documents.row(uri);
    const found = this.#model.findingsOf(session);
    return [...topLenses(session), ...found.flatMap((finding) => findingLenses(finding, row, this.#model))];
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function topLenses(session: Session): vscode.CodeLens[] {
  const { store, key } = session;
  const top = new vscode.Range(0, 0, 0, 0);
  const name = [{ store, key }];
  const compare = vscode.l10n.t("Compare with the evidence");
  const transcript = vscode.l10n.t("Open transcript");
  const lenses = [
    new vscode.CodeLens(top, {
      title: labelText(claimAndVerdict(session)),
      tooltip: labelText(session.why, 300),
      command: "",
    }),
    new vscode.CodeLens(top, { title: compare, command: commands.openComparison, arguments: name }),
  ];
  if (session.transcript !== undefined) {
    lenses.push(new vscode.CodeLens(top, { title: transcript, command: commands.openTranscript, arguments: name }));
  }
  return lenses;
}

function applyLenses(uri: vscode.Uri, session: Session, model: SessionModel, status?: string): vscode.CodeLens[] {
  return proposalsOf(session, model)
    .filter(({ repair }) => repair.set !== undefined)
    .map((finding) => {
      const shown = finding.repair.kind === "finalize" ? (status ?? String(finding.repair.set?.["status"])) : undefined;
      const title = `$(check) ${proposalTitle(finding, model, shown)}`;
      const command = { title, command: commands.applyComparison, arguments: [uri] };
      return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command);
    });
}

/** What is wrong, and what can be done about it, above the field. */
function findingLenses(finding: Finding, row: RowText | undefined, model: SessionModel): vscode.CodeLens[] {
  const icon = { error: "error", warning: "warning", info: "info" }[finding.severity];
  const range = rangeOf(row?.places.find(({ field }) => field === finding.field));
  const lenses = [
    new vscode.CodeLens(range, {
      title: `$(${icon}) ${labelText(findingSentence(finding), 160)}`,
      tooltip: vscode.l10n.t("Explain {0}", finding.code),
      command: commands.explainFinding,
      arguments: [finding.code],
    }),
  ];
  const command = isOffered(finding) ? commandOf(finding.repair.kind) : undefined;
  if (command !== undefined) {
    const title = `$(wrench) ${proposalTitle(finding, model)}`;
    lenses.push(new vscode.CodeLens(range, { title, command, arguments: [{ finding: finding.id }] }));
  }
  return lenses;
}
