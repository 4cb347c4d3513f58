// Notices changes on disk. Event-driven: nothing is polled, and nothing under an inspected home is written.
import { type FSWatcher, readdirSync, realpathSync, watch } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { statsAt } from "./regularFile.ts";

export interface Followed {
  /** Directories of sessions, one watch each. */
  readonly directories: readonly string[];
  /** Files and small directories by name; they need not exist yet. */
  readonly paths: readonly string[];
}

/** What an event tells of a directory of sessions. */
export interface Change {
  readonly directory: string;
  readonly name: string;
  /** It was there and was written to; otherwise it came, went or was replaced. */
  readonly isWrite: boolean;
}

export interface Follower {
  /** Follows these from now on, and nothing else. */
  follow(followed: Followed): void;
  close(): void;
}

/**
 * `onChange` is called for every event, often several times for one change: the caller waits a moment before it reads. It
 * gets nothing where anything may have changed.
 * `onTrouble` gets a sentence where something cannot be watched (too many watches, no permission): it is then seen only
 * when the view is refreshed.
 */
export function follower(onChange: (change?: Change) => void, onTrouble: (message: string) => void): Follower {
  const watches = new Map<string, { readonly watch: FSWatcher; readonly identity: string }>();
  let wanted: ReadonlyMap<string, Wanted> = new Map();

  const heard = (directory: string, isWrite: boolean, name: string | null): void => {
    const { sessions, any, names } = wanted.get(directory) ?? nothing;
    if (name === null || any || names.has(name)) onChange();
    else if (sessions) onChange({ directory, name, isWrite });
  };
  const unfollow = (path: string): void => {
    watches.get(path)?.watch.close();
    watches.delete(path);
  };
  const follow = (path: string, identity: string): void => {
    try {
      const started = watch(path, { persistent: false }, (event, name) => heard(path, event === "change", name));
      started.on("error", (error) => {
        unfollow(path);
        onTrouble(
          `${path} is not followed any more (${(error as NodeJS.ErrnoException).code}): refresh to see changes.`,
        );
      });
      watches.set(path, { watch: started, identity });
    } catch (error) {
      onTrouble(`${path} cannot be followed (${(error as NodeJS.ErrnoException).code}): refresh to see changes.`);
    }
  };

  return {
    follow(followed) {
      wanted = wantedOf(followed);
      for (const [path, { identity }] of watches)
        if (!wanted.has(path) || identity !== identityOf(path)) unfollow(path);
      const added = [...wanted.keys()].filter((path) => !watches.has(path));
      for (const path of added) follow(path, identityOf(path));
      // What was written there after the last look and before this watch would never be heard of.
      if (added.some((path) => watches.has(path) && wanted.get(path)?.sessions)) onChange();
    },
    close() {
      for (const path of [...watches.keys()]) unfollow(path);
    },
  };
}

/** What is to be heard of a directory: one watch tells of all that lies in it, and costs the same with ten thousand files. */
interface Wanted {
  sessions: boolean;
  /** Whatever happens there may change everything. */
  any: boolean;
  /** So does what happens to these. */
  readonly names: Set<string>;
}

const nothing: Wanted = { sessions: false, any: false, names: new Set() };

function wantedOf({ directories, paths }: Followed): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  const at = (directory: string): Wanted => {
    const known = wanted.get(directory) ?? { sessions: false, any: false, names: new Set() };
    wanted.set(directory, known);
    return known;
  };
  for (const directory of directories) at(directory).sessions = true;
  for (const path of paths) {
    // A file that is written anew keeps its name and nothing else: it is its directory that is watched.
    for (const place of new Set([path, realPath(path)])) {
      const [directory, name] = nearest(place);
      at(directory).names.add(name);
    }
    if (identityOf(path) === "") continue;
    at(path).any = true;
    // An agent that has no directory of sessions yet.
    for (const child of childDirectories(path))
      if (!directories.some((one) => one.startsWith(`${child}${sep}`))) at(child).any = true;
  }
  return wanted;
}

/** The directory that is there, and the name in it on the way to a path. */
function nearest(path: string): readonly [directory: string, name: string] {
  for (let [directory, name] = [dirname(path), basename(path)]; ; ) {
    if (identityOf(directory) !== "" || dirname(directory) === directory) return [directory, name];
    [directory, name] = [dirname(directory), basename(directory)];
  }
}

function childDirectories(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  } catch {
    return [];
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Which directory it is that stands at a path: a watch stays with the one that it was set on, also when that is removed
 * and another made in its place, as by a restore. Empty where there is none; files are written anew all the time.
 */
function identityOf(path: string): string {
  const stats = statsAt(path);
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` : "";
}
