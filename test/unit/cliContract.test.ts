// What scripts rest on (CLI.md): keys, types, exit status, and output that is whole.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltCli, buildCli, captured, type Ran } from "../cli.ts";
import { caseNames, unpackCase } from "../fixtures/unpack.ts";
import { buildHome, done, gateway, key, lock, minute, now, running, sessionId } from "../homeBuilder.ts";
import { imagesIn } from "../repairing.ts";
import { sick } from "../sickStore.ts";
import { temporaryDirectory } from "../temporary.ts";

type Json = Record<string, unknown>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2066-\u2069]/;

/** One sentence of our own: no stack, no second line, and an end. */
function isSentence(text: string): void {
  match(text, /^[^\n]+[.]\n$/);
  ok(!text.includes("    at "), text);
}

describe("the command", () => {
  let cli: BuiltCli;
  let seen: readonly string[];
  before(async () => {
    cli = await buildCli();
    seen = captured(cli.folder);
  });
  after(() => cli.remove());

  const scanned = async (home: string): Promise<Json & Record<string, Json[]>> => {
    const { stdout, stderr } = await cli.run(["scan", "--json", "--home", home, ...seen]);
    equal(stderr, "");
    return JSON.parse(stdout);
  };

  it("prints the keys of the contract with their types", async () => {
    const { home } = buildHome({
      rows: { [key]: running(), "agent:main:x": done({ sessionId: "x" }) },
      files: { [`~/${sessionId}.jsonl.lock`]: lock() },
    });
    const found = await scanned(home);
    equal(found["schema"], 1);
    equal(typeof found["now"], "number");
    hasTypes(found["stores"], {
      id: "string",
      kind: "string",
      path: "string",
      agent: "string",
      era: "string",
      writer: "string",
      writable: "boolean",
      sessions: "number",
    });
    hasTypes(found["sessions"], {
      store: "string",
      key: "string",
      sessionId: "string",
      claimed: "string",
      verdict: "string",
      startedAt: "number",
      updatedAt: "number",
      findings: "object",
    });
    hasTypes(found["locks"], {
      store: "string",
      path: "string",
      kind: "string",
      pid: "number",
      owner: "string",
      verdict: "string",
      findings: "object",
    });
    hasTypes(found["findings"], {
      id: "string",
      code: "string",
      severity: "string",
      store: "string",
      message: "string",
      evidence: "object",
      repair: "object",
    });
    for (const { evidence, repair } of (found["findings"] ?? []) as { evidence: Json[]; repair: Json }[]) {
      hasTypes(evidence, { kind: "string", path: "string", text: "string" });
      hasTypes([repair], { kind: "string", class: "string", why: "string" });
    }
  });

  it("keeps words, references and the one proposal for each session in every captured store", async () => {
    for (const name of caseNames) {
      const { home, now: at, processesFile } = unpackCase(name);
      const { stdout } = await cli.run([
        "scan",
        "--json",
        "--home",
        home,
        "--processes",
        processesFile,
        "--now",
        `${at}`,
      ]);
      const { stores, sessions, locks, findings } = JSON.parse(stdout) as Record<string, Json[]>;
      const ids = new Set(stores?.map(({ id }) => id));
      for (const { store } of [...(sessions ?? []), ...(locks ?? []), ...(findings ?? [])]) ok(ids.has(store));
      for (const { writer } of stores ?? [])
        ok(["running", "draining", "stopped", "unknown"].includes(writer as string));
      for (const { verdict } of sessions ?? [])
        ok(["active", "waiting", "finished", "interrupted", "unknown"].includes(verdict as string));
      for (const { owner, verdict } of locks ?? []) {
        ok(["alive", "dead", "recycled", "foreign", "unknown"].includes(owner as string));
        ok(["held", "stale", "unknown"].includes(verdict as string));
      }
      const proposals = (findings ?? []).filter(
        ({ repair, session }) => session !== undefined && (repair as Json)["kind"] !== "none",
      );
      const subjects = proposals.map(({ store, session, lock: of }) => JSON.stringify([store, session, of]));
      equal(new Set(subjects).size, proposals.length, name);
      equal(new Set((findings ?? []).map(({ id }) => id)).size, findings?.length, name);
    }
  });

  it("scans with 0 when nothing is wrong, with 1 when something is, and a store that cannot be read is", async () => {
    const well = buildHome({ rows: { [key]: { sessionId, updatedAt: now } } });
    equal((await cli.run(["scan", "--home", well.home, ...seen])).code, 0);
    const ill = sick();
    equal((await cli.run(["scan", "--home", ill.home, ...seen])).code, 1);
    truncateSync(ill.store, 30);
    equal((await cli.run(["scan", "--home", ill.home, ...seen])).code, 1);
  });

  const wrong: Readonly<Record<string, readonly string[]>> = {
    "no such command": ["mend"],
    "an unknown option": ["scan", "--colour"],
    "an option of another command": ["scan", "--proven"],
    "an option without its value": ["scan", "--home"],
    "a process list that is not there": ["scan", "--processes", "/nowhere/ps.txt"],
    "a process list without an end": ["scan", "--processes", "/dev/zero"],
    "a process list that is none": ["scan", "--processes", import.meta.filename],
    "a time that is none": ["scan", "--now", "yesterday"],
    "sessions of a gateway that are no JSON": ["scan", "--gateway-sessions", import.meta.filename],
    "nothing to repair named": ["repair"],
    "--proven and --finding": ["repair", "--proven", "--finding", "x"],
    "--proven and --set": ["repair", "--proven", "--set", "status=done"],
    "a status that is no outcome": ["repair", "--finding", "x", "--set", "status=running"],
    "a field that is no status": ["repair", "--finding", "x", "--set", "endedAt=1"],
    "no rows to prune named": ["prune"],
    "an age that is none": ["prune", "--older-than", "long"],
    "--key and --older-than": ["prune", "--key", "x", "--older-than", "30d"],
    "no receipt named": ["undo"],
    "two ways to name a receipt": ["undo", "x", "--last"],
    "a receipt that is not there": ["undo", "x"],
    "nothing to undo": ["undo", "--last"],
    "a word too much": ["scan", "please"],
  };
  for (const [what, args] of Object.entries(wrong)) {
    it(`says in one sentence what is wrong with a call: ${what}`, async () => {
      const known = args.includes("status=running") ? ["--home", sick().home, ...seen] : [];
      const { code, stdout, stderr } = await cli.run([...args, ...known]);
      deepEqual([code, stdout], [2, ""]);
      isSentence(stderr);
    });
  }

  it("believes a list of idle sessions after the longest run, and of no more than one state directory", async () => {
    const list = join(cli.folder, "sessions.list.json");
    writeFileSync(list, JSON.stringify({ sessions: [{ key, status: "running", hasActiveRun: false }] }));
    const gatewayRuns = captured(cli.folder, gateway);
    const lost = (hours: number): string => {
      const at = now - hours * 60 * minute;
      return buildHome({ rows: { [key]: running({ startedAt: at, updatedAt: at }) } }).home;
    };
    const verdicts = async (...homes: string[]): Promise<unknown[]> => {
      const where = homes.flatMap((home) => ["--home", home]);
      const { stdout } = await cli.run(["scan", "--json", ...where, ...gatewayRuns, "--gateway-sessions", list]);
      return JSON.parse(stdout).sessions.map(({ verdict }: Json) => verdict);
    };
    deepEqual(await verdicts(lost(47)), ["unknown"]);
    deepEqual(await verdicts(lost(49)), ["interrupted"]);
    deepEqual(await verdicts(lost(49), lost(49)), ["unknown", "unknown"]);
  });

  it("says so where nothing can be read at all", async () => {
    const { code, stderr } = await cli.run(["scan", "--home", join(cli.folder, "nowhere"), ...seen]);
    equal(code, 2);
    isSentence(stderr);
    equal((await cli.run(["prune", "--older-than", "30d", "--home", join(cli.folder, "nowhere"), ...seen])).code, 2);
  });

  it("says so where the receipts cannot be read, and keeps no gateway from starting", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const { home } = sick();
    const before = imagesIn(home);
    for (const [args, expected] of [
      [["receipts"], 2],
      [["undo", "--last"], 2],
      [["repair", "--proven", "--home", home], 0],
      [["repair", "--proven", "--strict", "--home", home], 2],
    ] as const) {
      const { code, stderr } = await cli.run([...args, ...seen, "--backup-dir", file]);
      equal(code, expected, args.join(" "));
      isSentence(stderr);
    }
    deepEqual(imagesIn(home), before);
  });

  it("gives help, and asks for a command with the same words", async () => {
    const help = await cli.run(["--help"]);
    deepEqual([help.code, help.stderr], [0, ""]);
    const nothing = await cli.run([]);
    deepEqual([nothing.code, nothing.stdout], [2, help.stdout]);
  });

  it("is whole through a pipe, with 3,000 sessions", async () => {
    const rows = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`agent:main:direct:${i}`, running({ sessionId: `id-${i}` })]),
    );
    const { home } = buildHome({ rows });
    const json = await cli.run(["scan", "--json", "--home", home, ...seen]);
    equal(JSON.parse(json.stdout).sessions.length, 3000);
    ok(json.stdout.length > 1 << 20);
    const text = await cli.run(["scan", "--home", home, ...seen]);
    match(text.stdout, /3000 sessions, 3000 claim to run.*\n$/);
  }).timeout(30_000);

  it("shows hostile names as text, without colours in a pipe", async () => {
    const hostile = "agent:main:\u001b[31m\u202e\u0007evil\u001b]8;;http://x\u001b\\";
    const { home } = buildHome({
      rows: {
        [hostile]: running({ sessionId: "\u009b2J", status: "run\nning\u200b" }),
        [`${hostile}2`]: running({ label: "M".repeat(60_000), model: "\u2028".repeat(60_000) }),
      },
    });
    const folder = join(temporaryDirectory(), "state");
    const calls: readonly (readonly string[])[] = [
      ["scan"],
      ["scan", "--json"],
      ["repair", "--finding", "\u001b[31mx"],
      ["prune", "--key", hostile],
      ["prune", "--key", "\u001b[31mx"],
    ];
    for (const args of calls) {
      const { stdout, stderr } = await cli.run([...args, "--home", home, ...seen, "--backup-dir", folder]);
      ok(!hidden.test(stdout + stderr), `${args}: ${JSON.stringify(stdout + stderr)}`);
      const longest = Math.max(...stdout.split("\n").map((line) => line.length));
      ok(args.includes("--json") || longest < 1500, `${args}: a line of ${longest}`);
    }
    const bad: Ran = await cli.run(["\u001b[31m"]);
    equal(bad.stderr.includes("\u001b"), false);
  });

  it("reads without a trace", async () => {
    const { home } = sick();
    const before = imagesIn(home);
    await cli.run(["scan", "--home", home, ...seen]);
    await cli.run(["receipts", "--json"]);
    deepEqual(imagesIn(home), before);
  });
});

function hasTypes(items: readonly Json[] | undefined, types: Readonly<Record<string, string>>): void {
  ok(items !== undefined && items.length > 0);
  const [item] = items;
  deepEqual(Object.fromEntries(Object.keys(types).map((name) => [name, typeof item?.[name]])), types);
}
