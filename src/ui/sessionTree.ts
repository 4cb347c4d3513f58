// The tree: state directories, agents, groups, sessions, and what was found about each.
import * as vscode from "vscode";
import type { Store } from "../model/store.ts";
import { labelText } from "../plan/visibleText.ts";
import { asOfItem, asOfWords } from "./asOfItem.ts";
import { emptyReason } from "./emptyReason.ts";
import { groupItem, moreItem, noteItem, stateDirItem, storeItem } from "./placeItem.ts";
import { isFiltering, type SessionFilter } from "./sessionFilter.ts";
import { findingItem, lockItem, sessionItem } from "./sessionItem.ts";
import type { ModelChange, SessionModel } from "./sessionModel.ts";
import { type GroupNode, type StateDirNode, type StoreNode, type TreeNode, TreeNodes } from "./treeNode.ts";
import { type StoreShape, type StoreTotals, storeShapes } from "./treeShape.ts";
import { verdictWord } from "./words.ts";

/** How many sessions of a group are drawn at a time: VS Code slows down with thousands and fails with more (vscode#230361). */
export const pageSize = 100;

/** What the last window found, to be shown until this one has looked. It proves nothing any more. */
export interface Recalled {
  readonly model: SessionModel;
  /** By store: not every session is in the model. */
  readonly totals: ReadonlyMap<string, StoreTotals>;
}

