// What was found last, in the window's own storage: for the next window to show while it looks anew.
import { dirname } from "node:path";
import { type Files, withOpen, writeAll } from "./files.ts";

/** Old or new, never half: but nothing waits for the disk, since one that is lost is missed by nobody. */
export function keepLastIndex(files: Files, path: string, text: string): void {
  files.mkdir(dirname(path), 0o700);
  const fresh = `${path}.new`;
  withOpen(files, fresh, "w", 0o600, (fd) => writeAll(files, fd, Buffer.from(text)));
  files.rename(fresh, path);
}
