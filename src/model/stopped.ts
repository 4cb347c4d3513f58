import { UserError } from "./userError.ts";

/** The person stopped what was under way. What was not written by then never is. */
export class Stopped extends UserError {
  constructor() {
    super("You stopped it before anything was written here: it is as it was.");
  }
}

/** Called again and again on the way; throws a `Stopped` where the person wants no more of it. */
export type GoOn = () => void;

/** Between two things of which each can stay undone. */
export function isStopped(goOn: GoOn | undefined): boolean {
  try {
    goOn?.();
    return false;
  } catch (error) {
    if (error instanceof Stopped) return true;
    throw error;
  }
}
