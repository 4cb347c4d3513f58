// Asks for a filter: the text that is typed, and the verdicts that are ticked, in one place.
import * as vscode from "vscode";
import type { Verdict } from "../model/session.ts";
import { type SessionFilter, verdicts } from "./sessionFilter.ts";
import { verdictWord } from "./words.ts";

type ChosenFilter = Pick<SessionFilter, "text" | "verdicts">;
type VerdictItem = vscode.QuickPickItem & { readonly verdict: Verdict };

/** Undefined when the person leaves it. */
export function askForFilter(current: ChosenFilter): Promise<ChosenFilter | undefined> {
  const input = vscode.window.createQuickPick<VerdictItem>();
  input.title = vscode.l10n.t("Filter Sessions");
  input.placeholder = vscode.l10n.t("Part of a key or label; tick verdicts to see only those");
  input.canSelectMany = true;
  input.value = current.text;
  input.items = verdicts.map((verdict) => ({ verdict, label: verdictWord(verdict), alwaysShow: true }));
  input.selectedItems = input.items.filter(({ verdict }) => current.verdicts.includes(verdict));
  return new Promise((resolve) => {
    input.onDidAccept(() => {
      resolve({ text: input.value.trim(), verdicts: input.selectedItems.map(({ verdict }) => verdict) });
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}
