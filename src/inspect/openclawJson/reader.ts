// The JSON stores of OpenClaw up to 2026.7 (facts 0.1, J1 and J2).
import type { StoreFacts } from "../../model/facts.ts";
import type { StoreReader } from "../storeReader.ts";
import { readJsonStore } from "./readStore.ts";
import { readRowShapes } from "./rowShapes.ts";
import { readRowText } from "./rowText.ts";
import { agentSessionDirs, findStoreFiles } from "./storeFiles.ts";
import { combineVersions, eraOf } from "./version.ts";

export const openclawJson: StoreReader = {
  kind: "openclaw-json",
  readStores: (place) =>
    withSharedVersion(findStoreFiles(place.stateDir, place.config).map((file) => readJsonStore({ ...place, file }))),
  rowText: ({ path }, key, memory) => readRowText(path, key, memory?.rows.get(path)),
  rowShapes: ({ path }, keys) => readRowShapes(path, keys),
  directories: agentSessionDirs,
};

/** One installation owns a state directory: what one of its stores tells of the version holds for all (facts P). */
function withSharedVersion(stores: readonly StoreFacts[]): StoreFacts[] {
  const version = combineVersions(stores.map((store) => store.version).filter((range) => range !== undefined));
  if (version === undefined) return [...stores];
  const era = eraOf(version);
  return stores.map(({ era: _own, ...store }) => ({ ...store, version, ...(era !== undefined && { era }) }));
}
