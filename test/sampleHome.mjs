// The home that the demo and the tests open. A placeholder: one agent without sessions.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * @param {string} directory an empty or missing directory
 * @returns {Promise<string>} the home, ready to be inspected
 */
export async function prepareSampleHome(directory) {
  const sessions = join(directory, ".openclaw", "agents", "main", "sessions");
  await mkdir(sessions, { recursive: true });
  await writeFile(join(sessions, "sessions.json"), "{}\n");
  return directory;
}
