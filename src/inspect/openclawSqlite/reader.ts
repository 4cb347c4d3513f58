// The SQLite stores of OpenClaw from 2026.8 on (facts 0.1, S).
import type { StoreReader } from "../storeReader.ts";
import { databaseDirs, findDatabases } from "./findDatabases.ts";
import { readSqliteStore } from "./readStore.ts";
import { readEntryShapes, readEntryText } from "./rowText.ts";

export const openclawSqlite: StoreReader = {
  kind: "openclaw-sqlite",
  readStores: (place) =>
    findDatabases(place.stateDir)
      .map((file) => readSqliteStore(file, place))
      .filter((store) => store !== undefined),
  rowText: ({ path }, key) => readEntryText(path, key),
  rowShapes: ({ path }, keys) => readEntryShapes(path, keys),
  directories: databaseDirs,
};
