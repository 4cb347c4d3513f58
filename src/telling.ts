// What of a scan is news to the window, told in slices: reading a message keeps the extension host from everything else,
// and ten thousand sessions in one took a quarter of a second.
import type { Finding } from "./model/finding.ts";
import type { Events, ScanSlice } from "./model/messages.ts";
import type { Scan } from "./model/scan.ts";
import type { Session } from "./model/session.ts";

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
  let sessions = new Map<string, string>();
  let findings = new Map<string, string>();
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
    const changed = news(scan.sessions.map(placeless), sessions);
    const found = news(scan.findings, findings);
    const removed = [...sessions.keys()].filter((id) => !changed.images.has(id));
    sessions = changed.images;
    findings = found.images;
    const { now, stateDirs, stores, locks } = scan;
    const order = scan.findings.map(({ id }) => id);
    const whole = { now, settled, stateDirs, stores, locks, removed, order };
    const slices = slicesOf(changed.news, found.news);
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

/** Where a row stands in the file moves with every row before it; nobody there needs to know. */
function placeless({ range: _range, ...session }: Session): Session {
  return session;
}

/** Those that are not as they were, and how all of them are now. */
function news<T extends { readonly id: string }>(
  all: readonly T[],
  before: ReadonlyMap<string, string>,
): { readonly news: readonly T[]; readonly images: Map<string, string> } {
  const images = new Map(all.map((one) => [one.id, JSON.stringify(one)]));
  return { news: all.filter(({ id }) => images.get(id) !== before.get(id)), images };
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
