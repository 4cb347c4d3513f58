import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { follower } from "../../src/inspect/follow.ts";

describe("Following a directory of sessions", () => {
  let place = "";
  let asked = 0;
  let heard = (): void => {};
  const watch = follower(
    () => {
      asked++;
      heard();
    },
    (message) => {
      throw new Error(message);
    },
  );

  before(() => {
    place = mkdtempSync(join(tmpdir(), "osi-follow-"));
  });

  after(() => {
    watch.close();
    rmSync(place, { recursive: true });
  });

  it("asks for another look when it begins, since something may have been written meanwhile", () => {
    const followed = { directories: [place], paths: [] };
    watch.follow(followed);
    assert.equal(asked, 1);
    watch.follow(followed);
    assert.equal(asked, 1, "Nothing is new.");
  });

  it("goes on with a directory that was made anew in the place of another", async () => {
    const sessions = join(place, "sessions");
    const followed = { directories: [sessions], paths: [] };
    mkdirSync(sessions);
    watch.follow(followed);
    const gone = new Promise<void>((resolve) => {
      heard = resolve;
    });
    rmSync(sessions, { recursive: true });
    mkdirSync(sessions);
    await gone;
    asked = 0;
    watch.follow(followed);
    assert.equal(asked, 1, "It is followed from now on, and what was written before is looked at.");
  });
});
