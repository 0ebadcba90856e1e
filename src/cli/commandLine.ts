/** What a command has to do with its surroundings: where it reads, where it writes, and what it ends with. */
import type { Readable, Writable } from 'node:stream';

export interface CommandLine {
  /** The current folder, in the system's form. */
  readonly currentFolder: string;
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** True where messages may be colored: they go to a terminal, and nobody asked for none. */
  readonly colorsErrors: boolean;
  /** The folder for what was fetched, in the system's form. */
  readonly cacheFolder: string;
  /** The folder of the running program, beside which the language server lies. */
  readonly programFolder: string;
  /** Variables of the environment: `KUBECONFIG`, `USER`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user stops the program. */
  readonly signal: AbortSignal;
}

/** 0 done and clean; 1 done, with findings; 2 it could not be done. */
export type ExitStatus = 0 | 1 | 2;

/** Something that keeps a command from being carried out: one line for the user, then exit status 2. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Writes to `stream` and waits where the reader is slower than we are. */
export async function writeText(stream: Writable, text: string): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((done, fail) => {
    const end = (error?: Error): void => {
      stream.off('drain', drained).off('close', drained).off('error', end);
      if (error) fail(error);
      else done();
    };
    const drained = (): void => end();
    stream.once('drain', drained).once('close', drained).once('error', end);
  });
}
