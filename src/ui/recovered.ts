// A repair of the person's own that was cut short, by a crash or a power cut, was settled at the start: told once.
import * as vscode from "vscode";
import { labelText } from "../plan/visibleText.ts";
import type { InspectorClient } from "./inspectorClient.ts";

export function tellRecovered(client: InspectorClient, log: vscode.LogOutputChannel): vscode.Disposable {
  return client.onRecovered(({ messages }) => {
    for (const message of messages) log.info(message);
    void vscode.window.showInformationMessage(labelText(messages.join(" "), 500));
  });
}
