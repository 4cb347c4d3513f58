// A moment as a person writes it: ISO, or epoch milliseconds. Knows nothing of VS Code.

const iso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?Z|[+-]\d\d:?\d\d)?)?$/i;
/** The first OpenClaw is of 2025; fewer digits than this has are seconds, and would be a time in 1970. */
const earliest = Date.UTC(2024, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** Epoch milliseconds; a time without a zone is local. Undefined where it is no time at which an OpenClaw could run. */
export function parseTime(text: string): number | undefined {
  const given = text.trim();
  if (!/^\d+$/.test(given) && !iso.test(given)) return undefined;
  const at = /^\d+$/.test(given) ? Number(given) : Date.parse(given.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, "$1T"));
  return at >= earliest && at < latest ? at : undefined;
}
