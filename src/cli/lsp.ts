/** `lsp`: the language server on standard input and output, from the bundle beside this one. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError, type CommandLine } from './commandLine.js';

/** Starts the server in this process; it ends with its input. */
export async function serve({ programFolder }: CommandLine): Promise<never> {
  const file = path.join(programFolder, 'server.js');
  if (!fs.existsSync(file)) throw new CommandError(`There is no language server at ${file}; build the project with npm run build.`);
  // What serves looks here for how it is spoken to.
  if (!process.argv.includes('--stdio')) process.argv.push('--stdio');
  await import(pathToFileURL(file).href);
  return new Promise<never>(() => undefined);
}
