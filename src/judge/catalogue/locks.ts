// What is said of locks.
import type { CatalogueEntry } from "./entry.ts";

export const locksCatalogue = {
  "LOCK-DEAD-IDLE": {
    title: "A lock that nobody holds",
    severity: "warning",
    sentence: "{lock} is held by nobody ({owner}), and {row}.",
    about:
      "A process was killed while it held the lock. Until it goes, a new message in that conversation waits for its timeout.",
    repair: "Unlock, proven where the gateway is stopped: pid and file are looked at again right before.",
    issues: ["#86530", "#26579", "#18140"],
  },
  "LOCK-LIVE-OLD": {
    title: "A lock held for very long",
    severity: "warning",
    sentence: "{lock} has been held for {age} by a living process ({owner}).",
    about:
      "A run that hangs, or a gateway that forgot to release. Commands of older OpenClaw versions would delete it under the living owner.",
    repair:
      "Never taken from a living owner: abort the run or restart the gateway, which then drops its own locks. `openclaw doctor` lists it too; its `--fix` takes it from the living owner in older versions.",
    issues: ["#49603", "#86801", "#87779", "#88129"],
  },
  "LOCK-FOREIGN-PID": {
    title: "A lock in the name of another program",
    severity: "warning",
    sentence: "{lock} names a process that is no OpenClaw ({owner}), and {row}.",
    about: "The owner died and the system gave its pid to another program.",
    repair: "Unlock, proven where the gateway is stopped and the other program is certain.",
    issues: ["#76854", "#76823"],
  },
  "LOCK-EMPTY": {
    title: "A lock that names nobody",
    severity: "warning",
    sentence: "{lock} has been there for {age} and names no process.",
    about: "Its writer was killed between creating the file and writing its pid.",
    repair: "Unlock, proven after 30 minutes where the gateway is stopped.",
    issues: ["#80686"],
  },
  "LOCK-SELF-PID": {
    title: "A lock that outlived its run",
    severity: "warning",
    sentence: "{lock} is held by the living gateway, although the run ended at {ended}.",
    about:
      "The gateway forgot to release the lock after the run; new messages in that conversation wait for their timeout.",
    repair: "Never taken from a living owner: restart the gateway, which drops its own locks.",
    issues: ["#86530", "#49603", "#88647"],
  },
  "STORE-LOCK": {
    title: "A leftover lock on the store",
    severity: "error",
    sentence: "{lock} is held by nobody ({owner}){effect}.",
    about:
      "Up to 2026.4.29 the store is locked for every write, and a dead lock blocks them all; later versions never look at it and leave it lying.",
    repair: "Unlock, proven where its pid is gone and the gateway is stopped.",
    issues: ["#13203", "#15507", "#75386"],
  },
  "GW-LOCK-STALE": {
    title: "A gateway lock that nobody holds",
    severity: "warning",
    sentence: "{lock} names a gateway that is gone ({owner}).",
    about:
      "The gateway was killed. Until its next start, which takes the lock over, commands may believe that it runs.",
    repair: "Unlock, proven where no gateway runs; or leave it to the next start.",
    issues: ["#49036", "#57115"],
  },
  "ERA-S-LOCKS": {
    title: "A lock of an older version",
    severity: "info",
    sentence: "{lock} is left of a version that kept sessions in files ({owner}): nothing looks at it any more.",
    about: "OpenClaw 2026.8 and later lock their database instead; what older ones left stays for ever.",
    repair: "Unlock, proven where its process is gone and the gateway is stopped.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
