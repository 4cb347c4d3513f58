// Whether somebody else put a store in place between our last look at it and our own rename. Nothing can keep that from
// happening where the other takes no lock; but the system tells what came to a name, and in which order.
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface Landing {
  /** After our rename, once: undefined where the system does not tell. */
  replacedAnother(): Promise<boolean | undefined>;
  /** Where it did not come to that. */
  close(): void;
}

const patienceMs = 1000;
const betweenLooksMs = 5;

/** `temporary`: the new file, which is there and gets the name of `path`. */
export function watchLanding(path: string, temporary: string): Landing {
  const names: string[] = [];
  let watcher: FSWatcher | undefined;
  let fails = false;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => names.push(String(name)));
    watcher.on("error", () => (fails = true));
  } catch {
    // No watch is left, or none can be had of this directory.
    fails = true;
  }
  const close = (): void => watcher?.close();
  return {
    close,
    async replacedAnother() {
      // Others tell of changes late and in no order.
      const tells = process.platform === "linux" && !fails;
      const giveUp = Date.now() + patienceMs;
      while (tells && !names.includes(basename(temporary)) && Date.now() < giveUp) await wait(betweenLooksMs);
      close();
      const own = names.indexOf(basename(temporary));
      if (!tells || own < 0) return undefined;
      // What came to the store's name before our last look would have been seen by it.
      return names.slice(0, own).includes(basename(path));
    },
  };
}
