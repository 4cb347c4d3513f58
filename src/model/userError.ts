/** An error whose message is fit for people: one sentence with the next step in it. Everything else is a bug. */
export class UserError extends Error {
  override readonly name = "UserError";
}
