// What a person told us beyond the settings: captured stores that are open, and moved stores that are theirs. It is the
// workspace's own: a path names another thing on another machine, and no other window is asked to show it.
import type { Memento } from "vscode";
import type { CapturedPlace, ClaimedStore } from "../model/where.ts";

const keys = { captured: "captured", claimed: "claimed" } as const;

export class Remembered {
  readonly #memento: Pick<Memento, "get" | "update">;

  constructor(memento: Pick<Memento, "get" | "update">) {
    this.#memento = memento;
  }

  get captured(): readonly CapturedPlace[] {
    return this.#list(keys.captured).filter(isCapturedPlace);
  }

  get claimed(): readonly ClaimedStore[] {
    return this.#list(keys.claimed).filter(isClaimedStore);
  }

  /** Opens it; one that is open already gets its new time and list. */
  async open(place: CapturedPlace): Promise<void> {
    await this.#memento.update(keys.captured, [...this.captured.filter(({ path }) => path !== place.path), place]);
  }

  async close(path: string): Promise<void> {
    await this.#memento.update(
      keys.captured,
      this.captured.filter((place) => place.path !== path),
    );
  }

  async claim(stores: readonly ClaimedStore[]): Promise<void> {
    const paths = new Set(stores.map(({ path }) => path));
    await this.#memento.update(keys.claimed, [...this.claimed.filter(({ path }) => !paths.has(path)), ...stores]);
  }

  async disown(path: string): Promise<void> {
    await this.#memento.update(
      keys.claimed,
      this.claimed.filter((store) => store.path !== path),
    );
  }

  /** Another version of us may have written something else. */
  #list(key: string): readonly unknown[] {
    const value = this.#memento.get<unknown>(key);
    return Array.isArray(value) ? value : [];
  }
}

function isCapturedPlace(value: unknown): value is CapturedPlace {
  const { path, at, processes } = (value ?? {}) as Record<string, unknown>;
  const hasList = processes === undefined || typeof processes === "string";
  return typeof path === "string" && Number.isFinite(at) && hasList;
}

function isClaimedStore(value: unknown): value is ClaimedStore {
  const { path, movedFrom } = (value ?? {}) as Record<string, unknown>;
  return typeof path === "string" && typeof movedFrom === "string";
}
