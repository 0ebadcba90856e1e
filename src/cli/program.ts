/** The commands and their options. Each command's own code is loaded when it is called, so that none pays for another. */
import { Command, CommanderError, Option } from 'commander';
import type { BuildOptions } from '../core/kustomize/build.js';
import { Failure, isCancelled } from '../services/failure.js';
import { CommandError, type CommandLine, type ExitStatus } from './commandLine.js';
import type { CheckOptions } from './check.js';
import type { CompareOptions } from './compare.js';
import type { DiffWords } from './diff.js';
import type { DoctorWords } from './doctor.js';
import type { EnvironmentsOptions } from './environments.js';
import type { PromoteWords } from './promote.js';
import type { ChartWords } from './chartArguments.js';
import type { RenderOptions } from './render.js';
import type { RegistryMoveWords } from './registryMove.js';
import type { RollbackWords } from './rollback.js';
import type { StatusWords } from './status.js';
import type { SandboxWords } from './sandbox.js';
import type { SyncWords } from './sync.js';

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
  if (isCancelled(error)) return 2;
  const label = colorsErrors ? '\u001b[31merror:\u001b[0m' : 'error:';
  if (error instanceof CommandError) errors.write(`${label} ${error.message}\n`);
  else if (error instanceof Failure) errors.write(`${label} ${error.message} ${error.action} (${error.code})\n`);
  else errors.write(`${label} A bug of GitOps Workbench; please report it with what follows.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 2;
}

type Perform = (run: () => Promise<ExitStatus>) => Promise<void>;

function defineProgram(commandLine: CommandLine, perform: Perform): Command {
  const { output, errors } = commandLine;
  const program = new Command('gitops-workbench')
    .description('Renders, checks and compares the environments of a GitOps repository.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => void errors.write(text),
      outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')} Try --help.\n`),
    })
    .showSuggestionAfterError();
  defineRender(program, commandLine, perform);
  defineCheck(program, commandLine, perform);
  defineCompare(program, commandLine, perform);
  defineEnvironments(program, commandLine, perform);
  defineDiff(program, commandLine, perform);
  defineSync(program, commandLine, perform);
  definePromote(program, commandLine, perform);
  defineRollback(program, commandLine, perform);
  defineRegistryMove(program, commandLine, perform);
  defineStatus(program, commandLine, perform);
  defineDoctor(program, commandLine, perform);
  defineFetch(program, commandLine, perform);
  defineSandbox(program, commandLine, perform);
  program
    .command('lsp')
    .description('Serves the language server protocol on standard input and output.')
    .option('--stdio', 'what editors pass; it is the only way there is')
    .action(() => perform(async () => (await import('./lsp.js')).serve(commandLine)));
  return program;
}

interface KustomizeWords {
  readonly loadRestrictor: 'LoadRestrictionsRootOnly' | 'LoadRestrictionsNone';
  readonly enableHelm?: true;
}

/** kustomize's own options, with its names. */
function withKustomizeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--load-restrictor <mode>', 'which files a kustomization may read')
        .choices(['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'])
        .default('LoadRestrictionsRootOnly'),
    )
    .option('--enable-helm', 'inflate the Helm charts that kustomizations name');
}

function buildOptions({ loadRestrictor, enableHelm }: KustomizeWords): BuildOptions {
  return { loadRestrictor: loadRestrictor === 'LoadRestrictionsNone' ? 'none' : 'rootOnly', enableHelm: enableHelm === true };
}

/** What charts of a kustomization are inflated for that don't say it themselves: kustomize's `--helm-kube-version` and `--helm-api-versions`. */
function inflationOf({ kubeVersion, apiVersions }: ChartWords): Pick<BuildOptions, 'helmKubeVersion' | 'helmApiVersions'> {
  return { ...(kubeVersion !== undefined && { helmKubeVersion: kubeVersion }), ...(apiVersions && { helmApiVersions: apiVersions }) };
}

/** The flags of `helm template` that say what a chart is rendered with. */
function withChartOptions(command: Command): Command {
  return command
    .option('--release-name <name>', 'charts: the name of the release (default: release-name)')
    .option('-n, --namespace <namespace>', 'charts: the namespace of the release (default: default)')
    .option('-f, --values <file>', 'charts: a values file; again for more, of which the last wins', gather)
    .option('--set <path=value>', 'charts: a value, over those of files; again for more', gather)
    .option('--set-string <path=value>', 'charts: the same for a value that is a text whatever it looks like', gather)
    .option('--set-json <path=value>', 'charts: the same for a value in JSON', gather)
    .option('--set-file <path=file>', 'charts: the same for a value that is the text of a file', gather)
    .option('--kube-version <version>', 'charts: the version of Kubernetes that templates see')
    .option('--api-versions <version>', 'charts: an API version more that templates see; again for more', gather)
    .option('--include-crds', 'charts: print the definitions of crds/ as well')
    .option('--no-hooks', 'charts: leave hooks out')
    .option('--skip-tests', 'charts: leave tests out')
    .option('--skip-schema-validation', 'charts: take values that a schema of the chart refuses');
}

