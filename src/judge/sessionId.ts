import type { Session } from "../model/session.ts";

/** Of a session, for all stores; the same from scan to scan. Made where it is asked for: of ten thousand they are 2 MB. */
export function idOf({ store, key }: Pick<Session, "store" | "key">): string {
  return `${store}\n${key}`;
}
