import type { Edit } from "../model/plan.ts";

/** An edit in a line, for receipts and for the terminal. */
export function editText(edit: Edit): string {
  switch (edit.kind) {
    case "fields": {
      const fields = edit.fields.map(
        ({ field, before, after }) => `${field} ${before ?? "(none)"} → ${after ?? "(none)"}`,
      );
      return `${edit.key}: ${fields.join(", ")}`;
    }
    case "removeRow":
      return `${edit.key}: row taken out`;
    case "addRow":
      return `${edit.key}: row put back`;
    case "removeLock":
      return `${edit.path}: lock removed`;
    case "addLock":
      return `${edit.path}: lock put back`;
    case "rename":
      return `${edit.from} → ${edit.to}`;
    case "content":
      return "the store as it was before, byte for byte";
  }
}