function withWorkspace(command: Command): Command {
  return command.option('--workspace <dir>', 'the folder that paths are relative to (default: the current folder)');
}

function defineRender(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('render')
    .description('Prints what a kustomization, a chart or a folder of manifests renders to, as `kustomize build` or `helm template` would print it.')
    .argument('[path]', 'a folder with a kustomization, a chart or its archive, or a folder of manifests', '.')
    .option('--revision <rev>', 'read the files of a git revision, without a checkout')
    .option('--origins', 'print JSON: the output, and for each of its lines what set it')
    .addOption(new Option('--environment <env>', 'render what the operator of this environment would, with its inputs applied').conflicts(['revision', 'batch']))
    .option('--pull-requests', `${pullRequestWords}: with --environment`)
    .addOption(new Option('--batch', 'read requests from standard input, one JSON object per line, and answer each with a line').conflicts(['revision', 'origins']));
  type Words = Omit<RenderOptions, 'build' | 'chart'> & KustomizeWords & ChartWords & { readonly batch?: true };
  withChartOptions(withWorkspace(withKustomizeOptions(command))).action((folder: string, { batch, ...words }: Words) =>
    perform(async () => {
      if (batch) return (await import('./renderBatch.js')).renderBatch(commandLine);
      return (await import('./render.js')).render(folder, { ...words, build: { ...buildOptions(words), ...inflationOf(words) }, chart: words }, commandLine);
    }),
  );
}

