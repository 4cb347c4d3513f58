// When a repair or its undo must not write, or not all of it: the store, its writer or other windows changed meanwhile.
import { deepEqual, equal, ok } from "node:assert/strict";
import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { nodeFiles } from "../../src/repair/files.ts";
import { planChoices, provenFindings, receiptsOf, repairPlans } from "../../src/repairs.ts";
import { scan } from "../../src/scan/scan.ts";
import { type BuiltHome, gateway, key, now, running, sessionId } from "../homeBuilder.ts";
import { type Bench, benchOf, changedBetween, imagesIn, look, onlyInit, repairSeen } from "../repairing.ts";
import { other, rowsOf, sick, write } from "../sickStore.ts";

const changes: Readonly<Record<string, (built: BuiltHome) => void>> = {
  "was written": (built) => write(built, (rows) => Object.assign(rows[other] ?? {}, { updatedAt: now })),
  "was replaced by the same bytes": ({ store }) => {
    copyFileSync(store, `${store}.new`);
    renameSync(`${store}.new`, store);
  },
  "was truncated": ({ store }) => truncateSync(store, 40),
  "was emptied": ({ store }) => truncateSync(store, 0),
  "does not parse any more": ({ store }) => writeFileSync(store, "{"),
};

describe("a repair is refused", () => {
  for (const [what, change] of Object.entries(changes)) {
    it(`when the store ${what} between scan and plan`, async () => {
      const built = sick();
      const bench = benchOf(built);
      const seen = await look(bench);
      change(built);
      const before = imagesIn(built.home);
      const [result] = await repairSeen(bench, seen, provenFindings(seen));
      ok(result?.refused?.includes("plan anew"), result?.refused);
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
      deepEqual(receiptsOf(bench.context), []);
    });
  }

  /** At a call of the disk's port, from outside, as another program would. */
  const moments = ["open", "copy", "fchmod"] as const;
  for (const [what, change] of Object.entries(changes)) {
    for (const moment of moments) {
      it(`when the store ${what} during it (${moment})`, async () => {
        const built = sick();
        // A mode of its own, so that the new file is told from the backup by it.
        chmodSync(built.store, 0o644);
        let armed = false;
        let before = imagesIn(built.home);
        const strike = (path: string): void => {
          if (!armed || !path.includes(moment === "open" ? "sessions.json" : ".json")) return;
          armed = false;
          change(built);
          // Our new file may be there already; it must not be in the end.
          before = new Map([...imagesIn(built.home)].filter(([name]) => !name.endsWith(".tmp")));
        };
        const bench = benchOf(built, {
          files: {
            ...nodeFiles,
            open: (path, flags, mode) => {
              const fd = nodeFiles.open(path, flags, mode);
              if (moment === "open" && flags === "r") strike(path);
              return fd;
            },
            copy: (from, to) => {
              nodeFiles.copy(from, to);
              if (moment === "copy") strike(from);
            },
            fchmod: (fd, mode) => {
              nodeFiles.fchmod(fd, mode);
              if (moment === "fchmod" && mode === 0o644) strike(".json");
            },
          },
        });
        const seen = await look(bench);
        const { plans } = planChoices(
          seen,
          provenFindings(seen).map((finding) => ({ finding })),
          bench.context,
        );
        armed = true;
        const [result] = await repairPlans(seen, plans, bench.context);
        equal(armed, false, "the moment came");
        equal(result?.applied, false);
        ok(result?.refused?.includes("plan anew"), result?.refused);
        deepEqual(changedBetween(before, imagesIn(built.home)), []);
        ok(receiptsOf(bench.context).every(({ state }) => state === "rolledBack"));
      });
    }
  }

  it("when a gateway was started between plan and write", async () => {
    const built = sick();
    const bench = benchOf(built);
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      provenFindings(seen).map((finding) => ({ finding })),
      bench.context,
    );
    const before = imagesIn(built.home);
    for (const process of [gateway, "   9200       1 Fri Nov 20 10:00:00 2026 openclaw"]) {
      const capture = { processes: parseCapturedProcesses(`${onlyInit}\n${process}`) };
      const [result] = await repairPlans(seen, plans, { ...bench.context, input: { ...bench.context.input, capture } });
      equal(result?.applied, false);
      ok(result?.refused?.includes("stop it first"), result?.refused);
    }
    deepEqual(changedBetween(before, imagesIn(built.home)), []);
  });

  it("when nobody can tell whether a gateway runs, until a person vouches", async () => {
    const built = sick();
    const bench = benchOf(built);
    const seen = await look(bench);
    const { plans } = planChoices(
      seen,
      provenFindings(seen).map((finding) => ({ finding })),
      bench.context,
    );
    const processes = parseCapturedProcesses(`${onlyInit}\n   9300       1 Fri Nov 20 10:00:00 2026 sleep 5`);
    // A process that does not show what it is.
    const hidden = { ...processes, byPid: new Map([...processes.byPid, [9300, { pid: 9300 }]]) } as typeof processes;
    const context = { ...bench.context, input: { ...bench.context.input, capture: { processes: hidden } } };
    const [refused] = await repairPlans(seen, plans, context);
    ok(refused?.refused?.includes("vouch"), refused?.refused);
    equal(rowsOf(built)[key]?.["status"], "running");
    const vouched = new Set(seen.stores.map(({ id }) => id));
    const [applied] = await repairPlans(seen, plans, { ...context, vouched });
    equal(applied?.applied, true);
  });

  it("where the store was moved here, unless it is the person's", async () => {
    const built = sick("2026.5.18", {
      [key]: running({ sessionFile: `/elsewhere/.openclaw/agents/main/sessions/${sessionId}.jsonl` }),
    });
    const bench = benchOf(built);
    const { capture: _live, ...input } = bench.context.input;
    const seen = await look(bench);
    ok(seen.stores[0]?.movedFrom !== undefined);
    const live = { ...bench, context: { ...bench.context, input } };
    const { permissionOfMoved, mine } = await permissions(live);
    ok(permissionOfMoved?.includes("--mine"), permissionOfMoved);
    ok(!mine?.includes("--mine"), mine);
  });

  for (const [version, era] of [
    ["2026.4.2", "J1"],
    [null, undefined],
  ] as const) {
    it(`while the store lock of 2026.4 is held, and made under that lock when it is free (version ${version})`, async () => {
      const built = sick(version);
      const lockPath = `${built.store}.lock`;
      const seenLocks: string[] = [];
      const bench = benchOf(built, {
        files: {
          ...nodeFiles,
          rename: (from, to) => {
            if (to === built.store) seenLocks.push(readFileSync(lockPath, "utf8"));
            nodeFiles.rename(from, to);
          },
        },
      });
      const seen = await look(bench);
      equal(seen.stores[0]?.era, era);
      writeFileSync(lockPath, JSON.stringify({ pid: 1 }));
      const before = imagesIn(built.home);
      const [refused] = await repairSeen(bench, seen, provenFindings(seen));
      ok(refused?.refused?.includes("locked"), refused?.refused);
      deepEqual(changedBetween(before, imagesIn(built.home)), []);
      rmSync(lockPath);
      const [applied] = await repairSeen(bench, seen, provenFindings(seen));
      equal(applied?.refused, undefined);
      deepEqual(
        seenLocks.map((text) => JSON.parse(text).pid),
        [process.pid],
      );
      deepEqual(
        [...imagesIn(built.home).keys()].filter((name) => /lock|tmp$/.test(name)),
        [],
      );
    });
  }
});

/** What is said of a store that was moved, and of the same one once the person says that it is theirs. */
async function permissions({ context }: Bench): Promise<{ permissionOfMoved?: string; mine?: string }> {
  const looks = await Promise.all([scan(context.input), scan({ ...context.input, mine: true })]);
  const [permissionOfMoved = "", mine = ""] = looks.map(({ stores }) => stores[0]?.permission.why ?? "");
  return { permissionOfMoved, mine };
}
