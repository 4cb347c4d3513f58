// What was found, at the very fields that lie: in stores and rows that the person has open, and nowhere else.
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { Finding, Severity } from "../model/finding.ts";
import type { FieldPlace } from "../model/messages.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { Documents } from "./documents.ts";
import { readSessionUri } from "./documentUri.ts";
import { evidenceLocation } from "./excerpt.ts";
import type { FindingsPage } from "./findingsPage.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { rangeOf } from "./places.ts";
import type { SessionModel } from "./sessionModel.ts";

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** A key may be 64 KB long. */
const longest = 1000;

export class Problems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("openclaw-sessions");
  readonly #model: SessionModel;
  readonly #client: InspectorClient;
  readonly #documents: Documents;
  readonly #page: FindingsPage;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;
  /** Documents that are being looked at, and whether to look again after that: one at a time, however fast one types. */
  readonly #looking = new Map<vscode.TextDocument, "once" | "again">();
  readonly #idled = new vscode.EventEmitter<void>();

  constructor(
    model: SessionModel,
    client: InspectorClient,
    documents: Documents,
    page: FindingsPage,
    log: vscode.LogOutputChannel,
  ) {
    this.#model = model;
    this.#page = page;
    this.#client = client;
    this.#documents = documents;
    this.#log = log;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      this.#idled,
      model.onDidChange(({ stores }) => this.#lookAt(({ uri }) => stores.has(this.#storeOf(uri) ?? ""))),
      documents.onDidReadRow((row) => this.#lookAt(({ uri }) => uri.toString() === row.toString())),
      vscode.workspace.onDidOpenTextDocument((document) => void this.#look(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.#look(document)),
      vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        // A document outlives its tab by minutes.
        for (const uri of closed.flatMap(urisOf)) if (!isShown(uri)) this.#collection.delete(uri);
        const shown = opened.flatMap(urisOf).map(String);
        this.#lookAt(({ uri }) => shown.includes(uri.toString()));
      }),
    );
    this.#lookAt(() => true);
  }

  /** Resolves when every open document has the problems of its present text. */
  idle(): Promise<void> {
    if (this.#looking.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const subscription = this.#idled.event(() => {
        subscription.dispose();
        resolve();
      });
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #lookAt(concerned: (document: vscode.TextDocument) => boolean): void {
    for (const document of vscode.workspace.textDocuments.filter(concerned)) void this.#look(document);
  }

  /** Id of the store that the document is, or that its row is in. */
  #storeOf(uri: vscode.Uri): string | undefined {
    const name = readSessionUri(uri);
    if (name !== undefined) return name.kind === "row" ? name.store : undefined;
    const file = uri.toString();
    return this.#model.stores.find(({ path }) => vscode.Uri.file(path).toString() === file)?.id;
  }

  async #look(document: vscode.TextDocument): Promise<void> {
    const store = this.#storeOf(document.uri);
    if (store === undefined || !isShown(document.uri)) return;
    if (this.#looking.has(document)) {
      this.#looking.set(document, "again");
      return;
    }
    try {
      do {
        this.#looking.set(document, "once");
        const problems = await this.#problemsIn(document, store);
        if (isShown(document.uri)) this.#collection.set(document.uri, problems);
      } while (this.#looking.get(document) === "again" && isShown(document.uri));
    } catch (error) {
      this.#log.error(error as Error);
    } finally {
      this.#looking.delete(document);
      if (this.#looking.size === 0) this.#idled.fire();
    }
  }

  async #problemsIn(document: vscode.TextDocument, store: string): Promise<vscode.Diagnostic[]> {
    await this.#page.read();
    const problem = (finding: Finding, range: vscode.Range): vscode.Diagnostic => problemOf(finding, range, this.#page);
    const name = readSessionUri(document.uri);
    if (name !== undefined) {
      const places = this.#documents.row(document.uri)?.places ?? [];
      const findings = this.#model.findingsOf(name).filter(isInStore);
      return findings.map((finding) => problem(finding, rangeOf(placeOf(finding, places))));
    }
    const findings = this.#model.findingsWithin(store).filter(isInStore);
    const fields = findings.flatMap(({ session, field }) => {
      if (session === undefined) return [];
      return field === undefined ? [{ key: session }] : [{ key: session }, { key: session, field }];
    });
    const text = document.getText();
    const places = fields.length === 0 ? [] : await this.#client.ask("locate", { text, fields });
    return findings.map((finding) => {
      const place = placeOf(finding, places) ?? placeOf({ ...finding, field: undefined }, places);
      return problem(finding, place === undefined ? lineOf(finding, document) : rangeOf(place));
    });
  }
}

/** Other extensions open documents that nobody sees. */
function isShown(uri: vscode.Uri): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap(urisOf).some((shown) => shown.toString() === uri.toString());
}

function urisOf({ input }: vscode.Tab): vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}

/** What is wrong with a lock alone stands in no field of the store. */
function isInStore({ session, lock }: Finding): boolean {
  return session !== undefined || lock === undefined;
}

/** By which a problem is known again: VS Code gives diagnostics back as copies. */
export function problemText({ message }: Finding): string {
  return visibleText(message, longest);
}

function problemOf(finding: Finding, range: vscode.Range, page: FindingsPage): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, problemText(finding), severities[finding.severity]);
  diagnostic.source = "OpenClaw";
  diagnostic.code = { value: finding.code, target: page.link(finding.code) };
  diagnostic.relatedInformation = finding.evidence
    .filter(({ kind, path }) => kind !== "writer" && kind !== "process" && isAbsolute(path))
    .map((one) => new vscode.DiagnosticRelatedInformation(evidenceLocation(one), visibleText(one.text, longest)));
  return diagnostic;
}

function placeOf(
  { session, field }: { readonly session?: string; readonly field?: string | undefined },
  places: readonly FieldPlace[],
): FieldPlace | undefined {
  return places.find((place) => place.key === session && place.field === field);
}

/** A store that is broken is so at a line of its evidence. */
function lineOf({ evidence }: Finding, document: vscode.TextDocument): vscode.Range {
  const line = evidence.find(({ path, line }) => line !== undefined && path === document.uri.fsPath)?.line ?? 1;
  return document.lineAt(Math.min(line, document.lineCount) - 1).range;
}
