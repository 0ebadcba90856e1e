/** Runs the command line in this process, with streams of its own. */
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { runProgram } from '../../src/cli/program.js';

export interface CommandRun {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly folder: string;
  readonly input?: string;
  readonly cacheFolder?: string;
  readonly colorsErrors?: boolean;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What `gitops-workbench ...words` prints and ends with in `folder`. */
export async function runCommandLine(
  words: readonly string[],
  { folder, input = '', cacheFolder = path.join(folder, '.none'), colorsErrors = false, variables = {}, signal = new AbortController().signal }: RunOptions,
): Promise<CommandRun> {
  const [output, errors] = [collect(), collect()];
  const status = await runProgram(words, {
    currentFolder: folder,
    input: Readable.from(input === '' ? [] : [input]),
    output: output.stream,
    errors: errors.stream,
    colorsErrors,
    cacheFolder,
    programFolder: folder,
    variables,
    signal,
  });
  return { status, output: output.text(), errors: errors.text() };
}

function collect(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
