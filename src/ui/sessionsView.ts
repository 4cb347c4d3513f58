// The view around the tree: badge, message, welcome text, and the filter.
import * as vscode from "vscode";
import { contextKeys, views } from "../ids.ts";
import { labelText } from "../plan/visibleText.ts";
import { asOfWords } from "./asOfItem.ts";
import { emptyReason, unreadable } from "./emptyReason.ts";
import { isFiltering, noFilter, type SessionFilter } from "./sessionFilter.ts";
import type { SessionModel } from "./sessionModel.ts";
import { type Recalled, SessionTree } from "./sessionTree.ts";
import { onSettingsChange, readSettings } from "./settings.ts";
import type { TreeNode } from "./treeNode.ts";
import { verdictWord } from "./words.ts";

type ChosenFilter = Pick<SessionFilter, "text" | "verdicts">;

export class SessionsView implements vscode.Disposable {
  readonly tree: SessionTree;
  readonly view: vscode.TreeView<TreeNode>;
  readonly #model: SessionModel;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;
  #filter: ChosenFilter = noFilter;
  #reason: string | undefined;

  /** @param onVisible hears when the view comes into sight or leaves it */
  constructor(model: SessionModel, log: vscode.LogOutputChannel, onVisible: (visible: boolean) => void) {
    this.#model = model;
    this.#log = log;
    this.tree = new SessionTree(model, { ...noFilter, systemSessions: readSettings().showSystemSessions });
    this.view = vscode.window.createTreeView(views.sessions, {
      treeDataProvider: this.tree,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.view,
      this.tree,
      model.onDidChange(() => this.#update()),
      this.view.onDidChangeVisibility(({ visible }) => {
        // Ages have grown meanwhile. VS Code draws once in 200 ms: what is not known yet has the first turn.
        if (visible && model.known) this.tree.show();
        onVisible(visible);
      }),
      onSettingsChange(["showSystemSessions"], () => this.filterBy(this.#filter)),
    );
    this.filterBy(noFilter);
    this.#update();
  }

  get filter(): ChosenFilter {
    return this.#filter;
  }

  filterBy(filter: ChosenFilter): void {
    this.#filter = filter;
    const { showSystemSessions } = readSettings();
    this.tree.show({ ...filter, systemSessions: showSystemSessions });
    setContext(contextKeys.filtered, isFiltering(filter));
    setContext(contextKeys.systemSessionsShown, showSystemSessions);
    this.#say();
  }

  /** Shows it until there is something that is true now. */
  recall(recalled: Recalled): void {
    this.tree.recall(recalled);
    this.#update();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const { asOf } = this.tree;
    this.view.description = asOf === undefined ? "" : asOfWords(asOf);
    const { needAttention } = this.#model.counts();
    const tooltip =
      needAttention === 1
        ? vscode.l10n.t("1 session needs attention")
        : vscode.l10n.t("{0} sessions need attention", needAttention);
    this.view.badge = needAttention > 0 ? { value: needAttention, tooltip } : undefined;
    const reason = asOf === undefined ? emptyReason(this.#model) : undefined;
    if (reason === this.#reason && this.#model.known) return;
    this.#reason = reason;
    setContext(contextKeys.emptyBecause, reason);
    if (reason === "unreadable") for (const sentence of unreadable(this.#model)) this.#log.warn(sentence);
    this.#say();
  }

  #say(): void {
    const { text, verdicts } = this.#filter;
    const parts = verdicts.map(verdictWord);
    if (text !== "") parts.unshift(`“${labelText(text)}”`);
    // VS Code hides the welcome text behind a message.
    const shown = parts.length > 0 && this.#reason === undefined;
    this.view.message = shown ? vscode.l10n.t("Filtered by {0}", parts.join(", ")) : "";
  }
}

function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
