// Loaded before a program that is measured: at its end it writes what it took, one line for each process of it.
const { appendFileSync, readFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

const file = process.env["BENCH_USAGE_FILE"];
if (file && isMainThread) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    appendFileSync(
      file,
      `${JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakKb: peakKb() ?? maxRSS })}\n`,
    );
  });
}

/** What getrusage calls the peak counts what our parent held when it started us. */
function peakKb() {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]);
  } catch {
    return undefined;
  }
}
