/** Few are ever compared, and each with every row that claims to run. */
const known = new Map<string, readonly number[]>();
const mostKnown = 64;

/** Orders two OpenClaw versions, as "2026.5.18": below 0 where `a` is older. What follows the third number is ignored. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(text: string): readonly number[] {
  const found = known.get(text) ?? text.split(/[.-]/).map(Number);
  if (known.size < mostKnown) known.set(text, found);
  return found;
}
