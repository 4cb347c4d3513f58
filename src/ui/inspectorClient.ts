// The worker, as seen from the extension host: questions with typed answers, and what it says unasked.
import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import type { Events, FromWorker, RequestKind, Requests, ToWorker, WorkerData } from "../model/messages.ts";
import { UserError } from "../model/userError.ts";

const scans: ReadonlySet<RequestKind> = new Set(["scan"]);
const stoppable: ReadonlySet<RequestKind> = new Set([
  "scan",
  "repair",
  "prune",
  "pruneReview",
  "undo",
  "emptyQuarantine",
]);

interface Waiting {
  readonly kind: RequestKind;
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Takes what the worker tells of a scan. */
export interface ScanReceiver {
  take(slice: Events["slice"]): void;
  /** Resolves when all of it is shown. */
  apply(update: Events["scanned"]): Promise<void>;
}

/** Starts the worker at the first question. One that crashed is replaced once: a second crash would only be followed by a third. */
export class InspectorClient implements vscode.Disposable {
  readonly #scanned = new vscode.EventEmitter<Events["scanned"]>();
  readonly #trouble = new vscode.EventEmitter<Events["trouble"]>();
  readonly #recovered = new vscode.EventEmitter<Events["recovered"]>();
  readonly #restarted = new vscode.EventEmitter<void>();
  readonly #idled = new vscode.EventEmitter<void>();
  readonly #working = new vscode.EventEmitter<boolean>();
  /** After the receiver has it. */
  readonly onScanned = this.#scanned.event;
  readonly onTrouble = this.#trouble.event;
  readonly onRecovered = this.#recovered.event;
  /** A crashed worker may be asked again, and has forgotten everything. */
  readonly onRestarted = this.#restarted.event;
  /** Whether something is asked that takes its time and can be stopped. */
  readonly onWorking = this.#working.event;

  readonly #script: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #stops = new Int32Array(new SharedArrayBuffer(4));
  #receiver: ScanReceiver | undefined;
  #worker: Worker | undefined;
  #lastId = 0;
  #crashes = 0;
  #settled = true;
  #disposed = false;

  /** @param script path of the worker's bundle */
  constructor(script: string, log: vscode.LogOutputChannel) {
    this.#script = script;
    this.#log = log;
  }

  /** There is one. */
  tellTo(receiver: ScanReceiver): void {
    this.#receiver = receiver;
  }

  /** Rejects with a UserError where the reason is fit for people. */
  ask<K extends RequestKind>(kind: K, ask: Requests[K]["ask"]): Promise<Requests[K]["answer"]> {
    if (this.#disposed || this.#crashes > 1) {
      const message = vscode.l10n.t("The session inspector has stopped. Reload the window to start it again.");
      return Promise.reject(new UserError(message));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { kind, resolve, reject });
      if (stoppable.has(kind)) this.#working.fire(true);
      this.#start().postMessage({ id, kind, ask } as ToWorker);
    });
  }

  /** Resolves when no scan is under way and no verdict waits for a second look. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => {
      const subscription = this.#idled.event(() => {
        subscription.dispose();
        resolve();
      });
    });
  }

  /** Scans end where they are; repairs before the next write, each store as it was or as it was to become. */
  stop(): void {
    Atomics.add(this.#stops, 0, 1);
  }

  dispose(): void {
    this.#disposed = true;
    void this.#worker?.terminate();
    this.#abandon();
    for (const emitter of [this.#scanned, this.#trouble, this.#recovered, this.#restarted, this.#idled])
      emitter.dispose();
    this.#working.dispose();
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const workerData: WorkerData = { stops: this.#stops.buffer, takes: true };
    const worker = new Worker(this.#script, { name: "OpenClaw session inspector", workerData });
    worker.on("message", (message: FromWorker) => this.#receive(message, worker));
    worker.on("error", (error) => this.#log.error(error));
    worker.on("exit", (code) => this.#crashed(worker, code));
    this.#worker = worker;
    return worker;
  }

  #receive(message: FromWorker, worker: Worker): void {
    if ("event" in message) {
      if (message.event === "slice" || message.event === "scanned") {
        void this.#take(message, worker);
        return;
      }
      if (message.event === "trouble") this.#trouble.fire(message.data);
      if (message.event === "recovered") this.#recovered.fire(message.data);
    } else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ("error" in message) waiting?.reject(errorOf(message));
      else waiting?.resolve(message.answer as never);
    }
    if (!this.#waits(stoppable)) this.#working.fire(false);
    this.#sayWhenIdle();
  }

  /** The worker tells no more before it hears that this was taken. */
  async #take(message: Extract<FromWorker, { readonly event: "slice" | "scanned" }>, worker: Worker): Promise<void> {
    try {
      if (message.event === "slice") this.#receiver?.take(message.data);
      else await this.#receiver?.apply(message.data);
    } catch (error) {
      this.#log.error(error as Error);
    }
    worker.postMessage({ taken: true } satisfies ToWorker);
    if (message.event === "slice") return;
    this.#settled = message.data.settled;
    this.#scanned.fire(message.data);
    this.#sayWhenIdle();
  }

  #crashed(worker: Worker, code: number): void {
    if (this.#disposed || worker !== this.#worker) return;
    this.#worker = undefined;
    this.#crashes++;
    this.#settled = true;
    const again = this.#crashes === 1;
    this.#log.error(`The worker ended with ${code}; ${again ? "it is started again" : "it is not started again"}.`);
    this.#abandon();
    if (again) this.#restarted.fire();
    this.#sayWhenIdle();
  }

  #abandon(): void {
    const message = vscode.l10n.t("The session inspector stopped before it could answer. Try again.");
    for (const { reject } of this.#waiting.values()) reject(new UserError(message));
    this.#waiting.clear();
    this.#working.fire(false);
  }

  isIdle(): boolean {
    return this.#settled && !this.#waits(scans);
  }

  #waits(kinds: ReadonlySet<RequestKind>): boolean {
    return [...this.#waiting.values()].some(({ kind }) => kinds.has(kind));
  }

  #sayWhenIdle(): void {
    if (this.isIdle()) this.#idled.fire();
  }
}

function errorOf({ error, expected, stopped }: Extract<FromWorker, { readonly error: string }>): Error {
  if (stopped) return new vscode.CancellationError();
  if (expected) return new UserError(error);
  const bug = new Error(error.split("\n", 1)[0]);
  bug.stack = error;
  return bug;
}
