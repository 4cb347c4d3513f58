// The way of a repair: choose where nothing is proven, look who may write, show what would be written, ask, write, tell.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { Outcome } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";
import type { RepairChoice, RepairSummary } from "../model/messages.ts";
import type { OwnerRequest } from "../model/plan.ts";
import type { Store } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { modeText } from "../plan/editText.ts";
import { visibleText } from "../plan/visibleText.ts";
import type { Claims } from "./claims.ts";
import { askForConsent, lookAtPermission } from "./consent.ts";
import type { Documents } from "./documents.ts";
import { editLines } from "./editLines.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { askOutcomes } from "./outcomePick.ts";
import { proposalTitle, subjectName } from "./proposal.ts";
import { tellResult } from "./repairResult.ts";
import type { SessionModel } from "./sessionModel.ts";
import { staleGroups } from "./staleGroups.ts";
import { storeName } from "./words.ts";

export interface RepairParts {
  readonly client: InspectorClient;
  readonly claims: Claims;
  readonly model: SessionModel;
  readonly documents: Documents;
  readonly log: vscode.LogOutputChannel;
}

/** @param status the outcome, where the person has seen and chosen it already */
export async function repair(
  proposals: readonly [Finding, ...Finding[]],
  parts: RepairParts,
  status?: Outcome,
): Promise<void> {
  // Refused before anything is asked.
  await lookAtPermission(storesOf(proposals, parts.model), parts, askedOf(proposals, parts.model));
  const choices = status === undefined ? await choose(proposals) : proposals.map(({ id }) => ({ finding: id, status }));
  if (choices === undefined || choices.length === 0) return;
  const chosen = proposals.filter(({ id }) => choices.some(({ finding }) => finding === id));
  if (chosen.length === 1) await repairOne(chosen[0] as Finding, choices[0] as RepairChoice, parts);
  else await repairMany(chosen, choices, parts);
}

/**
 * Several at once: what is written is told in numbers, and each can be compared before.
 * @returns ids of the stores that were written
 */
export async function repairMany(
  findings: readonly Finding[],
  choices: readonly RepairChoice[],
  parts: RepairParts,
): Promise<readonly string[]> {
  const { client, model } = parts;
  const writable = await lookAtPermission(storesOf(findings, model), parts, askedOf(findings, model));
  const open = new Set(writable.stores.map(({ id }) => id));
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const going = choices.filter(({ finding }) => open.has(byId.get(finding)?.store ?? ""));
  const lines = writable.stores.map((store) => {
    const inStore = going.filter(({ finding }) => byId.get(finding)?.store === store.id);
    return `${storeName(store)}: ${counts(inStore.map((choice) => effect(byId.get(choice.finding), choice.status)))}`;
  });
  const finalizes = findings.every((finding) => finding.repair.kind === "finalize");
  const message = finalizes
    ? vscode.l10n.t("Finalize {0} sessions", going.length)
    : vscode.l10n.t("Make {0} repairs", going.length);
  const button = finalizes ? vscode.l10n.t("Finalize {0}", going.length) : vscode.l10n.t("Repair {0}", going.length);
  const asks = findings.some(({ repair }) => repair.request !== undefined);
  const wayBack = asks ? { wayBack: noWayBack() } : {};
  const vouched = await askForConsent(writable, { message, lines, button, ...wayBack });
  if (vouched === undefined) return [];
  const results = await write(going, vouched, client);
  const stores = results.filter(({ applied }) => applied);
  const rows = stores.reduce((sum, result) => sum + Math.max(result.rows, finalizes ? 0 : result.files), 0);
  const done = finalizes
    ? vscode.l10n.t("{0} sessions are finalized.", rows)
    : vscode.l10n.t("{0} repairs are made.", rows);
  tellResult(results, done, parts);
  return stores.map(({ store }) => store);
}

