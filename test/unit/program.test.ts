import assert from "node:assert/strict";
import { type Program, programOf } from "../../src/owner/program.ts";

const openclaw = "/usr/lib/node_modules/openclaw/openclaw.mjs";

const programs: Record<Program, readonly (readonly string[] | undefined)[]> = {
  openclaw: [
    // Titles that it sets, as /proc and ps show them (facts K).
    ["openclaw"],
    ["openclaw-gateway"],
    ["openclaw-agent"],
    ["openclaw-sessions"],
    ["openclaw-gateway   "],
    ["openclaw", "gateway", "run"],
    ["/usr/local/bin/openclaw", "gateway"],
    ["/usr/local/bin/openclaw-doctor"],
    // A script of its package, before it sets its title.
    ["node", openclaw, "gateway"],
    ["/opt/node/bin/node", "/home/claw/app/node_modules/openclaw/dist/index.js", "agent"],
    ["node", "/usr/local/bin/openclaw", "gateway"],
    ["node", "--max-old-space-size=4096", "--no-warnings", openclaw],
    ["node", "--require", "./preload.cjs", openclaw],
    ["node", "-r", "x", "--import", "y", "-C", "z", openclaw],
    ["node", "--env-file", ".env", openclaw],
    ["node", "--title", "claw", "--trace-warnings", openclaw],
    ["node22", openclaw],
    ["/usr/bin/nodejs", openclaw],
    ["bun", "run", openclaw],
    ["bun", openclaw],
    ["node", "C:\\tools\\node_modules\\openclaw\\openclaw.mjs"],
    ["node.exe", "openclaw.mjs", "gateway"],
    ["node", "/home/claw/openclaw-session-inspector/node_modules/openclaw/openclaw.mjs", "gateway"],
  ],
  script: [
    ["node", "server.js"],
    ["node", "/srv/app/index.js", "openclaw"],
    ["node", "--inspect=9229", "server.js", openclaw],
    // We ourselves: never OpenClaw.
    ["node", "/usr/bin/openclaw-session-inspector", "scan"],
    ["node", "/home/dev/openclaw-session-inspector/dist/cli.js", "scan"],
    ["node", "/usr/lib/node_modules/openclaw-session-inspector/dist/cli.js"],
  ],
  other: [
    [],
    [""],
    ["openclaw-session-inspector", "scan"],
    ["/usr/bin/openclaw-session-inspector"],
    ["/sbin/init"],
    ["vim", "/home/claw/.openclaw/openclaw.json"],
    ["code", "/home/claw/openclaw"],
    ["tail", "-f", "/tmp/openclaw/openclaw.log"],
    ["grep", "openclaw"],
    ["sh", "-c", "openclaw gateway"],
    ["myopenclaw"],
    ["openclawd"],
    ["openclaw_gateway"],
    ["[openclaw]"],
    ["OpenClaw Helper"],
    ["node"],
    ["node", "--version"],
  ],
  unreadable: [undefined],
};

describe("program of a process", () => {
  for (const [program, commands] of Object.entries(programs)) {
    for (const argv of commands) {
      it(`${argv === undefined ? "a command line that may not be read" : JSON.stringify(argv)} is ${program}`, () => {
        assert.equal(programOf({ pid: 7, ...(argv !== undefined && { argv }) }), program);
      });
    }
  }
});
