import type { StoreKind } from "../model/store.ts";
import { agentctl } from "./agentctl/reader.ts";
import { claudeMem } from "./claudeMem/reader.ts";
import { openclawJson } from "./openclawJson/reader.ts";
import { openclawSqlite } from "./openclawSqlite/reader.ts";
import type { RowReader, StoreReader } from "./storeReader.ts";

/** Every kind of store that lies in a state directory, in the order they are shown. */
export const storeReaders: readonly StoreReader[] = [openclawJson, openclawSqlite];

const rowReaders: readonly RowReader[] = [...storeReaders, agentctl, claudeMem];

/** Throws where no such kind is read here. */
export function readerOf(kind: StoreKind): RowReader {
  const reader = rowReaders.find((one) => one.kind === kind);
  if (reader === undefined) throw new Error(`no reader for ${kind}`);
  return reader;
}
