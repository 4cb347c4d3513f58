import type { RowShape } from "../../model/messages.ts";
import { UserError } from "../../model/userError.ts";
import { readDatabase } from "../databaseReading.ts";
import { rowShapesIn } from "../openclawJson/rowShapes.ts";
import { isUnreadable } from "../regularFile.ts";
import { longTextAt, rowsOf } from "./values.ts";

/** What rows are made of, in the order of their keys. Throws a UserError where the store cannot be read. */
export function readEntryShapes(path: string, keys: ReadonlySet<string>): RowShape[] {
  return [...keys].sort().flatMap((key) => {
    const bytes = Buffer.from(`{${JSON.stringify(key)}:${readEntryText(path, key)}}`);
    let at = 0;
    const source = (target: Buffer, offset: number): number => {
      const got = bytes.copy(target, offset, at);
      at += got;
      return got;
    };
    return rowShapesIn(source, keys);
  });
}

/** The stored JSON of a row, byte for byte. Throws a UserError where the store cannot be read or has no such row any more. */
export function readEntryText(path: string, key: string): string {
  const reading = readDatabase({
    path,
    what: "row",
    use: (database) =>
      longTextAt(rowsOf(database, "SELECT entry_json FROM session_nodes WHERE session_key = ?", key)[0], "entry_json"),
  });
  if (isUnreadable(reading)) throw new UserError(`The store cannot be read: ${reading.reason}. Check ${path}.`);
  if (reading.value === undefined) throw new UserError("The store has no such row any more. Refresh the view.");
  return reading.value;
}
