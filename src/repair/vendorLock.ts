// The store lock of OpenClaw up to 2026.4.29, taken as the vendor takes it, for the moment of the rename (facts D1, D2).
import { readFileSync } from "node:fs";
import { UserError } from "../model/userError.ts";
import { codeOf, type Files, readAll, unlinkIfThere } from "./files.ts";
import { placeNew } from "./placing.ts";
import { temporaryBeside } from "./storeFile.ts";

/** Kept in the receipt before it is taken, so that recovery knows it as ours after a crash. */
export interface VendorLock {
  readonly path: string;
  readonly content: string;
}

export function vendorLockOf(storePath: string, now: number): VendorLock {
  const payload = { pid: process.pid, createdAt: new Date(now).toISOString(), ...startTime() };
  return { path: `${storePath}.lock`, content: JSON.stringify(payload, null, 2) };
}

/**
 * Throws a UserError where somebody holds it: everything is prepared before it is taken, and nothing waits for it. It
 * appears with its text in it, never empty. `id`: the receipt's.
 */
export function takeVendorLock(files: Files, { path, content }: VendorLock, id: string): void {
  try {
    placeNew(files, { path, temporary: temporaryOf(path, id), bytes: Buffer.from(content), mode: 0o644 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    throw new UserError(
      "The store is locked for a write right now, or its lock was left behind. Unlock it first, or try again in a moment.",
    );
  }
}

/** Only where it is this one. */
export function releaseVendorLock(files: Files, { path, content }: VendorLock, id: string): void {
  unlinkIfThere(files, temporaryOf(path, id));
  if (files.lstat(path)?.isFile() !== true) return;
  if (readAll(files, path).toString("utf8") === content) unlinkIfThere(files, path);
}

function temporaryOf(path: string, id: string): string {
  return temporaryBeside(path, `${id}.lock`);
}

function startTime(): { starttime?: number } {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    return { starttime: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) };
  } catch {
    return {};
  }
}
