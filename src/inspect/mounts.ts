import { readFileSync, statSync } from "node:fs";
import { realPath } from "./homes.ts";

const sharedFileSystems =
  /^(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|glusterfs|lustre|virtiofs|vboxsf|fuse\.(sshfs|rclone|grpcfuse|s3fs))$/;

/** What container engines put together as the root of a container: nothing outside of it writes there. */
const ownLayers = /^(overlay|fuse-overlayfs|fuse\.fuse-overlayfs|aufs)$/;

/** The kind of network or shared file system that a path is on, where other machines may write it unseen; Linux only. */
export function sharedFileSystemOf(path: string): string | undefined {
  const type = fileSystemOf(realPath(path));
  return type !== undefined && sharedFileSystems.test(type) ? type : undefined;
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

function fileSystemOf(real: string): string | undefined {
  let mounts: string;
  try {
    mounts = readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return undefined;
  }
  let best = { point: "", type: "" };
  for (const line of mounts.split("\n")) {
    const [left, right] = line.split(" - ");
    const point = left?.split(" ")[4]?.replaceAll("\\040", " ");
    const type = right?.split(" ")[0];
    if (point === undefined || type === undefined || point.length < best.point.length) continue;
    if (real === point || real.startsWith(point === "/" ? "/" : `${point}/`)) best = { point, type };
  }
  return best.type;
}
