/** The commands and their options. Each command's own code is loaded when it is called, so that none pays for another. */
import { Command, CommanderError } from 'commander';
import { CommandError, type CommandLine, type ExitStatus } from './commandLine.js';

/** Carries out `words` (without the program's name) and gives the exit status. */
export async function runProgram(words: readonly string[], commandLine: CommandLine): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = defineProgram(commandLine, async (run) => {
    status = await run();
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    return tellError(error, commandLine);
  }
}

function tellError(error: unknown, { errors, colorsErrors }: CommandLine): ExitStatus {
  // Commander has said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CommandError) {
    const label = colorsErrors ? '\u001b[31merror:\u001b[0m' : 'error:';
    errors.write(`${error.place === undefined ? '' : `${error.place}: `}${label} ${error.message}\n`);
    return 2;
  }
  throw error;
}

type Perform = (run: () => Promise<ExitStatus>) => Promise<void>;

function defineProgram(commandLine: CommandLine, perform: Perform): Command {
  const { output, errors } = commandLine;
  const program = new Command('gitops-workbench')
    .description('Renders, checks and compares the environments of a GitOps repository.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void output.write(text), writeErr: (text) => void errors.write(text) })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)');
  defineRender(program, commandLine, perform);
  return program;
}

function defineRender(program: Command, commandLine: CommandLine, perform: Perform): void {
  program
    .command('render')
    .description('Prints what a kustomization renders to, as `kustomize build` would.')
    .argument('[path]', 'a folder with a kustomization, or a folder of manifests')
    .option('--batch', 'read requests from standard input, one JSON object per line, and answer each with a line')
    .action((folder: string | undefined, options: { readonly batch?: true }) =>
      perform(async () => {
        if (options.batch) return (await import('./renderBatch.js')).renderBatch(commandLine, undefined);
        throw new CommandError(`Not yet ${folder ?? ''}`);
      }),
    );
}
