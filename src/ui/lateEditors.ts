// Nothing can stand in an editor before the first scan has said what is there: until then its code is not even read.
import type * as vscode from "vscode";
import type { EditorParts, Editors } from "./editors.ts";

export class LateEditors implements vscode.Disposable {
  readonly loaded: Promise<Editors>;
  #disposed = false;

  constructor(parts: EditorParts) {
    const { promise, resolve } = Promise.withResolvers<Editors>();
    this.loaded = promise;
    const subscription = parts.model.onDidChange(() => {
      subscription.dispose();
      import("./editors.ts").then(
        ({ Editors: Loaded }) => {
          if (!this.#disposed) resolve(new Loaded(parts));
        },
        (error: unknown) => parts.log.error(error as Error),
      );
    });
  }

  dispose(): void {
    this.#disposed = true;
    void this.loaded.then((editors) => editors.dispose());
  }
}
