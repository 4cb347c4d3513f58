// "Copy Report": what a maintainer needs, on the clipboard, and shown before it is sent anywhere.
import { createHmac, randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { RowShape } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { Documents } from "./documents.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { mostReported, reportText } from "./reportText.ts";
import type { SessionModel } from "./sessionModel.ts";

export interface ReportParts {
  readonly client: InspectorClient;
  readonly documents: Documents;
  readonly model: SessionModel;
  /** Of this extension. */
  readonly version: string;
}

export async function copyReport({ client, documents, model, version }: ReportParts): Promise<void> {
  await client.idle();
  const shapes = new Map<string, readonly RowShape[]>();
  for (const { id } of model.stores) shapes.set(id, await shapesOf(id, client, model));
  const { now, stateDirs, stores, findings } = model;
  const sessions = [...model.sessions.values()];
  const text = reportText({
    about: about(version),
    now,
    stateDirs,
    stores,
    sessions,
    findings,
    shapes,
    hash: hasher(),
  });
  await vscode.env.clipboard.writeText(text);
  const show = vscode.l10n.t("Show Report");
  const said = vscode.l10n.t("The report is on the clipboard. Read it before you send it.");
  void vscode.window.showInformationMessage(said, show).then(async (answer) => {
    if (answer !== show) return;
    const document = await vscode.workspace.openTextDocument(documents.note("report", text));
    await vscode.window.showTextDocument(document, { preview: true });
  });
}

/** Of the rows that something is said about. What cannot be read is said by the store's own findings. */
async function shapesOf(store: string, client: InspectorClient, model: SessionModel): Promise<readonly RowShape[]> {
  const sick = model.findingsWithin(store).flatMap(({ session }) => session ?? []);
  const keys = [...new Set(sick)].slice(0, mostReported);
  if (keys.length === 0) return [];
  try {
    return await client.ask("shapes", { store, keys });
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** What names a person or a machine can be tried out: only with a secret that nobody keeps does a hash tell nothing. */
function hasher(): (text: string) => string {
  const secret = randomBytes(32);
  return (text) => `#${createHmac("sha256", secret).update(text).digest("hex").slice(0, 10)}`;
}

function about(version: string): string[] {
  const { appHost, uiKind, remoteName } = vscode.env;
  const where = [
    uiKind === vscode.UIKind.Web ? "browser" : "desktop",
    `host ${appHost}`,
    ...(remoteName === undefined ? [] : [`remote ${remoteName.replace(/\+.*/, "")}`]),
    vscode.workspace.isTrusted ? "workspace trusted" : "workspace not trusted",
  ];
  return [
    `OpenClaw Session Inspector ${version}`,
    `VS Code ${vscode.version} (${visibleText(where.join(", "), 200)})`,
    `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
  ];
}
