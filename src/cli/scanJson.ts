import type { Evidence } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";

/**
 * The object that `scan --json` prints: its keys are a contract (CLI.md), may be added and are never renamed. Its lists
 * are made while they are gone through.
 */
export function scanJson(scan: Scan): Record<string, unknown> {
  return {
    schema: 1,
    now: scan.now,
    stores: each(scan.stores, storeJson),
    sessions: each(scan.sessions, sessionJson),
    locks: each(scan.locks, lockJson),
    findings: each(scan.findings, findingJson),
  };
}

function* each<T>(list: readonly T[], json: (item: T) => Record<string, unknown>): Generator<Record<string, unknown>> {
  for (const item of list) yield json(item);
}

function storeJson(store: Store): Record<string, unknown> {
  const { id, kind, path, agent, era, writer, permission, problem, sessions, version, movedFrom } = store;
  return {
    id,
    kind,
    path,
    agent,
    era,
    version,
    writer: writer.state,
    writerWhy: writer.why,
    writable: permission.answer === "yes",
    writableWhy: permission.why,
    problem,
    movedFrom,
    sessions,
  };
}

function sessionJson(session: Session): Record<string, unknown> {
  const { store, key, sessionId, claimed, verdict, why, startedAt, endedAt, updatedAt, findings } = session;
  return { store, key, sessionId, claimed, verdict, why, startedAt, endedAt, updatedAt, findings };
}

function lockJson(lock: Lock): Record<string, unknown> {
  const { store, path, kind, session, pid, owner, why, verdict, findings } = lock;
  return { store, path, kind, session, pid, owner, why, verdict, findings };
}

function findingJson(finding: Finding): Record<string, unknown> {
  const { id, code, severity, store, session, lock, path, field, message, evidence, repair } = finding;
  return {
    id,
    code,
    severity,
    store,
    session,
    lock,
    path,
    field,
    message,
    evidence: evidence.map(evidenceJson),
    repair,
  };
}

function evidenceJson({ kind, path, line, event, at, text }: Evidence): Record<string, unknown> {
  return { kind, path, line, event, at, text };
}
