// docs/performance.md: what each figure is meant to be, and beside it what it was when this was last measured.

import type { DatabaseRepairCost } from "./databaseFigures.ts";
import type { Compared, Measured, RepairCost, WindowCost, WindowCosts } from "./figures.ts";
import type { ScreenCosts } from "./screen.ts";
import type { VendorCost } from "./vendor.ts";

export interface Figures {
  readonly machine: string;
  readonly rounds: number;
  readonly scans: Readonly<Record<"thousand" | "mixed" | "ended" | "unlike" | "full" | "short" | "long", Compared>>;
  readonly inWindow: WindowCosts;
  readonly inSmallWindow: WindowCosts;
  readonly repair: RepairCost;
  readonly databases: Readonly<Record<"thousand" | "plain" | "killed", Compared>>;
  readonly databaseRepair: DatabaseRepairCost;
  readonly vendor: readonly VendorCost[];
  readonly start: { readonly empty: Measured; readonly ours: Measured };
  readonly transcripts: { readonly small: Measured; readonly huge: Measured };
  readonly screen: ScreenCosts | undefined;
  readonly eagerBytes: number;
  readonly vsixBytes: number | undefined;
}

export function performancePage(figures: Figures): string {
  return `# Performance

Made by \`npm run bench\`, which measures everything again: ${figures.machine}; ${figures.rounds} rounds, median and, in parentheses, the 95th percentile.
CPU is user and system time of the whole process, from its start; memory is its peak. Absolute times say something of the machine as well, and of what else it did: what counts is the ratio to the *floor*, a program that reads the bytes of the same store, gives all of them to \`JSON.parse\`, and does a \`stat\` and a 4 KB \`pread\` of every transcript (\`test/bench/floor.cjs\`), measured in turn with ours.

The stores are genuine rows of OpenClaw 2026.5.18 with new ids, each with a transcript, a trajectory and its pointer (\`test/bench/store.ts\`).

## A whole scan: \`scan --json\`

| store | bytes | floor | ours | ratio | target | memory (floor) | target |
|---|---|---|---|---|---|---|---|
${scanRows(figures).join("\n")}

*Snapshots alike*: in every captured store the rows of an agent hold the same snapshots of skills and tools, byte for byte, and what was read once is only compared after that. The row *no two snapshots alike* is the worst case of it.
*Full proof* opens two files a row, the transcript and its trajectory, and reads the first and the last of both; the floor opens one and reads 4 KB. It also makes, judges and prints ${"10,000"} findings, and counts the lines of 16 MB for the first of them.

## A whole scan of a database

Genuine rows of OpenClaw 2026.9.6 with new ids, each with its window and the events of its transcript and trajectory (\`test/bench/database.ts\`). The floor opens the same database for reading and takes the narrow columns of every row (\`test/bench/databaseFloor.cjs\`).

| database | bytes | floor | ours | ratio | target | memory (floor) |
|---|---|---|---|---|---|---|
${databaseRows(figures).join("\n")}

*With a log*: its gateway was killed, and what it wrote last is in the log only. Nothing may be changed beside it, so that both are copied to a private folder, which is most of what it costs more.

## The vendor's own commands

On the same stores, with the same Node. What takes longer than five minutes is stopped, and costs more than is said.

| command | rows | theirs | ours | ratio | target, at 10,000 rows |
|---|---|---|---|---|---|
${vendorRows(figures.vendor).join("\n")}

## The rest

| figure | target | today |
|---|---|---|
${restRows(figures)
  .map((cells) => `| ${cells.join(" | ")} |`)
  .join("\n")}

## In a window of VS Code

${screenRows(figures.screen)}

## What stands between

- **A whole scan** runs for half a second, and most of its code for less than V8 takes to compile it. Of its CPU (perf, 4,000 samples a second) a quarter is the system, which gives the bytes, the \`stat\` of every transcript, 30,000 names and memory; a sixth V8's compilers, of which the floor, being native, needs next to nothing; a tenth the garbage collector; a quarter our code with what V8 has built in for it; the rest what V8 does besides, with strings, hashes and JSON. To go through the 143 MB is a sixth of it: 100 to 120 ms, and 70, of which 18 to read them, in a process that has done it before. The rest is of the 10,000 rows, whatever they hold, as the rows of 1 KB show. Without V8's last compiler (\`node --no-turbofan\`, in turn with the rest) it takes 11 in 100 less, 0.78 times the floor instead of 0.88; to set that from within (\`v8.setFlagsFromString\`) is what Node warns of, and this program writes.
- **Full proof** opens 20,000 files instead of 10,000: the calls alone, in a program that does nothing else, cost 0.4 times the floor. It parses the ends of both, and makes, judges and prints 10,000 findings, 20 MB of them; the floor prints a number.
- **A transcript that grew, a row that changed** are looked at for themselves only while the gateway is seen to run and is the process that it was. A look at everything is due once a minute while something changes, when a lock comes or goes, when a row comes, goes or names other files, when the gateway stopped, and where agentctl or claude-mem know the session too: a store that takes long is then looked at every five seconds at most. A database is looked at whole.
- **The longest block while rows arrive** is steps of ours of up to 8 ms, each in a turn of its own, with a pause of the garbage collector between them, 12 to 14 ms as profiled, in a heap that is VS Code's too: where nothing idle lies between they count as one.
- **What is kept** of 10,000 rows is their fields (6 MB), how they were judged (2 MB), what was found of 3,000 of them (2 MB) and what lay beside them (1 MB).
- **A database** is read in full for the rows that claim to run and the 200 latest; the narrow columns of the others are a fifth of what it costs. The rest is Node's start, verdicts and output, as above.
- **7 rows** cost V8 6 ms to parse the 230 KB that are loaded, Node 4 to 5 ms to load what hashes (for the ids of findings), and the system what every process of the machine that it is asked for costs, twice; the kernel's own are not asked for their arguments.
- **The .vsix** is code for nearly nine tenths: 466 KB, minified, in 14 files, deflate to 159 KB. As one file they would be 5 in 100 less, and with the best deflate there is (zopfli) another 3 in 100. Names of fields are not shortened: no tool knows which of them stand in files of others. The rest is the page about findings (8 KB), the icon, the README, and what VS Code reads of the extension.
- **500 rows in one repair** hash the store to plan, its copy to know that it is kept, and what is written for the receipt (SHA-256, 80 ms each); go through all of its rows once, in the reading that is hashed, and through those that change three times more; and compare the new file with the copy byte for byte. Three hashes are the whole target by themselves. A second copy and a second fsync come on top: that of the backup. None of it is given up. Of a database the 7 MB of the rows are gone through a dozen times, as text, as bytes and as JSON: to plan, to compare, to keep before and after, to write, and to read back.
`;
}

