// The log as people read it: what it quotes of a store is text there too, and neither hides nor becomes a link (promise 8).
import type { LogOutputChannel } from "vscode";
import { labelText } from "../plan/visibleText.ts";

const longestLine = 2000;

/** The same channel, but for what `info`, `warn` and `error` are told. */
export function visibleLog(channel: LogOutputChannel): LogOutputChannel {
  return Object.create(channel, {
    info: { value: (message: string) => channel.info(visible(message)) },
    warn: { value: (message: string) => channel.warn(visible(message)) },
    error: { value: (error: unknown) => channel.error(visible(textOf(error))) },
    show: { value: () => channel.show() },
    dispose: { value: () => channel.dispose() },
  });
}

/** Whoever calls a command can make it throw anything. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? error.message) : String(error);
  } catch {
    return "something that has no text was thrown";
  }
}

/** Line by line; of `file:///…` in a stack only the link goes. */
function visible(text: string): string {
  return text
    .split("\n")
    .map((line) => labelText(line, longestLine))
    .join("\n");
}
