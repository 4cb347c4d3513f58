// Something that is taken for a running gateway of 2026.5.18 and says of its runs what a test wants. The genuine one is
// started in test/live.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface FakeState {
  /** What it counts as active, at each question; the last one stays. */
  readonly active: readonly number[];
  /** Keys of sessions that it says have a run. */
  readonly running?: readonly string[];
  /** The method that it refuses. */
  readonly refuses?: string;
  /** It has read the store, and writes it as it was as soon as somebody else has written it. */
  readonly writesOver?: boolean;
}

export interface FakeGateway {
  readonly pid: number;
  /** The methods that it was asked, in their order. */
  readonly asked: string[];
  readonly lock: string;
  say(state: FakeState): Promise<void>;
  end(): Promise<void>;
}

export interface FakePlace {
  readonly stateDir: string;
  readonly store: string;
}

/** @param node of 22.18 or newer @param script `fakeGatewayChild.ts` */
export async function startFakeGateway(
  { stateDir, store }: FakePlace,
  node = process.execPath,
  script = join(import.meta.dirname, "fakeGatewayChild.ts"),
): Promise<FakeGateway> {
  const config = join(stateDir, "openclaw.json");
  writeFileSync(config, JSON.stringify({ ...readJson(config), gateway: { auth: { mode: "none" } } }), { mode: 0o600 });
  // Where genuine ones have theirs: so everybody who looks at this machine sees which directory it serves.
  const name = createHash("sha256").update(config).digest("hex").slice(0, 8);
  const lock = join("/tmp", `openclaw-${process.getuid?.()}`, `gateway.${name}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  const args = ["--disable-warning=ExperimentalWarning", script, store, config, lock];
  const child = spawn(node, args, { argv0: "openclaw-gateway", stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const asked: string[] = [];
  child.on("message", (told: { asked?: string }) => {
    if (told.asked !== undefined) asked.push(told.asked);
  });
  await isReady(child);
  return {
    pid: child.pid ?? 0,
    asked,
    lock,
    say: async (state) => {
      child.send(state);
      await isReady(child);
    },
    end: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(lock, { force: true });
    },
  };
}

function isReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("exit", reject);
    const hear = (told: { ready?: boolean }): void => {
      if (told.ready !== true) return;
      child.off("message", hear);
      child.off("exit", reject);
      resolve();
    };
    child.on("message", hear);
  });
}

function readJson(path: string): object {
  return JSON.parse(readFileSync(path, "utf8"));
}