function scanRows({ scans }: Figures): string[] {
  const named: readonly [string, Compared, string, string][] = [
    ["1,000 rows, 1 in 20 claims to run", scans.thousand, "", ""],
    ["**10,000 rows, 1 in 20 claims to run**", scans.mixed, "0.7", "150 MB"],
    ["10,000 rows that ended", scans.ended, "", ""],
    ["10,000 rows, no two snapshots alike", scans.unlike, "", ""],
    ["**10,000 rows, full proof of all**", scans.full, "1.0", ""],
    ["10,000 rows of 1 KB", scans.short, "", ""],
    ["**10,000 rows of 42 KB**", scans.long, "linear", "200 MB"],
  ];
  return named.map(([name, found, ratio, memory]) =>
    [
      ...["", name, megabytes(found.bytes), cpu(found.floor), cpu(found.ours), found.ratio.toFixed(2), ratio],
      ...[`${found.peakMb.toFixed(0)} MB (${found.floorPeakMb.toFixed(0)} MB)`, memory, ""],
    ]
      .join(" | ")
      .trim(),
  );
}

function databaseRows({ databases: { thousand, plain, killed } }: Figures): string[] {
  const named: readonly [string, Compared, string][] = [
    ["1,000 rows, 1 in 20 claims to run", thousand, ""],
    ["**10,000 rows, 1 in 20 claims to run**", plain, "400 ms"],
    ["10,000 rows, with a log", killed, ""],
  ];
  return named.map(([name, found, target]) =>
    row([
      ...[name, megabytes(found.bytes), cpu(found.floor), cpu(found.ours), found.ratio.toFixed(2), target],
      `${found.peakMb.toFixed(0)} MB (${found.floorPeakMb.toFixed(0)} MB)`,
    ]),
  );
}

