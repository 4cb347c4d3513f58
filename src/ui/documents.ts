// The texts of our read-only documents: rows, both sides of comparisons, excerpts. They follow what they show.
import * as vscode from "vscode";
import { documentScheme } from "../ids.ts";
import type { Comparison, RowText } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { visibleLines, visibleText } from "../plan/visibleText.ts";
import { noteUri, readExcerptUri, readSessionUri } from "./documentUri.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import type { SessionModel } from "./sessionModel.ts";
import type { ShownSession } from "./shownSession.ts";

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #readRow = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  /** The places in a row may be others now, even where its text is the same. */
  readonly onDidReadRow = this.#readRow.event;
  readonly #client: InspectorClient;
  readonly #model: SessionModel;
  readonly #ready: () => Promise<void>;
  readonly #rows = new Map<string, RowText>();
  readonly #comparisons = new Map<string, Promise<Comparison>>();
  readonly #notes = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable;
  #lastNote = 0;

  /** @param ready resolves when there is a scan: editors are restored before there is one */
  constructor(client: InspectorClient, model: SessionModel, ready: () => Promise<void>) {
    this.#client = client;
    this.#model = model;
    this.#ready = ready;
    this.#subscriptions = vscode.Disposable.from(
      model.onDidChange(({ sessions }) => this.#refresh(sessions)),
      vscode.workspace.registerTextDocumentContentProvider(documentScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#rows.delete(uri.toString());
        this.#notes.delete(uri.toString());
      }),
      this.#changed,
      this.#readRow,
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const note = this.#notes.get(uri.toString());
    if (note !== undefined) return note;
    try {
      await this.#ready();
      return await this.#read(uri);
    } catch (error) {
      if (error instanceof UserError) return `// ${visibleText(error.message, 2000)}\n`;
      throw error;
    }
  }

  /** The places in the text of a row document, as last given. */
  row(uri: vscode.Uri): RowText | undefined {
    return this.#rows.get(uri.toString());
  }

  /** A document with this text, until it is closed. What hides in it becomes visible. */
  note(title: string, text: string): vscode.Uri {
    const uri = noteUri(title, ++this.#lastNote);
    this.#notes.set(uri.toString(), visibleLines(text));
    return uri;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #read(uri: vscode.Uri): Promise<string> {
    const excerpt = readExcerptUri(uri);
    // The name may come from anywhere; we open only what we speak of.
    if (excerpt !== undefined && this.#model.mentions(excerpt.path)) {
      return visibleLines((await this.#client.ask("excerpt", excerpt)).text);
    }
    const name = readSessionUri(uri);
    const session = name && this.#model.session(name);
    if (name === undefined || session === undefined || name.kind === "session") {
      throw new UserError(vscode.l10n.t("This is not in the store any more. Close the editor, or refresh the view."));
    }
    if (name.kind !== "row") return (await this.#compare(session, name.status))[name.kind];
    const row = await this.#client.ask("row", { store: session.store, key: session.key });
    this.#rows.set(uri.toString(), row);
    this.#readRow.fire(uri);
    return row.text;
  }

  /** Both sides of a comparison ask, and one answer serves both. */
  #compare({ id, store, key }: ShownSession, status: string | undefined): Promise<Comparison> {
    const name = `${status ?? ""}\n${id}`;
    const asked = this.#comparisons.get(name);
    if (asked !== undefined) return asked;
    const ask = { store, key, ...(status !== undefined && { status }) };
    const asking = this.#client.ask("comparison", ask).finally(() => this.#comparisons.delete(name));
    this.#comparisons.set(name, asking);
    return asking;
  }

  #refresh(changed: ReadonlySet<string>): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const name = readSessionUri(uri);
      if (name === undefined) continue;
      const session = this.#model.session(name);
      if (session === undefined || changed.has(session.id)) this.#changed.fire(uri);
    }
  }
}
