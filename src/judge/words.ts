// Times, durations and reasons as people read them. The zone is the reader's own.
import type { Writer } from "../model/store.ts";

/** `2026-11-20 14:03:07`. */
export function clock(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const [year, ...rest] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const day = [year, ...rest.map(two)].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** `40 s`, `12 min`, `3 h`, `5 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `640 B`, `12 KB`, `3.4 MB`, `1.2 GB`. */
export function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power < 2 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** How the state of a writer was reached, and what it says itself. */
export function writerWhy({ why, said }: Writer): string {
  return said === undefined ? why : `${why}; ${said}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
