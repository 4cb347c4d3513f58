// The way back: bytes only where the store still has the repair's own, otherwise the inverse edits, row by row and field
// by field, where the row still holds what we wrote (promise 3). Pure.
import type { Edit, FieldEdit, Plan } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import { isInFile, type Stored } from "./repairPlan.ts";

/** What is at the places that a receipt moved files from and to, and the mode of the store. */
export interface StoredNow extends Stored {
  /** Stamps by path; nothing for what is not there. */
  readonly files: ReadonlyMap<string, string>;
  /** Of a database: the rows that are as the repair left them, by key. */
  readonly asLeft?: ReadonlyMap<string, LeftRow>;
}

/** Hashes of a row of a database, whole. */
export interface LeftRow {
  readonly before: string;
  readonly now: string;
}

/** The hash of a store that goes back as a whole, byte for byte; undefined where it cannot, or is not to. */
export function goesBackFrom(
  { before, after, backup }: Receipt,
  only: ReadonlySet<string> | undefined,
): string | undefined {
  return only === undefined && before !== undefined && backup !== undefined ? after?.sha256 : undefined;
}

/**
 * `stored`: the store now. `only`: keys of the rows to bring back, with the files that went with them; the rest can be undone later.
 */
export function planUndo(receipt: Receipt, stored: StoredNow, only?: ReadonlySet<string>): Plan {
  const { plan, before, backup } = receipt;
  const left: string[] = [];
  const goesBack = (edit: Edit): boolean =>
    only === undefined || ("rows" in edit && edit.rows?.some((key) => only.has(key)) === true);
  const files = plan.edits
    .filter(goesBack)
    .map((edit) => inverseOfMove(edit, stored, left) ?? inverseOfFile(edit, receipt))
    .filter((edit) => edit !== undefined);
  const isOurs = stored.asLeft === undefined && stored.basis.sha256 === goesBackFrom(receipt, only);
  const rows: Edit[] =
    isOurs && before !== undefined && backup !== undefined
      ? [{ kind: "content", from: backup, sha256: before.sha256 }]
      : plan.edits
          .filter((edit) => only === undefined || ("key" in edit && only.has(edit.key)))
          .flatMap((edit) =>
            stored.asLeft === undefined
              ? inverseOfRow(edit, stored, left)
              : inverseInDatabase(edit, receipt, stored, left),
          );
  return {
    store: plan.store,
    action: "undo",
    edits: [...rows, ...files],
    findings: plan.findings,
    left,
    ...(only === undefined && { undoes: receipt.id }),
    ...(rows.some(isInFile) && { basis: stored.basis }),
  };
}

function inverseOfRow(edit: Edit, stored: Stored, left: string[]): Edit[] {
  if (edit.kind === "removeRow") {
    if (!stored.rows.has(edit.key)) return [{ kind: "addRow", key: edit.key, after: edit.before }];
    left.push(`${edit.key} exists again and is left as it is.`);
    return [];
  }
  if (edit.kind !== "fields") return [];
  const row = stored.rows.get(edit.key);
  if (row === undefined || (edit.row !== undefined && row.place?.id !== edit.row.id)) {
    left.push(`${edit.key} is gone and is not brought back.`);
    return [];
  }
  // The cells of a row in a database tell one thing together: it goes back whole, or stays.
  if (edit.row !== undefined && edit.fields.some(({ field, after }) => (row.fields.get(field) ?? null) !== after)) {
    left.push(`${edit.key} was changed since and is left as it is.`);
    return [];
  }
  const inverse: FieldEdit[] = [];
  for (const { field, before, after } of edit.fields) {
    const now = row.fields.get(field) ?? null;
    if (now === after) inverse.push({ field, before: after, after: before });
    else left.push(`${field} of ${edit.key} was changed since and is left as it is.`);
  }
  return inverse.length === 0
    ? []
    : [{ kind: "fields", key: edit.key, fields: inverse, ...(row.place !== undefined && { row: row.place }) }];
}

/**
 * The whole row or nothing of it: half of what a run left, put back into a row that went on, would be a row of neither.
 */
function inverseInDatabase(edit: Edit, { backup }: Receipt, { asLeft }: StoredNow, left: string[]): Edit[] {
  if (edit.kind !== "fields" || backup === undefined) return [];
  const { key, fields, columns } = edit;
  const row = asLeft?.get(key);
  if (row === undefined) {
    left.push(`${key} was changed since, or is gone, and is left as it is.`);
    return [];
  }
  const inverse = (edits: readonly FieldEdit[]): FieldEdit[] =>
    edits.map(({ field, before, after }) => ({ field, before: after, after: before }));
  return [
    {
      kind: "fields",
      key,
      basis: row.now,
      fields: inverse(fields),
      ...(columns !== undefined && { columns: inverse(columns) }),
      rowFrom: { path: backup, sha256: row.before },
    },
  ];
}

/** Never over what has the name again; what is not in the quarantine any more is said. */
function inverseOfMove(edit: Edit, { files, mode }: StoredNow, left: string[]): Edit | undefined {
  if (edit.kind === "mode") {
    const { path, before, after } = edit;
    if (mode?.bits === after) return { kind: "mode", path, before: after, after: before, identity: mode.identity };
    left.push(`${path} has another mode since, which is left as it is.`);
  }
  if (edit.kind !== "move") return undefined;
  const { from, to, stamp, sizeBytes } = edit;
  const quarantine = edit.quarantine === "in" ? "out" : "in";
  const isThere = files.get(to) === stamp;
  if (isThere && !files.has(from)) return { kind: "move", quarantine, from: to, to: from, stamp, sizeBytes };
  if (isThere) left.push(`${from} exists again, and is left as it is; so is ${to}.`);
  else if (files.get(from) === stamp) return undefined;
  else if (quarantine === "out") left.push(`${from} is not in the quarantine any more, and cannot be brought back.`);
  else left.push(`${to} was changed or is gone, and is left as it is.`);
  return undefined;
}

function inverseOfFile(edit: Edit, { plan, kept = [] }: Receipt): Edit | undefined {
  const rows = "rows" in edit && edit.rows !== undefined ? { rows: edit.rows } : {};
  if (edit.kind === "removeLock") {
    const { path, content, mode } = edit;
    return { kind: "addLock", path, content, mode, ...rows };
  }
  if (edit.kind === "removeElements") return { ...edit, kind: "addElements" };
  if (edit.kind !== "rename") return undefined;
  const own = kept.filter(({ goesWith }) => goesWith === edit.from);
  const stamp = own.find(({ path }) => path === edit.from)?.stamp;
  const copies = own.map(({ path, copy }) => ({ from: copy, to: path }));
  return {
    kind: "rename",
    from: edit.to,
    to: edit.from,
    ...rows,
    ...(copies.length > 0 && { copies }),
    // A transcript that came back and was written since is in use; an archive that comes back never is.
    ...(plan.action === "restore" && stamp !== undefined && { stamp }),
  };
}
