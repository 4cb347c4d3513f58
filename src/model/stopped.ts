import { UserError } from "./userError.ts";

/** The person stopped what was under way. What was not written by then never is. */
export class Stopped extends UserError {
  constructor() {
    super("You stopped it before anything was written here: it is as it was.");
  }
}
