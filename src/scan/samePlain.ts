/** Whether two pieces of plain data hold the same, whatever the order of their fields; `but` is a field of theirs that may differ. */
export function samePlain(a: unknown, b: unknown, but?: string): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => samePlain(one, b[i]));
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => name in b && (name === but || samePlain(a[name as never], b[name as never])));
}
