import type { StoreKind } from "../model/store.ts";
import { openclawJson } from "./openclawJson/reader.ts";
import { openclawSqlite } from "./openclawSqlite/reader.ts";
import type { StoreReader } from "./storeReader.ts";

/** Every kind of store that lies in a state directory, in the order they are shown. */
export const storeReaders: readonly StoreReader[] = [openclawJson, openclawSqlite];

/** Throws where no such kind is read here. */
export function readerOf(kind: StoreKind): StoreReader {
  const reader = storeReaders.find((one) => one.kind === kind);
  if (reader === undefined) throw new Error(`no reader for ${kind}`);
  return reader;
}
