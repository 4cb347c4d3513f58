// What each kind of store gives, whatever it is made of: one folder each implements this, and nothing else knows it.

import type { StoreFacts } from "../model/facts.ts";
import type { RowShape } from "../model/messages.ts";
import type { Store, StoreKind, Writer } from "../model/store.ts";
import type { OpenclawConfig } from "./openclawJson/config.ts";
import type { StoreMemory } from "./openclawJson/readStore.ts";
import type { StateDatabase } from "./openclawSqlite/stateDatabase.ts";
import type { ProcessTable } from "./processes.ts";

/** A state directory with what is known of it before any of its stores is read. */
export interface StatePlace {
  readonly stateDir: string;
  readonly config: OpenclawConfig;
  readonly processes: ProcessTable;
  /** Why processes that own locks here may not be listed. */
  readonly blind: string | undefined;
  readonly writer: Writer;
  /** What OpenClaw 2026.8 and later keep of the whole directory. */
  readonly state: StateDatabase | undefined;
  /** Rows of a database that are read in full whatever their columns say, by key and time of change: they may be pruned. */
  readonly inFull?: (key: string, updatedAt: number) => boolean;
  /** What earlier scans found in files that are the same since. */
  readonly memory?: StoreMemory;
  /** Called again and again on the way; throws where the person wants no more of it. */
  readonly goOn?: () => void;
}

/** Rows one by one, of any kind of store. */
export interface RowReader {
  readonly kind: StoreKind;
  /**
   * The stored text of a row. Throws a UserError where the store cannot be read or has no such row any more.
   * @param memory where its last scan was kept: a row that stands where it stood is not looked for
   */
  rowText(store: Pick<Store, "path">, key: string, memory?: StoreMemory): string;
  /** What these rows are made of, without a value of theirs. Throws a UserError where the store cannot be read. */
  rowShapes(store: Pick<Store, "path">, keys: ReadonlySet<string>): RowShape[];
}

/** Of the stores that lie in a state directory. */
export interface StoreReader extends RowReader {
  /** Every store of this kind in a state directory. Throws where its agents exist but may not be listed. */
  readStores(place: StatePlace): StoreFacts[];
  /** Directories in which such stores change, or may yet appear. Never throws. */
  directories(stateDir: string): string[];
}
