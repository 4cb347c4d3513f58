// The stored row and the row as a repair would leave it, side by side for a person: normalised the same way, the fields
// that differ first. For display; what a repair writes is a splice of the stored bytes.
import { clock } from "../judge/words.ts";

export interface RowComparison {
  readonly stored: string;
  readonly proven: string;
  readonly differences: number;
}

type Row = Readonly<Record<string, unknown>>;

const summaryFromBytes = 600;
const timeField = /(At|Ms|By)$/;

/** `set`: what would be written; `null` takes a field out. The texts are JSON with comments that say what a time is. */
export function compareRow(row: Row, set: Readonly<Record<string, unknown>>): RowComparison {
  const proven: Record<string, unknown> = { ...row, ...set };
  for (const [field, value] of Object.entries(set)) if (value === null) delete proven[field];
  const changed = Object.keys(set).filter((field) => jsonOf(row[field]) !== jsonOf(proven[field]));
  const rest = Object.keys(row).filter((field) => !changed.includes(field));
  rest.sort();
  return { stored: textOf(row, changed, rest), proven: textOf(proven, changed, rest), differences: changed.length };
}

function textOf(row: Row, changed: readonly string[], rest: readonly string[]): string {
  const last = [...changed, ...rest].findLast((field) => Object.hasOwn(row, field));
  const lines = [
    ...changed.map((field) => lineOf(row, field, field === last)),
    ...(changed.length > 0 ? [""] : []),
    ...rest.map((field) => lineOf(row, field, field === last)),
  ];
  return ["{", ...lines, "}", ""].join("\n");
}

/** What was parsed can nest too deeply to be spelled again. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2) ?? "null";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return '"… nested too deeply to be shown …"';
  }
}

/** A field that this side lacks is an empty comment line, so that the two sides stay aligned. */
function lineOf(row: Row, field: string, isLast: boolean): string {
  if (!Object.hasOwn(row, field)) return `  // ${JSON.stringify(field)} is not there`;
  const value = row[field];
  const json = jsonOf(value);
  const isLarge = typeof value === "object" && json.length > summaryFromBytes;
  const shown = isLarge ? `"… ${json.length} characters …"` : json.replaceAll("\n", "\n  ");
  const isTime = timeField.test(field) && typeof value === "number" && value > 1e12;
  return `  ${JSON.stringify(field)}: ${shown}${isLast ? "" : ","}${isTime ? ` // ${clock(value)}` : ""}`;
}
