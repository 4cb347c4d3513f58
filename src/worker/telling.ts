// What of a scan is news to the window, told in slices: reading a message keeps the extension host from everything else,
// and ten thousand sessions in one took a quarter of a second.
import { idOf } from "../judge/sessionId.ts";
import type { Finding } from "../model/finding.ts";
import type { Events, ScanSlice, SessionName } from "../model/messages.ts";
import type { Scan } from "../model/scan.ts";
import type { Session } from "../model/session.ts";
import { samePlain } from "../scan/samePlain.ts";

/** Sessions and findings in one message. */
export const mostInSlice = 200;

export interface Teller {
  /** Resolves when all of it was told. One scan is told after the other. */
  tell(scan: Scan, settled: boolean): Promise<void>;
  /** The window has taken what it was told last. */
  taken(): void;
}

const nothing: ScanSlice = { changed: [], findings: [] };

type Emit = <K extends "slice" | "scanned">(event: K, data: Events[K]) => void;

/** @param takes whether each message is answered, so that the next one waits for that */
export function teller(emit: Emit, takes: boolean): Teller {
  let before: Pick<Scan, "sessions" | "findings"> = { sessions: [], findings: [] };
  let telling = Promise.resolve();
  let goOn = (): void => undefined;

  const emitted: (...what: Parameters<Emit>) => Promise<void> = async (...what) => {
    const taken = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    emit(...what);
    if (takes) await taken;
  };

  const tellNow = async (scan: Scan, settled: boolean): Promise<void> => {
    const sessions = news(scan.sessions, before.sessions, idOf);
    const findings = news(scan.findings, before.findings, ({ id }) => id);
    const removed = sessions.isInPlace ? [] : gone(scan.sessions, before.sessions);
    const order = findings.isInPlace ? {} : { order: scan.findings.map(({ id }) => id) };
    before = scan;
    const { now, stateDirs, stores, locks } = scan;
    const whole = { now, settled, stateDirs, stores, locks, removed, ...order };
    const slices = slicesOf(sessions.changed, findings.changed);
    const [only = nothing] = slices;
    if (slices.length > 1) for (const slice of slices) await emitted("slice", slice);
    await emitted("scanned", { ...whole, ...(slices.length > 1 ? nothing : only) });
  };

  return {
    tell(scan, settled) {
      telling = telling.then(() => tellNow(scan, settled));
      return telling;
    },
    taken: () => goOn(),
  };
}

interface News<T> {
  /** Those that are new or not as they were. */
  readonly changed: readonly T[];
  /** The same ones stand where they stood: none is new or gone. */
  readonly isInPlace: boolean;
}

/** After a look at some of them the others are the very same. */
function news<T>(all: readonly T[], before: readonly T[], nameOf: (one: T) => string): News<T> {
  if (before.length === 0) return { changed: all, isInPlace: all.length === 0 };
  const changed: T[] = [];
  let byName: Map<string, T> | undefined;
  for (let i = 0; i < all.length; i++) {
    const one = all[i] as T;
    let known = before[i];
    if (one === known) continue;
    const name = nameOf(one);
    if (known === undefined || nameOf(known) !== name) {
      byName ??= new Map(before.map((other) => [nameOf(other), other]));
      known = byName.get(name);
    }
    if (!samePlain(one, known)) changed.push(one);
  }
  return { changed, isInPlace: byName === undefined && all.length === before.length };
}

function gone(all: readonly Session[], before: readonly Session[]): SessionName[] {
  if (before.length === 0) return [];
  const now = new Set(all.map(idOf));
  return before.filter((one) => !now.has(idOf(one))).map(({ store, key }) => ({ store, key }));
}

function slicesOf(changed: readonly Session[], findings: readonly Finding[]): ScanSlice[] {
  const slices = [];
  for (let at = 0; at < changed.length + findings.length; at += mostInSlice) {
    const ofFindings = Math.max(0, at - changed.length);
    const most = at + mostInSlice - changed.length;
    slices.push({
      changed: changed.slice(at, at + mostInSlice),
      findings: most > 0 ? findings.slice(ofFindings, most) : [],
    });
  }
  return slices;
}
