// A window of VS Code, as far as the worker can tell: node --expose-gc window.cjs WORKER STATE_DIR TRANSCRIPT. Asks for a
// scan, follows the disk, lets a transcript grow and the store be written anew, and tells as JSON what each cost this
// process, and what the worker keeps once all is told.
const { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { once } = require("node:events");
const { dirname, join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const { MessageChannel, Worker } = require("node:worker_threads");

const [, , script = "", stateDir = "", transcript = ""] = process.argv;
const store = join(dirname(transcript), "sessions.json");
/** Beside what it is asked of sessions the worker is asked what it holds: only a thread itself can tell. */
const memory = new MessageChannel();
const withMemory = `const { workerData } = require("node:worker_threads");
require(workerData.script);
workerData.memory.on("message", () => {
  for (let round = 0; round < 3; round++) gc();
  const { heapUsed, external } = process.memoryUsage();
  workerData.memory.postMessage(heapUsed + external);
});`;
const workerData = { script, memory: memory.port2, stops: new SharedArrayBuffer(4) };
const worker = new Worker(withMemory, { eval: true, workerData, transferList: [memory.port2] });
// What comes while nobody listens is not dropped, but comes later.
worker.on("message", () => {});
let lastId = 0;

/** The longest rest of the worker, and some. */
const longRestMs = 6000;

/** @returns {Promise<any>} */
async function next(/** @type {(message: any) => boolean} */ wanted) {
  for (;;) {
    const [message] = await once(worker, "message");
    if (message.event === "trouble") throw new Error(message.data.message);
    if (wanted(message)) return message;
  }
}

function ask(/** @type {string} */ kind, /** @type {unknown} */ what) {
  const id = ++lastId;
  worker.postMessage({ id, kind, ask: what });
  return next((message) => message.id === id);
}

/** How many sessions were told, in however many messages. */
async function scanned() {
  let rows = 0;
  await next(({ event, data }) => {
    if (event === "slice" || event === "scanned") rows += data.changed.length;
    return event === "scanned" && data.settled;
  });
  return rows;
}

/** From the change on, which is no part of it: the worker waits a moment for more of it. */
async function costOf(/** @type {() => void} */ change) {
  const update = scanned();
  change();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const rows = await update;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began, rows };
}

/** The median by CPU of several changes. After a look the worker rests: each is made when it is ready for the next. */
async function usualCostOf(
  /** @type {() => () => void} */ prepared,
  /** @type {number} */ rounds,
  /** @type {number} */ restMs,
) {
  const costs = [];
  await pause(longRestMs);
  for (let round = 0; round < rounds; round++) {
    const change = prepared();
    await pause(restMs);
    costs.push(await costOf(change));
  }
  costs.sort((a, b) => a.cpuMs - b.cpuMs);
  return costs[rounds >> 1];
}

async function bytesKept() {
  const answer = once(memory.port1, "message");
  memory.port1.postMessage("how much?");
  const [bytes] = await answer;
  return bytes;
}

/** One row is longer by a digit, and every row after it stands elsewhere. Made where nobody watches. */
function rewritten() {
  const bytes = readFileSync(store);
  const at = bytes.indexOf('"totalTokens": ') + '"totalTokens": '.length;
  const made = join(dirname(stateDir), "sessions.json");
  writeFileSync(made, Buffer.concat([bytes.subarray(0, at), Buffer.from("1"), bytes.subarray(at)]), { mode: 0o600 });
  return () => renameSync(made, store);
}

async function main() {
  const where = { homes: [], stateDirs: [stateDir] };
  const before = await bytesKept();
  const first = await costOf(() => void ask("scan", { where, captured: [], claimed: [], mayAsk: false }));
  await ask("follow", { on: true, focused: true });
  // The first watch looks once more for what came before it.
  await scanned();
  const grown = await usualCostOf(() => () => appendFileSync(transcript, "\n"), 15, 400);
  const isLarge = statSync(store).size > 10 << 20;
  // V8 compiles what the first of them run.
  const warming = isLarge ? undefined : await usualCostOf(rewritten, 15, 1500);
  const usual = await usualCostOf(rewritten, isLarge ? 5 : 15, isLarge ? longRestMs : 1500);
  const changed = { ...usual, warmingMs: warming?.cpuMs };
  const kept = (await bytesKept()) - before;
  process.stdout.write(JSON.stringify({ first, grown, rewritten: changed, keptBytes: kept }));
  await worker.terminate();
  memory.port1.close();
}

void main();
