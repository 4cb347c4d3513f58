// When the worker looks: once at the start, when it is asked to, and along with the disk while somebody could see the outcome.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { ScanUpdate } from "../model/messages.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { nextTurn } from "./nextTurn.ts";
import type { Remembered } from "./remembered.ts";
import type { SessionModel } from "./sessionModel.ts";
import { onSettingsChange, readSettings } from "./settings.ts";

export interface InspectionParts {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly remembered: Remembered;
  readonly log: vscode.LogOutputChannel;
  /** Resolves when what is found can be drawn. */
  draws(): Promise<void>;
}

/** Its timers, if any, live in the worker. */
export class Inspection implements vscode.Disposable {
  readonly #client: InspectorClient;
  readonly #model: SessionModel;
  readonly #log: vscode.LogOutputChannel;
  readonly #remembered: Remembered;
  readonly #draws: () => Promise<void>;
  readonly #subscriptions: vscode.Disposable;
  #fresh = true;
  #scans = 0;
  #viewVisible = false;
  #followed: string | undefined;

  constructor({ client, model, remembered, log, draws }: InspectionParts) {
    this.#client = client;
    this.#remembered = remembered;
    this.#model = model;
    this.#log = log;
    this.#draws = draws;
    client.tellTo({ take: (slice) => model.take(slice), apply: (update) => this.#apply(update) });
    this.#subscriptions = vscode.Disposable.from(
      client.onTrouble(({ message }) => log.warn(message)),
      client.onRestarted(() => {
        this.#fresh = true;
        this.#followed = undefined;
        this.#scanUnasked();
      }),
      onSettingsChange(["homes", "stateDirectories", "askGateway"], () => this.#scanUnasked()),
      onSettingsChange(["statusBar"], () => this.#follow()),
      vscode.window.onDidChangeWindowState(() => this.#follow()),
    );
  }

  /** The first look, unless nobody could see it. Kept out of activation. */
  start(): void {
    if (this.#wanted()) this.#scanUnasked();
  }

  /** Looks at everything anew. Rejects with a UserError where no worker can be had, and where the person stops it. */
  async scan(): Promise<void> {
    const progress = { location: { viewId: views.sessions } };
    this.#scans++;
    try {
      const { where, askGateway: mayAsk } = readSettings();
      const { captured, claimed } = this.#remembered;
      const asked = { where, captured, claimed, mayAsk };
      this.#model.scanning(true);
      await vscode.window.withProgress(progress, () => this.#client.ask("scan", asked));
      this.#follow();
    } catch (error) {
      if (error instanceof vscode.CancellationError) this.#model.scanning(false);
      throw error;
    } finally {
      this.#scans--;
    }
  }

  /** Resolves when there is a scan to answer from, however little is shown. */
  async ready(): Promise<void> {
    if (!this.#model.known) await (this.#scans > 0 ? this.#client.idle() : this.scan());
  }

  viewVisible(visible: boolean): void {
    this.#viewVisible = visible;
    // What was not followed may be out of date.
    if (visible && this.#followed === undefined && this.#scans === 0) this.#scanUnasked();
    else this.#follow();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #apply(update: ScanUpdate): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = false;
    await this.#draws();
    for (const _ of this.#model.steps(update, fresh)) await nextTurn();
  }

  /** Nobody waits for the outcome, so nobody is told but the log. */
  #scanUnasked(): void {
    this.scan().catch((error: unknown) => {
      if (!(error instanceof vscode.CancellationError)) this.#log.error(error as Error);
    });
  }

  #wanted(): boolean {
    return this.#viewVisible || readSettings().statusBar;
  }

  /** Nothing is followed for a status item that does not show since there is nothing here. */
  #follow(): void {
    if (!this.#model.known) return;
    const on = this.#viewVisible || (readSettings().statusBar && this.#model.stateDirs.length > 0);
    const ask = { on, focused: vscode.window.state.focused };
    const asked = on ? JSON.stringify(ask) : undefined;
    if (asked === this.#followed) return;
    this.#followed = asked;
    this.#client.ask("follow", ask).catch((error: unknown) => this.#log.error(error as Error));
  }
}