export class SessionTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #model: SessionModel;
  readonly #nodes = new TreeNodes();
  readonly #pages = new Map<string, number>();
  readonly #subscription: { dispose(): void };
  #filter: SessionFilter;
  #shapes = new Map<string, StoreShape>();
  #recalled: Recalled | undefined;

  constructor(model: SessionModel, filter: SessionFilter) {
    this.#model = model;
    this.#filter = filter;
    this.#shapes = this.#allShapes();
    this.#subscription = model.onDidChange((change) => this.#update(change));
  }

  /** Shows what passes the filter, and every age anew. */
  show(filter: SessionFilter = this.#filter): void {
    this.#filter = filter;
    this.#shapes = this.#allShapes();
    this.#changed.fire(undefined);
  }

  /** Until there is something that is true now. */
  recall(recalled: Recalled): void {
    if (this.#model.known) return;
    this.#recalled = recalled;
    this.show();
  }

  /** When what is shown was found, epoch milliseconds, where that is not now. */
  get asOf(): number | undefined {
    return this.#recalled?.model.now;
  }

  get asOfWords(): string | undefined {
    return this.asOf === undefined ? undefined : asOfWords(this.asOf);
  }

  /** Undefined where everything is shown. */
  get filterWords(): string | undefined {
    const { text, verdicts } = this.#filter;
    const parts = verdicts.map(verdictWord);
    if (text !== "") parts.unshift(`“${labelText(text)}”`);
    return parts.length > 0 ? vscode.l10n.t("Filtered by {0}", parts.join(", ")) : undefined;
  }

  get #shown(): SessionModel {
    return this.#recalled?.model ?? this.#model;
  }

  #allShapes(): Map<string, StoreShape> {
    const { stores } = this.#shown;
    const shapes = storeShapes(this.#shown, this.#filter, new Set(stores.map(({ id }) => id)));
    const { totals } = this.#recalled ?? {};
    if (totals === undefined || isFiltering(this.#filter)) return shapes;
    return new Map([...shapes].map(([id, shape]) => [id, { ...shape, ...totals.get(id) }]));
  }

  showMore(group: GroupNode): void {
    this.#pages.set(group.id, (this.#pages.get(group.id) ?? 1) + 1);
    this.#changed.fire([group]);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#nodes.parent(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const item = this.#itemOf(node);
    return this.asOf === undefined ? item : asOfItem(item, node, this.asOf);
  }

  #itemOf(node: TreeNode): vscode.TreeItem {
    const model = this.#shown;
    switch (node.type) {
      case "stateDir": {
        const stateDir = model.stateDir(node.path);
        return stateDir === undefined ? gone(node) : stateDirItem(node, stateDir);
      }
      case "store": {
        const store = model.store(node.store);
        return store === undefined
          ? gone(node)
          : storeItem(node, store, this.#shapes.get(node.store), model.findingsOfStore(node.store));
      }
      case "group":
        return groupItem(node, this.#shapes.get(node.store), model.store(node.store)?.kind);
      case "session": {
        const session = model.session(node);
        return session === undefined ? gone(node) : sessionItem(node, session, model);
      }
      case "lock": {
        const lock = model.lock(node.store, node.path);
        return lock === undefined ? gone(node) : lockItem(node, lock, model);
      }
      case "finding": {
        const finding = model.finding(node.finding);
        return finding === undefined ? gone(node) : findingItem(node, finding);
      }
      case "note":
        return noteItem(node, model);
      case "more":
        return moreItem(node);
    }
  }

  /** Tooltips are made when they are asked for: thousands of eager ones cost half a second per thousand (vscode#56234). */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (this.asOf !== undefined) return item;
    const { tooltipOf } = await import("./tooltip.ts");
    const tooltip = tooltipOf(node, this.#model);
    if (tooltip !== undefined) item.tooltip = tooltip;
    return item;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return this.#roots();
    switch (node.type) {
      case "stateDir":
        return this.#inStateDir(node);
      case "store":
        return this.#inStore(node);
      case "group":
        return this.#inGroup(node);
      case "session": {
        const own = this.#shown.findingsOf(node).filter(({ session }) => session !== undefined);
        const findings = own.map(({ id }) => this.#nodes.finding(id, node));
        const locks = this.#shown.locksOf(node).map(({ path }) => this.#nodes.lock(node.store, path, node));
        return [...findings, ...locks];
      }
      case "lock": {
        const lock = this.#shown.lock(node.store, node.path);
        const findings = lock === undefined ? [] : this.#shown.findingsOfLock(lock);
        return findings.map(({ id }) => this.#nodes.finding(id, node));
      }
      default:
        return [];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Without any session, or with no store that can be read, the view's welcome text says why, better than a bare folder. */
  #roots(): TreeNode[] {
    if (emptyReason(this.#shown) !== undefined) return [];
    return this.#shown.stateDirs.map(({ path }) => this.#nodes.stateDir(path));
  }

  #inStateDir(node: StateDirNode): TreeNode[] {
    const stateDir = this.#shown.stateDir(node.path);
    const stores = this.#storesIn(node).map(({ id }) => this.#nodes.store(id, node));
    if (stateDir?.problem !== undefined) return [this.#nodes.note("dirProblem", node.path, node), ...stores];
    return stores.length > 0 ? stores : [this.#nodes.note("noStore", node.path, node)];
  }

  #inStore(node: StoreNode): TreeNode[] {
    const store = this.#shown.store(node.store);
    const shape = this.#shapes.get(node.store);
    if (store === undefined || shape === undefined) return [];
    const children: TreeNode[] = this.#shown
      .findingsOfStore(node.store)
      .map((finding) => this.#nodes.finding(finding.id, node));
    for (const group of shape.groups.keys()) children.push(this.#nodes.group(node.store, group, node));
    if (children.length > 0) return children;
    const reason = store.problem !== undefined ? "storeProblem" : shape.hidden > 0 ? "allHidden" : "noSessions";
    return [this.#nodes.note(reason, node.store, node)];
  }

  #inGroup(node: GroupNode): TreeNode[] {
    if (node.group === "locks") {
      return this.#shown.looseLocks(node.store).map(({ path }) => this.#nodes.lock(node.store, path, node));
    }
    const shape = this.#shapes.get(node.store);
    const ids = shape?.groups.get(node.group) ?? [];
    const shown = (this.#pages.get(node.id) ?? 1) * pageSize;
    const children: TreeNode[] = ids.slice(0, shown).flatMap((id) => {
      const session = this.#shown.sessions.get(id);
      return session === undefined ? [] : [this.#nodes.session(id, session, node)];
    });
    if ((shape?.counts.get(node.group) ?? 0) > shown) children.push(this.#nodes.more(node));
    return children;
  }

  #storesIn({ path }: StateDirNode): Store[] {
    return this.#shown.stores.filter(({ stateDir }) => stateDir === path);
  }

  /** What is not settled would move rows twice. */
  #update(change: ModelChange): void {
    if (this.#recalled === undefined) this.#redraw(change);
    else if (this.#model.settled) {
      this.#recalled = undefined;
      this.show();
    }
  }

  /** Draws anew what is different: a session in its place, a group whose members or order changed, a store with other groups. */
  #redraw({ sessions, stores, places }: ModelChange): void {
    for (const id of sessions) if (!this.#model.sessions.has(id)) this.#nodes.forgetSession(id);
    const before = this.#shapes;
    const after = storeShapes(this.#model, this.#filter, stores);
    this.#shapes = new Map([...before, ...after]);
    if (places) {
      this.#changed.fire(undefined);
      return;
    }
    const redraw = [...after].flatMap(([id, shape]) => this.#differences(id, before.get(id), shape));
    const redrawn = new Set(redraw);
    for (const id of sessions) {
      const node = this.#nodes.drawn(`session:${id}`);
      const group = node && this.getParent(node);
      const store = group && this.getParent(group);
      if (node && !(group && redrawn.has(group)) && !(store && redrawn.has(store))) redraw.push(node);
    }
    if (redraw.length > 0) this.#changed.fire(redraw);
  }

  #differences(store: string, before: StoreShape | undefined, after: StoreShape): TreeNode[] {
    const node = this.#nodes.drawn(`store:${store}`);
    if (node === undefined) return [];
    if (before === undefined || before.frame !== after.frame) return [node];
    return [...after.groups].flatMap(([group, ids]) => {
      const drawn = this.#nodes.drawn(`group:${group}:${store}`);
      const changed = group === "locks" || before.doubtful !== after.doubtful || !equal(before.groups.get(group), ids);
      return drawn !== undefined && changed ? [drawn] : [];
    });
  }
}

function equal(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a?.length === b.length && b.every((id, index) => id === a[index]);
}

/** VS Code may ask for what an update has just taken away, before it has heard of the update. */
function gone(node: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem("");
  item.id = node.id;
  return item;
}
