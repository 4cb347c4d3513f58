// Real disks instead of made faults: full ones, read-only ones, two of them, directories of another user. What needs a mount
// runs in a mount namespace of its own, with that disk as its directory for temporary files.
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { changedBetween, imagesIn } from "../repairing.ts";
import { temporaryDirectory } from "../temporary.ts";
import { act, settles, undisturbed, wasToldTruly } from "./outcome.ts";
import { type Scene, stages } from "./scenes.ts";

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** What comes before a command that shall have a disk of its own; undefined where this machine lets nobody mount. */
function onDiskOf(options: string): string[] | undefined {
  const script = `mount -t tmpfs -o ${options} none "$TMPDIR" && exec "$@"`;
  return [
    ["unshare", "-m"],
    ["unshare", "-rm"],
  ]
    .map((prefix) => [...prefix, "sh", "-c", script, "sh"])
    .find(([program = "", ...args]) => {
      const env = { ...process.env, TMPDIR: "/mnt" };
      return spawnSync(program, [...args, "true"], { env }).status === 0;
    });
}

const mounted: Readonly<Record<string, string>> = {
  "a disk of 1 MB that is full": "size=1m",
  "a disk without room for one more file": "size=8m,nr_inodes=500",
  "a disk that was mounted read-only": "size=8m",
  "two disks": "size=8m",
};

describe("a repair on a real disk", () => {
  for (const [name, options] of Object.entries(mounted)) {
    const prefix = onDiskOf(options);
    // Without a body: it is counted as not tried, and says so in a line of its own.
    if (prefix === undefined) it(`${name}: NOT TRIED, since nobody may mount here`);
    else {
      it(`${name}: see below`, () => {
        const [program = "", ...args] = prefix;
        const result = join(temporaryDirectory(), "result.json");
        const mocha = [join(import.meta.dirname, "..", "mochaFiles.mjs"), result, "120000"];
        const node = [process.execPath, "--disable-warning=ExperimentalWarning", ...mocha];
        const env = { ...process.env, TMPDIR: temporaryDirectory(), TEST_GREP: `${name}:` };
        const files = [join(import.meta.dirname, "disks.mounted.ts")];
        spawnSync(program, [...args, ...node, ...files], { env, stdio: "inherit" });
        deepEqual(JSON.parse(readFileSync(result, "utf8")), { passed: 1, failed: 0 });
      }).timeout(120_000);
    }
  }

  const forbidden: Readonly<Record<string, (scene: Scene) => string>> = {
    "the store": ({ store }) => dirname(store),
    "the receipts": ({ bench }) => dirname(bench.context.folder.path),
  };
  for (const [what, directoryOf] of Object.entries(forbidden)) {
    it(`in a directory of another user: that of ${what}`, async () => {
      const stage = stages["finalize under the store lock of 2026.4"];
      const known = await undisturbed(stage);
      const scene = await stage();
      const before = imagesIn(scene.bench.home);
      const directory = directoryOf(scene);
      const parent = dirname(scene.bench.context.folder.path);
      for (const path of [scene.bench.home, parent]) chmodSync(path, 0o755);
      if (isRoot) for (const path of [scene.bench.home, parent, scene.store]) chownSync(path, nobody, nobody);
      if (isRoot) chownSync(directory, 0, 0);
      chmodSync(directory, 0o555);
      const result = await asNobody(() => act(scene));
      equal(result?.applied, false);
      ok(result?.refused?.includes("EACCES"), result?.refused);
      chmodSync(directory, 0o755);
      if (isRoot) for (const path of [scene.bench.home, scene.store]) chownSync(path, 0, 0);
      wasToldTruly(known, scene, result);
      deepEqual(changedBetween(imagesIn(scene.bench.home), before), []);
      equal(await settles(known, scene, what), "old");
    });
  }
});

/** Root may write everywhere; anybody else is somebody whom a directory's mode binds already. */
async function asNobody<T>(use: () => Promise<T>): Promise<T> {
  if (!isRoot) return use();
  process.seteuid?.(nobody);
  try {
    return await use();
  } finally {
    process.seteuid?.(0);
  }
}
