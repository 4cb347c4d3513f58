// A program that writes a store as OpenClaw does: reads it, counts in one of its rows or adds one, and renames a new file
// over it; under `sessions.json.lock` as 2026.4 takes it (facts D2, E), or under no lock as 2026.5 and later. At every read
// it holds the store against all that it wrote before.
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export type ToWriter =
  | {
      readonly store: string;
      readonly locks: boolean;
      /** The longest time from one write to the next. */
      readonly pauseMs: number;
      /** From its read to its rename. */
      readonly gapMs: number;
    }
  | "stop";

export interface Written {
  readonly writes: number;
  readonly rows: number;
  /** Its own writes that were gone when it looked again. */
  readonly lost: number;
  /** What is in the store in the end of all that it counted. */
  readonly counted: number;
  /** How often it found the lock taken by another. */
  readonly waited: number;
}

type Rows = Record<string, { n?: number }>;

const mostRows = 40;
const counts = new Map<string, number>();
let [writes, lost, waited] = [0, 0, 0];
let stopped = false;

process.on("message", (message: ToWriter) => {
  if (message === "stop") stopped = true;
  else void write(message);
});

async function write({ store, locks, pauseMs, gapMs }: Exclude<ToWriter, "stop">): Promise<void> {
  while (!stopped) {
    const release = locks ? await lock(`${store}.lock`) : (): void => undefined;
    const rows = read(store);
    const key = `agent:main:n${writes % 10 === 0 && counts.size < mostRows ? counts.size : Math.floor(Math.random() * counts.size)}`;
    const n = (counts.get(key) ?? 0) + 1;
    rows[key] = { ...rows[key], n };
    if (gapMs > 0) await wait(gapMs);
    replace(store, JSON.stringify(rows, null, 2));
    counts.set(key, n);
    writes += 1;
    release();
    if (writes === 1) process.send?.("writing");
    await wait(Math.random() * pauseMs);
  }
  const rows = read(store);
  const counted = Object.values(rows).reduce((sum, { n = 0 }) => sum + n, 0);
  const written: Written = { writes, lost, waited, counted, rows: Object.keys(rows).length };
  process.send?.(written);
}

/** Throws where it is no JSON: nobody ever sees half a store. */
function read(store: string): Rows {
  const rows = JSON.parse(readFileSync(store, "utf8")) as Rows;
  for (const [key, n] of counts) {
    const found = rows[key]?.n ?? 0;
    if (found > n) throw new Error(`${key} counts ${found}, and only ${n} was written`);
    lost += n - found;
    if (rows[key] === undefined) counts.delete(key);
    else counts.set(key, found);
  }
  return rows;
}

function replace(store: string, text: string): void {
  const temporary = join(dirname(store), `sessions.json.${randomUUID()}.tmp`);
  const fd = openSync(temporary, "wx", 0o600);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(temporary, store);
}

async function lock(path: string): Promise<() => void> {
  for (const since = Date.now(); Date.now() - since < 10_000; await wait(1 + Math.random() * 4)) {
    try {
      const fd = openSync(path, "wx", 0o600);
      writeSync(fd, JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() }, null, 2));
      closeSync(fd);
      return () => unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      waited += 1;
    }
  }
  throw new Error("the lock was held for 10 s");
}
