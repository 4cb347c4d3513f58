// From findings and choices to edits: pure. What the store holds now comes in as text, spelled as in the store.
import type { Finding } from "../model/finding.ts";
import type { Edit, FieldEdit, Plan, PlanBasis, PlannedStore } from "../model/plan.ts";

export interface Choice {
  readonly finding: Finding;
  /** What a person chose instead of what was preselected, as a status. */
  readonly status?: string;
}

export interface Stored {
  readonly basis: PlanBasis;
  /** By key: each field's JSON text. */
  readonly rows: ReadonlyMap<string, { readonly text: string; readonly fields: ReadonlyMap<string, string> }>;
  readonly locks: ReadonlyMap<string, { readonly identity: string; readonly content: string }>;
}

/**
 * One plan for one store. Findings without a repair give no edit. Fields that already have the value give none either.
 * Throws a RangeError for a finding of another store.
 */
export function planRepair(store: PlannedStore, stored: Stored, choices: readonly Choice[]): Plan {
  const edits: Edit[] = [];
  for (const choice of choices) {
    if (choice.finding.store !== store.id) throw new RangeError("a finding of another store");
    edits.push(...editsOf(choice, stored));
  }
  const [first] = choices;
  const action = first?.finding.repair.kind ?? "none";
  const touchesRows = edits.some((edit) => edit.kind === "fields");
  return {
    store,
    action: action === "none" ? "finalize" : action,
    edits,
    findings: choices.map(({ finding: { id, code, session, message } }) => ({
      id,
      code,
      message,
      ...(session !== undefined && { session }),
    })),
    ...(touchesRows && { basis: stored.basis }),
  };
}

function editsOf({ finding, status }: Choice, stored: Stored): Edit[] {
  const { repair, session } = finding;
  const set = repair.set === undefined ? {} : chosen(repair.set, status);
  const row = session === undefined ? undefined : stored.rows.get(session);
  const fields = row === undefined ? [] : fieldEdits(row.fields, set);
  const edits: Edit[] = [];
  if (session !== undefined && fields.length > 0) edits.push({ kind: "fields", key: session, fields });
  for (const path of repair.unlock ?? []) {
    const lock = stored.locks.get(path);
    if (lock !== undefined) edits.push({ kind: "removeLock", path, ...lock });
  }
  if (repair.kind === "restore" && repair.from !== undefined)
    edits.push({ kind: "rename", from: repair.from, to: transcriptOf(repair.from) });
  return edits;
}

/** A chosen outcome changes what goes with it (DESIGN, finalize). */
function chosen(set: Readonly<Record<string, unknown>>, status: string | undefined): Readonly<Record<string, unknown>> {
  return status === undefined ? set : { ...set, status, abortedLastRun: status === "killed" };
}

function fieldEdits(fields: ReadonlyMap<string, string>, set: Readonly<Record<string, unknown>>): FieldEdit[] {
  return Object.entries(set)
    .map(([field, value]) => ({
      field,
      before: fields.get(field) ?? null,
      after: value === null ? null : JSON.stringify(value),
    }))
    .filter(({ before, after }) => before !== after);
}

/** `<name>.jsonl.deleted.<time>` was `<name>.jsonl`. */
function transcriptOf(archive: string): string {
  return archive.replace(/(\.jsonl)\.(deleted|bak)\.[^/\\]*$/, "$1");
}
