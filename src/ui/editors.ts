// What stands in open documents, and what depends on what was found: problems, quick fixes, lenses, context keys.
import * as vscode from "vscode";
import type { Documents } from "./documents.ts";
import { FindingsPage } from "./findingsPage.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { Problems } from "./problems.ts";
import { QuickFixes } from "./quickFixes.ts";
import { RepairContext } from "./repairContext.ts";
import { RowLenses } from "./rowDocument.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { SessionsView } from "./sessionsView.ts";

export interface EditorParts {
  readonly extension: vscode.Uri;
  readonly model: SessionModel;
  readonly client: InspectorClient;
  readonly documents: Documents;
  readonly sessions: SessionsView;
  readonly log: vscode.LogOutputChannel;
}

export class Editors implements vscode.Disposable {
  readonly problems: Problems;
  readonly quickFixes: QuickFixes;
  readonly #subscriptions: vscode.Disposable;

  constructor({ extension, model, client, documents, sessions, log }: EditorParts) {
    this.problems = new Problems(model, client, documents, new FindingsPage(extension), log);
    this.quickFixes = new QuickFixes(model);
    this.#subscriptions = vscode.Disposable.from(
      this.problems,
      this.quickFixes,
      new RowLenses(model, documents),
      new RepairContext(model, sessions),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
