// The disk's port with faults in it: errors of the system, half a write, a process that is killed.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { relative, sep } from "node:path";
import { type Files, nodeFiles } from "../../src/repair/files.ts";

/** Everything that the issue names; none of our code asks for one of the first six by name. */
export const plainCodes = ["ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE", "EBUSY"] as const;
export const codes = [...plainCodes, "EXDEV"] as const;

const changes = new Set(["write", "fchmod", "fchown", "rename", "link", "unlink", "mkdir", "rmdir", "copy", "execute"]);

export type Call = { readonly name: keyof Files; readonly args: readonly unknown[]; readonly changes: boolean };

/** `onCall` sees every call before it is made; it may throw, or make it itself and give its result. */
export function watched(base: Files, onCall: (call: Call, make: () => unknown) => unknown): Files {
  return new Proxy(base, {
    get:
      (files, name: keyof Files) =>
      (...args: never[]) =>
        onCall({ name, args, changes: changes.has(name) || (name === "open" && args[1] !== "r") }, () =>
          (files[name] as (...all: never[]) => unknown)(...args),
        ),
  });
}

export function systemError(code: string, { name, args }: Call): Error {
  return Object.assign(new Error(`${code}, ${name}`), { code, syscall: name, path: args[0] });
}

/** Below the directory for temporary files, every directory of the tests is a file system of its own. */
const fileSystemOf = (path: string): string => relative(tmpdir(), path).split(sep)[0] ?? "";

/** Disks that are as they should be, each in its way. */
export const disks = {
  usual: nodeFiles,
  "receipts on another disk": watched(nodeFiles, (call, make) => {
    const [from, to] = call.args;
    const joins = call.name === "link" || call.name === "rename";
    if (joins && fileSystemOf(String(from)) !== fileSystemOf(String(to))) throw systemError("EXDEV", call);
    return make();
  }),
  "no hard links": watched(nodeFiles, (call, make) => {
    if (call.name === "link") throw systemError("EPERM", call);
    return make();
  }),
} satisfies Readonly<Record<string, Files>>;

export type Disk = keyof typeof disks;

export interface Failing {
  readonly files: Files;
  /** Whether it came to that. */
  struck(): boolean;
}

/** The `point`-th call (1, 2, …) fails with this code, and every later one too where it `lasts`. */
export function failingAt(base: Files, point: number, code: string, lasts: boolean): Failing {
  let count = 0;
  const files = watched(base, (call, make) => {
    count += 1;
    if (count < point || (count > point && !lasts)) return make();
    // What is open is closed whatever the system says.
    if (call.name === "close" || call.name === "closeDatabase") make();
    throw systemError(code, call);
  });
  return { files, struck: () => count >= point };
}

/** A system that takes half of what it is given at a time. */
export function takingHalf(base: Files): Files {
  return watched(base, (call, make) => {
    if (call.name !== "write") return make();
    const [fd, bytes, offset, length] = call.args as [number, Uint8Array, number, number];
    return base.write(fd, bytes, offset, Math.max(1, length >> 1));
  });
}

/** `inTheMiddle` counts only what can be half done. */
export type Moment = "before" | "inTheMiddle" | "after";

export interface Strike {
  /** 1, 2, … */
  readonly point: number;
  readonly moment: Moment;
  /** Counts what only reads too. */
  readonly everyCall: boolean;
}

/** `onStrike` ends or stops this process there. */
export function struckAt(base: Files, { point, moment, everyCall }: Strike, onStrike: () => void): Files {
  let count = 0;
  return watched(base, (call, make) => {
    const counts = moment === "inTheMiddle" ? call.name === "write" || call.name === "copy" : everyCall || call.changes;
    if (counts) count += 1;
    if (!counts || count !== point) return make();
    if (moment === "inTheMiddle") makeHalf(call);
    if (moment !== "after") onStrike();
    try {
      return make();
    } finally {
      // Also after a call that failed, as the removal of what is not there.
      if (moment === "after") onStrike();
    }
  });
}

/** Nothing reaches the disk any more: what a process that was killed leaves. No code of ours may catch it. */
export class Death extends Error {
  override readonly name = "Death";
}

/** Dies before the `point`-th change (1, 2, …), or in the middle of it, and stays dead. */
export function dyingAt(point: number, inTheMiddle: boolean): Failing {
  let count = 0;
  let dead = false;
  const files = watched(nodeFiles, (call, make) => {
    if (dead) throw new Death();
    if (call.changes) count += 1;
    if (!call.changes || count < point) return make();
    dead = true;
    if (inTheMiddle && (call.name === "write" || call.name === "copy")) makeHalf(call);
    throw new Death();
  });
  return { files, struck: () => dead };
}

function makeHalf({ name, args }: Call): void {
  if (name === "write") {
    const [fd, bytes, offset, length] = args as [number, Uint8Array, number, number];
    nodeFiles.write(fd, bytes, offset, length >> 1);
  } else {
    const [from, to] = args as [string, string];
    const bytes = readFileSync(from);
    writeFileSync(to, bytes.subarray(0, bytes.length >> 1), { flag: "wx" });
  }
}
