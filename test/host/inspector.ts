// The extension as the tests see it: its parts, the tree as a person reads it, and the sample home that it looks at.
import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InspectorApi } from "../../src/extension.ts";
import type { ShownSession } from "../../src/ui/shownSession.ts";
import type { TreeNode } from "../../src/ui/treeNode.ts";

export const home = process.env["OPENCLAW_INSPECTOR_TEST_HOME"] ?? "";
export const storePath = (agent: string, stateDir = ".openclaw"): string =>
  join(home, stateDir, "agents", agent, "sessions", "sessions.json");

/** The parts of the extension, after its first scan. */
export async function inspector(): Promise<InspectorApi> {
  const id = "openclaw-session-inspector.openclaw-session-inspector";
  const api: InspectorApi | undefined = await vscode.extensions.getExtension(id)?.activate();
  assert.ok(api);
  await api.inspection.ready();
  await api.client.idle();
  return api;
}

/** A session of the sample home by its key. */
export async function sessionOf(key: string, agent = "main"): Promise<ShownSession> {
  const { model } = await inspector();
  const store = model.stores.find(({ path }) => path === storePath(agent));
  const session = store && model.session({ store: store.id, key });
  assert.ok(session, key);
  return session;
}

export type DrawnTree = string | readonly [string, readonly DrawnTree[]];

/** What the tree shows below a node: of findings the code, else `label | description` up to the first dot: ages pass. */
export function drawn({ sessions: { tree } }: InspectorApi, node?: TreeNode): DrawnTree[] {
  return tree.getChildren(node).map((child) => {
    const { label, description } = tree.getTreeItem(child);
    const words = child.type === "finding" ? [description] : [label, String(description ?? "").split(" · ", 1)[0]];
    const line = words.filter(Boolean).join(" | ");
    const below = drawn({ sessions: { tree } } as InspectorApi, child);
    return below.length > 0 ? [line, below] : line;
  });
}

/** The first node whose label is this text. */
export function nodeOf(api: InspectorApi, label: string, below?: TreeNode): TreeNode | undefined {
  for (const child of api.sessions.tree.getChildren(below)) {
    if (api.sessions.tree.getTreeItem(child).label === label) return child;
    const found = nodeOf(api, label, child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Resolves with the first value that is not undefined, looked for now and after each event. */
export function eventually<T>(event: vscode.Event<unknown>, look: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const found = look();
    if (found !== undefined) {
      resolve(found);
      return;
    }
    const subscription = event(() => {
      const now = look();
      if (now === undefined) return;
      subscription.dispose();
      resolve(now);
    });
  });
}
