import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Names, kinds, modes, times and bytes of everything under a directory. `beside` a living writer readers leave marks in
 * the -shm of its database, and SQLite gives the log of a root's reader the owner that it has, which changes its ctime.
 */
export function fingerprint(directory: string, { beside = false } = {}): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    if (beside && path.endsWith("-shm")) {
      hash.update(path);
      return;
    }
    const stats = lstatSync(path);
    hash.update(JSON.stringify([path, stats.mode, stats.ino, stats.size, stats.mtimeMs, beside || stats.ctimeMs]));
    if (stats.isFile()) hash.update(readFileSync(path));
    if (stats.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
  };
  add(directory);
  return hash.digest("hex");
}
