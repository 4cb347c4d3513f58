// Everything heavy, off the extension host's thread. One scan at a time; whoever asks while one is under way gets the
// next. The messages are typed in model/messages.ts.
import { parentPort, workerData } from "node:worker_threads";
import { copyHoweverLarge } from "./inspect/databaseReading.ts";
import { readExcerpt } from "./inspect/excerpt.ts";
import type { Change } from "./inspect/follow.ts";
import { storeMemory } from "./inspect/openclawJson/readStore.ts";
import { locateFields, placesInRow, prettyRow } from "./inspect/openclawJson/rowText.ts";
import { readEventExcerpt } from "./inspect/openclawSqlite/eventExcerpt.ts";
import { readProcesses } from "./inspect/processes.ts";
import { readerOf } from "./inspect/storeReaders.ts";
import { nextChangeAt } from "./judge/nextChange.ts";
import type {
  EventKind,
  Events,
  FromWorker,
  RequestKind,
  Requests,
  SessionName,
  ToWorker,
  WhileItRuns,
  WorkerData,
} from "./model/messages.ts";
import type { Scan } from "./model/scan.ts";
import type { Session } from "./model/session.ts";
import { Stopped } from "./model/stopped.ts";
import type { Store } from "./model/store.ts";
import { UserError } from "./model/userError.ts";
import type { Asked } from "./model/where.ts";
import { endDaemon } from "./owner/agentctlRequests.ts";
import type { Answers } from "./owner/asking.ts";
import { findGatewayCommands } from "./owner/gatewayCommand.ts";
import { compareRow } from "./plan/proposedRow.ts";
import { chosen } from "./plan/repairPlan.ts";
import { nodeFiles } from "./repair/files.ts";
import { keepLastIndex } from "./repair/lastIndexFile.ts";
import { stateFolder } from "./repair/stateFolder.ts";
import { capturedFolder, capturedInput, type EverythingInput, livePart, scanEverything } from "./scan/everything.ts";
import { writerNow } from "./scan/freshLook.ts";
import { gatewayView, requestOfGateway } from "./scan/gatewayNow.ts";
import { partialLook } from "./scan/partialLook.ts";
import type { ScanInput, ScanMemory } from "./scan/scan.ts";
import { Following } from "./worker/following.ts";
import { somePidIsGone, somethingRuns } from "./worker/pace.ts";
import { repairAnswers } from "./worker/repairAnswers.ts";
import { teller } from "./worker/telling.ts";

/** The longest that a dead gateway may go unnoticed while something claims to run (DESIGN, How it should feel). */
const pidLookMs = 15_000;

if (parentPort === null) throw new Error("This is the worker of the extension and runs in a thread of it only.");
const port = parentPort;

/** How often the person has stopped something. No message would be heard in the middle of a scan; this is. */
const stops = new Int32Array((workerData as WorkerData | null)?.stops ?? new SharedArrayBuffer(4));

const memory = newMemory();
/** Of each captured place by its folder. */
const memories = new Map<string, ScanMemory>();
const answers: Answers = new Map();
let asked: Asked = { where: { homes: [], stateDirs: [] }, captured: [], claimed: [], mayAsk: false };
let latest: Scan | undefined;
/** When some verdict of it may change by the clock alone. */
let changeAt = Number.POSITIVE_INFINITY;
let underWay: Promise<void> | undefined;
let again: Promise<void> | undefined;
let isRecovered = false;
let following = false;
let focused = false;
let later: NodeJS.Timeout | undefined;

const repairs = repairAnswers(
  stateFolder(process.env),
  everythingInput,
  () => latest ?? nothingScanned(),
  () => scanNow(),
);

function newMemory(): ScanMemory {
  return { stores: storeMemory(), stoppedSince: new Map() };
}

/** Of what begins now. */
function stopping(): () => void {
  const before = Atomics.load(stops, 0);
  return () => {
    if (Atomics.load(stops, 0) !== before) throw new Stopped();
  };
}

function liveInput(): ScanInput {
  return { where: asked.where, env: process.env, memory, goOn: stopping(), mine: asked.claimed };
}

function everythingInput(): EverythingInput {
  const live = liveInput();
  return {
    ...live,
    captured: asked.captured.map((place) => {
      const own = memories.get(place.path) ?? newMemory();
      memories.set(place.path, own);
      return { ...capturedInput(place, own), ...(live.goOn !== undefined && { goOn: live.goOn }) };
    }),
  };
}

function asking(): Pick<ScanInput, "asking"> {
  return asked.mayAsk ? { asking: { answers, isLookedAt: focused } } : {};
}

function nothingScanned(): never {
  throw new UserError("Nothing was scanned yet. Refresh the view.");
}

