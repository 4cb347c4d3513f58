// Tells VS Code's menus what could be repaired: anywhere, in the selection of the tree, and in the editor that is active.
import * as vscode from "vscode";
import { contextKeys } from "../ids.ts";
import { readSessionUri } from "./documentUri.ts";
import { isOffered, proposalsOf, repairFlags } from "./offered.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { SessionsView } from "./sessionsView.ts";
import { staleGroups } from "./staleGroups.ts";

export class RepairContext implements vscode.Disposable {
  readonly #model: SessionModel;
  readonly #sessions: SessionsView;
  readonly #told = new Map<string, unknown>();
  readonly #subscriptions: vscode.Disposable;

  constructor(model: SessionModel, sessions: SessionsView) {
    this.#model = model;
    this.#sessions = sessions;
    this.#subscriptions = vscode.Disposable.from(
      model.onDidChange(() => this.#update()),
      sessions.view.onDidChangeSelection(() => this.#update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
    );
    this.#update();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const { proven, asked } = staleGroups(this.#model.findings);
    this.#tell(contextKeys.stale, proven.length + asked.length > 0);
    this.#tell(
      contextKeys.untidy,
      this.#model.findings.some((finding) => finding.repair.kind === "tidy" && isOffered(finding)),
    );
    this.#tell(
      contextKeys.unparsable,
      this.#model.findings.some(({ code }) => code === "STORE-UNPARSABLE"),
    );
    const isCaptured = this.#model.stateDirs.some(({ captured }) => captured !== undefined);
    this.#tell(contextKeys.capturedShown, isCaptured);
    const { tree, view } = this.#sessions;
    const selected = view.selection.map((node) => tree.getTreeItem(node).contextValue ?? "");
    this.#tell(contextKeys.selected, selected.join(" "));
    const active = vscode.window.activeTextEditor?.document.uri;
    const name = active && readSessionUri(active);
    const session = name && this.#model.session(name);
    this.#tell(
      contextKeys.shown,
      session === undefined ? "" : repairFlags(proposalsOf(session, this.#model)).join(" "),
    );
  }

  #tell(key: string, value: unknown): void {
    if (this.#told.get(key) === value) return;
    this.#told.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
