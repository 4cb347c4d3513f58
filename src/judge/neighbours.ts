// What a session shares with others: keys, ids and files that should be one's own (facts I 37, 38, 58).
import type { StoreFacts } from "../model/facts.ts";
import type { SessionCase } from "./sessionCase.ts";

/** What is known of everything around one store. */
export interface Around {
  /** Keys of all stores of the state directory, in lower case; absent where one of them cannot be read. */
  readonly keys?: ReadonlySet<string>;
  /** Paths of other state directories of the same home that have sessions too; told to one store of each directory. */
  readonly otherStateDirs: readonly string[];
  /** Another store lies in the same directory: its transcripts are not this one's alone. */
  readonly sharesDirectory: boolean;
  /** Base names of transcripts that rows of other stores name, in this one's directory. */
  readonly namedByOthers: ReadonlySet<string>;
  /** The store that another era of OpenClaw keeps of the same agent. */
  readonly otherEra?: StoreFacts;
}

export interface Neighbours {
  /** Other keys with the same transcript. */
  sameTranscript(session: SessionCase): readonly string[];
  /** Other keys that are the same but for case. */
  sameKey(session: SessionCase): readonly string[];
}

export function neighboursOf(sessions: readonly SessionCase[]): Neighbours {
  const byTranscript = group(sessions, transcriptOf);
  const byKey = group(sessions, ({ key }) => key.toLowerCase());
  return {
    sameTranscript: (session) =>
      others(session, byTranscript.get(transcriptOf(session) ?? "")).filter((key) => !isPair(key, session.key)),
    sameKey: (session) => others(session, byKey.get(session.key.toLowerCase())),
  };
}

function transcriptOf({ facts }: SessionCase): string | undefined {
  const { path, end } = facts.transcript;
  return end === undefined ? path : end.sessionId;
}

/**
 * A cron job and its runs share a session legitimately (#69013), a heartbeat with what it beats for, and a topic or thread
 * with its parent where the row does not name its own file. One conversation under two spellings is KEY-ALIAS.
 */
function isPair(a: string, b: string): boolean {
  return conversationOf(a) === conversationOf(b);
}

function conversationOf(key: string): string {
  const base = key
    .toLowerCase()
    .replace(/:run:[^:]+$/, "")
    .replace(/:heartbeat(-[^:]*)?$/, "")
    .replace(/:(topic|thread):[^:]+$/, "");
  return base === "main" ? "agent:main:main" : /^agent:[^:]+$/.test(base) ? `${base}:main` : base;
}

function group(
  sessions: readonly SessionCase[],
  by: (session: SessionCase) => string | undefined,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const session of sessions) {
    const name = by(session);
    if (name === undefined) continue;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [session.key]);
    else known.push(session.key);
  }
  return groups;
}

function others(session: SessionCase, keys: readonly string[] | undefined): string[] {
  return (keys ?? []).filter((key) => key !== session.key).sort();
}
