// What holds of the judge whatever is on disk. A failure prints the seed and the smallest store that shows it.
import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { judge, type Verdicts } from "../../src/judge/judge.ts";
import type { SessionFacts, StoreFacts } from "../../src/model/facts.ts";
import type { Finding } from "../../src/model/finding.ts";
import { digest } from "../../src/scan/digest.ts";
import { minute, now } from "../homeBuilder.ts";
import { aroundOf, storeFacts } from "../storeFacts.ts";

const runs = { numRuns: 400 };
/** The shortest run timeout that the made stores are configured with; unless they are, it is 48 hours. */
const shortestTimeoutMs = 4 * 60 * minute;

function judged(store: StoreFacts): Verdicts {
  return judge(store, now, aroundOf(store), digest);
}

function sessionsOf({ content }: StoreFacts): readonly SessionFacts[] {
  return content.state === "read" ? content.sessions : [];
}

function withSessions(store: StoreFacts, sessions: readonly SessionFacts[]): StoreFacts {
  return store.content.state === "read" ? { ...store, content: { ...store.content, sessions } } : store;
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}

function byId(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.id + a.message < b.id + b.message ? -1 : 1));
}

/** The store after the repair, as a repair would leave it: fields set or taken out, locks gone. */
function repaired(store: StoreFacts, { session, repair }: Finding): StoreFacts {
  const gone = new Set(repair.unlock);
  const locks = store.locks.filter(({ path }) => !gone.has(path));
  const sessions = sessionsOf(store).map((facts): SessionFacts => {
    const left = { ...facts, locks: facts.locks.filter(({ path }) => !gone.has(path)) };
    if (facts.row.key !== session) return left;
    const fields = Object.entries({ ...facts.row.fields, ...repair.set }).filter(([, value]) => value !== null);
    return { ...left, row: { ...facts.row, fields: Object.fromEntries(fields) } };
  });
  return withSessions({ ...store, locks }, sessions);
}

function codesOf({ findings }: Verdicts, key: string): string[] {
  return findings.filter(({ session }) => session === key).map(({ code }) => code);
}

describe("the judge, whatever is on disk", () => {
  it("says the same of the same facts, and changes nothing of them", () => {
    fc.assert(
      fc.property(storeFacts(), (store) => {
        deepEqual(judged(frozen(store)), judged(store));
      }),
      runs,
    );
  });

  it("says the same in whatever order the rows stand", () => {
    const shuffled = storeFacts().chain((store) => {
      const sessions = sessionsOf(store);
      const order = fc.shuffledSubarray([...sessions], { minLength: sessions.length });
      return fc.tuple(fc.constant(store), order);
    });
    fc.assert(
      fc.property(shuffled, ([store, sessions]) => {
        const [first, second] = [judged(store), judged(withSessions(store, sessions))];
        deepEqual(byId(second.findings), byId(first.findings));
        const views = ({ sessions: seen }: Verdicts): unknown => new Map(seen.map((session) => [session.key, session]));
        deepEqual(views(second), views(first));
        deepEqual(second.locks, first.locks);
      }),
      runs,
    );
  });

  it("proposes one thing at most for a session, and says why where it proposes nothing", () => {
    fc.assert(
      fc.property(storeFacts(), (store) => {
        const { findings, sessions } = judged(store);
        for (const { key } of sessions) {
          const proposals = findings.filter(({ session, repair }) => session === key && repair.kind !== "none");
          ok(proposals.length <= 1, proposals.map(({ code }) => code).join());
        }
        for (const { repair } of findings) {
          ok(repair.why.length > 0);
          deepEqual(repair.kind === "none", repair.class === "never");
        }
      }),
      runs,
    );
  });

  it("gives every sentence all of its words", () => {
    fc.assert(
      fc.property(storeFacts(), (store) => {
        for (const { code, message } of judged(store).findings) {
          ok(!/\{\w+\}|undefined|\bNaN\b/.test(message) && !message.includes("?"), `${code}: ${message}`);
        }
      }),
      runs,
    );
  });

  it("never calls a row dead, nor proves anything of it, while it may run, although the gateway's list says idle", () => {
    const mayRun = storeFacts({ writers: ["running", "draining", "unknown"], mayCountNothing: false });
    fc.assert(
      fc.property(mayRun, (store) => {
        const { sessions, findings } = judged(store);
        for (const { key, claimed, verdict, why, lastSeenAt } of sessions) {
          if (claimed !== "running" || now - (lastSeenAt ?? now) > shortestTimeoutMs) continue;
          ok(["active", "unknown", "waiting"].includes(verdict), `${verdict}: ${why}`);
          const proven = findings.filter(({ session, repair }) => session === key && repair.class === "proven");
          deepEqual(proven, []);
        }
        deepEqual(
          findings.filter(({ repair }) => repair.kind === "unlock"),
          [],
        );
      }),
      runs,
    );
  });

  it("leaves a session alone that somebody holds, also where its writer is stopped", () => {
    fc.assert(
      fc.property(storeFacts(), (store) => {
        const { sessions, findings } = judged(store);
        for (const { row, locks } of sessionsOf(store)) {
          if (!locks.some(({ owner }) => owner === "alive") || row.fields["status"] !== "running") continue;
          if (sessions.find(({ key }) => key === row.key)?.claimed !== "running") continue;
          const settled = findings.filter(({ session, repair }) => session === row.key && repair.kind === "finalize");
          deepEqual(settled, []);
        }
      }),
      runs,
    );
  });

  it("is silent about what a proven repair has settled, and says nothing new of that session", () => {
    let settled = 0;
    fc.assert(
      fc.property(storeFacts({ writers: ["stopped"] }), (store) => {
        const before = judged(store);
        for (const finding of before.findings) {
          const { session, repair } = finding;
          if (session === undefined || repair.class !== "proven" || repair.set === undefined) continue;
          settled += 1;
          const after = judged(repaired(store, finding));
          const codes = codesOf(after, session);
          ok(!codes.includes(finding.code), `${finding.code} is said again`);
          const known = codesOf(before, session);
          deepEqual(
            codes.filter((code) => !known.includes(code)),
            [],
            `said after ${finding.code}`,
          );
          const verdict = after.sessions.find(({ key }) => key === session)?.verdict;
          deepEqual(verdict, "finished");
        }
      }),
      { numRuns: 1200 },
    );
    ok(settled > 10, `only ${settled} proven repairs were met`);
  });
});