const told = teller((event, data) => emit(event, data), (workerData as WorkerData | null)?.takes === true);

const disk = new Following({
  latest: () => latest,
  underWay: () => underWay,
  lookAtSome,
  lookAtAll: () => void scanNow().catch(report),
  onTrouble: (message) => emit("trouble", { message }),
});

/** The answer of `scan` comes after the scan that began last. */
function scanNow(): Promise<void> {
  if (underWay === undefined) {
    underWay = runScan().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }
  again ??= underWay
    .finally(() => {
      again = undefined;
    })
    .then(() => scanNow());
  return again;
}

async function runScan(): Promise<void> {
  if (!isRecovered) await recoverFirst();
  disk.wholeLookBegins();
  const before = performance.eventLoopUtilization();
  try {
    const goOn = (found: Scan): void => void publish(found, false);
    await publish(await scanEverything({ ...everythingInput(), ...asking() }, goOn), true);
  } catch (error) {
    // What was known before still is, and no verdict is waited for any more.
    if (error instanceof Stopped && latest !== undefined) await publish(latest, true);
    throw error;
  } finally {
    disk.wholeLookEnded(performance.eventLoopUtilization(before).active);
    followDisk();
    scheduleLook();
  }
}

/** Before anything is shown: what a crash left of a repair is settled first. */
async function recoverFirst(): Promise<void> {
  isRecovered = true;
  try {
    const messages = await repairs.recover();
    if (messages.length > 0) emit("recovered", { messages });
  } catch (error) {
    report(error);
  }
}

function publish(found: Scan, settled: boolean): Promise<void> {
  latest = found;
  changeAt = nextChangeAt(livePart(found));
  return told.tell(found, settled);
}

