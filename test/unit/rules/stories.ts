// How the stories of the rules are told: a home, what is known of its processes, and all that must be said of it.
import { deepEqual, equal } from "node:assert/strict";
import {
  briefly,
  buildHome,
  gateway,
  type HomeSpec,
  minute,
  now,
  type ScanSpec,
  scanHome,
  sessionId,
  trajectory,
  transcript,
} from "../../homeBuilder.ts";

/** Every finding counts: what a story does not list must not be said. */
export type Story = readonly [story: string, home: HomeSpec, seen: ScanSpec, expected: readonly string[]];

export const started = now - 60 * minute;
export const ended = now - 50 * minute;
export const day = 24 * 60 * minute;
export const tx = `~/${sessionId}.jsonl`;
export const traj = `~/${sessionId}.trajectory.jsonl`;
export const lockFile = `~/${sessionId}.jsonl.lock`;
export const subKey = "agent:main:subagent:abc";
export const cronKey = "agent:main:cron:job-1:run:r1";
/** A gateway runs that nothing ties to the home. */
export const alive: ScanSpec = { processes: [gateway] };
export const success = trajectory(["session.started", started], ["session.ended", ended, { status: "success" }]);
export const answered = transcript(["user", started], ["assistant", ended, { stopReason: "stop" }]);

/** The stories of one family of rules, by the code that each is about. */
export function tellStories(family: string, stories: Readonly<Record<string, readonly Story[]>>): void {
  describe(`rules about ${family}, each on the smallest store that deserves it and on its innocent neighbours`, () => {
    for (const [code, told] of Object.entries(stories)) {
      describe(code, () => {
        for (const [story, home, seen, expected] of told) {
          it(story, async () => {
            const { findings, sessions } = await scanHome(buildHome(home), seen);
            deepEqual(briefly(findings), expected);
            for (const { key } of sessions) {
              const proposals = findings.filter(({ session, repair }) => session === key && repair.kind !== "none");
              equal(proposals.length <= 1, true, "a session has at most one proposal");
            }
          });
        }
      });
    }
  });
}
