// The disk's port with faults in it: a death before any change, half a write, errors of the system.
import { readFileSync, writeFileSync } from "node:fs";
import { type Files, nodeFiles } from "../../src/repair/files.ts";

/** Nothing reaches the disk any more: what a process that was killed leaves. No code of ours may catch it. */
export class Death extends Error {
  override readonly name = "Death";
}

const changes = new Set(["write", "fchmod", "fchown", "rename", "link", "unlink", "mkdir", "rmdir", "copy"]);

export type Call = { readonly name: keyof Files; readonly args: readonly unknown[]; readonly changes: boolean };

/** `onCall` sees every call before it is made; it may throw, or make it itself and give its result. */
export function watched(onCall: (call: Call, make: () => unknown) => unknown): Files {
  return new Proxy(nodeFiles, {
    get:
      (files, name: keyof Files) =>
      (...args: never[]) =>
        onCall({ name, args, changes: changes.has(name) || (name === "open" && args[1] !== "r") }, () =>
          (files[name] as (...all: never[]) => unknown)(...args),
        ),
  });
}

export interface Deadly {
  readonly files: Files;
  /** Whether it came to that. */
  struck(): boolean;
}

/** Dies before the `point`-th change (1, 2, …), or in the middle of it. */
export function dyingAt(point: number, inTheMiddle: boolean): Deadly {
  let count = 0;
  let dead = false;
  const files = watched((call, make) => {
    if (dead) throw new Death();
    if (call.changes) count += 1;
    if (!call.changes || count < point) return make();
    dead = true;
    if (inTheMiddle) makeHalf(call);
    throw new Death();
  });
  return { files, struck: () => dead };
}

function makeHalf({ name, args }: Call): void {
  if (name === "write") {
    const [fd, bytes, offset, length] = args as [number, Uint8Array, number, number];
    nodeFiles.write(fd, bytes, offset, length >> 1);
  } else if (name === "copy") {
    const [from, to] = args as [string, string];
    const bytes = readFileSync(from);
    writeFileSync(to, bytes.subarray(0, bytes.length >> 1), { flag: "wx" });
  }
}

/** The `point`-th call (1, 2, …) fails with this code, and every later one too where it `lasts`. */
export function failingAt(point: number, code: string, lasts: boolean): Deadly {
  let count = 0;
  const files = watched(({ name, args }, make) => {
    count += 1;
    if (count < point || (count > point && !lasts)) return make();
    // A file that is open is closed whatever the system says.
    if (name === "close") make();
    throw Object.assign(new Error(`${code}, ${name}`), { code, syscall: name, path: args[0] });
  });
  return { files, struck: () => count >= point };
}
