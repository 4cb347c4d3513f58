// What a file holds, as a hash and a size: what plans, copies and new files are compared by.
import { createHash } from "node:crypto";
import type { FileImage } from "../model/receipt.ts";
import { type Files, readPieces, withOpen } from "./files.ts";

export function imageOf(files: Files, path: string): FileImage {
  return withOpen(files, path, "r", undefined, (fd) => imageOfOpen(files, fd));
}

export function imageOfOpen(files: Files, fd: number): FileImage {
  const { take, image } = imaging();
  readPieces(files, fd, take);
  return image();
}

/** Of bytes that somebody else goes through, in their order. */
export function imaging(): { readonly take: (bytes: Buffer) => void; readonly image: () => FileImage } {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  return {
    take: (bytes) => {
      hash.update(bytes);
      sizeBytes += bytes.length;
    },
    image: () => ({ sha256: hash.digest("hex"), sizeBytes }),
  };
}
