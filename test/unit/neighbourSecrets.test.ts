// What agentctl and claude-mem keep secret stays in their folders (promise 9), and no process of ours looks like agentctl's
// daemon, which ends whatever does (facts 1.6).
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { active, agentctlHome, auto } from "../agentctlHome.ts";
import { claudeMemHome } from "../claudeMemHome.ts";
import { type BuiltCli, buildCli, captured } from "../cli.ts";
import { temporaryDirectory } from "../temporary.ts";

const canary = /c4n4ry-[a-z-]+/g;

const secrets: Readonly<Record<string, string>> = {
  ".agentctl/daemon-env.json": '{"ANTHROPIC_API_KEY":"c4n4ry-start-environment"}',
  ".agentctl/identity/device.json": '{"privateKeyPem":"c4n4ry-device-key"}',
  ".agentctl/config.json": '{"webhook_url":"https://x.example","webhook_secret":"c4n4ry-webhook-secret"}',
  ".agentctl/daemon.stdout.log": "c4n4ry-log",
  ".claude-mem/.env": "ANTHROPIC_API_KEY=c4n4ry-dotenv",
  ".claude-mem/settings.json": '{"env":{"CLAUDE_MEM_GEMINI_API_KEY":"c4n4ry-settings"}}',
};

function homeWithSecrets(): string {
  const home = agentctlHome({ rows: { a: active({ pid: 42 }) }, locks: [auto({ pid: 42 })], files: secrets });
  const rows = [{ content_session_id: "s1", user_prompt: "c4n4ry-task" }];
  claudeMemHome({ rows, prompts: { 1: 1_795_000_000_000 }, home });
  return home;
}

describe("Secrets of agentctl and claude-mem", () => {
  let cli: BuiltCli;
  before(async () => {
    cli = await buildCli();
  });
  after(() => cli.remove());

  it("are neither printed nor kept, whatever is shown, repaired or undone", async () => {
    const home = homeWithSecrets();
    const folder = join(temporaryDirectory(), "state");
    const where = ["--home", home, ...captured(cli.folder), "--backup-dir", folder];
    const { findings } = JSON.parse((await cli.run(["scan", "--json", ...where])).stdout);
    const ids = findings
      .filter(({ repair }: { repair: { kind: string } }) => repair.kind !== "none")
      .flatMap(({ id }: { id: string }) => ["--finding", id]);
    ok(ids.length >= 6, JSON.stringify(findings));
    for (const args of [
      ["scan"],
      ["scan", "--json"],
      ["repair", ...ids, "--dry-run", "--json"],
      ["repair", ...ids, "--json"],
      ["undo", "--last", "--json"],
    ]) {
      const { stdout, stderr, code } = await cli.run([...args, ...where]);
      ok(code !== 2, stderr);
      deepEqual((stdout + stderr).match(canary) ?? [], [], args.join(" "));
    }
    const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
    const texts = kept.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "utf8"));
    ok(texts.length > 0);
    deepEqual(texts.join("\n").match(canary) ?? [], []);
  });

  it("are safe from the daemon's own eyes: the command does not show the words of its command line", async () => {
    // Named by a file of its own, so that it waits 2 s for its second look.
    const home = agentctlHome({ rows: { a: active({ pid: 4_194_304 }) } });
    const directory = join(home, ".agentctl");
    writeFileSync(join(directory, "daemon"), "");
    const child = spawn(
      process.execPath,
      [cli.path, "scan", "--agentctl-dir", directory, "--home", join(home, "daemon")],
      {
        env: { HOME: home },
        stdio: "ignore",
      },
    );
    const shown = (): string => {
      try {
        return readFileSync(`/proc/${child.pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      } catch {
        return "";
      }
    };
    const ended = once(child, "close");
    let last = "";
    while (child.exitCode === null && !last.startsWith("session-inspector")) {
      last = shown() || last;
      await new Promise((resolve) => setImmediate(resolve));
    }
    equal(last, "session-inspector");
    await ended;
  });
});
