/** The last part of a path, whichever way its slashes lean: what a store says may come from another system. */
export function basenameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
