// How old: `30d`, `12w`, `36h`. Knows nothing of VS Code.

const hourMs = 3_600_000;
const unitMs: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs, w: 7 * 24 * hourMs };
/** What was touched within a day is recent (DESIGN, Words), and a century is no age of a session. */
const leastMs = 24 * hourMs;
const mostMs = 36_525 * 24 * hourMs;

/** In milliseconds; a bare number counts days. Undefined where it is no age between one day and a century. */
export function parseAge(text: string): number | undefined {
  const [, count = "", unit = "d"] = /^\s*(\d{1,6})\s*([hdw])?\s*$/i.exec(text) ?? [];
  if (count === "") return undefined;
  const ms = Number(count) * (unitMs[unit.toLowerCase()] ?? 0);
  return ms >= leastMs && ms <= mostMs ? ms : undefined;
}
