/** Lets everybody else in the extension host go first: what is long is done in pieces with one of these between. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
