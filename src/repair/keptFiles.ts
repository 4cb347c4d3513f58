// Before a transcript gets another name the receipt has its own link to it, or a copy: OpenClaw's clean-up deletes
// archives later, and what lies beside them (facts, retention).
import { basename, dirname } from "node:path";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { KeptFile, Receipt } from "../model/receipt.ts";
import type { GoOn } from "../model/stopped.ts";
import { codeOf, type Files, syncDirectory } from "./files.ts";
import { keepCopy, receiptPath } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";

/** `goOn`: asked before each transcript. */
export function keepFiles(files: Files, folder: StateFolder, receipt: Receipt, goOn?: GoOn): KeptFile[] {
  const kept = new Map<string, KeptFile>();
  for (const edit of receipt.plan.edits) {
    if (edit.kind !== "rename") continue;
    goOn?.();
    const base = edit.from.replace(/\.jsonl(\.[^/\\]*)?$/, "");
    for (const path of [edit.from, `${base}.trajectory.jsonl`, `${base}.trajectory-path.json`]) {
      const stats = files.lstat(path);
      if (stats === undefined || kept.has(path)) continue;
      // Transcripts of two directories can have the same name.
      const copy = receiptPath(folder, receipt.id, "files", String(kept.size), basename(path));
      keepFile(files, path, copy);
      kept.set(path, { path, copy, stamp: fileStampOf(stats), goesWith: edit.from });
    }
  }
  return [...kept.values()];
}

function keepFile(files: Files, from: string, copy: string): void {
  files.mkdir(dirname(copy), 0o700);
  try {
    files.link(from, copy);
  } catch (error) {
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
    keepCopy(files, from, copy);
  }
  syncDirectory(files, dirname(copy));
}
