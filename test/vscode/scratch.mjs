// What a script leaves on the machine goes away with it, on Ctrl+C too: temporary directories and child processes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** @type {Set<() => void>} */
const leavings = new Set();

// The newest first: a process is ended before the directory that it was started in is removed.
function removeAll() {
  for (const remove of [...leavings].reverse()) remove();
}

process.on("exit", removeAll);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

/** For who has just started something that ends itself on exit: that comes first, and our removal after it. */
export function removeLast() {
  process.off("exit", removeAll);
  process.on("exit", removeAll);
}

/**
 * A fresh directory for one server, one browser, one test.
 * @returns {{ path: string, remove: () => void }} the real path (no symbolic links, as VS Code shows it)
 */
export function temporaryDirectory() {
  // Short on purpose: VS Code puts sockets below it, and their paths end at about 100 characters.
  const path = realpathSync(mkdtempSync(join(tmpdir(), "osi-")));
  const remove = () => {
    removeDirectory(path);
    leavings.delete(remove);
  };
  leavings.add(remove);
  return { path, remove };
}

/**
 * A process that was just killed may still be creating a file, and Node removes what it found at first: so from the
 * start again, for a moment.
 * @param {string} path
 */
function removeDirectory(path) {
  for (let attempts = 1; ; attempts++) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempts === 40) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/**
 * Starts a program with a process group of its own, so that its children end with it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {{ child: import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>, end: () => Promise<void> }}
 */
export function startProgram(command, args, options = {}) {
  const grouped = process.platform !== "win32";
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: grouped });
  const kill = () => {
    try {
      if (grouped && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  leavings.add(kill);
  const end = async () => {
    const running = child.exitCode === null && child.signalCode === null && child.pid !== undefined;
    const exited = running ? once(child, "exit") : undefined;
    kill();
    await exited;
    leavings.delete(kill);
  };
  return { child, end };
}
