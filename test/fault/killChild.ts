// Repairs what is proven in a home and kills itself before one of its changes of the disk.
import { parseCapturedProcesses } from "../../src/inspect/processes.ts";
import { stateFolder } from "../../src/repair/stateFolder.ts";
import { planChoices, provenFindings, repairPlans } from "../../src/repairs.ts";
import { scan } from "../../src/scan.ts";
import { watched } from "./faults.ts";

const [home = "", folder = "", now, point] = process.argv.slice(2);
let count = 0;
const files = watched((call, make) => {
  if (call.changes) count += 1;
  if (count === Number(point)) process.kill(process.pid, "SIGKILL");
  return make();
});
const processes = parseCapturedProcesses("      1       0 Fri Nov 20 09:00:01 2026 /sbin/init");
const input = { where: { homes: [home], stateDirs: [] }, env: {}, now: Number(now), capture: { processes } };
const context = { input, folder: stateFolder({}, folder) };
const seen = await scan(input);
const { plans } = planChoices(
  seen,
  provenFindings(seen).map((finding) => ({ finding })),
  context,
);
await repairPlans(seen, plans, { ...context, files });
