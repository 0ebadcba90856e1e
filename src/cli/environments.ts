/** `environments`: what is delivered from this workspace, where to, by whom, and with which images. */
import type { BuildOptions } from '../core/kustomize/build.js';
import { findImages } from '../core/gitops/environmentImages.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { DeliveryState } from '../services/delivery.js';
import type { Place } from '../core/base/problem.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatProblem } from './problemLines.js';

export interface EnvironmentsOptions {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  /** Asks forges which pull requests are open. */
  readonly pullRequests?: true;
  readonly build: BuildOptions;
}

/** An environment as programs read it; lines are 1-based, paths relative to the workspace. */
interface EnvironmentFields {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  readonly order: number;
  readonly protected: boolean;
  readonly operator: Environment['operator'];
  readonly source: { readonly repoURL?: string; readonly revision?: string; readonly path: string; readonly renderer: string };
  readonly destination: { readonly server?: string; readonly cluster?: string; readonly namespace?: string };
  readonly images: readonly { readonly name: string; readonly tag?: string; readonly digest?: string; readonly file: string; readonly line: number }[];
  readonly declaredAt: { readonly file: string; readonly line: number };
  readonly problems: number;
  /** Why it can't be rendered here; missing where it can. */
  readonly notRendered?: string;
}

/** Prints the environments of the workspace. */
export async function environments(options: EnvironmentsOptions, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, options.workspace);
  const workspace = files.open(options.build);
  if (options.pullRequests) await (await import('./forgePullRequests.js')).askForPullRequests(workspace, commandLine);
  const { delivery } = workspace.state;
  for (const problem of delivery.model.problems) {
    if (problem.severity !== 'info') commandLine.errors.write(formatProblem(problem, files.label, commandLine.colorsErrors));
  }
  const found = delivery.model.environments.map((environment) => describe(environment, delivery, files));
  await writeText(commandLine.output, options.format === 'json' ? `${JSON.stringify(found)}\n` : formatText(found));
  return 0;
}

/**
 * The environment that a user names: by its id, its label (`orders prod`), `app/name`, or its declaration's name.
 * @throws CommandError where there is none of that name, or several
 */
export function findEnvironment(name: string, delivery: DeliveryState): Environment {
  const found = nameEnvironment(name, delivery);
  if (!found) throw new CommandError(`${name} is no environment of this workspace; \`gitops-workbench environments\` lists them.`);
  return found;
}

/**
 * The same; undefined where there is none.
 * @throws CommandError where there are several
 */
export function nameEnvironment(name: string, { model }: DeliveryState): Environment | undefined {
  const tests: readonly ((environment: Environment) => boolean)[] = [
    ({ id }) => id === name,
    ({ label, app, name: own }) => label === name || `${app}/${own}` === name || `${app}-${own}` === name,
    ({ declaration }) => declaration !== undefined && (declaration.id.name === name || `${declaration.id.namespace}/${declaration.id.name}` === name),
    ({ name: own }) => own === name,
  ];
  for (const test of tests) {
    const found = model.environments.filter(test);
    if (found.length > 1) throw new CommandError(`${name} could be ${found.map(({ id }) => id).join(' or ')}; name one of them.`);
    if (found[0]) return found[0];
  }
  return undefined;
}

function describe(environment: Environment, delivery: DeliveryState, { label }: OpenFiles): EnvironmentFields {
  const { id, app, name, order, isProtected, operator, destination, declaredAt } = environment;
  const [source] = environment.sources;
  const { rendering } = delivery.render(environment);
  const line = ({ source: text, start }: Place): number => text.locate(start, start).range.start.line + 1;
  const [reason] = rendering.ok ? [] : rendering.problems.filter(({ severity }) => severity === 'error').concat(rendering.problems);
  return {
    id,
    app,
    name,
    order,
    protected: isProtected,
    operator,
    source: {
      ...(source?.repoURL && { repoURL: source.repoURL.value }),
      ...(source?.revision && { revision: source.revision.value }),
      path: source?.path ?? '',
      renderer: source?.renderer ?? 'unsupported',
    },
    destination: {
      ...(destination.server && { server: destination.server.value }),
      ...(destination.cluster && { cluster: destination.cluster.value }),
      ...(destination.namespace && { namespace: destination.namespace.value }),
    },
    images: findImages(rendering).map((image) => ({
      name: image.name,
      ...(image.tag !== undefined && { tag: image.tag }),
      ...(image.digest !== undefined && { digest: image.digest }),
      file: label(image.setAt.source.file.path),
      line: line(image.setAt),
    })),
    declaredAt: { file: label(declaredAt.source.file.path), line: line(declaredAt) },
    problems: rendering.problems.filter(({ severity }) => severity !== 'info').length,
    ...(!rendering.ok && { notRendered: reason?.message ?? 'It renders to nothing.' }),
  };
}

function formatText(found: readonly EnvironmentFields[]): string {
  const rows = found.map(({ app, name, operator, source, destination, images, notRendered }) => [
    app,
    name,
    operator === 'none' ? '-' : operator,
    `${source.path}${source.revision === undefined ? '' : `@${source.revision}`}`,
    destination.namespace ?? '-',
    notRendered === undefined
      ? images.map((image) => `${image.name.slice(image.name.lastIndexOf('/') + 1)}:${image.tag ?? image.digest ?? 'latest'}`).join(' ') || '-'
      : 'not rendered',
  ]);
  const table = [['APP', 'ENVIRONMENT', 'OPERATOR', 'SOURCE', 'NAMESPACE', 'IMAGES'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
