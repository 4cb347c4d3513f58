// One item of the status bar: what is really active.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { Counts } from "./counts.ts";
import type { SessionModel } from "./sessionModel.ts";
import { onSettingsChange, readSettings } from "./settings.ts";

export class StatusBar implements vscode.Disposable {
  /** Public for tests, which read what it shows. */
  readonly item: vscode.StatusBarItem;
  /** VS Code does not tell of an item whether it shows. */
  shown = false;
  readonly #model: SessionModel;
  readonly #subscriptions: vscode.Disposable;

  constructor(model: SessionModel) {
    this.#model = model;
    this.item = vscode.window.createStatusBarItem("active", vscode.StatusBarAlignment.Left);
    this.item.name = vscode.l10n.t("OpenClaw Sessions");
    this.item.command = { command: `${views.sessions}.focus`, title: vscode.l10n.t("Show OpenClaw Sessions") };
    this.#subscriptions = vscode.Disposable.from(
      this.item,
      model.onDidChange(() => this.#update()),
      onSettingsChange(["statusBar"], () => this.#update()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const isHere = this.#model.stateDirs.some(({ captured }) => captured === undefined);
    this.shown = isHere && readSettings().statusBar;
    if (!this.shown) {
      this.item.hide();
      return;
    }
    const counts = this.#model.counts();
    const { active, unknown, contradictions } = counts;
    const text = vscode.l10n.t("{0} active", active);
    this.item.text = `$(pulse) ${text}${unknown > 0 ? ` · ${unknown}?` : ""}`;
    const lines = explain(counts);
    this.item.tooltip = new vscode.MarkdownString(lines.map((line) => `${line}\n\n`).join(""));
    this.item.accessibilityInformation = { label: `${vscode.l10n.t("OpenClaw Sessions")}: ${lines.join(" ")}` };
    this.item.backgroundColor =
      contradictions > 0 ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }
}

function explain({ active, claimed, claimedAndActive, unknown, contradictions, shutStores }: Counts): string[] {
  const lines = [vscode.l10n.t("{0} sessions are active.", active)];
  if (active === 0) lines[0] = vscode.l10n.t("No session is active.");
  if (active === 1) lines[0] = vscode.l10n.t("1 session is active.");
  const only = claimed - claimedAndActive - unknown;
  if (only === 1) lines.push(vscode.l10n.t("1 row only claims to run."));
  if (only > 1) lines.push(vscode.l10n.t("{0} rows only claim to run.", only));
  if (unknown === 1) lines.push(vscode.l10n.t("Of 1 row nobody can tell whether it runs."));
  if (unknown > 1) lines.push(vscode.l10n.t("Of {0} rows nobody can tell whether they run.", unknown));
  if (contradictions === 1) lines.push(vscode.l10n.t("1 contradiction is proven."));
  if (contradictions > 1) lines.push(vscode.l10n.t("{0} contradictions are proven.", contradictions));
  if (shutStores === 1) lines.push(vscode.l10n.t("1 store cannot be read."));
  if (shutStores > 1) lines.push(vscode.l10n.t("{0} stores cannot be read.", shutStores));
  return lines;
}