async function repairOne(finding: Finding, choice: RepairChoice, parts: RepairParts): Promise<void> {
  const { client, model } = parts;
  const writable = await lookAtPermission(storesOf([finding], model), parts, askedOf([finding], model));
  const [preview] = await client.ask("preview", { choices: [choice] });
  if (preview?.refused !== undefined) throw new UserError(preview.refused);
  const { request } = finding.repair;
  const lines = request === undefined ? (preview?.edits ?? []).flatMap(editLines) : [requestLine(request)];
  if (lines.length === 0)
    throw new UserError(vscode.l10n.t("Nothing is left to do: the store has it already. Refresh."));
  const message = proposalTitle(finding, model, choice.status);
  const name = subjectName(finding, model);
  const closes = finding.repair.mode !== undefined;
  const ofMode = closes ? { wayBack: vscode.l10n.t("Undo gives the file its mode back.") } : {};
  const wayBack = request === undefined ? ofMode : { wayBack: noWayBack() };
  const intent = { message, lines, button: button(finding, choice.status), ...wayBack };
  const vouched = await askForConsent(writable, intent);
  if (vouched === undefined) return;
  tellResult(await write([choice], vouched, client), doneSentence(finding, name, choice.status), parts);
}

/** Proven ones need no answer. */
async function choose(proposals: readonly Finding[]): Promise<readonly RepairChoice[] | undefined> {
  const { asked } = staleGroups(proposals);
  const plain = proposals.filter((finding) => !asked.some(({ findings }) => findings.includes(finding)));
  const answered = await askOutcomes(asked);
  return answered && [...plain.map(({ id }) => ({ finding: id })), ...answered];
}

export async function write(
  choices: readonly RepairChoice[],
  vouched: readonly string[],
  client: InspectorClient,
): Promise<readonly RepairSummary[]> {
  const progress = { location: { viewId: views.sessions } };
  return vscode.window.withProgress(progress, () => client.ask("repair", { choices, vouched }));
}

export function storesOf(findings: readonly Finding[], model: SessionModel): Store[] {
  return [...new Set(findings.map(({ store }) => store))].flatMap((id) => model.store(id) ?? []);
}

/** Stores of which everything is asked of their owner, which runs. */
function askedOf(findings: readonly Finding[], model: SessionModel): ReadonlySet<Store> {
  const stores = storesOf(findings, model);
  const isAsked = ({ id }: Store): boolean =>
    findings.every(({ store, repair }) => store !== id || repair.request !== undefined);
  return new Set(stores.filter(isAsked));
}

function requestLine(request: OwnerRequest): string {
  if (request.method === "session.prune")
    return vscode.l10n.t("agentctl is asked to settle every session and lock that it finds dead (session.prune)");
  return vscode.l10n.t("agentctl is asked to release {0} (lock.release)", visibleText(request.directory, 300));
}

function noWayBack(): string {
  return vscode.l10n.t("Its daemon runs and does it itself. Nothing is copied, and Undo cannot bring it back.");
}

/** `4 done, 1 failed`. */
function counts(words: readonly string[]): string {
  const each = [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
  return each.join(", ");
}

function effect(finding: Finding | undefined, status: string | undefined): string {
  if (finding?.repair.request !== undefined) return vscode.l10n.t("asked of agentctl");
  switch (finding?.repair.kind) {
    case "finalize":
      return status ?? String(finding.repair.set?.["status"]);
    case "unlock":
      return vscode.l10n.t("unlocked");
    case "restore":
      return vscode.l10n.t("restored");
    default:
      return vscode.l10n.t("corrected");
  }
}

function button({ repair: { kind, set, mode, request } }: Finding, status: string | undefined): string {
  if (request !== undefined) return vscode.l10n.t("Ask agentctl");
  if (mode !== undefined) return vscode.l10n.t("Set Mode {0}", modeText(mode));
  switch (kind) {
    case "finalize":
      return vscode.l10n.t("Mark as {0}", status ?? String(set?.["status"]));
    case "unlock":
      return vscode.l10n.t("Remove Lock");
    case "restore":
      return vscode.l10n.t("Restore Transcript");
    default:
      return vscode.l10n.t("Correct");
  }
}

function doneSentence({ repair }: Finding, name: string, status: string | undefined): string {
  const { kind, set, mode, request } = repair;
  if (request !== undefined) return vscode.l10n.t("agentctl has done it.");
  if (mode !== undefined) return vscode.l10n.t("The mode of {0} is {1}.", name, modeText(mode));
  switch (kind) {
    case "finalize":
      return vscode.l10n.t("{0} is marked as {1}.", name, status ?? String(set?.["status"]));
    case "unlock":
      return vscode.l10n.t("The lock of {0} is removed.", name);
    case "restore":
      return vscode.l10n.t("The transcript of {0} is back.", name);
    default:
      return vscode.l10n.t("{0} is corrected.", name);
  }
}
