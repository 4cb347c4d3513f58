// Builds the parts, registers them, returns them. Nothing is read and no thread is started before activation is over.
import * as vscode from "vscode";
import { Claims } from "./ui/claims.ts";
import { registerCommands } from "./ui/commands.ts";
import { Documents } from "./ui/documents.ts";
import { FindingsPage } from "./ui/findingsPage.ts";
import { Inspection } from "./ui/inspection.ts";
import { InspectorClient } from "./ui/inspectorClient.ts";
import { Problems } from "./ui/problems.ts";
import { QuickFixes } from "./ui/quickFixes.ts";
import { tellRecovered } from "./ui/recovered.ts";
import { Remembered } from "./ui/remembered.ts";
import { RepairContext } from "./ui/repairContext.ts";
import { RowLenses } from "./ui/rowDocument.ts";
import { SessionDecorations } from "./ui/sessionDecorations.ts";
import { SessionModel } from "./ui/sessionModel.ts";
import { SessionsView } from "./ui/sessionsView.ts";
import { StatusBar } from "./ui/statusBar.ts";
import { Targets } from "./ui/targets.ts";
import { visibleLog } from "./ui/visibleLog.ts";

/** What tests look at. Not meant for other extensions: it changes without notice. */
export interface InspectorApi {
  readonly client: InspectorClient;
  readonly model: SessionModel;
  readonly inspection: Inspection;
  readonly sessions: SessionsView;
  readonly statusBar: StatusBar;
  readonly problems: Problems;
  readonly quickFixes: QuickFixes;
}

export function activate(context: vscode.ExtensionContext): InspectorApi {
  const extension = context.extensionUri;
  const version = String(context.extension.packageJSON.version);
  const log = visibleLog(vscode.window.createOutputChannel("OpenClaw Sessions", { log: true }));
  const client = new InspectorClient(vscode.Uri.joinPath(extension, "dist", "worker.cjs").fsPath, log);
  const model = new SessionModel();
  const remembered = new Remembered(context.workspaceState);
  const inspection = new Inspection(client, model, remembered, log);
  const claims = new Claims(remembered, inspection);
  const sessions = new SessionsView(model, log, (visible) => inspection.viewVisible(visible));
  const statusBar = new StatusBar(model);
  const documents = new Documents(client, model, () => inspection.ready());
  const problems = new Problems(model, client, documents, new FindingsPage(extension), log);
  const quickFixes = new QuickFixes(model);
  const targets = new Targets(model, () => sessions.view.selection);
  context.subscriptions.push(
    registerCommands({
      extension,
      version,
      client,
      documents,
      inspection,
      remembered,
      claims,
      model,
      sessions,
      targets,
      log,
    }),
    new SessionDecorations(model),
    new RowLenses(model, documents),
    quickFixes,
    new RepairContext(model, sessions),
    tellRecovered(client, log),
    problems,
    documents,
    statusBar,
    sessions,
    inspection,
    client,
    log,
  );
  setTimeout(() => inspection.start());
  return { client, model, inspection, sessions, statusBar, problems, quickFixes };
}
