// Elements of a list in a file, as agentctl's `locks.json`: exactly those that were meant leave it, or come back to their
// places, in a new file that is put in the old one's place.
import { arrayElements } from "../inspect/agentctl/arrayElements.ts";
import type { ListElement } from "../model/plan.ts";
import { type Files, readAll, unlinkIfThere, withOpen } from "./files.ts";
import { putInPlace, temporaryBeside, writeBeside } from "./storeFile.ts";

/** As its daemon writes a list (facts 1): two blanks, no final newline. */
const usual = { before: "[\n  ", between: ",\n  ", after: "\n]" };

interface List {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  readonly texts: readonly string[];
}

/** The texts of a list's elements; undefined where the file holds none, or is gone. */
export function elementsIn(files: Files, path: string): readonly string[] | undefined {
  return files.lstat(path) === undefined ? undefined : listIn(readAll(files, path))?.texts;
}

/** Takes out each of these, once; those that are gone already are passed over. Gives whether the file was written. */
export function takeElements(files: Files, path: string, elements: readonly ListElement[], id: string): boolean {
  return rewrite(files, path, id, (texts) => {
    const left = [...texts];
    for (const { text } of elements) {
      const at = left.indexOf(text);
      if (at >= 0) left.splice(at, 1);
    }
    return left;
  });
}

/** Puts those back that are not there, each at its place. */
export function putElements(files: Files, path: string, elements: readonly ListElement[], id: string): boolean {
  return rewrite(files, path, id, (texts) => {
    const whole = [...texts];
    for (const { text, index } of elements.toSorted((a, b) => a.index - b.index)) {
      if (!whole.includes(text)) whole.splice(Math.min(index, whole.length), 0, text);
    }
    return whole;
  });
}

function rewrite(files: Files, path: string, id: string, change: (texts: readonly string[]) => string[]): boolean {
  const real = files.realpath(path);
  const list = listIn(readAll(files, real));
  if (list === undefined) return false;
  const texts = change(list.texts);
  if (texts.length === list.texts.length) return false;
  const temporary = temporaryBeside(real, id);
  unlinkIfThere(files, temporary);
  withOpen(files, real, "r", undefined, (old) =>
    writeBeside(files, temporary, old, (onBytes) => onBytes(Buffer.from(textOf(list, texts)))),
  );
  putInPlace(files, temporary, real);
  return true;
}

function textOf({ before, between, after }: List, texts: readonly string[]): string {
  if (texts.length === 0) return `${before.trimEnd()}${after.trimStart()}`;
  return `${before}${texts.join(between)}${after}`;
}

function listIn(bytes: Buffer): List | undefined {
  const text = bytes.toString("utf8");
  try {
    if (!Array.isArray(JSON.parse(text))) return undefined;
  } catch {
    return undefined;
  }
  const ranges = arrayElements(bytes);
  const [first, second] = ranges;
  const last = ranges.at(-1);
  const part = (start: number, end: number): string => bytes.toString("utf8", start, end);
  if (first === undefined || last === undefined) {
    const open = text.indexOf("[");
    return {
      texts: [],
      between: usual.between,
      before: `${text.slice(0, open)}${usual.before}`,
      after: `${usual.after}${text.slice(text.lastIndexOf("]") + 1)}`,
    };
  }
  return {
    texts: ranges.map(({ start, end }) => part(start, end)),
    before: part(0, first.start),
    between: second === undefined ? usual.between : part(first.end, second.start),
    after: part(last.end, bytes.length),
  };
}
