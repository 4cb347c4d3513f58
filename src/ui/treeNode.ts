// What the tree is made of: names only. What they stand for is looked up in the model when it is drawn, so that a node
// stays the same object while its session changes; VS Code finds elements by identity.
import type { SessionName } from "../model/messages.ts";

export type GroupName = "attention" | "active" | "recent" | "older" | "locks";

export type TreeNode =
  | StateDirNode
  | StoreNode
  | GroupNode
  | SessionNode
  | LockNode
  | FindingNode
  | NoteNode
  | MoreNode;

interface Named {
  /** Unique in the tree, the same for the same thing in every scan. */
  readonly id: string;
}
export interface StateDirNode extends Named {
  readonly type: "stateDir";
  readonly path: string;
}
export interface StoreNode extends Named {
  readonly type: "store";
  readonly store: string;
}
export interface GroupNode extends Named {
  readonly type: "group";
  readonly store: string;
  readonly group: GroupName;
}
export interface SessionNode extends Named, SessionName {
  readonly type: "session";
}
export interface LockNode extends Named {
  readonly type: "lock";
  readonly store: string;
  readonly path: string;
}
export interface FindingNode extends Named {
  readonly type: "finding";
  readonly finding: string;
}
/** Says why there is nothing below its parent. */
export interface NoteNode extends Named {
  readonly type: "note";
  readonly reason: "dirProblem" | "noStore" | "storeProblem" | "noSessions" | "allHidden";
  /** Path of a state directory or id of a store. */
  readonly about: string;
}
export interface MoreNode extends Named {
  readonly type: "more";
  readonly group: GroupNode;
}

/** One object for one id, and its parent. */
export class TreeNodes {
  readonly #nodes = new Map<string, TreeNode>();
  readonly #parents = new Map<string, TreeNode | undefined>();

  stateDir(path: string): StateDirNode {
    return this.#one({ type: "stateDir", id: `dir:${path}`, path }, undefined);
  }

  store(store: string, parent: TreeNode | undefined): StoreNode {
    return this.#one({ type: "store", id: `store:${store}`, store }, parent);
  }

  group(store: string, group: GroupName, parent: TreeNode | undefined): GroupNode {
    return this.#one({ type: "group", id: `group:${group}:${store}`, store, group }, parent);
  }

  session(id: string, { store, key }: SessionName, parent: TreeNode | undefined): SessionNode {
    return this.#one({ type: "session", id: `session:${id}`, store, key }, parent);
  }

  lock(store: string, path: string, parent: TreeNode | undefined): LockNode {
    return this.#one({ type: "lock", id: `lock:${store}:${path}`, store, path }, parent);
  }

  finding(finding: string, parent: TreeNode | undefined): FindingNode {
    return this.#one({ type: "finding", id: `finding:${finding}`, finding }, parent);
  }

  note(reason: NoteNode["reason"], about: string, parent: TreeNode | undefined): NoteNode {
    return this.#one({ type: "note", id: `note:${reason}:${about}`, reason, about }, parent);
  }

  more(group: GroupNode): MoreNode {
    return this.#one({ type: "more", id: `more:${group.id}`, group }, group);
  }

  parent(node: TreeNode): TreeNode | undefined {
    return this.#parents.get(node.id);
  }

  /** A node by its id, if it was drawn already. */
  drawn(id: string): TreeNode | undefined {
    return this.#nodes.get(id);
  }

  forgetSession(id: string): void {
    this.#nodes.delete(`session:${id}`);
    this.#parents.delete(`session:${id}`);
  }

  #one<T extends TreeNode>(node: T, parent: TreeNode | undefined): T {
    const known = this.#nodes.get(node.id) as T | undefined;
    this.#parents.set(node.id, parent);
    if (known === undefined) this.#nodes.set(node.id, node);
    return known ?? node;
  }
}
