// Edits for a person who is asked for consent: a line each.
import { l10n } from "vscode";
import { clock, size } from "../judge/words.ts";
import type { Edit } from "../model/plan.ts";
import { modeText } from "../plan/editText.ts";
import { visibleText } from "../plan/visibleText.ts";

const mostCharacters = 80;

export function editLines(edit: Edit): string[] {
  switch (edit.kind) {
    case "fields":
      return [...edit.fields, ...(edit.columns ?? [])].map(
        ({ field, before, after }) =>
          `${visibleText(field, 60)}: ${valueText(field, before)} → ${valueText(field, after)}`,
      );
    case "removeRow":
      return [l10n.t("Taken out: {0}", visibleText(edit.key, 300))];
    case "removeLock":
      return [l10n.t("Removed: {0}", visibleText(edit.path, 300))];
    case "removeElements":
      return edit.elements.map(({ name }) => l10n.t("Released: {0}", visibleText(name, 300)));
    case "rename":
      return [l10n.t("Renamed: {0} → {1}", visibleText(edit.from, 300), visibleText(baseName(edit.to), 200))];
    case "move":
      return [l10n.t("Moved: {0} ({1})", visibleText(edit.from, 300), size(edit.sizeBytes))];
    case "mode":
      return [l10n.t("Mode: {0} → {1}", modeText(edit.before), modeText(edit.after))];
    default:
      return [];
  }
}

export function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, "");
}

/** @param json as spelled in the store; null: not there */
function valueText(field: string, json: string | null): string {
  if (json === null) return l10n.t("not there");
  const value: unknown = JSON.parse(json);
  if (typeof value === "number" && value > 1e12 && /(At|Ms|By)$/.test(field)) return clock(value);
  return visibleText(typeof value === "string" ? value : json, mostCharacters);
}
