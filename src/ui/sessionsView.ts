// The view around the tree: badge, message, welcome text, and the filter.
import * as vscode from "vscode";
import { contextKeys, views } from "../ids.ts";
import { emptyReason, unreadable } from "./emptyReason.ts";
import { isFiltering, noFilter, type SessionFilter } from "./sessionFilter.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { Recalled, SessionTree } from "./sessionTree.ts";
import { onSettingsChange, readSettings } from "./settings.ts";
import type { TreeNode } from "./treeNode.ts";

type ChosenFilter = Pick<SessionFilter, "text" | "verdicts">;

export class SessionsView implements vscode.Disposable {
  readonly view: vscode.TreeView<TreeNode>;
  readonly #model: SessionModel;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;
  readonly #drawn = new vscode.EventEmitter<TreeNode[] | undefined>();
  #filter: ChosenFilter = noFilter;
  #loading: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #tree: SessionTree | undefined;
  #reason: string | undefined;

  /** @param onVisible hears when the view comes into sight or leaves it */
  constructor(model: SessionModel, log: vscode.LogOutputChannel, onVisible: (visible: boolean) => void) {
    this.#model = model;
    this.#log = log;
    this.view = vscode.window.createTreeView(views.sessions, {
      treeDataProvider: {
        onDidChangeTreeData: this.#drawn.event,
        getChildren: (node) => (node === undefined ? this.#roots() : this.tree.getChildren(node)),
        getParent: (node) => this.tree.getParent(node),
        getTreeItem: (node) => this.tree.getTreeItem(node),
        resolveTreeItem: (item, node) => this.tree.resolveTreeItem(item, node),
      },
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.view,
      this.#drawn,
      model.onDidChange(() => this.#update()),
      this.view.onDidChangeVisibility(({ visible }) => {
        // Ages have grown meanwhile. VS Code draws once in 200 ms: what is not known yet has the first turn.
        if (visible && model.known) this.#tree?.show();
        onVisible(visible);
      }),
      onSettingsChange(["showSystemSessions"], () => this.filterBy(this.#filter)),
    );
    this.filterBy(noFilter);
    this.#update();
  }

  /** Before the first scan there is nothing to draw, and what draws it is not even read. */
  load(): Promise<void> {
    this.#loading ??= import("./sessionTree.ts").then(({ SessionTree: Loaded }) => {
      const filter = { ...this.#filter, systemSessions: readSettings().showSystemSessions };
      this.#tree = new Loaded(this.#model, filter);
      this.#tree.onDidChangeTreeData((nodes) => {
        this.#drawn.fire(nodes);
        this.#update();
      });
    });
    return this.#loading;
  }

  /** What is drawn, once it is loaded. */
  get tree(): SessionTree {
    if (this.#tree === undefined) throw new Error("Nothing is drawn yet.");
    return this.#tree;
  }

  get filter(): ChosenFilter {
    return this.#filter;
  }

  filterBy(filter: ChosenFilter): void {
    this.#filter = filter;
    const { showSystemSessions } = readSettings();
    this.#tree?.show({ ...filter, systemSessions: showSystemSessions });
    setContext(contextKeys.filtered, isFiltering(filter));
    setContext(contextKeys.systemSessionsShown, showSystemSessions);
    this.#say();
  }

  /** VS Code takes no notice of a change before it has its first answer: that one waits for what is read now. */
  drawAfter(reading: Promise<void>): void {
    this.#reading = reading;
  }

  /** Shows it until there is something that is true now. */
  async recall(recalled: Recalled): Promise<void> {
    await this.load();
    this.tree.recall(recalled);
    this.#update();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#tree?.dispose();
  }

  async #roots(): Promise<TreeNode[]> {
    if (!this.#model.known) await this.#reading;
    return this.#tree?.getChildren() ?? [];
  }

  #update(): void {
    const asOf = this.#tree?.asOf;
    this.view.description = this.#tree?.asOfWords ?? "";
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
    // VS Code hides the welcome text behind a message.
    this.view.message = (this.#reason === undefined && this.#tree?.filterWords) || "";
  }
}

function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
