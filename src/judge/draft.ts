import type { Evidence } from "../model/evidence.ts";
import type { StoreFacts } from "../model/facts.ts";
import type { Repair, Severity } from "../model/finding.ts";
import type { Code } from "./catalogue.ts";

/** A finding before its session is settled and its id is known. */
export interface Draft {
  readonly code: Code;
  /** The catalogue's, unless the case is milder or worse. */
  readonly severity?: Severity;
  readonly session?: string;
  readonly lock?: string;
  readonly path?: string;
  readonly field?: string;
  /** Arguments of the catalogue's sentence. */
  readonly args: Readonly<Record<string, string | number>>;
  readonly evidence: readonly Evidence[];
  readonly repair: Repair;
  /** Keeps every repair away from its session; the sentence says why. */
  readonly veto?: string;
  /** Device and inode of the lock, or the stamps of the files, that would go: part of the finding's id. */
  readonly identity?: string;
}

/** Whose store it is, for sentences: without an agent of its own it is the one that all share (facts A, Store path). */
export function agentOf(store: StoreFacts): string {
  return store.agent ?? "all agents";
}

export function nothing(why: string): Repair {
  return { kind: "none", class: "never", why };
}

const silence: readonly never[] = [];

/** What rules said, without those that said nothing: of nearly every session that is all of them. */
export function said(...drafts: readonly (Draft | undefined)[]): readonly Draft[] {
  let spoken: Draft[] | undefined;
  for (const draft of drafts) {
    if (draft === undefined) continue;
    spoken ??= [];
    spoken.push(draft);
  }
  return spoken ?? silence;
}
