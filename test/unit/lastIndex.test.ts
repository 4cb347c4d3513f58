// What the last window found, on its way to the next: the first rows of each group, what they are called and how many
// more there were; never what a repair could rest on, and never what a file makes us believe.
import { deepEqual, doesNotMatch, equal, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import type { ScanUpdate } from "../../src/model/messages.ts";
import type { Session } from "../../src/model/session.ts";
import { scan } from "../../src/scan/scan.ts";
import { indexText, readIndex } from "../../src/ui/lastIndex.ts";
import { noFilter } from "../../src/ui/sessionFilter.ts";
import { SessionModel } from "../../src/ui/sessionModel.ts";
import { storeShapes } from "../../src/ui/treeShape.ts";
import { buildHome, done, minute, now, running, transcript } from "../homeBuilder.ts";

const asked = "here";
const secretLabel = "Words of the transcript";

/** A genuine scan of a dead run and of ended ones, and the model of a window that was told of it. */
async function foundModel(ended: number): Promise<SessionModel> {
  const rows: Record<string, object> = { "agent:main:main": running({ startedAt: now - 60 * minute }) };
  const files: Record<string, string> = {};
  for (let at = 0; at < ended; at++) {
    rows[`agent:main:job-${at}`] = done({ sessionId: `job-${at}` });
    files[`~/job-${at}.jsonl`] = transcript(["user", now - 60 * minute], ["assistant", now - 50 * minute]);
  }
  const capture = { processes: parseCapturedProcesses("      1       0 Fri Nov 20 09:00:01 2026 /sbin/init") };
  const where = { homes: [buildHome({ rows, files }).home], stateDirs: [] };
  const { sessions, findings, ...rest } = await scan({ where, env: {}, now, capture });
  const model = new SessionModel();
  const order = findings.map(({ id }) => id);
  const changed = sessions.map(
    (one): Session => ({ ...one, why: secretLabel, proof: [{ kind: "transcript", path: "/t", text: secretLabel }] }),
  );
  model.apply({ ...rest, changed, findings, order, removed: [], settled: true } satisfies ScanUpdate);
  return model;
}

function shapesOf(model: SessionModel): ReturnType<typeof storeShapes> {
  return storeShapes(model, { ...noFilter, systemSessions: true }, new Set(model.stores.map(({ id }) => id)));
}

describe("The last index", () => {
  let folder = "";
  let path = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "session-inspector-index-"));
    path = join(folder, "lastIndex.json");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("brings back the rows that were drawn first, in their groups and in their order, and how many there were", async () => {
    const model = await foundModel(250);
    writeFileSync(path, await indexText(model, true, asked));
    const recalled = await readIndex(path, asked);
    ok(recalled);
    const [shape] = shapesOf(model).values();
    const [again] = shapesOf(recalled.model).values();
    ok(shape && again);
    deepEqual([...shape.groups.keys()], ["attention", "recent"]);
    deepEqual(
      [...again.groups],
      [...shape.groups].map(([name, ids]) => [name, ids.slice(0, 100)]),
    );
    const [totals] = recalled.totals.values();
    deepEqual(totals, {
      counts: new Map([
        ["attention", 1],
        ["recent", 250],
      ]),
      hidden: 0,
      doubtful: 0,
    });
    equal(recalled.model.now, now);
    const [session] = recalled.model.sessions.values();
    ok(session);
    deepEqual(
      recalled.model.findingsOf(session).map(({ code }) => code),
      model.findingsOf(session).map(({ code }) => code),
    );
  });

  it("holds nothing that a repair could rest on", async () => {
    const model = await foundModel(1);
    ok(model.findings.some(({ evidence, repair }) => evidence.length > 0 && repair.kind !== "none"));
    const text = await indexText(model, true, asked);
    writeFileSync(path, text);
    const { model: again } = (await readIndex(path, asked)) ?? {};
    ok(again);
    doesNotMatch(text, new RegExp(secretLabel));
    for (const { evidence, repair } of again.findings)
      deepEqual([evidence, repair.kind, repair.class], [[], "none", "never"]);
    for (const { writer, permission } of again.stores) deepEqual([writer.state, permission.answer], ["unknown", "no"]);
  });

  it("is none where something else was asked, where it is of another version, of the future, or no file", async () => {
    const text = await indexText(await foundModel(1), true, asked);
    const heard = async (content: string): Promise<boolean> => {
      writeFileSync(path, content);
      return (await readIndex(path, asked)) !== undefined;
    };
    equal(await heard(text), true);
    equal(await readIndex(path, "elsewhere"), undefined);
    equal(await heard(text.replace('"version":1', '"version":2')), false);
    equal(await heard(text.replace(/"now":\d+/, `"now":${Date.now() + 1e6}`)), false);
    equal(await heard(text.slice(0, -1)), false);
    equal(await heard(""), false);
    equal(await heard("null"), false);
    equal(await heard(text), true);
    truncateSync(path, 5 << 20);
    equal(await readIndex(path, asked), undefined);
    equal(await readIndex(join(folder, "missing"), asked), undefined);
    equal(await readIndex(folder, asked), undefined);
    symlinkSync("/dev/zero", join(folder, "endless"));
    equal(await readIndex(join(folder, "endless"), asked), undefined);
  });

  it("is none where any value in it is of another kind", async () => {
    const whole = JSON.parse(await indexText(await foundModel(2), true, asked));
    const refused: string[] = [];
    const kept: string[] = [];
    const strange = [null, -1, {}, [], "\u202e", true, 1e300];
    // Every value in turn, however deep.
    const visit = async (value: unknown, place: string): Promise<void> => {
      if (typeof value !== "object" || value === null) return;
      const fields = value as Record<string, unknown>;
      for (const [name, genuine] of Object.entries(fields)) {
        for (const odd of strange) {
          if (typeof odd === typeof genuine && odd !== null) continue;
          fields[name] = odd;
          writeFileSync(path, JSON.stringify(whole));
          ((await readIndex(path, asked)) === undefined ? refused : kept).push(
            `${place}.${name} ${JSON.stringify(odd)}`,
          );
        }
        fields[name] = genuine;
        await visit(genuine, `${place}.${name}`);
      }
    };
    await visit(whole, "");
    ok(refused.length > 300, `${refused.length} were refused`);
    // A row may have no status.
    deepEqual(
      kept.filter((one) => !/^\.sessions\.\d\.claimed null$/.test(one)),
      [],
    );
  });

  it("is none where one thing stands in it twice: VS Code draws nothing then", async () => {
    const whole = JSON.parse(await indexText(await foundModel(1), true, asked));
    for (const name of ["stateDirs", "stores", "sessions", "findings"]) {
      writeFileSync(path, JSON.stringify({ ...whole, [name]: [...whole[name], whole[name][0]] }));
      equal(await readIndex(path, asked), undefined, name);
    }
  });
});
