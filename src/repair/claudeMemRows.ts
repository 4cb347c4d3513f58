// The rows of claude-mem that are ever written: `status` and both stamps, as its own code sets them (facts 2.4). No row is
// ever deleted.
import { knownSchemas, readMemoryRows, rowVersionOf } from "../inspect/claudeMem/memoryRows.ts";
import type { Select } from "../inspect/sqlite.ts";
import { UserError } from "../model/userError.ts";
import type { TableRows } from "./database.ts";

const cells = ["status", "completed_at", "completed_at_epoch"] as const;

export const claudeMemRows: TableRows = {
  writable: { sdk_sessions: { id: "id", columns: new Set(cells) } },
  read(select, keys) {
    const found = readMemoryRows(select);
    if (found === undefined) throw new UserError("It has no table of sessions that is known here. Look again.");
    const { schema } = found;
    const stored = new Map(select(`SELECT id, ${cells.join(", ")} FROM sdk_sessions`).map((row) => [row["id"], row]));
    const wanted = found.rows.filter(({ key }) => keys.has(key));
    const refusal = whyNever(schema, select);
    return {
      ...(refusal !== undefined && { refusal }),
      rows: new Map(
        wanted.map((one) => {
          const { key, id } = one;
          const row = stored.get(id) ?? {};
          const fields = cells.map((name) => [name, textOf(row[name])] as const);
          const present = fields.filter((field): field is [(typeof cells)[number], string] => field[1] !== null);
          return [
            key,
            {
              text: JSON.stringify(row, null, 2),
              fields: new Map(present),
              // A prompt of the last second is in it too, and shows that the session lives.
              place: { table: "sdk_sessions", id, version: rowVersionOf(one) },
            },
          ];
        }),
      ),
    };
  },
};

function whyNever(schema: number | undefined, select: Select): string | undefined {
  if (schema === undefined || !knownSchemas.has(schema)) return "Its schema is not known here, and is never written.";
  // What hangs on a change of the table is not ours to set off: no known schema has such.
  const triggers = select("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sdk_sessions'");
  if (triggers.length === 0) return undefined;
  return "Its table of sessions has triggers that are not known here, and is never written.";
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
