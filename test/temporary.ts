// Temporary directories that are gone after the test that made them.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new empty directory, by its real path; removed after the test that runs. Importing this file adds that root hook. */
export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "session-inspector-test-")));
  made.push(path);
  return path;
}

/** Before the test is over, for one that makes thousands. */
export function removeTemporary(): void {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
}

// What fuzzes is no test of mocha's.
if (typeof afterEach === "function") afterEach(removeTemporary);
