// The gateway as a service of its user, which is what `openclaw gateway stop` and `start` are about. Where no systemd serves
// users, something stands in for `systemctl`: the unit, and who calls it with what, are the genuine program's.
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureNode, ensureOpenclaw } from "./gateway.mjs";

/**
 * Starts what the unit says with the environment that it says, ends its whole group, and tells nothing it does not know.
 * @param {string} folder
 */
const systemctl = (folder) => `#!/bin/bash
unit="$HOME/.config/systemd/user/openclaw-gateway.service"
alive() { [ -s "${folder}/pid" ] && stat="$(cat "/proc/$(cat "${folder}/pid")/stat" 2> /dev/null)" && [[ "$stat" != *") Z "* ]]; }
end() {
  alive || return 0
  kill -TERM -- "-$(cat "${folder}/pid")"
  while alive; do read -rt 0.05 <> <(:) || true; done
}
begin() {
  mapfile -t settings < <(sed -n 's/^Environment=//p' "$unit" | sed 's/^"\\(.*\\)"$/\\1/')
  read -ra command < <(sed -n 's/^ExecStart=//p' "$unit")
  setsid env -i LANG=C.UTF-8 "\${settings[@]}" "\${command[@]}" < /dev/null > "${folder}/log" 2>&1 &
  echo $! > "${folder}/pid"
}
echo "$*" >> "${folder}/calls"
case "$*" in
  "--user stop "*) end;;
  "--user start "*|"--user restart "*) end; begin;;
  "--user is-enabled "*) echo enabled;;
  "--user show "*) if alive; then echo ActiveState=active; else echo ActiveState=inactive; fi;;
  "--user status"|"--user daemon-reload"|"--user enable "*) ;;
  *) echo "unknown: $*" >&2; exit 1;;
esac
`;

/**
 * @typedef {object} Service
 * @property {string} bin what a PATH must begin with: `openclaw`, its Node, and `systemctl`
 * @property {() => string[]} calls of `systemctl`, since they were asked for last
 * @property {(args: readonly string[], env: Readonly<Record<string, string>>) => string} run `openclaw ARGS…`; gives what it printed
 * @property {() => void} end kills what it started
 */

/**
 * Installs the service with the genuine `openclaw gateway install`, which starts it.
 * @param {import("./gateway.mjs").Installation} at
 * @returns {Service}
 */
export function installService(at) {
  const folder = join(at.home, "service");
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  // It looks for programs beside its Node first.
  linkSync(ensureNode(at.version), join(bin, "node"));
  const openclaw = `#!/bin/bash\nexec "${bin}/node" "${ensureOpenclaw(at.version)}" "$@"\n`;
  writeFileSync(join(bin, "openclaw"), openclaw, { mode: 0o755 });
  writeFileSync(join(bin, "systemctl"), systemctl(folder), { mode: 0o755 });
  const run = (/** @type {readonly string[]} */ args, /** @type {Readonly<Record<string, string>>} */ env) =>
    execFileSync(join(bin, "openclaw"), args, {
      env: { HOME: at.home, LANG: "C.UTF-8", NO_COLOR: "1", PATH: `${bin}:/usr/bin:/bin`, ...env },
      encoding: "utf8",
    });
  const end = () => {
    try {
      process.kill(-Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
    } catch {
      // It has ended, or never began.
    }
  };
  process.once("exit", end);
  let heard = 0;
  const calls = () => {
    const all = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
    const since = all.slice(heard);
    heard = all.length;
    return since;
  };
  run(["gateway", "install"], { OPENCLAW_STATE_DIR: at.stateDir });
  return { bin, calls, run, end };
}
