// Builds the parts, registers them, returns them. Nothing is read and no thread is started before activation is over.
import * as vscode from "vscode";
import { registerCommands } from "./ui/commands.ts";
import { Documents } from "./ui/documents.ts";
import type { Editors } from "./ui/editors.ts";
import { Inspection } from "./ui/inspection.ts";
import { InspectorClient } from "./ui/inspectorClient.ts";
import { LateEditors } from "./ui/lateEditors.ts";
import { Recollection } from "./ui/recollection.ts";
import { tellRecovered } from "./ui/recovered.ts";
import { Remembered } from "./ui/remembered.ts";
import { SessionDecorations } from "./ui/sessionDecorations.ts";
import { SessionModel } from "./ui/sessionModel.ts";
import { SessionsView } from "./ui/sessionsView.ts";
import { StatusBar } from "./ui/statusBar.ts";
import { Stopping } from "./ui/stopping.ts";
import { visibleLog } from "./ui/visibleLog.ts";

/** What tests look at. Not meant for other extensions: it changes without notice. */
export interface InspectorApi {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly inspection: Inspection;
  readonly sessions: SessionsView;
  readonly statusBar: StatusBar;
  readonly recollection: Recollection;
  /** What stands in open documents; loaded after the first scan. */
  readonly editors: Promise<Editors>;
}

export function activate(context: vscode.ExtensionContext): InspectorApi {
  const extension = context.extensionUri;
  const version = String(context.extension.packageJSON.version);
  const log = visibleLog(vscode.window.createOutputChannel("OpenClaw Sessions", { log: true }));
  const client = new InspectorClient(vscode.Uri.joinPath(extension, "dist", "worker.cjs").fsPath, log);
  const model = new SessionModel();
  const remembered = new Remembered(context.workspaceState);
  const inspection = new Inspection({ client, model, remembered, log, draws: () => sessions.load() });
  const sessions = new SessionsView(model, log, (visible) => inspection.viewVisible(visible));
  const storage = context.storageUri ?? context.globalStorageUri;
  const recollection = new Recollection({ client, model, sessions, remembered, storage, log });
  const statusBar = new StatusBar(model);
  const documents = new Documents(client, model, () => inspection.ready());
  const editors = new LateEditors({ extension, model, client, documents, sessions, log });
  context.subscriptions.push(
    registerCommands({
      extension,
      version,
      client,
      documents,
      inspection,
      remembered,
      model,
      sessions,
      log,
    }),
    new SessionDecorations(model),
    new Stopping(client),
    tellRecovered(client, log),
    editors,
    documents,
    statusBar,
    recollection,
    sessions,
    inspection,
    client,
    log,
  );
  setTimeout(() => inspection.start());
  return { client, model, inspection, sessions, statusBar, recollection, editors: editors.loaded };
}
