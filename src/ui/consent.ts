// Nothing is written before a person has read what, where and at what risk, and has said yes. The worker looks at the
// permission once more, and it alone decides.
import { realpathSync } from "node:fs";
import * as vscode from "vscode";
import type { WritePermission } from "../model/messages.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { labelText, visibleText } from "../plan/visibleText.ts";
import type { Claims } from "./claims.ts";
import { baseName } from "./editLines.ts";
import { GatewayRuns } from "./gatewayRuns.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { permissionWords, storeName } from "./words.ts";

export interface Writable {
  readonly stores: readonly Store[];
  /** Of these, those of which nobody can tell whether a gateway runs, with the reason. */
  readonly doubtful: ReadonlyMap<Store, string>;
  /** What may not be written, a sentence each. */
  readonly refused: readonly string[];
  /** The folder of the receipts. */
  readonly receipts: string;
}

export interface Intent {
  /** The effect. */
  readonly message: string;
  /** What is written, a line each. */
  readonly lines: readonly string[];
  /** The effect in a word or two. */
  readonly button: string;
  /** How it can be taken back, where nothing is copied for that. */
  readonly wayBack?: string;
}

interface Asking {
  readonly client: InspectorClient;
  readonly claims: Claims;
}

/**
 * Which of these stores may be written, by a fresh look; those of `asked` need only an owner that can be asked to do it.
 * Where only moved ones are left, the person is asked whether they are theirs. Throws a UserError where none may, a
 * GatewayRuns where that is the reason, a CancellationError where the person does not say so.
 */
export async function lookAtPermission(
  stores: readonly Store[],
  { client, claims }: Asking,
  asked: ReadonlySet<Store> = new Set(),
): Promise<Writable> {
  const permissionOf = async (store: Store): Promise<WritePermission> => {
    const permission = await client.ask("permission", { store: store.id });
    return asked.has(store) && permission.throughOwner === true ? { ...permission, answer: "yes" } : permission;
  };
  const look = () => Promise.all(stores.map(async (store) => ({ store, ...(await permissionOf(store)) })));
  let answers = await look();
  const moved = answers.filter(({ claimable }) => claimable === true).map(({ store }) => store);
  // Where others may be written, these are left as they are, which is said with what is done.
  if (moved.length > 0 && answers.every(({ answer }) => answer === "no")) {
    if (!(await claims.ask(moved))) throw new vscode.CancellationError();
    answers = await look();
  }
  const shut = answers
    .filter(({ answer }) => answer === "no")
    .map(({ store, ...permission }) => ({
      store,
      why: permissionWords(permission, store),
      byGateway: permission.byGateway === true,
    }));
  for (const { store } of answers.filter(({ answer }) => answer !== "no")) {
    if (isUnsaved(store.path)) shut.push({ store, why: unsaved(store.path), byGateway: false });
  }
  const open = answers.filter(({ store }) => shut.every((one) => one.store !== store));
  const [only] = shut;
  if (only !== undefined && open.length === 0) {
    throw only.byGateway ? new GatewayRuns(only.why, only.store.stateDir) : new UserError(only.why);
  }
  return {
    stores: open.map(({ store }) => store),
    doubtful: new Map(open.filter(({ answer }) => answer === "vouch").map(({ store, why }) => [store, why])),
    refused: shut.map(({ store, why }) => `${storeName(store)}: ${why}`),
    receipts: answers[0]?.receipts ?? "",
  };
}

/** Asks in a modal. @returns ids of the stores that the person vouches for; undefined where they said no */
export async function askForConsent(writable: Writable, intent: Intent): Promise<readonly string[] | undefined> {
  const { stores, doubtful, refused, receipts } = writable;
  const paths = stores.map(({ path }) => visibleText(path, 300));
  const paragraphs = [
    intent.lines.join("\n"),
    [paths.length === 1 ? vscode.l10n.t("Store:") : vscode.l10n.t("Stores:"), ...paths].join("\n"),
    intent.wayBack ??
      vscode.l10n.t(
        "What is there now is copied first, so that Undo can bring it back. The copies are kept in {0}",
        receipts,
      ),
    refused.length > 0
      ? [vscode.l10n.t("Left as they are:"), ...refused.map((one) => visibleText(one, 400))].join("\n")
      : "",
    doubtful.size > 0 ? risk(doubtful) : "",
  ];
  const detail = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  const button = doubtful.size > 0 ? vscode.l10n.t("I Vouch That No Gateway Runs: {0}", intent.button) : intent.button;
  // A person may take minutes, and type into the store meanwhile.
  const answer = await vscode.window.showWarningMessage(
    labelText(intent.message, 300),
    { modal: true, detail },
    button,
  );
  if (answer !== button) return undefined;
  for (const { path } of stores) if (isUnsaved(path)) throw new UserError(unsaved(path));
  return [...doubtful.keys()].map(({ id }) => id);
}

/** An open editor has unsaved changes of the file: they would be lost, or would undo the repair (promise 6). */
export function isUnsaved(path: string): boolean {
  const wanted = realPath(path);
  return vscode.workspace.textDocuments.some(
    ({ isDirty, uri }) => isDirty && uri.scheme === "file" && realPath(uri.fsPath) === wanted,
  );
}

export function unsaved(path: string): string {
  const name = visibleText(baseName(path), 60);
  return vscode.l10n.t("{0} has unsaved changes in an editor. Save or revert them first, then repair.", name);
}

function risk(doubtful: ReadonlyMap<Store, string>): string {
  const lines = [...doubtful].map(([store, why]) => `${visibleText(store.path, 300)}: ${visibleText(why, 300)}`);
  const warning = vscode.l10n.t(
    "Risk: a gateway that runs writes the whole store again. It could take back the repair, or lose what it writes meanwhile.",
  );
  return [warning, ...lines].join("\n");
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
