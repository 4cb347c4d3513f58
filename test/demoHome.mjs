// What the demo shows: the sample home, and beside it, as they were captured, a database of OpenClaw 2026.9.6 whose gateway
// was killed, agentctl after its daemon, and claude-mem after its worker.
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { unpackHome } from "./fixtures/unpackHome.mjs";
import { prepareSampleHome } from "./sampleHome.mjs";

const captured = [
  { case: "openclaw/2026.9.6-sigkill-not-restarted", folder: ".openclaw", as: ".openclaw-latest" },
  { case: "agentctl/mid-v1.8.0-dead-daemon", folder: ".agentctl", as: ".agentctl" },
  { case: "claude-mem/v13.15.3-killed-worker", folder: ".claude-mem", as: ".claude-mem" },
];

/**
 * @param {string} scratch an empty directory; the home is made in it
 * @returns {Promise<string>} the home
 */
export async function prepareDemoHome(scratch) {
  const home = await prepareSampleHome(join(scratch, "home"));
  for (const [index, { case: name, folder, as }] of captured.entries()) {
    const unpacked = unpackHome(join(import.meta.dirname, "fixtures", name), join(scratch, `captured-${index}`));
    await rename(join(unpacked, folder), join(home, as));
  }
  return home;
}
