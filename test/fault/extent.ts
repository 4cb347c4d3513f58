// `npm run test:fault:long` tries everything; `npm test` what takes a minute.

export const isLong = process.env["FAULT_EXTENT"] === "long";

/** Figures of one block of tests, printed when they have run; docs/safety.md gives them. `sum` is the last line. */
export function figures(sum?: () => string): string[] {
  const lines: string[] = [];
  after(() => {
    const all = sum === undefined ? lines : [...lines, sum()];
    process.stdout.write(all.map((line) => `    ${line}\n`).join(""));
  });
  return lines;
}
