/** Hands the commands of a script to those who know them: without `sudo` and the like, by the program's own name. */
import type { Place } from '../../base/problem.js';
import { readBuildCommand, type Command } from './buildCommands.js';
import type { Job } from './job.js';
import type { ShellCall } from './runShell.js';
import { constantOf, noText, type SymbolicText } from './symbolicText.js';
import { readWriteCommand } from './writeCommands.js';

const prefixes: ReadonlySet<string> = new Set(['sudo', 'time', 'command', 'exec', 'nohup', 'retry', 'then']);

/** Notes in `job` what a command does. */
export function readCommand(call: Omit<ShellCall, 'redirects' | 'input' | 'script' | 'start' | 'end'>, place: Place, job: Job): void {
  const words = withoutPrefixes(call.words);
  const name = constantOf(words[0] ?? noText);
  if (name === undefined) return;
  const program = name.slice(name.lastIndexOf('/') + 1);
  const text = place.source.text
    .slice(place.start, place.end)
    .replace(/\s*\\?\s*\n\s*/g, ' ')
    .trim();
  const { cwd, branches, variable } = call;
  const command: Command = { program, given: words.slice(1), cwd, branches, variable, place, text };
  if (!readBuildCommand(command, job)) readWriteCommand(command, job);
}

function withoutPrefixes(words: readonly SymbolicText[]): readonly SymbolicText[] {
  const at = words.findIndex((word) => {
    const text = constantOf(word);
    return text === undefined || !(prefixes.has(text) || text === 'env' || /^-[EHn]$/.test(text) || /^\w+=/.test(text));
  });
  return at < 0 ? [] : words.slice(at);
}