/** False where a whole look is due. */
function lookAtSome(changes: readonly Change[]): boolean {
  try {
    const found = latest && partialLook({ scan: latest, changeAt }, changes, { ...liveInput(), ...asking() });
    if (found === undefined) return false;
    publish(found, true).catch(report);
    scheduleLook();
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

function followDisk(): void {
  if (following) disk.on();
  else disk.off();
}

/** One timer, only while someone looks and something claims to run. */
function scheduleLook(): void {
  clearTimeout(later);
  later = undefined;
  if (!following || !focused || latest === undefined) return;
  const live = livePart(latest);
  if (!somethingRuns(live)) return;
  // So that the look comes after the change.
  const due = changeAt + 1000;
  const wait = Math.min(due - Date.now(), pidLookMs);
  later = setTimeout(() => {
    if (Date.now() >= due || somePidIsGone(live)) scanNow().catch(report);
    else scheduleLook();
  }, wait);
}

const notAsked = "Gateways are not asked here, by a setting of yours: openclawSessionInspector.askGateway.";
const notInScan = "The store is not in the last scan. Refresh the view.";

function findSession(name: SessionName): Session {
  const found = latest?.sessions.find(({ store, key }) => store === name.store && key === name.key);
  if (found === undefined) throw new UserError("The session is not in the last scan. Refresh the view.");
  return found;
}

/** Throws a UserError where it rests on what a gateway says, and gateways are not asked. */
function mayAskFor<T extends WhileItRuns>(ask: T): T {
  if (ask.whileItRuns === true && !asked.mayAsk) throw new UserError(notAsked);
  return ask;
}

/** Throws a UserError for what is captured: whatever runs here has nothing to do with it. */
function liveStore(id: string): Store {
  const store = latest?.stores.find((candidate) => candidate.id === id);
  if (store === undefined || store.captured !== undefined) throw new UserError(notInScan);
  return store;
}

function storedRow(session: Session): string {
  const store = latest?.stores.find(({ id }) => id === session.store);
  if (store === undefined) throw new UserError(notInScan);
  const { stores } = (store.captured === undefined ? undefined : memories.get(store.captured)) ?? memory;
  return readerOf(store.kind).rowText(store, session.key, stores);
}

const handlers: {
  [K in RequestKind]: (ask: Requests[K]["ask"]) => Requests[K]["answer"] | Promise<Requests[K]["answer"]>;
} = {
  async scan(ask) {
    asked = ask;
    for (const path of memories.keys()) if (!ask.captured.some((place) => place.path === path)) memories.delete(path);
    await scanNow();
    return undefined;
  },
  captured: (ask) => capturedFolder(ask, latest ?? nothingScanned()),
  follow(ask) {
    following = ask.on;
    focused = ask.on && ask.focused;
    followDisk();
    // What runs is asked only while somebody looks, and now somebody does.
    if (asked.mayAsk && focused && latest && somethingRuns(livePart(latest))) scanNow().catch(report);
    else scheduleLook();
    return undefined;
  },
  row(name) {
    const session = findSession(name);
    const text = prettyRow(storedRow(session));
    const findings =
      latest?.findings.filter(({ store, session: key }) => store === name.store && key === name.key) ?? [];
    const fields = [...new Set(findings.map(({ field }) => field))].filter((field) => field !== undefined);
    return {
      text,
      places: placesInRow(
        text,
        fields.map((field) => ({ key: name.key, field })),
      ),
    };
  },
  comparison({ status, ...name }) {
    const session = findSession(name);
    const row: unknown = JSON.parse(storedRow(session));
    if (typeof row !== "object" || row === null)
      throw new UserError("The row is no object: there is nothing to compare.");
    const proposal = latest?.findings.find(
      ({ store, session: key, repair }) => store === name.store && key === name.key && repair.set !== undefined,
    );
    const set = proposal?.repair.set ?? {};
    const kind = latest?.stores.find(({ id }) => id === name.store)?.kind ?? "openclaw-json";
    return compareRow(row as Record<string, unknown>, chosen(set, status, kind));
  },
  shapes({ store, keys }) {
    const found = latest?.stores.find(({ id }) => id === store);
    if (found === undefined) throw new UserError(notInScan);
    return readerOf(found.kind).rowShapes(found, new Set(keys));
  },
  excerpt: ({ kind, ...place }) =>
    place.event === undefined ? readExcerpt(place) : readEventExcerpt(place.path, place.event, kind === "trajectory"),
  writer: ({ stateDir }) => {
    const isLive = latest?.stateDirs.some(({ path, captured }) => path === stateDir && captured === undefined);
    if (isLive !== true) throw new UserError(notInScan);
    return writerNow(stateDir, { where: asked.where, env: process.env, memory });
  },
  async endDaemon({ stateDir, pid }) {
    const isLive = latest?.stateDirs.some(
      ({ path, captured, program }) => path === stateDir && captured === undefined && program === "daemon",
    );
    if (isLive !== true) throw new UserError(notInScan);
    await endDaemon(stateDir, pid, (one) => !readProcesses().byPid.has(one));
    return undefined;
  },
  copyDatabase({ store }) {
    const found = latest?.stores.find(({ id }) => id === store);
    if (found?.copyBytes === undefined) throw new UserError(notInScan);
    copyHoweverLarge(found.path);
    return undefined;
  },
  gatewayCommands: ({ stateDir }) => findGatewayCommands(stateDir, process.env),
  async gatewayView({ store }) {
    const live = liveStore(store);
    if (!asked.mayAsk) return undefined;
    return (await gatewayView(live, { where: asked.where, env: process.env, memory }))?.statuses;
  },
  async request({ what, ...name }) {
    const { store, key, sessionId } = findSession(name);
    const live = liveStore(store);
    if (!asked.mayAsk) throw new UserError(notAsked);
    const answer = await requestOfGateway(
      live,
      { what, key, ...(sessionId !== undefined && { sessionId }) },
      { where: asked.where, env: process.env, memory },
    );
    // A recovery that does not go on may have settled the run all the same.
    await scanNow();
    return answer;
  },
  permission: (ask) => repairs.permission(mayAskFor(ask)),
  preview: (ask) => repairs.preview(ask),
  repair: (ask) => repairs.repair(mayAskFor(ask)),
  aftermath: (ask) => repairs.aftermath(ask),
  pruneReview: (ask) => repairs.pruneReview(ask),
  prune: (ask) => repairs.prune(ask),
  receipts: () => repairs.receipts(),
  undoLeaves: (ask) => repairs.undoLeaves(ask),
  undoPreview: (ask) => repairs.undoPreview(ask),
  undo: (ask) => repairs.undo(mayAskFor(ask)),
  quarantine: () => repairs.quarantine(),
  emptyQuarantine: (ask) => repairs.emptyQuarantine(ask),
  keepIndex({ path, text }) {
    keepLastIndex(nodeFiles, path, text);
    return undefined;
  },
  locate: (ask) => locateFields(ask.text, ask.fields),
};

function emit<K extends EventKind>(event: K, data: Events[K]): void {
  send({ event, data } as FromWorker);
}

function send(message: FromWorker): void {
  port.postMessage(message);
}

function report(error: unknown): void {
  if (error instanceof Stopped) return;
  emit("trouble", { message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

port.on("message", async (message: ToWorker) => {
  if ("taken" in message) {
    told.taken();
    return;
  }
  const { id, kind, ask } = message;
  try {
    const answer = await (handlers[kind] as (ask: unknown) => Requests[RequestKind]["answer"])(ask);
    send({ id, answer });
  } catch (error) {
    const expected = error instanceof UserError;
    send({
      id,
      stopped: error instanceof Stopped,
      expected,
      error: expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
