import type { Evidence } from "../model/evidence.ts";
import type { Finding } from "../model/finding.ts";
import { lineNumbers } from "./lines.ts";
import { isUnreadable, withFile } from "./regularFile.ts";

/** Above this a line number costs more than it tells; the byte offset is there all the same. */
const countLimitBytes = 16 << 20;
/** Of all files of a scan: nobody looks at the line numbers of ten thousand trajectories, and each is 80 KB to read. */
const countBudgetBytes = 16 << 20;

/**
 * Puts line numbers to evidence that has only a byte offset: each file is read once, up to the last offset in it. In the
 * order of the findings, as far as the budget goes.
 */
export function withLines(findings: readonly Finding[]): Finding[] {
  const lines = linesIn(wantedLines(findings));
  return lines.size === 0 ? [...findings] : findings.map((finding) => withLinesOf(finding, lines));
}

type Lines = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Offsets by path, in the order of the findings. */
function wantedLines(findings: readonly Finding[]): ReadonlyMap<string, ReadonlySet<number>> {
  const wanted = new Map<string, Set<number>>();
  for (const { evidence } of findings) {
    for (const one of evidence) {
      if (!lacksLine(one)) continue;
      const known = wanted.get(one.path);
      if (known === undefined) wanted.set(one.path, new Set([one.offset]));
      else known.add(one.offset);
    }
  }
  return wanted;
}

function linesIn(wanted: ReadonlyMap<string, ReadonlySet<number>>): Lines {
  const lines = new Map<string, ReadonlyMap<number, number>>();
  let budget = countBudgetBytes;
  for (const [path, offsets] of wanted) {
    budget -= Math.max(...offsets);
    if (budget < 0) break;
    lines.set(path, countLines(path, [...offsets]));
  }
  return lines;
}

function withLinesOf(finding: Finding, lines: Lines): Finding {
  if (!finding.evidence.some((one) => lacksLine(one) && lines.has(one.path))) return finding;
  const evidence = finding.evidence.map((one) => {
    const line = lacksLine(one) ? lines.get(one.path)?.get(one.offset) : undefined;
    return line === undefined ? one : { ...one, line };
  });
  return { ...finding, evidence };
}

function lacksLine(evidence: Evidence): evidence is Evidence & { readonly offset: number } {
  const { offset, line } = evidence;
  return offset !== undefined && line === undefined && offset <= countLimitBytes;
}

/** 1-based numbers of the lines that hold these bytes of a file, by the byte; none of bytes too far into it. */
export function lineNumbersIn(path: string, offsets: readonly number[]): ReadonlyMap<number, number> {
  const near = offsets.filter((offset) => offset <= countLimitBytes);
  return near.length === 0 ? new Map() : countLines(path, near);
}

function countLines(path: string, offsets: number[]): ReadonlyMap<number, number> {
  const sorted = offsets.sort((a, b) => a - b);
  const read = withFile(path, ({ fd }) => lineNumbers(fd, sorted));
  return isUnreadable(read) ? new Map() : new Map(sorted.map((offset, i) => [offset, read[i] as number]));
}
