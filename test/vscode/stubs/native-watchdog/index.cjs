// Stands in for VS Code's native watchdog, which has no prebuilt binary: a process ends soon after the one it serves.
// VS Code's own ends it with 87; so do we, for its log to read the same.
const intervalMs = 1_000;

exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, intervalMs).unref();
};

exports.exit = (code) => process.exit(code);