function restRows({
  start,
  transcripts,
  inWindow,
  inSmallWindow,
  repair,
  databaseRepair,
  eagerBytes,
  vsixBytes,
  scans,
}: Figures): string[][] {
  const { thousand, mixed, long } = scans;
  const growth = (larger: Compared): string => {
    const ours = larger.ours.median / mixed.ours.median;
    return `${(larger.bytes / mixed.bytes).toFixed(1)} times the bytes: ${ours.toFixed(1)} times the CPU`;
  };
  return [
    ["7 rows, beyond an empty Node", "60 ms", `${cpu(start.ours)} (Node itself: ${cpu(start.empty)})`],
    ["10 times the rows", "10 times the CPU", `${(mixed.ours.median / thousand.ours.median).toFixed(1)} times`],
    ["420 MB instead of 146 MB", "linear", growth(long)],
    [
      "200 rows that claim to run, transcripts of 1 GB instead of 1 KB",
      "the same",
      `${cpu(transcripts.huge)} instead of ${cpu(transcripts.small)}`,
    ],
    ["first scan of a window, 10,000 rows", "", windowCost(inWindow.first)],
    ["a transcript that grew, 10,000 rows", "5 ms of CPU, 50 ms", windowCost(inWindow.grown)],
    ["a row that changed, 10,000 rows", "one pass over the store", windowCost(inWindow.rewritten)],
    ["a row that changed, 70 rows: 1 MB", "5 ms of CPU", windowCost(inSmallWindow.rewritten)],
    [
      "kept between looks, 10,000 rows",
      "15 MB",
      `${megabytes(inWindow.keptBytes)}, of which ${megabytes(inSmallWindow.keptBytes)} are kept of 70 rows too`,
    ],
    [
      "500 rows finalized in one repair, beyond the scan, the copy and the fsync of the store",
      "250 ms",
      `${cpu(repair.beyond)} (copy and fsync: ${cpu(repair.copy)})`,
    ],
    [
      "500 rows of a database finalized in one transaction, beyond the scan, and writing and committing them",
      "250 ms",
      `${cpu(databaseRepair.beyond)} (writing and committing: ${cpu(databaseRepair.commit)})`,
    ],
    ["undo of these 500 rows: of a file, of a database", "", `${cpu(repair.undo)}, ${cpu(databaseRepair.undo)}`],
    ["bundle before the first view", "40 KB", `${(eagerBytes / 1024).toFixed(1)} KB`],
    ["the .vsix", "150 KB", vsixBytes === undefined ? "not packaged" : `${(vsixBytes / 1024).toFixed(0)} KB`],
  ];
}

function screenRows(screen: ScreenCosts | undefined): string {
  if (screen === undefined) return "Not measured: no VS Code was at hand when this was made.";
  const { rows, claimed, first, again, grown, repaired, undone } = screen;
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const lines = [
    ["reading the bundle that is loaded before the first view, from disk and as code", "", ms(again.loadMs)],
    ["activation, from its call to its return", "5 ms", ms(again.activateMs)],
    [
      "first row after opening the view",
      "150 ms",
      `${ms(again.firstRowMs)}; without a last index ${ms(first.firstRowMs)}`,
    ],
    [
      "longest block: the view opens, all rows arrive",
      "16 ms",
      `${ms(again.opened)}; without a last index ${ms(first.opened)}`,
    ],
    ["longest block: a transcript grew", "16 ms", ms(grown)],
    [`longest block: ${claimed} rows finalized in one repair`, "16 ms", ms(repaired)],
    ["longest block: that undone", "16 ms", ms(undone)],
  ];
  return `A genuine VS Code without a screen, ${rows.toLocaleString("en")} rows. A *block* is the longest time that our code keeps the extension host to itself, as V8 profiles it: VS Code's own work there takes longer, with us or without. Reading and activation count by marks of VS Code: in whole milliseconds, with what other extensions that start then do in between. The first row counts from the command that opens the view to the row's being given to VS Code, four questions of VS Code's later.

| figure | target | today |
|---|---|---|
${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`;
}

function windowCost({ cpuMs, wallMs, rows, warmingMs }: WindowCost): string {
  const first = warmingMs === undefined ? "" : ` (of the first 15, while V8 compiles: ${warmingMs.toFixed(0)} ms)`;
  return `${cpuMs.toFixed(0)} ms of CPU${first}, ${wallMs.toFixed(0)} ms until it was told; ${rows} rows sent`;
}

function vendorRows(vendor: readonly VendorCost[]): string[] {
  if (vendor.length === 0) return ["| not at hand when this was made |  |  |  |  |  |"];
  return vendor.map(({ version, command, rows, cost, oursMs, target }) => {
    const least = cost.isStopped === true ? "more than " : "";
    const memory = cost.isStopped === true ? "stopped" : `${cost.peakMb.toFixed(0)} MB`;
    return row([
      `\`${command}\` of ${version}`,
      rows.toLocaleString("en"),
      `${least}${(cost.cpuMs / 1000).toFixed(1)} s (${memory})`,
      `${oursMs.toFixed(0)} ms`,
      `${least}${(cost.cpuMs / oursMs).toFixed(cost.cpuMs > 10 * oursMs ? 0 : 1)} times`,
      target === undefined ? "" : `${target} times`,
    ]);
  });
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cpu({ median, p95 }: Measured): string {
  return `${median.toFixed(0)} ms (${p95.toFixed(0)})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
