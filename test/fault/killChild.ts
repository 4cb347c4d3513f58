// Does a task and kills itself, or waits to be told to go on, at one of its calls of the disk.
import { readFileSync, readSync, writeSync } from "node:fs";
import { deserialize } from "node:v8";
import { disks, type Strike, struckAt } from "./faults.ts";
import type { Order } from "./killing.ts";
import { perform } from "./task.ts";

const { task, input, folder, disk, strike, then } = deserialize(readFileSync(process.argv[2] ?? "")) as Order;
const ends: Readonly<Record<Order["then"], () => void>> = {
  kill: () => process.kill(process.pid, "SIGKILL"),
  wait: () => {
    writeSync(1, "there\n");
    readSync(0, Buffer.alloc(1));
  },
};
const files = struckAt(disks[disk], strike satisfies Strike, ends[then]);
const result = await perform(task, { input, folder, files });
process.stdout.write(JSON.stringify({ applied: result?.applied, refused: result?.refused }));
