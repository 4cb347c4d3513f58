// What was found about each session and each store, by their names. Knows nothing of VS Code.
import type { Finding, Severity } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";

export interface About {
  /** Most severe first. */
  readonly findings: readonly Finding[];
  readonly locks: readonly Lock[];
}

/** By id of the store and key of the session; what is about the store itself has no key. */
export type AboutAll = ReadonlyMap<string, ReadonlyMap<string | undefined, About>>;

interface Gathered {
  readonly findings: Finding[];
  readonly locks: Lock[];
}

const severities: readonly Severity[] = ["error", "warning", "info"];

export function gather(findings: readonly Finding[], locks: readonly Lock[]): AboutAll {
  const all = new Map<string, Map<string | undefined, Gathered>>();
  const at = (store: string, key: string | undefined): Gathered => {
    const inStore = all.get(store) ?? new Map<string | undefined, Gathered>();
    all.set(store, inStore);
    const known = inStore.get(key);
    if (known !== undefined) return known;
    const made = { findings: [], locks: [] };
    inStore.set(key, made);
    return made;
  };
  for (const lock of locks) at(lock.store, lock.session).locks.push(lock);
  const locked = new Map(locks.map(({ path, session }) => [path, session]));
  for (const finding of findings)
    at(finding.store, finding.session ?? locked.get(finding.lock ?? "")).findings.push(finding);
  for (const inStore of all.values()) {
    for (const { findings: found } of inStore.values()) {
      if (found.length > 1) found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
    }
  }
  return all;
}

/** Names of everything of which something else is known. What is the same is the same object. */
export function different(before: AboutAll, after: AboutAll): { store: string; key: string | undefined }[] {
  const changes: { store: string; key: string | undefined }[] = [];
  for (const [store, inStore] of after) {
    const was = before.get(store);
    for (const [key, about] of inStore) if (!equal(was?.get(key), about)) changes.push({ store, key });
  }
  for (const [store, inStore] of before) {
    const is = after.get(store);
    for (const key of inStore.keys()) if (is?.has(key) !== true) changes.push({ store, key });
  }
  return changes;
}

function equal(a: About | undefined, b: About): boolean {
  return a !== undefined && sameItems(a.findings, b.findings) && sameItems(a.locks, b.locks);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
