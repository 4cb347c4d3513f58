// Where leftovers go: a folder of ours alone, on their own file system, so that a rename takes them there whole. It is in
// our state folder or, where that is on another file system, beside the state directory, never inside one.
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { mountOf } from "../inspect/mounts.ts";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { LeftFile } from "../model/facts.ts";
import { UserError } from "../model/userError.ts";
import { codeOf, type Files, isSystemError } from "./files.ts";
import type { StateFolder } from "./stateFolder.ts";

/** Not a name that OpenClaw or whoever looks for its state directories takes for one. */
const besideName = ".session-inspector-quarantine";
const stateDirName = /^\.(openclaw(-.+)?|clawdbot)$/;
const quarantinedName = /^[0-9a-f]{16}\./;
/** Names have 255 bytes at most, and a character has four. */
const longestName = 50;

/** The quarantine beside a state directory; of one that lies inside another, beside the outer one. */
export function quarantineBeside(files: Files, stateDir: string): string {
  let beside = dirname(realOf(files, stateDir));
  while (stateDirName.test(basename(beside))) beside = dirname(beside);
  return join(beside, besideName);
}

/** Where each of these files goes, by its path. Throws a UserError where there is no place. */
export function placesFor(
  files: Files,
  folder: StateFolder,
  stateDir: string,
  left: readonly LeftFile[],
): Map<string, string> {
  const quarantines = new Map<string, string>();
  const places = new Map<string, string>();
  for (const { path, stamp } of left) {
    const directory = dirname(path);
    const quarantine = quarantines.get(directory) ?? quarantineFor(files, folder, stateDir, directory);
    quarantines.set(directory, quarantine);
    places.set(path, placeIn(quarantine, path, stamp));
  }
  return places;
}

function quarantineFor(files: Files, folder: StateFolder, stateDir: string, directory: string): string {
  const real = realOf(files, stateDir);
  const isInside = (path: string): boolean => `${path}/`.startsWith(`${real}/`);
  const found = [folder.quarantine, quarantineBeside(files, stateDir)].find((path) => {
    const existing = nearest(files, path);
    return !isInside(existing) && !isInside(path) && isSameFileSystem(files, existing, directory);
  });
  if (found !== undefined) return found;
  throw new UserError(
    `Neither ${folder.path} nor the folder of ${stateDir} is on the file system of ${directory}: move the files away by hand.`,
  );
}

/** By what it was and where, so that no two have one name, and still readable. */
function placeIn(quarantine: string, path: string, stamp: string): string {
  const hash = createHash("sha256").update(`${path}\0${stamp}`).digest("hex").slice(0, 16);
  return join(quarantine, `${hash}.${[...basename(path)].slice(-longestName).join("")}`);
}

/** Throws a UserError where something is there that is not a folder of this user's alone. */
export function checkQuarantine(files: Files, path: string): void {
  if (files.lstat(path) !== undefined && !isOurs(files, path))
    throw new UserError(`${path} is not a folder of yours alone. Move it away, and try again.`);
}

export interface Quarantined {
  readonly path: string;
  readonly sizeBytes: number;
  readonly stamp: string;
}

/** What these quarantines hold: regular files under the names that we give. What else lies there is not ours. */
export function listQuarantined(files: Files, quarantines: Iterable<string>): Quarantined[] {
  return [...quarantines]
    .filter((path) => isOurs(files, path))
    .flatMap((path) =>
      files
        .readdir(path)
        .filter((name) => quarantinedName.test(name))
        .sort()
        .flatMap((name) => {
          const stats = files.lstat(join(path, name));
          if (stats?.isFile() !== true) return [];
          return [{ path: join(path, name), sizeBytes: Number(stats.size), stamp: fileStampOf(stats) }];
        }),
    );
}

/** An empty quarantine is no use to anybody. */
export function removeIfEmpty(files: Files, quarantine: string): void {
  try {
    files.rmdir(quarantine);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function isOurs(files: Files, path: string): boolean {
  const stats = files.lstat(path);
  return (
    stats?.isDirectory() === true && Number(stats.uid) === process.getuid?.() && (Number(stats.mode) & 0o077) === 0
  );
}

/** Two mounts of one disk have one device, and yet no rename goes from one to the other. */
function isSameFileSystem(files: Files, a: string, b: string): boolean {
  const [one, other] = [realOf(files, a), realOf(files, b)];
  return files.lstat(one)?.dev === files.lstat(other)?.dev && mountOf(one)?.point === mountOf(other)?.point;
}

/** The place itself, or what of the way to it exists. */
function nearest(files: Files, path: string): string {
  let at = path;
  while (files.lstat(at) === undefined && dirname(at) !== at) at = dirname(at);
  return realOf(files, at);
}

function realOf(files: Files, path: string): string {
  try {
    return files.realpath(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return path;
  }
}
