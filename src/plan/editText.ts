import type { Edit, ListElement, OwnerRequest } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";

/** An edit in a line, for receipts and for the terminal. */
export function editText(edit: Edit): string {
  switch (edit.kind) {
    case "fields": {
      const fields = [...edit.fields, ...(edit.columns ?? [])].map(
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
    case "removeElements":
      return `${edit.path}: released ${namesOf(edit.elements)}`;
    case "addElements":
      return `${edit.path}: locked again ${namesOf(edit.elements)}`;
    case "rename":
      return `${edit.from} → ${edit.to}`;
    case "move":
      return `${edit.from} → ${edit.to}`;
    case "mode":
      return `${edit.path}: mode ${modeText(edit.before)} → ${modeText(edit.after)}`;
    case "content":
      return "the store as it was before, byte for byte";
  }
}

/** What an owner is asked, in a line. */
export function requestText(request: OwnerRequest): string {
  return request.method === "lock.release"
    ? `asks agentctl to release ${request.directory} (lock.release)`
    : "asks agentctl to settle what it finds dead (session.prune)";
}

function namesOf(elements: readonly ListElement[]): string {
  return elements.map(({ name }) => name).join(", ");
}

/** `0600`. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** What became of a repair that a crash had interrupted, in a sentence. */
export function recoveredText({ receipt, how }: { receipt: Receipt; how: "finished" | "takenBack" }): string {
  const repair = `A repair of ${receipt.plan.store.path} that was interrupted`;
  return how === "finished" ? `${repair} is finished now.` : `${repair} was taken back: nothing of it was written.`;
}
