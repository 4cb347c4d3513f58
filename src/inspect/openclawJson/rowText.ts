// One row as text: read by its byte range while the file is the same, found again by its key when it is not.

import { size } from "../../judge/words.ts";
import type { SessionRow } from "../../model/facts.ts";
import type { FieldName, FieldPlace, TextRange } from "../../model/messages.ts";
import type { ByteRange } from "../../model/session.ts";
import { UserError } from "../../model/userError.ts";
import { fileVersion, isUnreadable, type OpenFile, readRange, sourceOf, withFile } from "../regularFile.ts";
import { rowFields } from "./rowFields.ts";
import { scanStore } from "./storeScanner.ts";

export interface KnownRows {
  readonly rows: readonly Pick<SessionRow, "key" | "range">[];
  /** Of the file that they stand in. */
  readonly fileVersion: string;
}

const noFields: ReadonlySet<string> = new Set();
/** VS Code shows extensions no larger text either; genuine rows are 42 KB. */
const rowLimitBytes = 50 << 20;

/** The stored bytes of a row's value. Throws a UserError where the store cannot be read or has no such row any more. */
export function readRowText(storePath: string, key: string, known?: KnownRows): string {
  const read = withFile(storePath, (file) => {
    const rows = known?.fileVersion === fileVersion(file.stats) ? known.rows : [];
    const range = rows.find((row) => row.key === key)?.range ?? findRow(file, key);
    if (range === undefined) return undefined;
    const bytes = range.end - range.start;
    if (bytes > rowLimitBytes)
      throw new UserError(`The row is ${size(bytes)}, too large to show. Open its store instead.`);
    return readRange(file.fd, range.start, range.end).toString("utf8");
  });
  if (isUnreadable(read)) throw new UserError(`The store cannot be read: ${read.reason}. Check ${storePath}.`);
  if (read === undefined) throw new UserError("The store has no such row any more. Refresh the view.");
  return read;
}

function findRow(file: OpenFile, key: string): ByteRange | undefined {
  let found: ByteRange | undefined;
  scanStore(sourceOf(file), { fields: noFields }, (row) => {
    if (row.key === key) found = row.range;
  });
  return found;
}

/** As it is written, with its own indentation taken off; a row that is not written in lines of its own is laid out anew. */
export function prettyRow(stored: string): string {
  const lines = stored.split("\n");
  const indent = /^ */.exec(lines.at(-1) ?? "")?.[0] ?? "";
  if (indent.length >= 2 && lines.slice(1).every((line) => line.startsWith(indent))) {
    return lines.map((line, i) => (i === 0 ? line : line.slice(indent.length))).join("\n");
  }
  try {
    return JSON.stringify(JSON.parse(stored), null, 2);
  } catch {
    return stored;
  }
}

/** Where the fields stand in the text of one row, as `prettyRow` gives it. */
export function placesInRow(text: string, fields: readonly FieldName[]): FieldPlace[] {
  const [first] = fields;
  if (first === undefined) return [];
  const before = `{${JSON.stringify(first.key)}:`;
  return locateFields(`${before}${text}}`, fields).map(({ range, ...name }) => {
    const shift = (line: number, character: number): number => (line === 0 ? character - before.length : character);
    return {
      ...name,
      range: {
        ...range,
        startCharacter: shift(range.startLine, range.startCharacter),
        endCharacter: shift(range.endLine, range.endCharacter),
      },
    };
  });
}

/**
 * Where fields stand in the text of a store. A name without a field is the row's key. What is not there is left out; in
 * a text that is no JSON, rows before the error are found.
 */
export function locateFields(text: string, fields: readonly FieldName[]): FieldPlace[] {
  const wanted = new Map<string, (string | undefined)[]>();
  for (const { key, field } of fields) wanted.set(key, [...(wanted.get(key) ?? []), field]);
  const names = new Set([...rowFields, ...fields.map(({ field }) => field).filter((field) => field !== undefined)]);
  const bytes = Buffer.from(text);
  let at = 0;
  const source = (target: Buffer, offset: number): number => {
    const got = bytes.copy(target, offset, at);
    at += got;
    return got;
  };
  const found: (FieldName & { readonly bytes: ByteRange })[] = [];
  scanStore(source, { fields: names, fieldRanges: true }, (row) => {
    for (const field of wanted.get(row.key) ?? []) {
      const range = field === undefined ? row.keyRange : (row.fieldRanges.get(field) ?? row.keyRange);
      found.push({ key: row.key, bytes: range, ...(field !== undefined && { field }) });
    }
  });
  const positions = textPositions(
    bytes,
    found.map(({ bytes: range }) => range),
  );
  return found.map(({ bytes: _bytes, ...name }, i) => ({ ...name, range: positions[i] as TextRange }));
}

/** Lines and UTF-16 characters of byte ranges; one pass over the text, whatever the order of the ranges. */
function textPositions(bytes: Buffer, ranges: readonly ByteRange[]): TextRange[] {
  const offsets = [...new Set(ranges.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const places = new Map<number, readonly [number, number]>();
  let line = 0;
  let lineStart = 0;
  for (const offset of offsets) {
    for (let next = bytes.indexOf(0x0a, lineStart); next >= 0 && next < offset; next = bytes.indexOf(0x0a, lineStart)) {
      line += 1;
      lineStart = next + 1;
    }
    places.set(offset, [line, bytes.toString("utf8", lineStart, offset).length]);
  }
  return ranges.map(({ start, end }) => {
    const [startLine, startCharacter] = places.get(start) ?? [0, 0];
    const [endLine, endCharacter] = places.get(end) ?? [0, 0];
    return { startLine, startCharacter, endLine, endCharacter };
  });
}