function defineCheck(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('check')
    .description('Reports what is wrong in the kustomizations of the workspace. Status 1 means that there are errors.')
    .argument('[paths...]', 'folders or files to look at; everything where none is named')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(['text', 'json', 'sarif']).default('text'))
    .addOption(new Option('--severity <severity>', 'the lowest severity that is shown').choices(['error', 'warning', 'info']).default('info'))
    .option('--rule <id...>', 'only findings of these rules')
    .option('--fix', 'apply the safe fixes to the files, then check again');
  withWorkspace(withKustomizeOptions(command)).action((paths: readonly string[], words: Omit<CheckOptions, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./check.js')).check(paths, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

/** For commands that know the preview environments of pull requests. */
const pullRequestWords = 'ask GitHub and GitLab which pull requests are open, with GH_TOKEN or GITHUB_TOKEN, GITLAB_TOKEN';

function defineEnvironments(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('environments')
    .description('Lists what is delivered from the workspace: app, environment, operator, source, destination, images.')
    .addOption(new Option('--format <format>', 'how environments are printed').choices(['text', 'json']).default('text'))
    .option('--pull-requests', pullRequestWords);
  withWorkspace(withKustomizeOptions(command)).action((words: Omit<EnvironmentsOptions, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./environments.js')).environments({ ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineCompare(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('compare')
    .description('Prints in which objects and fields two environments differ, rendered. Status 1 means that they do.')
    .argument('<left>', 'an environment (`orders prod`), a folder with a kustomization or the end of its path; perhaps with @ and a git revision: overlays/prod@main')
    .argument('<right>', 'the same for the other side')
    .addOption(new Option('--format <format>', 'how differences are printed').choices(['text', 'json']).default('text'))
    .option('--show-secrets', 'print the values of Secrets instead of masking them');
  withWorkspace(withKustomizeOptions(command)).action((left: string, right: string, words: Omit<CompareOptions, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./compare.js')).compare(left, right, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

/** kubectl's own options, with its names. */
function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'the kubeconfig to use (default: what KUBECONFIG names, or ~/.kube/config)')
    .option('--context <name>', 'the context to use (default: the one that the destination fits, or else the current one)');
}

function defineDiff(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('diff')
    .description('Prints what a sync of an environment would change in its cluster, by field, with who changed it. Status 1 means that something differs. Nothing is written.')
    .argument('<environment>', 'an environment: its label (`orders prod`), its id, or the name of its declaration')
    .option('--show-secrets', 'print the values of Secrets instead of masking them')
    .addOption(new Option('--format <format>', 'how differences are printed').choices(['text', 'json']).default('text'));
  withCluster(withWorkspace(withKustomizeOptions(command))).action((environment: string, words: Omit<DiffWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./diff.js')).diff(environment, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

/** An option that may be said again. */
function gather(value: string, values: readonly string[] | undefined): readonly string[] {
  return [...(values ?? []), value];
}

/** Where edits go, for commands that edit branches. */
function withDelivery(command: Command, message: string): Command {
  return withWorkspace(
    withKustomizeOptions(
      command
        .option('--dry-run', 'print the edits as a diff and write nothing')
        .option('--commit', 'commit the edits to the branch of each environment; the files here change only where that branch is checked out')
        .option('--push', 'commit and push')
        .option('--branch <name>', 'commit to a new branch, push it, and name the page on which the pull request is made')
        .option('--message <text>', `the commit message (default: ${message}, or as \`commits\` in .gitops-workbench.yaml says)`)
        .option('--skip-ci', 'end the subject with [skip ci]')
        .option('--no-verify', "don't ask the hooks pre-commit and commit-msg")
        .option('--protected <name>', 'the name of a protected environment, typed again (repeatable)', gather)
        .option('--yes', 'answer the other questions of the plan with yes')
        .addOption(new Option('--format <format>', 'how the plan and what came of it are printed').choices(['text', 'json']).default('text')),
    ),
  );
}

function definePromote(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('promote')
    .description(
      'Moves image versions from one environment to others: edits the lines that set them, on the branch that each target follows, and shows what the targets render to then. Without --dry-run, --commit, --push or --branch the files here are edited. Status 1 means that the result has new errors.',
    )
    .argument('<from>', 'an environment: its label (`orders dev`), its id, or a name (`dev`) for all apps that have it')
    .argument('<to...>', 'the environments that get its versions')
    .option('--app <name>', 'only this app (repeatable)', gather)
    .option('--image <name>', 'only this image, without its tag (repeatable)', gather);
  withDelivery(command, '`chore: update prod image to ...`').action((from: string, to: string[], words: Omit<PromoteWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./promote.js')).promote(from, to, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineRegistryMove(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('registry-move')
    .description(
      'Takes images from another registry, or under another name: edits every place that names them, bases and overlays that repeat the name among them, on each branch that an environment follows, and shows that nothing but names of images changes in what they render to. Without --dry-run, --commit, --push or --branch the files here are edited.',
    )
    .argument('<from>', 'what names begin with (`ghcr.io/acme`), or the name of one image, without its tag')
    .argument('<to>', 'what stands in its place')
    .option('--texts', 'change references in arguments, commands and variables of containers too');
  withDelivery(command, '`chore: take images from ... instead of ...`').action((from: string, to: string, words: Omit<RegistryMoveWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./registryMove.js')).moveRegistry(from, to, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineRollback(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('rollback')
    .description(
      'Takes the last delivery of an environment back, or all since a commit, as `git revert` would: one commit on the branch that the environment follows, after showing what it leads to and what would undo it. Files that are not committed stay as they are. Status 1 means that the result has new errors.',
    )
    .argument('<environment>', 'an environment: its label (`orders prod`), its id, or the name of its declaration')
    .option('--to <commit>', 'bring back what it was at this commit of its branch (default: before the last commit that changed what it renders to)')
    .addOption(new Option('--history', 'print the commits that changed what it renders to, latest first, and write nothing').conflicts(['dryRun', 'push', 'branch']))
    .option('--dry-run', 'print what would be committed as a diff and write nothing')
    .option('--push', 'push it too')
    .option('--branch [name]', 'commit to a new branch, push it, and name the page on which the pull request is made')
    .option('--message <text>', 'the commit message (default: as git revert writes it, or as `commits` in .gitops-workbench.yaml says)')
    .option('--skip-ci', 'end the subject with [skip ci]')
    .option('--no-verify', "don't ask the hooks pre-commit and commit-msg")
    .option('--protected <name>', 'the name of a protected environment, typed again (repeatable)', gather)
    .option('--yes', 'let environments change that the commits changed too')
    .addOption(new Option('--format <format>', 'how the plan and what came of it are printed').choices(['text', 'json']).default('text'));
  withWorkspace(withKustomizeOptions(command)).action((environment: string, words: Omit<RollbackWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./rollback.js')).rollback(environment, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineStatus(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('status')
    .description(
      'Prints how far a change has come: saved, committed, pushed, tracked, synced, rolled out, healthy, each with its evidence. A cluster is asked only where one is named. Status 1 means that a rung is not done.',
    )
    .argument(
      '[environment]',
      'an environment: its label (`orders prod`), its id, or the name of its declaration (default: all); or a line of a file, `web.yaml:12`, for each environment that is rendered from it',
    )
    .option('--kubeconfig <file>', 'the kubeconfig to read (default: as kubectl, KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'the context to ask')
    .addOption(new Option('--format <format>', 'how rungs are printed').choices(['text', 'json']).default('text'));
  withWorkspace(withKustomizeOptions(command)).action((environment: string | undefined, words: Omit<StatusWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./status.js')).status(environment, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineDoctor(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('doctor')
    .description(
      'Looks for symptoms of an environment and says their likely causes, with the evidence and the fix of each. A cluster is asked only where one is named. Nothing is written. Status 1 means that something was found.',
    )
    .argument('[environment]', 'an environment: its label (`orders prod`), its id, or the name of its declaration (default: all)')
    .option('--kubeconfig <file>', 'the kubeconfig to read (default: as kubectl, KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'the context to ask')
    .option('--ask-registries', 'ask registries for images that can not be pulled, with the credentials of Docker')
    .addOption(new Option('--format <format>', 'how findings are printed; markdown is a report to copy').choices(['text', 'json', 'markdown']).default('text'));
  withWorkspace(withKustomizeOptions(command)).action((environment: string | undefined, words: Omit<DoctorWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./doctor.js')).doctor(environment, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineFetch(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('fetch')
    .description(
      'Fetches remote bases and charts that the workspace names and this machine does not have yet: git repositories, files, chart repositories and registries, with the credentials of git, helm and Docker. No other command asks the network for them. Status 2 means that something could not be had.',
    )
    .argument('[paths...]', 'folders or files whose entries are fetched; everything where none is named');
  withWorkspace(withKustomizeOptions(command)).action((paths: readonly string[], words: { readonly workspace?: string } & KustomizeWords) =>
    perform(async () => (await import('./fetch.js')).fetchLacking(paths, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineSync(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('sync')
    .description(
      'Plans a sync of an environment, shows it, and carries it out: server-side apply with waves and hooks, pruning, a wait for health. What Argo CD or Flux delivers is handed to it. Status 1 means that something was left out, 2 that it failed or did not begin.',
    )
    .argument('<environment>', 'an environment, as `environments` lists them: `orders prod`')
    .option('--dry-run', 'show the plan and write nothing; status 1 means that objects are blocked')
    .option('--prune', 'delete what the environment keeps and no longer declares')
    .option('--yes', 'answer the plan with yes; a protected environment needs --protected too, a deletion of data --confirm')
    .option('--protected <name>', 'the name of a protected environment, typed again')
    .option(
      '--confirm <key>',
      'answer a question of the plan with yes, such as prune/v1/PersistentVolumeClaim/shop/data; `all` answers all of them (repeatable)',
      (key: string, keys: readonly string[] | undefined) => [...(keys ?? []), key],
    )
    .option('--leave-conflicts', 'leave fields that others set to them, instead of taking them over')
    .option('--skip-blocked', 'sync the other objects where some are blocked')
    .option('--without-operator', "sync here although the environment is an operator's that isn't in this cluster")
    .addOption(new Option('--revision <rev>', 'sync what a git revision renders to, instead of the files as they are').conflicts(['undo', 'history']))
    .addOption(new Option('--undo', 'go back to the delivery before, at its revision').conflicts(['history']))
    .option('--history', 'print the record of deliveries and write nothing')
    .option('--timeout <time>', 'how long to wait for the health of one step: seconds, or 90s, 5m', '5m')
    .option('--no-wait', "don't wait for health")
    .addOption(new Option('--format <format>', 'how plan and result are printed').choices(['text', 'json']).default('text'));
  withCluster(withWorkspace(withKustomizeOptions(command))).action((environment: string, words: Omit<SyncWords, 'build'> & KustomizeWords) =>
    perform(async () => (await import('./sync.js')).sync(environment, { ...words, build: buildOptions(words) }, commandLine)),
  );
}

function defineSandbox(program: Command, commandLine: CommandLine, perform: Perform): void {
  const command = program
    .command('sandbox')
    .description(
      'Starts a Kubernetes API with simulated workloads, an OCI registry and a git remote on this machine, to try and test with, and prints their addresses. Runs until it is stopped.',
    )
    .option('--port <number>', 'the port of the API (default: a free one)')
    .option('--data <dir>', 'keep everything in this folder (default: nothing is kept)')
    .option('--nodes <number>', 'how many nodes it has', '1')
    .addOption(new Option('--format <format>', 'how addresses are printed; json is one line').choices(['text', 'json']).default('text'));
  command
    .option('--workspace <dir>', 'put a copy of this repository on the git remote, to stand for the one that its declarations name')
    .option('--deliver', "bring the workspace's Applications, Kustomizations and the like into the sandbox, where Argo CD and Flux are simulated");
  command.action((words: SandboxWords) => perform(async () => (await import('./sandbox.js')).sandbox(words, commandLine)));
}
