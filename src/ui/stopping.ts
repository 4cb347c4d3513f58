// What takes longer than a moment can be stopped from the view's title; its progress is the view's own.
import * as vscode from "vscode";
import { contextKeys } from "../ids.ts";
import type { InspectorClient } from "./inspectorClient.ts";

/** What is over by then needs no button. */
const momentMs = 500;

export class Stopping implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  #soon: NodeJS.Timeout | undefined;

  constructor(client: InspectorClient) {
    this.#subscription = client.onWorking((works) => {
      if (works) this.#soon ??= setTimeout(() => this.#tell(true), momentMs);
      else this.#over();
    });
  }

  dispose(): void {
    this.#over();
    this.#subscription.dispose();
  }

  #over(): void {
    if (this.#soon === undefined) return;
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#tell(false);
  }

  #tell(works: boolean): void {
    void vscode.commands.executeCommand("setContext", contextKeys.working, works);
  }
}
