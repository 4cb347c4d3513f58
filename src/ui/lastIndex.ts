// What a window that opens shows before it has looked: the first rows of each group as the last look found them, and how
// many more there were. It proves nothing any more, so nothing that a repair could rest on is in it. Knows nothing of VS Code.
import { readFileSync, statSync } from "node:fs";
import { idOf } from "../judge/sessionId.ts";
import type { Finding } from "../model/finding.ts";
import type { Lock } from "../model/lock.ts";
import type { ScanUpdate } from "../model/messages.ts";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store, Writer } from "../model/store.ts";
import {
  isCaptured,
  isFlag,
  isMoment,
  isNumber,
  isText,
  listOf,
  oneOf,
  or,
  record,
  shaped,
  unique,
} from "./checked.ts";
import { nextTurn } from "./nextTurn.ts";
import { noFilter } from "./sessionFilter.ts";
import { SessionModel } from "./sessionModel.ts";
import type { Recalled } from "./sessionTree.ts";
import type { GroupName } from "./treeNode.ts";
import { type StoreShape, storeShapes } from "./treeShape.ts";

const version = 1;
const mostBytes = 4 << 20;
/** Of each group in each store, as the tree draws it; and of all of them together. */
const mostOfGroup = 100;
const mostRows = 2000;
/** Those that are open at first come first. */
const groups: readonly GroupName[] = ["attention", "active", "recent", "older"];

/** @param asked what was looked at and how: shown again only where the same is asked */
export async function indexText(model: SessionModel, systemSessions: boolean, asked: string): Promise<string> {
  const { now, stateDirs, stores } = model;
  const shapes = storeShapes(model, { ...noFilter, systemSessions }, new Set(stores.map(({ id }) => id)));
  await nextTurn();
  const sessions = firstRows(shapes, model);
  const locks = [...stores.flatMap(({ id }) => model.looseLocks(id)), ...sessions.flatMap((one) => model.locksOf(one))];
  const findings = [
    ...stores.flatMap(({ id }) => model.findingsOfStore(id)),
    ...sessions.flatMap((one) => model.findingsOf(one)),
    ...locks.flatMap((lock) => model.findingsOfLock(lock)),
  ];
  return JSON.stringify({
    version,
    asked,
    now,
    stateDirs: stateDirs.map((one) => picked(one, stateDirFields)),
    stores: stores.map((one) => picked(one, storeFields)),
    sessions: sessions.map((one) => picked(one, sessionFields)),
    findings: [...new Set(findings)].map((one) => picked(one, findingFields)),
    locks: locks.map((one) => picked(one, lockFields)),
    totals: [...shapes].map(([store, { hidden, doubtful, groups: listed }]) => ({
      store,
      hidden,
      doubtful,
      counts: [...listed].map(([group, ids]) => ({ group, count: ids.length })),
    })),
  });
}

/**
 * Undefined where there is none, or none of what is asked now, or one that does not hold what it should. In short pieces:
 * it is read while everything else of the window starts.
 */
export async function readIndex(path: string, asked: string): Promise<Recalled | undefined> {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > mostBytes) return undefined;
    const value = record(JSON.parse(readFileSync(path, "utf8")));
    if (value["version"] !== version || value["asked"] !== asked) return undefined;
    const index = checkedIndex(value);
    await nextTurn();
    return recalledFrom(index);
  } catch {
    return undefined;
  }
}

function firstRows(shapes: ReadonlyMap<string, StoreShape>, model: SessionModel): Session[] {
  const rows: Session[] = [];
  for (const group of groups) {
    for (const { groups: listed } of shapes.values()) {
      const ids = (listed.get(group) ?? []).slice(0, Math.min(mostOfGroup, mostRows - rows.length));
      rows.push(...ids.flatMap((id) => model.sessions.get(id) ?? []));
    }
  }
  return rows;
}

type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

const maybe = (check: (value: unknown) => boolean): ((value: unknown) => boolean) =>
  or(check, (one) => one === undefined);

const stateDirFields: Fields = {
  path: isText,
  origin: isText,
  problem: maybe(isText),
  stores: isNumber,
  program: maybe(oneOf("daemon", "worker")),
  captured: maybe(isCaptured),
};

