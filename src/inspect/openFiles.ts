// Whether some process of this machine has a file open. Proof only: where it cannot be seen, the answer is no.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { programOf } from "../owner/program.ts";
import { statsAt } from "./regularFile.ts";

/** Whether a program that may be OpenClaw has this very file open, whatever path it knows it by (Linux). */
export function hasOpenElsewhere(path: string): boolean {
  const wanted = statsAt(path);
  if (wanted === undefined || process.platform !== "linux") return false;
  return list("/proc").some(
    (pid) =>
      /^\d+$/.test(pid) &&
      Number(pid) !== process.pid &&
      mayBeOpenclaw(Number(pid)) &&
      list(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, wanted)),
  );
}

function mayBeOpenclaw(pid: number): boolean {
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0+$/, "").split("\0");
    return programOf({ pid, argv }) !== "other";
  } catch {
    return false;
  }
}

function isFile(fd: string, wanted: { readonly dev: number; readonly ino: number }): boolean {
  try {
    const { dev, ino } = statSync(fd);
    return dev === wanted.dev && ino === wanted.ino;
  } catch {
    return false;
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
