/** Whether two pieces of plain data hold the same, whatever the order of their fields. Makes nothing: it is asked of ten thousand rows. */
export function samePlain(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  let names = 0;
  for (const name in a) {
    if (!(Object.hasOwn(b, name) && samePlain(a[name as never], b[name as never]))) return false;
    names += 1;
  }
  for (const _ in b) names -= 1;
  return names === 0;
}
