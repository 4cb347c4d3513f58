import { readFileSync, statSync } from "node:fs";
import { realPath } from "./homes.ts";

const sharedFileSystems =
  /^(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|lustre|virtiofs|vboxsf|fuse\.(sshfs|rclone|grpcfuse|s3fs))$/;

/** File systems whose permission bits are made up when they are mounted. */
const withoutModes = /^(vfat|exfat|msdos|ntfs3?|fuseblk|drvfs|9p|cifs|smb3|smbfs|vboxsf|fuse\..+)$/;

/** What container engines put together as the root of a container: nothing outside of it writes there. */
const ownLayers = /^(overlay|fuse-overlayfs|fuse\.fuse-overlayfs|aufs)$/;

/** The kind of network or shared file system that a path is on, where other machines may write it unseen; Linux only. */
export function sharedFileSystemOf(path: string): string | undefined {
  const type = fileSystemOf(path);
  return isShared(type) ? type : undefined;
}

export function isShared(fileSystem: string | undefined): boolean {
  return fileSystem !== undefined && sharedFileSystems.test(fileSystem);
}

/** Whether the permission bits of its files say anything. */
export function keepsModes(fileSystem: string | undefined): boolean {
  return fileSystem === undefined || !withoutModes.test(fileSystem);
}

/** The kind of file system that a path is on, as the kernel names it; undefined where it does not say. */
export function fileSystemOf(path: string): string | undefined {
  return mountOf(path)?.type;
}

/** Where the file system that a path is on is mounted, and its kind; undefined where the kernel does not say. */
export function mountOf(path: string): { readonly point: string; readonly type: string } | undefined {
  let mounts: string;
  try {
    mounts = readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return undefined;
  }
  const real = realPath(path);
  let best = { point: "", type: "" };
  for (const line of mounts.split("\n")) {
    const [left, right] = line.split(" - ");
    const point = left?.split(" ")[4]?.replaceAll("\\040", " ");
    const type = right?.split(" ")[0];
    if (point === undefined || type === undefined || point.length < best.point.length) continue;
    if (real === point || real.startsWith(point === "/" ? "/" : `${point}/`)) best = { point, type };
  }
  return best.type === "" ? undefined : best;
}

/**
 * Whether a path lies in this container's own layer, which nothing outside of it writes. A root that is an ordinary disk
 * is no layer: it is the machine's own, seen from a pid namespace that hides who else writes it (unshare, sandboxes).
 */
export function isOwnLayer(path: string): boolean {
  try {
    return ownLayers.test(fileSystemOf("/") ?? "") && statSync(path).dev === statSync("/").dev;
  } catch {
    return false;
  }
}

const cloudFolders =
  /[\\/](Dropbox( \([^\\/]*\))?|OneDrive(( - |-)[^\\/]*)?|Google ?Drive|GoogleDrive-[^\\/]*|iCloud ?Drive|Mobile Documents|CloudStorage|Nextcloud|Syncthing|pCloud ?Drive)([\\/]|$)/;

/** The name of the cloud folder that a path lies in, told from the path alone. */
export function cloudFolderOf(path: string): string | undefined {
  return cloudFolders.exec(realPath(path))?.[1];
}
