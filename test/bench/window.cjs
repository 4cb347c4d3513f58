// A window of VS Code, as far as the worker can tell: node window.cjs WORKER STATE_DIR TRANSCRIPT. Asks for a scan, follows
// the disk, lets a transcript grow and a store be written anew, and tells as JSON what each cost this process.
const { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { once } = require("node:events");
const { dirname, join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const { Worker } = require("node:worker_threads");

const [, , script = "", stateDir = "", transcript = ""] = process.argv;
const store = join(dirname(transcript), "sessions.json");
const worker = new Worker(script);
let lastId = 0;

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

const scanned = () => next((message) => message.event === "scanned" && message.data.settled);

/** After a scan the worker rests; nothing is measured until it is ready for the next one. */
const restMs = 8000;

/** From the change on: the worker waits 80 ms for more of it. */
async function costOf(/** @type {() => void} */ change) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const update = scanned();
  change();
  const { data } = await update;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - began, rows: data.changed.length };
}

async function main() {
  const where = { homes: [], stateDirs: [stateDir] };
  const first = await costOf(() => void ask("scan", { where, captured: [], claimed: [], mayAsk: false }));
  await ask("follow", { on: true, focused: true });
  // The first watch looks once more for what came before it.
  await scanned();
  await pause(restMs);
  const grown = await costOf(() => appendFileSync(transcript, "\n"));
  await pause(restMs);
  const rewritten = await costOf(() => {
    copyFileSync(store, `${store}.new`);
    const text = readFileSync(`${store}.new`, "latin1");
    writeFileSync(`${store}.new`, text.replace('"totalTokens": ', '"totalTokens": 1'), "latin1");
    renameSync(`${store}.new`, store);
  });
  process.stdout.write(JSON.stringify({ first, grown, rewritten }));
  await worker.terminate();
}

void main();
