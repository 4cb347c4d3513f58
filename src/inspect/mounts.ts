import { readFileSync, statSync } from "node:fs";
import { realPath } from "./homes.ts";

const sharedFileSystems =
  /^(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|lustre|virtiofs|vboxsf|fuse\.(sshfs|rclone|grpcfuse|s3fs))$/;

/** The kind of network or shared file system that a path is on, where other machines may write it unseen; Linux only. */
export function sharedFileSystemOf(path: string): string | undefined {
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
  return sharedFileSystems.test(best.type) ? best.type : undefined;
}

/** Whether a path lies in this container's own layer, which nothing outside of it writes. */
export function isOwnLayer(path: string): boolean {
  try {
    return statSync(path).dev === statSync("/").dev;
  } catch {
    return false;
  }
}

const cloudFolders =
  /[\\/](Dropbox|OneDrive[^\\/]*|Google ?Drive|GoogleDrive-[^\\/]*|iCloud[^\\/]*|Mobile Documents|Nextcloud|Syncthing|pCloudDrive)([\\/]|$)/i;

/** The name of the cloud folder that a path lies in, told from the path alone. */
export function cloudFolderOf(path: string): string | undefined {
  return cloudFolders.exec(realPath(path))?.[1];
}
