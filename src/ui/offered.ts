// What is proposed for a session, a lock or a store, ready to be offered.
import type { Finding, RepairKind } from "../model/finding.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import type { SessionModel } from "./sessionModel.ts";

/** Kinds that a person can be offered here, in the order to offer them. */
export const offeredKinds = [
  "finalize",
  "correct",
  "restore",
  "unlock",
  "tidy",
  "prune",
] as const satisfies readonly RepairKind[];

export function isOffered({ repair }: Finding): boolean {
  return repair.class !== "never" && offeredKinds.some((kind) => kind === repair.kind);
}

/** What would be done about a session: findings of its own and of its locks. */
export function proposalsOf(session: Session, model: SessionModel): readonly Finding[] {
  return model.findingsOf(session).filter(isOffered);
}

/** The words that the tree's menus ask for in `contextValue`. */
export function repairFlags(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(isOffered).map(({ repair }) => repair.kind))];
}

/** Fields of one row of a JSON store and nothing else: no lock, no mode, no transcript, no database. */
export function isOfOneRow({ session, repair }: Finding, store: Store | undefined): boolean {
  const { kind, class: repairClass, set, unlock = [], mode } = repair;
  const isOfFields = (kind === "finalize" || kind === "correct") && set !== undefined && mode === undefined;
  return (
    store?.kind === "openclaw-json" &&
    session !== undefined &&
    repairClass !== "never" &&
    isOfFields &&
    unlock.length === 0
  );
}

/** It runs, or says so, and its gateway does: whether there is a run is for the gateway to say. */
export function mayBeAborted({ claimed, verdict }: Session, store: Store | undefined): boolean {
  return isServed(store) && (verdict === "active" || (claimed === "running" && verdict === "unknown"));
}

/** OpenClaw 2026.8 and later archive sessions, but not the main one (seen: 2026.9.6), and one at work is to finish first. */
export function mayBeArchived({ kind, claimed, verdict }: Session, store: Store | undefined): boolean {
  return isServed(store) && store?.era === "S" && kind !== "main" && claimed !== "running" && verdict !== "active";
}

/** OpenClaw 2026.8 and later go on with a turn that was cut short. One that may be at work is the gateway's to refuse. */
export function mayBeRecovered({ kind, claimed, verdict }: Session, store: Store | undefined): boolean {
  const isTurn = kind === "main" || kind === "other";
  return isServed(store) && store?.era === "S" && isTurn && claimed === "running" && verdict !== "active";
}

function isServed(store: Store | undefined): boolean {
  const isOfOpenclaw = store?.kind === "openclaw-json" || store?.kind === "openclaw-sqlite";
  return isOfOpenclaw && store?.captured === undefined && store?.writer.state === "running";
}
