// The way of a repair: choose where nothing is proven, look who may write, show what would be written, ask, write, tell.
import * as vscode from "vscode";
import { views } from "../ids.ts";
import type { Outcome } from "../judge/end.ts";
import type { Finding } from "../model/finding.ts";
import type { RepairChoice, RepairSummary } from "../model/messages.ts";
import type { Store } from "../model/store.ts";
import type { Claims } from "./claims.ts";
import { askForConsent, lookAtPermission } from "./consent.ts";
import type { Documents } from "./documents.ts";
import { withWayAround } from "./gatewayRuns.ts";
import type { InspectorClient } from "./inspectorClient.ts";
import { isOfOneRow } from "./offered.ts";
import { chooseOutcomes } from "./outcomePick.ts";
import { previewLines } from "./previewLines.ts";
import { proposalTitle, subjectName } from "./proposal.ts";
import { tellResult } from "./repairResult.ts";
import { wayWhileItRuns } from "./repairWhileItRuns.ts";
import { doneSentence, noWayBack, repairButton, requestLine } from "./repairWords.ts";
import type { SessionModel } from "./sessionModel.ts";
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
  const [only, ...more] = proposals;
  const way =
    more.length === 0 && isOfOneRow(only, parts.model.store(only.store))
      ? wayWhileItRuns(only, parts, status)
      : undefined;
  // Refused before anything is asked.
  await withWayAround(way, () =>
    lookAtPermission(storesOf(proposals, parts.model), parts, askedOf(proposals, parts.model)),
  );
  const choices =
    status === undefined ? await chooseOutcomes(proposals) : proposals.map(({ id }) => ({ finding: id, status }));
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
  const { request } = finding.repair;
  const lines = request === undefined ? await previewLines(choice, client) : [requestLine(request)];
  const message = proposalTitle(finding, model, choice.status);
  const name = subjectName(finding, model);
  const closes = finding.repair.mode !== undefined;
  const ofMode = closes ? { wayBack: vscode.l10n.t("Undo gives the file its mode back.") } : {};
  const wayBack = request === undefined ? ofMode : { wayBack: noWayBack() };
  const intent = { message, lines, button: repairButton(finding, choice.status), ...wayBack };
  const vouched = await askForConsent(writable, intent);
  if (vouched === undefined) return;
  tellResult(await write([choice], vouched, client), doneSentence(finding, name, choice.status), parts);
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
