// Names of our read-only documents. Everything that a document needs is in its name, so that it can be had again after a
// reload; whoever gets such a name from elsewhere must not trust it.
import * as vscode from "vscode";
import { documentScheme } from "../ids.ts";
import type { Outcome } from "../judge/end.ts";
import type { EventName } from "../model/evidence.ts";
import type { ExcerptName, SessionName } from "../model/messages.ts";
import { visibleText } from "../plan/visibleText.ts";
import { isOutcome } from "./outcome.ts";
import { sessionTitle } from "./sessionTitle.ts";

/** `session` names a session in the tree and is no document: VS Code would count the problems of its row beside our letter. */
export type SessionDocument = "row" | "stored" | "proven" | "session";

interface SessionDocumentName extends SessionName {
  readonly kind: SessionDocument;
  readonly status?: Outcome;
}

const kinds: readonly string[] = ["row", "stored", "proven", "session"] satisfies SessionDocument[];

/** @param status the outcome that a comparison shows, where a person chose another than the likely one */
export function sessionUri(kind: SessionDocument, { store, key }: SessionName, status?: string): vscode.Uri {
  // Comparisons have comments in them.
  const extension = kind === "row" ? "json" : "jsonc";
  const about = { store, key, ...(status !== undefined && { status }) };
  return named(kind, `${fileName(sessionTitle({ key }))}.${extension}`, about);
}

/** A text of ours that lives as long as the window: `number` makes its name unique. */
export function noteUri(title: string, number: number): vscode.Uri {
  return named("note", `${fileName(title)}.txt`, { number });
}

export function excerptUri({ path, offset, line, event, kind }: ExcerptName): vscode.Uri {
  const place = {
    ...(offset !== undefined && { offset }),
    ...(line !== undefined && { line }),
    ...(event !== undefined && { event, kind: kind === "trajectory" ? kind : "transcript" }),
  };
  return named("excerpt", `${fileName(path.replace(/^.*[\\/]/, ""))}.txt`, { path, ...place });
}

/** What a document of ours is about; undefined where the name is not one that we gave. */
export function readSessionUri(uri: vscode.Uri): SessionDocumentName | undefined {
  const kind = uri.path.split("/", 2)[1] ?? "";
  const { store, key, status } = query(uri);
  if (!kinds.includes(kind) || typeof store !== "string" || typeof key !== "string") return undefined;
  return { kind: kind as SessionDocument, store, key, ...(isOutcome(status) && { status }) };
}

export function readExcerptUri(uri: vscode.Uri): ExcerptName | undefined {
  const { path, offset, line, event, kind } = query(uri);
  if (!uri.path.startsWith("/excerpt/") || typeof path !== "string") return undefined;
  return {
    path,
    ...(typeof offset === "number" && { offset }),
    ...(typeof line === "number" && { line }),
    ...(isEvent(event) && { event, kind: kind === "trajectory" ? "trajectory" : "transcript" }),
  };
}

function isEvent(value: unknown): value is EventName {
  const { sessionId, seq } = (value ?? {}) as Partial<Record<keyof EventName, unknown>>;
  return typeof sessionId === "string" && Number.isSafeInteger(seq);
}

function named(kind: string, file: string, about: object): vscode.Uri {
  return vscode.Uri.from({ scheme: documentScheme, path: `/${kind}/${file}`, query: JSON.stringify(about) });
}

function query(uri: vscode.Uri): Readonly<Record<string, unknown>> {
  if (uri.scheme !== documentScheme) return {};
  try {
    const value: unknown = JSON.parse(uri.query);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Only the tab shows it; what counts is in the query. */
function fileName(text: string): string {
  return visibleText(text, 60).replace(/[\\/?#%]/g, "_");
}
