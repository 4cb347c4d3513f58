import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { realPath } from "../homes.ts";
import { namesOtherHost } from "../otherHost.ts";
import { statsAt } from "../regularFile.ts";
import type { ListedDir } from "./storeFiles.ts";

/** What names a transcript file: a session id that is no path (facts B1, SAFE_SESSION_ID_RE). */
export const safeSessionId = /^[a-z0-9][a-z0-9._-]{0,127}$/i;

export interface TranscriptPath {
  readonly path: string;
  readonly exists: boolean;
  /** The directory that `sessionFile` names, where that is another machine's and the file was found beside the store. */
  readonly movedFrom?: string;
  /** `sessionFile` as OpenClaw ignores it; not where what it takes instead is the same file, as in a moved store. */
  readonly ignored?: { readonly path: string; readonly isBeside: boolean };
  /** `<sessionId>.jsonl`, where it is there although the row names a file of another id. */
  readonly ownIdFile?: string;
}

/**
 * Where a row's transcript is, as OpenClaw resolves it (facts C1), but for one thing: an absolute path that does not
 * exist is looked for by its base name beside the store, since a state directory that was moved keeps the old paths
 * and the vendor's own tools then call every transcript missing (facts N, O).
 * Undefined where the row names none.
 */
export function resolveTranscript(
  directory: ListedDir,
  sessionId: string | undefined,
  sessionFile: string | undefined,
): TranscriptPath | undefined {
  if (isPlain(directory, sessionId, sessionFile)) return { path: sessionFile, exists: true };
  const found = locate(directory, sessionId, sessionFile);
  const named = isPath(sessionFile, directory.path) ? resolve(directory.path, sessionFile) : undefined;
  if (found === undefined || named === undefined) return found;
  if (!isAllowed(directory.path, named)) {
    const isMoved = found.exists && basename(found.path) === basename(named) && !exists(directory, named);
    if (isMoved) return found;
    return { ...found, ignored: { path: named, isBeside: directory.names.has(basename(named)) } };
  }
  const byId = `${sessionId}.jsonl`;
  const otherId =
    basename(found.path) !== byId && !basename(found.path).includes(sessionId ?? "") && directory.names.has(byId);
  return otherId ? { ...found, ownIdFile: join(directory.path, byId) } : found;
}

/** As nearly every row has it: its own id's file, beside the store, and there. Nothing is left to find out then. */
function isPlain(
  { path, ids }: ListedDir,
  sessionId: string | undefined,
  sessionFile: string | undefined,
): sessionFile is string {
  if (sessionId === undefined || sessionFile === undefined || !ids.has(sessionId)) return false;
  const from = path.length + sep.length;
  return (
    sessionFile.length === from + sessionId.length + ".jsonl".length &&
    sessionFile.startsWith(path) &&
    sessionFile.startsWith(sep, path.length) &&
    sessionFile.startsWith(sessionId, from) &&
    sessionFile.endsWith(".jsonl") &&
    safeSessionId.test(sessionId)
  );
}

function isPath(sessionFile: string | undefined, directory: string): sessionFile is string {
  if (sessionFile === undefined || sessionFile === "" || sessionFile.startsWith("sqlite:")) return false;
  return !namesOtherHost(sessionFile, directory);
}

function locate(
  directory: ListedDir,
  sessionId: string | undefined,
  sessionFile: string | undefined,
): TranscriptPath | undefined {
  const byId = sessionId !== undefined && safeSessionId.test(sessionId) ? `${sessionId}.jsonl` : undefined;
  if (isPath(sessionFile, directory.path)) {
    const path = resolve(directory.path, sessionFile);
    if (isAllowed(directory.path, path)) {
      if (exists(directory, path)) return { path, exists: true };
      const beside = basename(path);
      const elsewhere = isAbsolute(sessionFile) && dirname(path) !== directory.path;
      if (elsewhere && directory.names.has(beside)) {
        return { path: join(directory.path, beside), exists: true, movedFrom: dirname(path) };
      }
      if (byId === undefined || beside !== byId) {
        // Another topic's or fork's file of the same id is another conversation: no evidence for this row.
        return { path: elsewhere ? join(directory.path, beside) : path, exists: false };
      }
    }
  }
  if (byId === undefined) return undefined;
  if (directory.names.has(byId)) return { path: join(directory.path, byId), exists: true };
  return presentUnderOtherName(directory, sessionId) ?? { path: join(directory.path, byId), exists: false };
}

function presentUnderOtherName(directory: ListedDir, sessionId: string | undefined): TranscriptPath | undefined {
  const name = sessionId === undefined ? undefined : directory.otherTranscripts.get(sessionId);
  return name === undefined ? undefined : { path: join(directory.path, name), exists: true };
}

/**
 * Inside the store's directory, also through links, in a sibling agent's, or a file of the shape
 * `agents/<same id>/sessions/<file>`; anything else OpenClaw ignores (facts C1).
 */
function isAllowed(directory: string, path: string): boolean {
  if (isInside(directory, path)) return true;
  const place = /^(.*[\\/]agents)[\\/]([^\\/]+)[\\/]sessions[\\/][^\\/]+$/.exec(path);
  if (place !== null && (place[1] === dirname(dirname(directory)) || place[2] === basename(dirname(directory))))
    return true;
  return isInside(realPath(directory), join(realPath(dirname(path)), basename(path)));
}

function isInside(directory: string, path: string): boolean {
  const inside = relative(directory, path);
  return inside !== "" && !/^\.\.([\\/]|$)/.test(inside) && !isAbsolute(inside);
}

function exists(directory: ListedDir, path: string): boolean {
  if (dirname(path) === directory.path) return directory.names.has(basename(path));
  // A path of the machine that it comes from: here it may be somebody's live transcript.
  if (directory.only !== undefined && !isInside(realPath(directory.only), realPath(path))) return false;
  return statsAt(path) !== undefined;
}
