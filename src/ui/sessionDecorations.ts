// The letter and the colour beside a session, in the tree.
import * as vscode from "vscode";
import { colors } from "../ids.ts";
import { readSessionUri, sessionUri } from "./documentUri.ts";
import type { SessionModel } from "./sessionModel.ts";

export class SessionDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #model: SessionModel;
  readonly #subscriptions: vscode.Disposable;
  /** VS Code remembers what it was told of each; only of these does it want to hear again. */
  readonly #asked = new Map<string, vscode.Uri>();
  /** Nothing was known of these when it asked: they stand in the tree as they were last time. */
  #early: vscode.Uri[] = [];

  constructor(model: SessionModel) {
    this.#model = model;
    const subscription = model.onDidChange(({ sessions }) => {
      const uris = [...this.#early, ...[...sessions].flatMap((id) => this.#asked.get(id) ?? [])];
      this.#early = [];
      if (uris.length > 0) this.#changed.fire(uris);
    });
    this.#subscriptions = vscode.Disposable.from(
      subscription,
      vscode.window.registerFileDecorationProvider(this),
      this.#changed,
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const name = readSessionUri(uri);
    const session = name?.kind === "session" ? this.#model.session(name) : undefined;
    if (session === undefined) {
      if (name?.kind === "session" && !this.#model.known) this.#early.push(uri);
      return undefined;
    }
    this.#asked.set(session.id, sessionUri("session", session));
    const worst = this.#model.findingsOf(session)[0]?.severity;
    if (worst === "error")
      return decoration("!", vscode.l10n.t("What this row claims is proven wrong"), colors.contradiction);
    if (worst === "warning")
      return decoration("!", vscode.l10n.t("Something is not right with this session"), colors.suspicion);
    if (session.verdict === "active") return decoration("A", vscode.l10n.t("Active"), colors.active);
    const doubtful = session.verdict === "unknown" && session.claimed === "running";
    return doubtful ? decoration("?", vscode.l10n.t("Nobody can tell whether it runs"), colors.unknown) : undefined;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function decoration(badge: string, tooltip: string, color: string): vscode.FileDecoration {
  return new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
}
