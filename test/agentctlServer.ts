// Speaks as agentctl's daemon does over its socket (facts 1.9): what it holds is its own, whatever the files say.
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";

export interface DaemonServer {
  /** Methods with their parameters, in the order they came. */
  readonly asked: { readonly method: string; readonly params: unknown }[];
  locks: Record<string, unknown>[];
  /** What it answers instead. */
  readonly answers: Map<string, object>;
  close(): Promise<void>;
}

/** @param pid that it says it is */
export async function serveDaemon(directory: string, locks: readonly unknown[], pid: number): Promise<DaemonServer> {
  const server = createServer((socket) => {
    socket.setEncoding("utf8").on("data", (line: string) => {
      const { id, method, params } = JSON.parse(line);
      daemon.asked.push({ method, params });
      const given = daemon.answers.get(method) ?? { result: doneBy(method, params) };
      socket.end(`${JSON.stringify({ id, ...given })}\n`);
      if (method !== "daemon.shutdown") return;
      // As it does: it answers first; then its socket refuses, and its process ends.
      server.close();
      if (pid !== process.pid) process.kill(pid);
    });
    socket.on("error", () => {});
  });
  const doneBy = (method: string, params: { directory?: string }): unknown => {
    switch (method) {
      case "daemon.status":
        return { pid, uptime: 5, sessions: 0, locks: daemon.locks.length, fuses: 0 };
      case "lock.list":
        return daemon.locks;
      case "lock.release":
        daemon.locks = daemon.locks.filter(({ type, directory: one }) => type !== "manual" || one !== params.directory);
        return null;
      case "session.prune":
        return { pruned: 1 };
      default:
        return null;
    }
  };
  const daemon: DaemonServer = {
    asked: [],
    locks: structuredClone(locks) as Record<string, unknown>[],
    answers: new Map(),
    close: async () => {
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
  server.listen(join(directory, "agentctl.sock"));
  await once(server, "listening");
  return daemon;
}
