// Choices to receipts: prepares, plans and repairs, store by store, for the CLI and the worker alike.
import { randomUUID } from "node:crypto";
import { dirname, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { askOwner, withLastLook } from "./agentctlRepairs.ts";
import { readAgentctl } from "./inspect/agentctl/readAgentctl.ts";
import { databaseVersionAt } from "./inspect/databaseReading.ts";
import { realPath } from "./inspect/homes.ts";
import { readLock } from "./inspect/lockFile.ts";
import { readProcesses } from "./inspect/processes.ts";
import { fileVersionAt } from "./inspect/regularFile.ts";
import { clock } from "./judge/words.ts";
import type { Finding } from "./model/finding.ts";
import type { Plan, PlannedStore } from "./model/plan.ts";
import type { Receipt, RepairResult } from "./model/receipt.ts";
import type { Scan } from "./model/scan.ts";
import type { Era, Permission, Store } from "./model/store.ts";
import { UserError } from "./model/userError.ts";
import { secondLookMs } from "./owner/look.ts";
import { blindSpot } from "./owner/writer.ts";
import { planArchive, planPrune } from "./plan/prunePlan.ts";
import { type Choice, planRepair } from "./plan/repairPlan.ts";
import { planTidy } from "./plan/tidyPlan.ts";
import { goesBackFrom, planUndo } from "./plan/undoPlan.ts";
import { imageOf } from "./repair/fileImage.ts";
import { codeOf, type Files, isSystemError, nodeFiles } from "./repair/files.ts";
import { type Prepared, prepare, prepareFiles, prepareUndoOfRows, stampsOf } from "./repair/prepare.ts";
import { placesFor } from "./repair/quarantine.ts";
import { listReceipts, loadReceipt } from "./repair/receiptFolder.ts";
import { type Recovered, recover } from "./repair/recovery.ts";
import { sweepReceipts } from "./repair/retention.ts";
import type { StateFolder } from "./repair/stateFolder.ts";
import { planAgain } from "./repair/storeFile.ts";
import { type RepairInput, refusalOf, refusedFor, repairStore, touchesStore } from "./repair/storeRepair.ts";
import { type EverythingInput, inputFor } from "./scan/everything.ts";
import { lookAgain, type PermissionSubject } from "./scan/freshLook.ts";
import { lookWhileItRuns, type ServedStore } from "./scan/gatewayNow.ts";
import type { ScanInput } from "./scan/scan.ts";

export interface RepairContext {
  /** How the scan was made that the choices come from: its captures, its `mine`, its memory. */
  readonly input: EverythingInput;
  readonly folder: StateFolder;
  readonly files?: Files;
  /** Ids of stores for which a person vouched that no gateway runs. */
  readonly vouched?: ReadonlySet<string>;
  /** One row is to be written although its gateway runs ("Repair While It Runs"). */
  readonly whileItRuns?: boolean;
}

/** A plan for each store, and a refusal for each that could not be prepared. */
export interface Planned {
  readonly plans: readonly Plan[];
  readonly refused: readonly RepairResult[];
}

/** What the chosen repairs would change. Throws a RangeError for a finding of a store that is not in the scan. */
export function planChoices(scan: Scan, choices: readonly Choice[], context: RepairContext): Planned {
  const { files = nodeFiles } = context;
  const byStore = new Map<string, Choice[]>();
  for (const choice of choices)
    byStore.set(choice.finding.store, [...(byStore.get(choice.finding.store) ?? []), choice]);
  const plans: Plan[] = [];
  const refused: RepairResult[] = [];
  for (const [id, chosen] of byStore) {
    const store = scan.stores.find((candidate) => candidate.id === id);
    if (store === undefined) throw new RangeError("a finding of a store that is not in the scan");
    // Leftovers go for themselves, and first, while the store still is as it was judged: what keeps them keeps no row.
    const leftovers = chosen.filter(({ finding }) => finding.repair.kind === "tidy");
    const rest = chosen.filter((choice) => !leftovers.includes(choice));
    const attempt = (action: Plan["action"], choices: readonly Choice[], plan: () => Plan): void => {
      if (choices.length === 0) return;
      try {
        checkWritable(store);
        plans.push(plan());
      } catch (error) {
        const none: Plan = { store: plannedStore(store), action, edits: [], findings: plannedFindings(choices) };
        refused.push({ plan: none, applied: false, refused: refusalOf(error) });
      }
    };
    attempt("tidy", leftovers, () => planLeftovers(store, leftovers, context));
    attempt("finalize", rest, () => {
      const keys = new Set(rest.map(({ finding }) => finding.session).filter((key) => key !== undefined));
      const locks = rest.flatMap(({ finding }) => finding.repair.unlock ?? []);
      const stored = prepare(files, store.path, keys, locks, store.kind);
      if (store.kind === "claude-mem") checkSameRows(scan, store, stored);
      else checkSame(store);
      checkSameElements(scan, store, stored);
      return planRepair(plannedStore(store), stored, rest);
    });
  }
  return { plans, refused };
}

function planLeftovers(store: Store, choices: readonly Choice[], { files = nodeFiles, folder }: RepairContext): Plan {
  const left = choices.flatMap(({ finding }) => finding.repair.tidy ?? []);
  const places = placesFor(files, folder, store.stateDir, left);
  const basis = imageOf(files, store.path);
  const stamps = stampsOf(
    files,
    left.map(({ path }) => path),
  );
  checkSame(store);
  return planTidy(plannedStore(store), { basis, files: stamps, places }, choices);
}

/** What pruning these rows would change; `scan.prune` says which may be taken. */
export function planPruning(scan: Scan, { files = nodeFiles, input }: RepairContext): Planned {
  const taken = (scan.prune ?? []).filter(({ take }) => take);
  const users = new Map<string, number>();
  for (const { transcript } of scan.sessions)
    if (transcript !== undefined) users.set(transcript, (users.get(transcript) ?? 0) + 1);
  const plans: Plan[] = [];
  const refused: RepairResult[] = [];
  for (const store of scan.stores) {
    const rows = taken.filter((candidate) => candidate.store === store.id);
    if (rows.length === 0) continue;
    const planned = plannedStore(store);
    try {
      checkWritable(store);
      const now = inputFor(store, input).now ?? Date.now();
      const stored = prepare(files, store.path, new Set(rows.map(({ key }) => key)), [], store.kind);
      checkSame(store);
      if (store.kind === "openclaw-sqlite") {
        plans.push(planArchive(planned, stored, rows, now));
        continue;
      }
      // A copy's rows name the transcripts of the original, which may be live: they are that one's.
      const usersOf = (transcript: string): number =>
        isOwn(transcript, store) ? (users.get(transcript) ?? 0) : Number.POSITIVE_INFINITY;
      plans.push(planPrune(planned, stored, rows, usersOf, now));
    } catch (error) {
      refused.push({
        plan: { store: planned, action: "prune", edits: [], findings: [] },
        applied: false,
        refused: refusalOf(error),
      });
    }
  }
  return { plans, refused };
}

/** Of what is newer than what is known nothing is planned. */
function checkWritable({ permission, unknown }: Store): void {
  if (unknown !== undefined) throw new UserError(permission.why);
}

/** In the state directory of the store, or beside it where it is configured to be elsewhere. */
function isOwn(transcript: string, { path, stateDir }: Store): boolean {
  const real = realPath(transcript);
  return [stateDir, dirname(path)].some((directory) => real.startsWith(realPath(directory) + sep));
}

/** What was judged is what is planned with: a store that was written since the scan voids the choice (promise 4). */
function checkSame({ kind, path, fileVersion }: Store): void {
  const version = kind === "openclaw-sqlite" ? databaseVersionAt(path) : fileVersionAt(path);
  if (fileVersion !== version) throw new UserError(planAgain);
}

/** Its file changes with every row that others write: what counts is each row that was judged. */
function checkSameRows({ sessions }: Scan, { id }: Store, { rows }: Prepared): void {
  for (const [key, { place }] of rows) {
    const judged = sessions.find((session) => session.store === id && session.key === key);
    if (judged?.rowVersion !== place?.version) throw new UserError(planAgain);
  }
}

/** A directory lock is told by its place, and another may stand there by now. */
function checkSameElements({ locks }: Scan, { id }: Store, { elements = new Map() }: Prepared): void {
  for (const [path, { text }] of elements) {
    const judged = locks.find((lock) => lock.store === id && lock.path === path);
    if (judged?.text !== text) throw new UserError(planAgain);
  }
}

function plannedFindings(choices: readonly Choice[]): Plan["findings"] {
  return choices.map(({ finding: { id, code, message } }) => ({ id, code, message }));
}

function plannedStore({ id, kind, path, stateDir, agent, era }: Store): PlannedStore {
  return { id, kind, path, stateDir, ...(agent !== undefined && { agent }), ...(era !== undefined && { era }) };
}

/** Makes the planned repairs, each store for itself; one batch. */
export async function repairPlans(scan: Scan, plans: readonly Plan[], context: RepairContext): Promise<RepairResult[]> {
  const batch = randomUUID();
  const results: RepairResult[] = [];
  for (const plan of plans) {
    const store = scan.stores.find((candidate) => candidate.id === plan.store.id);
    if (store === undefined) throw new RangeError("a plan for a store that is not in the scan");
    const input = inputFor(store, context.input);
    const permission = whileItRuns(store, plans.length === 1 && isOneRow(plan), { ...context, input });
    const look: MayWrite = { permission: () => lookAgain(store, input) };
    const { goOn } = context.input;
    const own = { ...context, input: { ...input, ...(goOn !== undefined && { goOn }) } };
    results.push(await run(plan, batch, permission ?? look, own));
  }
  try {
    sweepReceipts(context.files ?? nodeFiles, context.folder, Date.now());
  } catch (error) {
    // What retention cannot take away today it takes another day; the repairs are done.
    if (!isSystemError(error)) throw error;
  }
  return results;
}

/** What undoing would change now. Throws a UserError where nothing is there to undo. */
export function planReceiptUndo(
  receipt: Receipt,
  { files = nodeFiles }: RepairContext,
  only?: ReadonlySet<string>,
): Plan {
  if (receipt.undoneBy !== undefined) throw new UserError("That repair was undone already.");
  if (receipt.state !== "done" && receipt.state !== "rowsWritten")
    throw new UserError("That repair was never finished: there is nothing to undo.");
  if (receipt.purgedAt !== undefined)
    throw new UserError(
      `The quarantine was emptied at ${clock(receipt.purgedAt)}: that repair cannot be undone any more.`,
    );
  const { edits, store } = receipt.plan;
  const keys = new Set(edits.map((edit) => ("key" in edit ? edit.key : "")).filter((key) => key !== ""));
  const moved = edits.flatMap((edit) => (edit.kind === "move" ? [edit.from, edit.to] : []));
  if (!touchesStore(receipt.plan)) return planUndo(receipt, prepareFiles(files, store.path, moved), only);
  if (store.kind === "openclaw-sqlite") return planUndo(receipt, prepareUndoOfRows(files, receipt), only);
  return planUndo(receipt, prepare(files, store.path, keys, [], store.kind, goesBackFrom(receipt, only)), only);
}

/** Needs the same permission as a repair; one of a captured store that was named as the person's needs none (CLI.md). */
export async function undoReceipt(
  receipt: Receipt,
  context: RepairContext,
  only?: ReadonlySet<string>,
): Promise<RepairResult> {
  try {
    context.input.goOn?.();
    // Another window may have undone it since it was shown here.
    const { undoneBy, purgedAt } = loadReceipt(context.files ?? nodeFiles, context.folder, receipt.id) ?? receipt;
    const fate = { ...(undoneBy !== undefined && { undoneBy }), ...(purgedAt !== undefined && { purgedAt }) };
    const known = { ...receipt, ...fate };
    const plan = planReceiptUndo(known, context, only);
    if (plan.edits.length === 0)
      return { plan, applied: false, refused: `Nothing is left to undo. ${(plan.left ?? []).join(" ")}`.trim() };
    const { era, ...store } = receipt.plan.store;
    const subject = { ...store, era: era as Era | undefined, sessions: 0 };
    const permission = whileItRuns(subject, isOneRow(receipt.plan) && plan.edits.length === 1, context);
    return await run(plan, randomUUID(), permission ?? { permission: () => undoPermission(receipt, context) }, context);
  } catch (error) {
    return { plan: { ...receipt.plan, action: "undo", edits: [] }, ...refusedFor(error) };
  }
}

async function undoPermission(receipt: Receipt, { input }: RepairContext): Promise<Permission> {
  if (receipt.captured === true) return { answer: "yes", why: "The store was captured and named as yours." };
  const { kind, path, stateDir } = receipt.plan.store;
  return lookAgain({ kind, path, stateDir }, input);
}

async function run(plan: Plan, batch: string, permission: MayWrite, context: RepairContext): Promise<RepairResult> {
  const captured = context.input.capture !== undefined;
  const { goOn } = context.input;
  const { requests = [] } = plan;
  if (requests.length > 0) return askOwner(plan, requests, permission.permission, context.input);
  const result = await repairStore({
    plan,
    batch,
    files: context.files ?? nodeFiles,
    folder: context.folder,
    ...permission,
    vouched: context.vouched?.has(plan.store.id) === true,
    lockIsFree: (path) => lockIsFree(path, plan.store.stateDir, context.input),
    heldElements: () => heldElements(plan.store, context.input),
    now: Date.now,
    ...(goOn !== undefined && { goOn }),
    ...(captured && { captured }),
  });
  return plan.store.kind === "agentctl" && result.applied && !captured ? withLastLook(result, context.input) : result;
}

type MayWrite = Pick<RepairInput, "permission" | "lastWord">;

/** Its gateway is asked twice, 2 s apart, the second time with everything prepared. Undefined where it is to be stopped. */
function whileItRuns(
  store: ServedStore & PermissionSubject,
  isOneRow: boolean,
  context: RepairContext,
): MayWrite | undefined {
  if (context.whileItRuns !== true) return undefined;
  const look = () => lookWhileItRuns(store, isOneRow, context.input);
  return {
    permission: async () => {
      const first = await look();
      if (first.answer === "yes") await wait(secondLookMs);
      return first;
    },
    lastWord: look,
  };
}

function isOneRow({ edits }: Plan): boolean {
  return edits.length === 1 && edits[0]?.kind === "fields";
}

/** Directory locks of agentctl whose holder lives, or may live, by the processes of this moment or of the capture. */
function heldElements({ kind, stateDir }: PlannedStore, input: ScanInput): ReadonlySet<string> {
  if (kind !== "agentctl") return new Set();
  const processes = input.capture?.processes ?? readProcesses();
  const { locks } = readAgentctl({
    directory: stateDir,
    processes,
    blind: processes.incomplete ?? blindSpot(stateDir, processes),
    writer: { state: "unknown", why: "", evidence: [] },
  });
  const held = locks.filter(({ holder }) => holder?.owner === "alive" || holder?.owner === "unknown");
  return new Set(held.map(({ text }) => text));
}

/** By the processes of this moment, or of the capture. */
function lockIsFree(path: string, stateDir: string, input: ScanInput): boolean {
  const processes = input.capture?.processes ?? readProcesses();
  const lock = readLock(path, "transcript", processes, blindSpot(stateDir, processes))?.facts;
  if (lock === undefined) return true;
  return lock.owner === "dead" || lock.owner === "recycled" || lock.owner === "foreign" || lock.pid === undefined;
}

/** Finishes or takes back what a crash left. Throws a UserError where the receipts cannot be read. */
export async function recoverRepairs(context: RepairContext): Promise<Recovered[]> {
  const { input, folder, files = nodeFiles } = context;
  receiptsOf(context);
  return recover({
    files,
    folder,
    permission: (receipt) => undoPermission(receipt, context),
    // A captured lock was judged by the list of its own machine.
    lockIsFree: (path, { captured, plan }) => captured === true || lockIsFree(path, plan.store.stateDir, input),
    heldElements: ({ captured, plan }) => (captured === true ? new Set() : heldElements(plan.store, input)),
  });
}

/** Newest first; undos are receipts too. Throws a UserError where they cannot be read. */
export function receiptsOf({ folder, files = nodeFiles }: RepairContext): Receipt[] {
  try {
    return listReceipts(files, folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `The receipts in ${folder.receipts} cannot be read (${codeOf(error)}). Mend that and try again.`,
    );
  }
}

/** The findings that `--proven` and the ticked rows of a review stand for. */
export function provenFindings(scan: Scan): Finding[] {
  return scan.findings.filter(({ repair }) => repair.kind !== "none" && repair.class === "proven");
}
