// Places of the worker as ranges of an editor.
import * as vscode from "vscode";
import type { FieldPlace } from "../model/messages.ts";

/** The first line where there is no place: what is about the whole is said at its top. */
export function rangeOf(place: FieldPlace | undefined): vscode.Range {
  if (place === undefined) return new vscode.Range(0, 0, 0, 0);
  const { startLine, startCharacter, endLine, endCharacter } = place.range;
  return new vscode.Range(startLine, startCharacter, endLine, endCharacter);
}
