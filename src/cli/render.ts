/** `render PATH`: prints what a folder renders to, or for each line of that where it comes from. */
import { baseName, parentPath } from '../core/base/path.js';
import { toSystemPath } from '../adapters/disk/paths.js';
import type { BuildOptions, BuildRequest } from '../core/kustomize/build.js';
import { isTemplateStep } from '../core/helm/manifestOrigins.js';
import { lineOfRendering, renderingText, type Rendering } from '../core/objects/rendering.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';
import { renderFolder } from '../services/renderFolder.js';
import { renderRevision } from '../services/renderRevision.js';
import { readChartInputs, type ChartWords } from './chartArguments.js';
import { findEnvironment } from './environments.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { chainOf, formatNode, formatPlace, type OriginFields, type PlaceFields } from './originFields.js';
import { formatProblem, formatUnreadable } from './problemLines.js';

export interface RenderOptions {
  readonly workspace?: string;
  readonly revision?: string;
  readonly origins?: true;
  readonly environment?: string;
  /** Asks forges which pull requests are open. */
  readonly pullRequests?: true;
  readonly build: BuildOptions;
  /** What a chart is rendered with. */
  readonly chart: ChartWords;
}

/** Renders the folder that the user named `name`. */
export async function render(name: string, options: RenderOptions, commandLine: CommandLine): Promise<ExitStatus> {
  const { output, errors, colorsErrors, signal } = commandLine;
  const files = openFiles(commandLine, options.workspace);
  const rendering =
    options.environment === undefined
      ? await renderNamed(files, { folder: folderOf(files.resolve(name)), revision: options.revision, build: options.build, chart: options.chart }, signal)
      : await renderEnvironment(options.environment, files, options, commandLine);
  for (const problem of rendering.problems) {
    if (problem.severity !== 'info') errors.write(formatProblem(problem, files.label, colorsErrors));
  }
  errors.write(formatUnreadable(files));
  if (!rendering.ok) {
    // What this engine doesn't render is no mistake in the files, so nothing above has told it.
    if (rendering.problems.every(({ severity }) => severity === 'info')) for (const problem of rendering.problems) errors.write(formatProblem(problem, files.label, colorsErrors));
    return 2;
  }
  await writeText(output, options.origins ? `${JSON.stringify(describeOrigins(rendering, files.label))}\n` : renderingText(rendering));
  return 0;
}

async function renderEnvironment(name: string, files: OpenFiles, { build, pullRequests }: RenderOptions, commandLine: CommandLine): Promise<Rendering> {
  const workspace = files.open(build);
  if (pullRequests) await (await import('./forgePullRequests.js')).askForPullRequests(workspace, commandLine);
  const { delivery } = workspace.state;
  return delivery.render(findEnvironment(name, delivery)).rendering;
}

/** A kustomization file stands for its folder, and so does a Chart.yaml. */
function folderOf(path: string): string {
  return [...kustomizationFileNames, 'Chart.yaml'].includes(baseName(path)) ? parentPath(path) : path;
}

/** Renders a folder as it is on disk, or at a git revision. Rejects with a Failure of git. */
export async function renderNamed(
  files: OpenFiles,
  asked: { readonly folder: string; readonly revision: string | undefined; readonly build: BuildOptions; readonly chart?: ChartWords },
  signal: AbortSignal,
): Promise<Rendering> {
  const { tree, cache, remoteBases } = files;
  const { folder, revision } = asked;
  const build = { ...asked.build, renderChart: files.renderChart };
  const inputs = readChartInputs(asked.chart ?? {}, toSystemPath(files.workspace));
  const { fetched } = remoteBases;
  if (revision === undefined) return renderFolder({ tree, folder, options: build, cache, fetched }, inputs);
  const request = {
    trees: files.revisionTrees,
    folder: tree.realPath(folder),
    revision,
    options: build,
    cache,
    fetched,
    disk: tree,
    render: (each: BuildRequest) => renderFolder(each, inputs),
  };
  return (await renderRevision(request, signal)).rendering;
}

interface LineOrigins {
  /** 1-based. */
  readonly line: number;
  readonly origins: readonly OriginFields[];
  /** Of a chart: the action that wrote the line, then what included that template, innermost first. */
  readonly templates?: readonly PlaceFields[];
  /** Of a chart: further values that went into the line. */
  readonly also?: readonly OriginFields[];
}

/** For each line of the output what set it, and what that overrode. A map or list is known by its key. */
function describeOrigins(rendering: Rendering, label: OpenFiles['label']): { readonly output: string; readonly lines: readonly LineOrigins[] } {
  const output = renderingText(rendering);
  const lines: LineOrigins[] = [];
  const count = output.split('\n').length - 1;
  for (let line = 0; line < count; line++) {
    const found = lineOfRendering(rendering, line);
    if (!found) continue;
    const { key, value } = found.printed;
    const node = value.kind === 'scalar' ? value : (key ?? value);
    const { step } = node;
    const template = isTemplateStep(step) && {
      templates: [step, ...step.calls].map(({ source, start, end }) => formatPlace(source.locate(start, end), label)),
      ...(step.also.length > 0 && { also: step.also.map((other) => formatNode(other, label)) }),
    };
    lines.push({ line: line + 1, origins: chainOf(node).map((each) => formatNode(each, label)), ...template });
  }
  return { output, lines };
}
