// Where to strike a repair: at each of its calls in the long run, at each of its steps once in `npm test`.
import { basename, dirname } from "node:path";
import { isLong } from "./extent.ts";
import { type Call, disks, watched } from "./faults.ts";
import { act } from "./outcome.ts";
import type { Stage } from "./scenes.ts";

export interface Step {
  readonly name: Call["name"];
  readonly changes: boolean;
  /** What is called, on which file: the same for two calls that do the same. */
  readonly what: string;
}

/** Every call of the task, in order, without a fault. */
export async function stepsOf(stage: Stage): Promise<readonly Step[]> {
  const scene = await stage();
  const steps: Step[] = [];
  const opened = new Map<unknown, string>();
  const files = watched(disks[scene.disk], (call, make) => {
    const { name, args, changes } = call;
    const paths = args.slice(0, 2).map((arg) => opened.get(arg) ?? (typeof arg === "string" ? placeOf(arg) : ""));
    steps.push({ name, changes, what: [name, ...paths].join(" ") });
    const result = make();
    if (name === "open") opened.set(result, paths[0] ?? "");
    return result;
  });
  await act(scene, files);
  return steps;
}

/** A file and its folder, without what is another in every run: times, pids, random words. */
function placeOf(path: string): string {
  return `${basename(dirname(path))}/${basename(path)}`.replaceAll(/[0-9a-f-]*\d[0-9a-f-]*/g, "#");
}

/** Points, counted from 1, of the calls that `counts`; in `npm test` only one of those whose `kind` is the same. */
export function pointsOf(
  steps: readonly Step[],
  counts: (step: Step) => boolean,
  kind: (step: Step) => string = ({ what }) => what,
): readonly number[] {
  const kinds = new Map<string, number[]>();
  const counted = steps.filter(counts);
  for (const [i, step] of counted.entries()) {
    const same = isLong ? `${i}` : kind(step);
    kinds.set(same, [...(kinds.get(same) ?? []), i + 1]);
  }
  // What is done several times is struck early of one kind and late of another, so that a repair is struck all along.
  return [...kinds.values()].map((same, i) => same[Math.floor((same.length * i) / kinds.size)] ?? 1);
}
