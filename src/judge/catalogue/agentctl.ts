// What is said of agentctl's sessions, directory locks and fuses.
import type { CatalogueEntry } from "./entry.ts";

export const agentctlCatalogue = {
  "AGENTCTL-GHOST": {
    title: "Active for agentctl, but nobody works on it",
    severity: "error",
    sentence: "{key} says {status}, but {why}.",
    about:
      "agentctl's daemon was killed while it ran, or (up to 1.3.0) the row mirrors a session that the OpenClaw gateway stopped listing, which nothing ever removed: 394 active sessions after 26 hours. A row without a pid is called a ghost only where a source that lists its kind answered in full and lacks it; otherwise it is a question. Age alone proves nothing.",
    repair:
      "Finalize (`stopped`, with the time of its last trace): proven where its process is certainly gone or its gateway's whole list lacks it, asked where nobody who could know was heard. Only while agentctl's daemon is stopped: it would write its memory over the edit. While it runs, one of 1.9.0 or later can be asked to settle what it finds dead, which cannot be undone here.",
    issues: [],
  },
  "AGENTCTL-LOCK-STALE": {
    title: "A directory lock that nobody holds",
    severity: "warning",
    sentence: "{directory} is locked for {holder}, but {why}.",
    about:
      "agentctl refuses to launch anything in a locked directory. Up to 1.3.0 only `stop` released a lock, so every session that ended by itself left one; later versions keep those that they inherited for ever, since they name no pid.",
    repair:
      "Unlock exactly that element: proven where its process is certainly gone, or its session has ended and no agent that nothing accounts for is left; asked where an agent still works in that directory, or where its session is not known at all. A lock is never stale by its age. While the daemon runs it is asked to release those that name a dead process themselves.",
    issues: [],
  },
  "AGENTCTL-LOCK-GONE": {
    title: "A lock on a directory that is gone",
    severity: "info",
    sentence: "{directory} does not exist any more, and is still locked by {holder}.",
    about:
      "A manual lock never goes stale by itself. Its directory was removed or renamed, or its disk is not mounted.",
    repair:
      "Unlock, asked: whether the directory comes back only a person can know. While the daemon runs it is asked to release it, which cannot be undone here.",
    issues: [],
  },
  "AGENTCTL-PENDING": {
    title: "A session whose real id agentctl never learnt",
    severity: "info",
    sentence: "{key} stands for process {pid}, which lives{twin}.",
    about:
      "Up to 1.6.0 a launch was called `pending-<pid>` until its id was known, which with a real Claude was never. Its row may be gone, or may stand under the real id as stopped, while the process works on.",
    repair: "None: a lock or a row of that name is no leftover while its process lives.",
    issues: [],
  },
  "AGENTCTL-PID-RECYCLED": {
    title: "A pid that belongs to another process now",
    severity: "error",
    sentence:
      "{subject} names pid {pid}, which is another process now ({name}): the next start of agentctl's daemon may end it.",
    about:
      "From 1.9.0 on the daemon sends SIGTERM at its start to the pid of every row that it takes for stuck, and every version ends whatever has the pid in `agentctl.pid`, without a look at whose it is.",
    repair:
      "Finalize the row before agentctl is started. Of a pid file nothing is written here: see to it before a start.",
    issues: [],
  },
  "AGENTCTL-FUSE-ORPHAN": {
    title: "A fuse whose session has ended",
    severity: "info",
    sentence: "The fuse of {directory} waits for {key}, which {why}.",
    about: "From 1.9.1 on every launch sets one for four hours, and nothing takes it out when the session ends sooner.",
    repair: "None: it runs out by itself. What a fuse does when it expires is not changed here.",
    issues: [],
  },
  "AGENTCTL-OLD": {
    title: "A session that ended over a week ago",
    severity: "info",
    sentence: "{key} ended at {ended} and is still listed.",
    about: "Up to 1.3.0 the daemon dropped such rows at its start; since 1.4.0 nothing ever does.",
    repair: "Prune, asked: the row is launch metadata (prompt, group), and its transcript stays where it is.",
    issues: [],
  },
} as const satisfies Record<string, CatalogueEntry>;
