// The light bulb in a store that is open: what would be done about each problem, with the effect in its title.
import * as vscode from "vscode";
import { documentScheme } from "../ids.ts";
import type { Finding } from "../model/finding.ts";
import { labelText } from "../plan/visibleText.ts";
import { unsaved } from "./consent.ts";
import { readSessionUri } from "./documentUri.ts";
import { isOffered } from "./offered.ts";
import { problemText } from "./problems.ts";
import { proposalTitle } from "./proposal.ts";
import { commandOf } from "./repairKinds.ts";
import type { SessionModel } from "./sessionModel.ts";

/** Read-only documents have no light bulb (vscode#299732), but the Problems panel offers fixes for them too. */
export class QuickFixes implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #model: SessionModel;
  readonly #registration: vscode.Disposable;

  constructor(model: SessionModel) {
    this.#model = model;
    this.#registration = vscode.languages.registerCodeActionsProvider(
      [{ scheme: "file" }, { scheme: documentScheme }],
      this,
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    );
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    if (only !== undefined && !only.intersects(vscode.CodeActionKind.QuickFix)) return [];
    const store = this.#storeOf(document.uri);
    const ours = diagnostics.filter(({ source }) => source === "OpenClaw");
    if (store === undefined || ours.length === 0) return [];
    const actions = new Map<string, vscode.CodeAction>();
    for (const diagnostic of ours) {
      const finding = this.#model.findingsWithin(store).find((one) => isOf(diagnostic, one));
      for (const proposal of finding === undefined ? [] : this.#proposals(finding)) {
        const action = actions.get(proposal.id) ?? this.#action(proposal, document);
        action.diagnostics = [...(action.diagnostics ?? []), diagnostic];
        actions.set(proposal.id, action);
      }
    }
    return [...actions.values()];
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #storeOf(uri: vscode.Uri): string | undefined {
    const name = readSessionUri(uri);
    if (name !== undefined) return name.store;
    return this.#model.stores.find(({ path }) => vscode.Uri.file(path).toString() === uri.toString())?.id;
  }

  /** Of the problems of a session one carries the proposal of all; where none does, the problem itself says why. */
  #proposals(finding: Finding): readonly Finding[] {
    if (isOffered(finding)) return [finding];
    const { store, session } = finding;
    const others = session === undefined ? [] : this.#model.findingsOf({ store, key: session }).filter(isOffered);
    return others.length > 0 ? others : [finding];
  }

  #action(finding: Finding, document: vscode.TextDocument): vscode.CodeAction {
    const permission = this.#model.store(finding.store)?.permission;
    const command = commandOf(finding.repair.kind);
    const title = isOffered(finding) ? proposalTitle(finding, this.#model) : vscode.l10n.t("Repair {0}", finding.code);
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.isPreferred = finding.repair.class === "proven";
    if (command !== undefined) action.command = { command, title, arguments: [{ finding: finding.id }] };
    if (!isOffered(finding)) action.disabled = { reason: labelText(finding.repair.why, 300) };
    else if (document.isDirty) action.disabled = { reason: unsaved(document.uri.fsPath) };
    else if (permission?.answer === "no" && permission.claimable !== true)
      action.disabled = { reason: labelText(permission.why, 300) };
    return action;
  }
}

function isOf({ code, message }: vscode.Diagnostic, finding: Finding): boolean {
  const value = typeof code === "object" ? code.value : code;
  return value === finding.code && message === problemText(finding);
}
