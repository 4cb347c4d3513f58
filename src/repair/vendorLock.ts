// The store lock of OpenClaw up to 2026.4.29, taken as the vendor takes it, for the moment of the rename (facts D1, D2).
import { readFileSync } from "node:fs";
import { UserError } from "../model/userError.ts";
import { type Files, unlinkIfThere, withOpen, writeAll } from "./files.ts";

/** Throws a UserError where somebody holds it: everything is prepared before it is taken, and nothing waits for it. */
export function withVendorLock<T>(files: Files, storePath: string, use: () => T): T {
  const path = `${storePath}.lock`;
  const payload = { pid: process.pid, createdAt: new Date().toISOString(), ...startTime() };
  try {
    withOpen(files, path, "wx", 0o644, (fd) => writeAll(files, fd, Buffer.from(JSON.stringify(payload, null, 2))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UserError(
      "The store is locked for a write right now, or its lock was left behind. Unlock it first, or try again in a moment.",
    );
  }
  try {
    return use();
  } finally {
    unlinkIfThere(files, path);
  }
}

function startTime(): { starttime?: number } {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    return { starttime: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) };
  } catch {
    return {};
  }
}
