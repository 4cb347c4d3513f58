// A process that has a database open, as a gateway has: `databaseChild.ts PATH SQL`. It runs the statements, says
// "ready", does what each line of its input says, and ends with it.
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

const [path = "", sql = ""] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec(sql);
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  database.exec(line);
  process.stdout.write("done\n");
}
