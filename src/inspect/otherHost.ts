// Paths that name another machine. On Windows a mere look at one asks that machine, and shows it who asks (promise 9).

const share = /^[\\/]{2}[^\\/]+[\\/]+[^\\/]+/;

/**
 * Whether a path that a store gives is `\\server\share\…` or a device (`\\.\…`, `\\?\…`), unless the store itself lies on
 * that very share. Elsewhere than on Windows such a path is an ordinary one.
 */
export function namesOtherHost(path: string, store: string, platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== "win32" || !/^[\\/]{2}/.test(path)) return false;
  const named = share.exec(path)?.[0];
  return named === undefined || spelled(named) !== spelled(share.exec(store)?.[0] ?? "");
}

function spelled(root: string): string {
  return root.replaceAll(/[\\/]+/g, "\\").toLowerCase();
}
