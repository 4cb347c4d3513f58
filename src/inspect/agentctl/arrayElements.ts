import type { ByteRange } from "../../model/session.ts";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opens = new Set([0x5b, 0x7b]);
const closes = new Set([0x5d, 0x7d]);
const spaces = new Set([0x20, 0x0a, 0x0d, 0x09]);

/** Bytes of each element of the array that a text holds. The text is known to be JSON: JSON.parse took it. */
export function arrayElements(bytes: Buffer): ByteRange[] {
  const found: ByteRange[] = [];
  let depth = 0;
  let start = -1;
  let end = -1;
  const close = (): void => {
    if (start >= 0) found.push({ start, end });
    start = -1;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (spaces.has(byte)) continue;
    if (depth === 1 && byte === comma) {
      close();
      continue;
    }
    if (closes.has(byte) && --depth === 0) {
      close();
      break;
    }
    if (depth >= 1 && start < 0) start = at;
    if (opens.has(byte)) depth += 1;
    if (byte === quote) for (at += 1; bytes[at] !== quote; at++) if (bytes[at] === backslash) at += 1;
    end = at + 1;
  }
  return found;
}
