// What the last window found is on screen before this one has looked; and what this one finds is kept for the next.
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InspectorClient } from "./inspectorClient.ts";
import { nextTurn } from "./nextTurn.ts";
import type { Remembered } from "./remembered.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { SessionsView } from "./sessionsView.ts";
import { readSettings } from "./settings.ts";

export interface RecollectionParts {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly sessions: SessionsView;
  readonly remembered: Remembered;
  /** A folder of our own. */
  readonly storage: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** A store that is at work changes every second. */
const restMs = 60_000;

/** Only while the view shows: hidden, it neither reads nor writes. */
export class Recollection implements vscode.Disposable {
  readonly #parts: RecollectionParts;
  readonly #subscriptions: vscode.Disposable;
  #recalled = false;
  #keptAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> = Promise.resolve();

  constructor(parts: RecollectionParts) {
    this.#parts = parts;
    this.#subscriptions = vscode.Disposable.from(
      parts.sessions.view.onDidChangeVisibility(() => {
        this.#next(() => this.#recall());
        parts.sessions.drawAfter(this.#underWay);
      }),
      parts.client.onScanned(({ settled }) => {
        if (settled) this.#next(() => this.#keep());
      }),
    );
  }

  /** Resolves when nothing is read or written. */
  idle(): Promise<void> {
    return this.#underWay;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #next(act: () => Promise<void>): void {
    const { view } = this.#parts.sessions;
    // Its storage may be of another kind, as in a browser.
    if (!view.visible || this.#parts.storage.scheme !== "file") return;
    this.#underWay = this.#underWay.then(act).catch((error: unknown) => this.#parts.log.error(error as Error));
  }

  async #recall(): Promise<void> {
    const { model, sessions } = this.#parts;
    if (model.known || this.#recalled) return;
    this.#recalled = true;
    const { readIndex } = await import("./lastIndex.ts");
    // The worker is started in this one.
    await nextTurn();
    const recalled = await readIndex(this.path, this.#asked());
    await nextTurn();
    if (recalled !== undefined) await sessions.recall(recalled);
  }

  async #keep(): Promise<void> {
    if (performance.now() - this.#keptAt < restMs) return;
    this.#keptAt = performance.now();
    const { client, model } = this.#parts;
    const { indexText } = await import("./lastIndex.ts");
    await nextTurn();
    const text = await indexText(model, readSettings().showSystemSessions, this.#asked());
    await client.ask("keepIndex", { path: this.path, text });
  }

  /** Of the file. */
  get path(): string {
    return join(this.#parts.storage.fsPath, "lastIndex.json");
  }

  /** What was found elsewhere is not shown. */
  #asked(): string {
    const { where, showSystemSessions } = readSettings();
    const { OPENCLAW_STATE_DIR, OPENCLAW_HOME } = process.env;
    const { captured } = this.#parts.remembered;
    return JSON.stringify([where, captured, showSystemSessions, homedir(), OPENCLAW_STATE_DIR, OPENCLAW_HOME]);
  }
}
