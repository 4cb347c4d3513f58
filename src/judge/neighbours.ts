// What a session shares with others: keys, ids and files that should be one's own (facts I 37, 38, 58).
import { basenameOf } from "./paths.ts";
import type { SessionCase } from "./sessionCase.ts";

/** What is known of everything around one store. */
export interface Around {
  /** Keys of all stores of the state directory. */
  readonly keys: ReadonlySet<string>;
  /** Paths of other state directories of the same home that have sessions too. */
  readonly otherStateDirs: readonly string[];
  /** Another store lies in the same directory: its transcripts are not this one's alone. */
  readonly sharesDirectory: boolean;
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
  return facts.transcript.path === undefined ? undefined : basenameOf(facts.transcript.path);
}

/** A cron job and its run share a session legitimately (#69013), and so does a heartbeat with what it beats for. */
function isPair(a: string, b: string): boolean {
  const base = (key: string): string =>
    key
      .toLowerCase()
      .replace(/:run:[^:]+$/, "")
      .replace(/:heartbeat$/, "");
  return base(a) === base(b);
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
  return (keys ?? []).filter((key) => key !== session.key);
}
