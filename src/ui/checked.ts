// Checks of data that was read back from a file: another version of us, or anybody, may have written it.
// Apart from the checks of `inspect`, which are the worker's: here every byte is loaded before the first row is on screen.

type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
export const isFlag: Check = (value) => value === true;
/** Not negative. */
export const isNumber: Check = (value) => Number.isFinite(value) && Number(value) >= 0;

/** Epoch milliseconds, as a date can hold them. */
export function isMoment(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= 8.64e15;
}

export function isCaptured(value: unknown): boolean {
  const { path, at, processes } = record(value);
  return isText(path) && isMoment(at) && (processes === undefined || isText(processes));
}

export function oneOf(...values: readonly string[]): Check {
  return (value) => values.some((one) => one === value);
}

export function or(...checks: readonly Check[]): Check {
  return (value) => checks.some((check) => check(value));
}

/** Without fields where it is no object. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Throws where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}

/** The named fields and no others. Throws where one of them is not as it should be. */
export function shaped(value: unknown, fields: Readonly<Record<string, Check>>): Record<string, unknown> {
  const given = record(value);
  const taken: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(fields)) {
    const field = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!check(field)) throw new TypeError(`${name} is not as it should be`);
    if (field !== undefined) taken[name] = field;
  }
  return taken;
}

/** Throws where one is there twice. */
export function unique(names: readonly string[]): void {
  if (new Set(names).size < names.length) throw new TypeError("twice the same");
}
