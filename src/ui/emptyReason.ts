// Why there is nothing to show in the tree; each reason has a welcome text with a next step. Knows nothing of VS Code.
import type { SessionModel } from "./sessionModel.ts";

/** `scanning`: not known yet. `stopped`: nor will it be, unless it is asked for again. `none`: no OpenClaw here. `empty`: it has no sessions. `unreadable`: what is there may not be read. */
export type EmptyReason = "scanning" | "stopped" | "none" | "empty" | "unreadable";

/** Undefined where there is something to show. */
export function emptyReason(model: SessionModel): EmptyReason | undefined {
  if (!model.known) return model.stopped ? "stopped" : "scanning";
  if (model.stateDirs.length === 0) return "none";
  if (model.sessions.size > 0) return undefined;
  // Whoever opened it sees what became of it, and can close it.
  if (model.stateDirs.some(({ captured }) => captured !== undefined)) return undefined;
  // A store that is there but broken is shown with what was found in it.
  if (model.stores.some(({ id }) => model.findingsWithin(id).length > 0 && !isShut(model, id))) return undefined;
  const problems = model.stateDirs.some(({ problem }) => problem !== undefined);
  return problems || model.stores.some(({ problem }) => problem !== undefined) ? "unreadable" : "empty";
}

/** Sentences for the log: what could not be read, and why. */
export function unreadable(model: SessionModel): string[] {
  const dirs = model.stateDirs.flatMap(({ path, problem }) => (problem === undefined ? [] : [`${path}: ${problem}`]));
  const stores = model.stores.filter(({ id }) => isShut(model, id));
  return [...dirs, ...stores.map(({ id, path }) => `${path}: ${model.findingsOfStore(id)[0]?.message ?? ""}`)];
}

function isShut(model: SessionModel, store: string): boolean {
  return model.store(store)?.problem === "STORE-UNREADABLE";
}