const storeFields: Fields = {
  id: isText,
  kind: oneOf("openclaw-json", "openclaw-sqlite", "agentctl", "claude-mem"),
  path: isText,
  stateDir: isText,
  agent: maybe(isText),
  problem: maybe(isText),
  movedFrom: maybe(isText),
  claimed: maybe(isFlag),
  captured: maybe(isText),
  sessions: isNumber,
  sizeBytes: isNumber,
};

const sessionFields: Fields = {
  store: isText,
  key: isText,
  kind: oneOf("main", "subagent", "cron", "acp", "heartbeat", "other"),
  claimed: or(isText, (one) => one === null),
  verdict: oneOf("active", "waiting", "finished", "interrupted", "unknown"),
  startedAt: maybe(isMoment),
  endedAt: maybe(isMoment),
  updatedAt: maybe(isMoment),
  lastSeenAt: maybe(isMoment),
  model: maybe(isText),
  label: maybe(isText),
};

const findingFields: Fields = {
  id: isText,
  code: isText,
  severity: oneOf("error", "warning", "info"),
  store: isText,
  session: maybe(isText),
  lock: maybe(isText),
  message: isText,
};

const lockFields: Fields = {
  store: isText,
  path: isText,
  kind: oneOf("transcript", "store", "directory", "gateway"),
  session: maybe(isText),
  pid: maybe(isNumber),
  owner: oneOf("alive", "dead", "recycled", "foreign", "unknown"),
  verdict: oneOf("held", "stale", "unknown"),
  why: isText,
};

const totalFields: Fields = { store: isText, hidden: isNumber, doubtful: isNumber, counts: Array.isArray };
const groupFields: Fields = { group: oneOf(...groups, "locks"), count: isNumber };

function picked(value: object, fields: Fields): object {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, (value as Record<string, unknown>)[name]]));
}

interface CheckedIndex extends Pick<Recalled, "totals"> {
  readonly update: ScanUpdate;
}

/** Throws where something is not what it should be. */
function checkedIndex(value: Readonly<Record<string, unknown>>): CheckedIndex {
  const writer: Writer = { state: "unknown", why: "", evidence: [] };
  const list = <T>(name: string, fields: Fields, rest: object): T[] =>
    listOf(value[name]).map((one) => ({ ...shaped(one, fields), ...rest }) as T);
  const stateDirs = list<StateDir>("stateDirs", stateDirFields, { writer });
  const permission = { answer: "no", why: "" };
  const stores = list<Store>("stores", storeFields, { writer, permission });
  const sessions = list<Session>("sessions", sessionFields, { why: "", proof: [], findings: [] });
  const repair = { kind: "none", class: "never", why: "" };
  const findings = list<Finding>("findings", findingFields, { evidence: [], repair });
  const locks = list<Lock>("locks", lockFields, { findings: [] });
  const totals = listOf(value["totals"]).map((one) => {
    const { store, hidden, doubtful, counts } = shaped(one, totalFields);
    const counted = listOf(counts).map((count) => shaped(count, groupFields));
    const byGroup = new Map(counted.map(({ group, count }) => [group as GroupName, Number(count)]));
    return [String(store), { hidden: Number(hidden), doubtful: Number(doubtful), counts: byGroup }] as const;
  });
  unique(stateDirs.map(({ path }) => path));
  unique(stores.map(({ id }) => id));
  unique(sessions.map(idOf));
  unique(findings.map(({ id }) => id));
  unique(locks.map(({ store, path }) => `${store}\0${path}`));
  const { now } = value;
  if (!isMoment(now) || now > Date.now() || sessions.length === 0) throw new TypeError("nothing to show");
  const order = findings.map(({ id }) => id);
  const update = { now, settled: true, stateDirs, stores, locks, findings, changed: sessions, removed: [], order };
  return { update, totals: new Map(totals) };
}

function recalledFrom({ update, totals }: CheckedIndex): Recalled {
  const model = new SessionModel();
  model.apply(update);
  return { model, totals };
}
