// What a row of a database says is said again in columns, by which the gateway finds it (facts B5, G): whoever changes
// the one changes the others. As OpenClaw 2026.9.6 makes them (bindSessionNode, bindSessionWindowEntryProjection).
import type { FieldEdit } from "../model/plan.ts";
import type { ColumnValues, RowImage } from "../model/rowImage.ts";

type Project = (value: unknown) => string | number | null;

interface Projection {
  readonly column: string;
  readonly field: string;
  readonly project: Project;
}

const statuses: ReadonlySet<unknown> = new Set(["running", "done", "failed", "killed", "timeout"]);

/** The tables' CHECK knows no `interrupted` (facts B3). */
const status: Project = (value) =>
  value === "interrupted" ? "failed" : statuses.has(value) ? (value as string) : null;
const number: Project = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);

const projections: readonly Projection[] = [
  { column: "session_nodes.status", field: "status", project: status },
  { column: "session_nodes.archived_at", field: "archivedAt", project: number },
  { column: "session_nodes.pinned_at", field: "pinnedAt", project: number },
  { column: "session_windows.status", field: "status", project: status },
  { column: "session_windows.started_at", field: "startedAt", project: number },
  { column: "session_windows.ended_at", field: "endedAt", project: number },
];
/** What is said of a run is said of it as a whole. */
const ofRun: ReadonlySet<string> = new Set(["status", "startedAt", "endedAt"]);

/** The columns that may change, as JSON text by `table.column`; those of a window that is not there are not either. */
export function columnTexts({ node, window }: RowImage): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const { column } of projections) {
    const value = valueAt(node, window, column);
    if (value !== undefined) found.set(column, value === null ? null : JSON.stringify(value));
  }
  return found;
}

function valueAt(node: ColumnValues, window: ColumnValues | null, column: string): string | number | null | undefined {
  const [table, name = ""] = column.split(".");
  return table === "session_nodes" ? node[name] : window?.[name];
}

/**
 * The columns that would have to change for `touched` fields to be said the same everywhere. `columns`: as they are.
 * `fields`: the row's own, as JSON text, as they will be.
 */
export function columnEdits(
  columns: ReadonlyMap<string, string | null>,
  fields: ReadonlyMap<string, string>,
  touched: ReadonlySet<string>,
): FieldEdit[] {
  const isRunTouched = [...ofRun].some((field) => touched.has(field));
  return projections.flatMap(({ column, field, project }) => {
    const before = columns.get(column);
    if (before === undefined || !(touched.has(field) || (isRunTouched && ofRun.has(field)))) return [];
    const text = fields.get(field);
    const value = project(text === undefined ? undefined : JSON.parse(text));
    const after = value === null ? null : JSON.stringify(value);
    return before === after ? [] : [{ field: column, before, after }];
  });
}

/** Whether a row still is what was written or found, as far as that is ours; validation goes on by itself. */
export function isSameRow(a: RowImage, b: RowImage): boolean {
  const named = ["current_session_id", "entry_json", "updated_at"];
  const [left, right] = [columnTexts(a), columnTexts(b)];
  return (
    a.key === b.key &&
    named.every((column) => a.node[column] === b.node[column]) &&
    projections.every(({ column }) => left.get(column) === right.get(column))
  );
}
