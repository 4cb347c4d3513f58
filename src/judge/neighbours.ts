// What a session shares with others: keys, ids and files that should be one's own (facts I 37, 38, 58).
import type { StoreFacts } from "../model/facts.ts";
import type { SessionCase } from "./sessionCase.ts";

/** What is known of everything around one store. */
export interface Around {
  /** Keys of all stores of the state directory, in lower case; absent where one of them cannot be read. */
  readonly keys?: Pick<ReadonlySet<string>, "has">;
  /** Paths of other state directories of the same home that have sessions too; told to one store of each directory. */
  readonly otherStateDirs: readonly string[];
  /** Another store lies in the same directory: its transcripts are not this one's alone. */
  readonly sharesDirectory: boolean;
  /** Base names of transcripts that rows of other stores name, in this one's directory, and of their checkpoints anywhere. */
  readonly namedByOthers: ReadonlySet<string>;
  /** The store that another era of OpenClaw keeps of the same agent. */
  readonly otherEra?: StoreFacts;
}

/** Keys that share something with a session's. */
export interface Others {
  readonly count: number;
  /** The first few, in order: ten thousand rows can share one transcript, and each is told of no more than these. */
  readonly named: readonly string[];
}

export interface Neighbours {
  /** Other keys with the same transcript. */
  sameTranscript(session: SessionCase): Others;
  /** Other keys that are the same but for case. */
  sameKey(session: SessionCase): Others;
}

const mostNamed = 3;
const none: Others = { count: 0, named: [] };

export function neighboursOf(sessions: readonly SessionCase[]): Neighbours {
  // A session's own kind is left out of what it is told: its conversation of a transcript, itself of a key.
  const byTranscript = group(sessions, transcriptOf, conversationOf);
  // No key stands in a store twice: two can be the same but for case only where one of them is not in lower case.
  const isLower = sessions.every(({ key }) => key === key.toLowerCase());
  const byKey = isLower ? undefined : group(sessions, lowerKey, (key) => key);
  return {
    sameTranscript: ({ facts, key }) => byTranscript(facts.transcript.path ?? "", key),
    sameKey: (session) => byKey?.(lowerKey(session), session.key) ?? none,
  };
}

function lowerKey({ key }: SessionCase): string {
  return key.toLowerCase();
}

function transcriptOf({ facts }: SessionCase): string | undefined {
  const { path, end } = facts.transcript;
  return end === undefined ? path : end.sessionId;
}

/**
 * What two keys of one conversation have in common. A cron job and its runs share a session legitimately (#69013), a
 * heartbeat with what it beats for, and a topic or thread with its parent where the row does not name its own file. One
 * conversation under two spellings is KEY-ALIAS.
 */
function conversationOf(key: string): string {
  const base = key
    .toLowerCase()
    .replace(/:run:[^:]+$/, "")
    .replace(/:heartbeat(-[^:]*)?$/, "")
    .replace(/:(topic|thread):[^:]+$/, "");
  return base === "main" ? "agent:main:main" : /^agent:[^:]+$/.test(base) ? `${base}:main` : base;
}

interface Group {
  count: number;
  readonly countOfKind: Map<string, number>;
  /** In order; of one kind no more than can be named, so that without any one kind enough are left. */
  readonly heads: { readonly key: string; readonly kind: string }[];
}

/**
 * One pass over all sessions, then a look that costs the same however large the group is. Nearly every session is alone:
 * only what more than one has is put into groups.
 */
function group(
  sessions: readonly SessionCase[],
  by: (session: SessionCase) => string | undefined,
  kindOf: (key: string) => string,
): (name: string, key: string) => Others {
  const shared = sharedBy(sessions, by);
  const groups = new Map<string, Group>();
  for (const { name, key } of shared.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const kind = kindOf(key);
    const known: Group = groups.get(name) ?? { count: 0, countOfKind: new Map(), heads: [] };
    const before = known.countOfKind.get(kind) ?? 0;
    known.count += 1;
    known.countOfKind.set(kind, before + 1);
    if (before < mostNamed && known.heads.length < 2 * mostNamed) known.heads.push({ key, kind });
    groups.set(name, known);
  }
  return (name, key) => {
    const found = groups.get(name);
    if (found === undefined) return none;
    const own = kindOf(key);
    const named = found.heads.filter(({ kind }) => kind !== own).map((head) => head.key);
    return { count: found.count - (found.countOfKind.get(own) ?? 0), named: named.slice(0, mostNamed) };
  };
}

/** The sessions whose name another session has too. */
function sharedBy(
  sessions: readonly SessionCase[],
  by: (session: SessionCase) => string | undefined,
): { readonly name: string; readonly key: string }[] {
  const once = new Set<string>();
  const more = new Set<string>();
  for (const session of sessions) {
    const name = by(session);
    if (name === undefined) continue;
    if (once.has(name)) more.add(name);
    else once.add(name);
  }
  if (more.size === 0) return [];
  return sessions.flatMap((session) => {
    const name = by(session);
    return name !== undefined && more.has(name) ? [{ name, key: session.key }] : [];
  });
}
