import { idOf } from "../judge/sessionId.ts";
import type { Session } from "../model/session.ts";

/** A session as the surfaces know it. */
export interface ShownSession extends Session {
  /** Of all stores. */
  readonly id: string;
}

export function shownSession(session: Session): ShownSession {
  return { ...session, id: idOf(session) };
}
