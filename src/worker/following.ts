// Looks along with the disk: as soon as what a change costs allows, and at no more than what changed.
import { dirname, join } from "node:path";
import { type Change, type Followed, follower } from "../inspect/follow.ts";
import { storeReaders } from "../inspect/storeReaders.ts";
import type { Scan } from "../model/scan.ts";
import { neighbourFiles } from "../scan/neighbourStores.ts";
import { type Reach, restMs, type Timed, waitMs } from "./pace.ts";

export interface Looks {
  /** What the last one gave. */
  readonly latest: () => Scan | undefined;
  /** The whole look that is under way. */
  readonly underWay: () => Promise<void> | undefined;
  /** Looks at what changed and tells of it; false where that is not enough. */
  readonly lookAtSome: (changes: readonly Change[]) => boolean;
  readonly lookAtAll: () => void;
  readonly onTrouble: (message: string) => void;
}

const never: Timed = { at: 0, busyMs: 0 };

export class Following {
  readonly #looks: Looks;
  readonly #watch: ReturnType<typeof follower>;
  readonly #last: Record<Reach, Timed> = { files: never, store: never, everything: never };
  /** What changed since the last look began, by path. */
  readonly #changes = new Map<string, Change>();
  #isAnything = false;
  #isOn = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(looks: Looks) {
    this.#looks = looks;
    this.#watch = follower((change) => this.#changed(change), looks.onTrouble);
  }

  /** Follows what the last look found from now on; nothing where there was none. */
  on(): void {
    const latest = this.#looks.latest();
    this.#isOn = latest !== undefined;
    if (latest === undefined) this.#watch.close();
    else this.#watch.follow(followedBy(latest));
  }

  off(): void {
    this.#isOn = false;
    this.#watch.close();
  }

  /** A whole look begins: what changes from now on is the next one's. */
  wholeLookBegins(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forget();
    const at = Date.now();
    this.#last.everything = { at, busyMs: 0 };
    this.#last.store = { ...this.#last.store, at };
  }

  wholeLookEnded(busyMs: number): void {
    this.#last.everything = { ...this.#last.everything, busyMs };
  }

  #changed(change: Change | undefined): void {
    if (change === undefined) this.#isAnything = true;
    else {
      const path = join(change.directory, change.name);
      const isWrite = change.isWrite && this.#changes.get(path)?.isWrite !== false;
      this.#changes.set(path, { ...change, isWrite });
    }
    this.#lookSoon();
  }

  #forget(): void {
    this.#changes.clear();
    this.#isAnything = false;
  }

  #reach(): Reach {
    if (this.#isAnything) return "everything";
    return this.#looks.latest()?.stores.some(({ path }) => this.#changes.has(path)) === true ? "store" : "files";
  }

  #lookSoon(): void {
    if (!this.#isOn || this.#timer !== undefined) return;
    const reach = this.#reach();
    const wait = waitMs(Date.now(), reach, this.#last[reach]);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, wait);
  }

  /** More may have changed since this was due. */
  #look(): void {
    const underWay = this.#looks.underWay();
    if (underWay !== undefined) void underWay.catch(() => undefined).then(() => this.#lookSoon());
    else if (this.#rests()) this.#lookSoon();
    else if (this.#isAnything) this.#looks.lookAtAll();
    else if (!this.#looksAtSome()) {
      this.#isAnything = true;
      this.#look();
    }
  }

  #rests(): boolean {
    const reach = this.#reach();
    return restMs(Date.now(), reach, this.#last[reach]) > 0;
  }

  #looksAtSome(): boolean {
    const reach = this.#reach();
    const [at, began] = [Date.now(), performance.now()];
    if (!this.#looks.lookAtSome([...this.#changes.values()])) return false;
    this.#forget();
    this.#last[reach] = { at, busyMs: performance.now() - began };
    return true;
  }
}

/** Of each agent its one directory, and the few files that say something of all. */
function followedBy({ stateDirs, stores }: Scan): Followed {
  const dirs = stateDirs.filter(({ program }) => program === undefined).map(({ path }) => path);
  const own = stores.filter(({ stateDir }) => dirs.includes(stateDir));
  return {
    directories: [
      ...new Set([
        ...own.map(({ path }) => dirname(path)),
        ...storeReaders.flatMap((reader) => dirs.flatMap((dir) => reader.directories(dir))),
      ]),
    ],
    paths: [
      ...dirs.flatMap((path) => [
        join(path, "agents"),
        join(path, "openclaw.json"),
        join(path, "subagents", "runs.json"),
        join(path, "cron", "runs"),
      ]),
      ...stores.flatMap(neighbourFiles),
    ],
  };
}
