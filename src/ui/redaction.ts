// What of a scan may leave the machine: hashes instead of keys and names, paths below the state directory instead of
// whole ones, sentences of ours without what they quote. Knows nothing of VS Code.
import { homedir } from "node:os";
import { relative, sep } from "node:path";
import type { StateDir } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import type { Store } from "../model/store.ts";
import { labelText } from "../plan/visibleText.ts";

export interface Redaction {
  key(key: string): string;
  /** Below its store's state directory, every name hashed that OpenClaw did not give. */
  path(path: string, store: Store): string;
  /** A sentence of ours, without paths, keys, ids and names of programs. */
  sentence(text: string): string;
}

interface Known {
  readonly stateDirs: readonly StateDir[];
  readonly stores: readonly Store[];
  readonly sessions: readonly Session[];
  readonly hash: (text: string) => string;
}

const ownNames: ReadonlySet<string> = new Set(
  "agents main sessions sessions.json sessions.json.lock subagents runs.json cron runs openclaw.json clawdbot.json".split(
    " ",
  ),
);
/** What a file is, at the end of its name. */
const suffix =
  /(\.trajectory\.jsonl|\.trajectory-path\.json|\.jsonl\.lock|\.jsonl\.(?:deleted|reset|bak)\.[^.]*(?:\.[^.]*)?|\.jsonl|\.json|\.lock|\.tmp)$/;
/** What may stand in brackets in a sentence of ours: known programs, and what the system answers. */
const programs = /^(openclaw(-[a-z]{1,20})?|node|bun|deno|E[A-Z]{2,15})$/;
/** A shorter one would be found within our own words. */
const shortestName = 8;
const longest = 300;

export function redaction({ stateDirs, stores, sessions, hash }: Known): Redaction {
  // The longest first: one may be the beginning of another.
  const paths = [
    ...stateDirs.map(({ path }) => path),
    ...stores.flatMap(({ path, movedFrom }) => [path, movedFrom ?? ""]),
    homedir(),
  ]
    .filter((path) => path.length > 1)
    .sort((a, b) => b.length - a.length);
  const names = [...new Set(sessions.flatMap(({ key, sessionId }) => [key, sessionId ?? ""]))]
    .filter((name) => name.length >= shortestName)
    .sort((a, b) => b.length - a.length);
  const hashedName = (name: string): string => {
    if (ownNames.has(name)) return name;
    const end = suffix.exec(name)?.[0] ?? "";
    const shown = end.replace(/(\.(?:deleted|reset|bak))\..*/, "$1.<time>");
    return `${hash(name.slice(0, name.length - end.length))}${shown}`;
  };
  return {
    key: (key) => hash(key),
    path: (path, { stateDir }) => {
      const below = relative(stateDir, path);
      if (path === "process list") return path;
      if (below === "") return "<state dir>";
      if (below.startsWith("..") || !path.startsWith(stateDir)) return "<outside>";
      return ["<state dir>", ...below.split(sep).map(hashedName)].join("/");
    },
    sentence: (text) => {
      let told = text.slice(0, 4 * longest);
      for (const path of paths) told = told.replaceAll(path, "<path>");
      for (const name of names) told = told.replaceAll(name, hash(name));
      told = told
        .replace(/(?:[A-Za-z]:[\\/]|~[\\/]|\\\\|\/)[^\s,;:()]*/g, "<path>")
        .replace(/\(([^()]*)\)/g, (all, name: string) => (programs.test(name) ? all : "(…)"))
        .replace(/is called .*/, "is called …")
        .replace(/(pid \d+) is (.+), and nothing says/, (all, pid: string, name: string) =>
          programs.test(name) ? all : `${pid} is …, and nothing says`,
        );
      return labelText(told, longest);
    },
  };
}
