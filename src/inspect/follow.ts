// Notices changes on disk. Event-driven: nothing is polled, and nothing under an inspected home is written.
import { type FSWatcher as DirectoryWatch, watch as watchDirectory } from "node:fs";
import { watch as watchPaths } from "chokidar";
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
  const directories = new Map<string, { readonly watch: DirectoryWatch; readonly identity: string }>();
  let paths: ReturnType<typeof watchPaths> | undefined;
  let pathsKey = "";

  const unfollow = (path: string): void => {
    directories.get(path)?.watch.close();
    directories.delete(path);
  };
  // chokidar stats and watches every entry of a directory it follows: 900 ms and 28 MB at ten thousand transcripts, where
  // one watch of the directory itself costs under 1 ms and tells as much.
  const followDirectory = (path: string): void => {
    try {
      const identity = identityOf(path);
      const watch = watchDirectory(path, { persistent: false }, (event, name) =>
        onChange(name === null ? undefined : { directory: path, name, isWrite: event === "change" }),
      );
      watch.on("error", (error) => {
        unfollow(path);
        onTrouble(
          `${path} is not followed any more (${(error as NodeJS.ErrnoException).code}): refresh to see changes.`,
        );
      });
      directories.set(path, { watch, identity });
    } catch (error) {
      onTrouble(`${path} cannot be followed (${(error as NodeJS.ErrnoException).code}): refresh to see changes.`);
    }
  };

  return {
    follow(followed) {
      for (const [path, { identity }] of directories) {
        if (!followed.directories.includes(path) || identity !== identityOf(path)) unfollow(path);
      }
      const added = followed.directories.filter((path) => !directories.has(path));
      for (const path of added) followDirectory(path);
      // What was written there after the last look and before this watch would never be heard of.
      if (added.some((path) => directories.has(path))) onChange();
      const key = followed.paths.map((path) => `${path} ${identityOf(path)}`).join("\n");
      if (key === pathsKey) return;
      pathsKey = key;
      void paths?.close();
      paths =
        followed.paths.length === 0 ? undefined : watchPaths([...followed.paths], { ignoreInitial: true, depth: 1 });
      paths?.on("all", () => onChange());
      paths?.on("error", (error) =>
        onTrouble(`Some files are not followed (${String(error)}): refresh to see changes.`),
      );
    },
    close() {
      for (const path of [...directories.keys()]) unfollow(path);
      void paths?.close();
      paths = undefined;
      pathsKey = "";
    },
  };
}

/**
 * Which directory it is that stands at a path: a watch stays with the one that it was set on, also when that is removed
 * and another made in its place, as by a restore. Empty where there is none; files are written anew all the time.
 */
function identityOf(path: string): string {
  const stats = statsAt(path);
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` : "";
}
