/**
 * `render --batch`: one request per line, one answer per line, in order. A batch is one snapshot: what was read once is
 * shared by all of its requests, and a file that changes meanwhile may be seen in either state.
 */
import { resolve } from 'node:path';
import readline from 'node:readline';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { toCorePath, toSystemPath } from '../adapters/disk/paths.js';
import { chartTools } from '../adapters/charts/chartTools.js';
import type { ChartInputs, RenderChart } from '../core/objects/chartInputs.js';
import { chartRenderer } from '../core/helm/renderChart.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import { BuildCache } from '../core/kustomize/buildCache.js';
import { renderingText, type Rendering } from '../core/objects/rendering.js';
import { readChartInputs } from './chartArguments.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { openRemoteBases } from './openFiles.js';

/** One answer; `line` and `column` are 1-based, `ms` is the engine's own time. */
interface Answer {
  readonly id: unknown;
  readonly ok: boolean;
  readonly output?: string;
  readonly code?: string;
  readonly error?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly ms: number;
}

type BatchRequest =
  | { readonly id: unknown; readonly kind: 'kustomize'; readonly path: string; readonly options: BuildOptions }
  | { readonly id: unknown; readonly kind: 'helm'; readonly path: string; readonly inputs: ChartInputs };

/** Answers requests until the input ends. */
export async function renderBatch(commandLine: CommandLine): Promise<ExitStatus> {
  const { input, output, errors, currentFolder, signal } = commandLine;
  const shared = { tree: DiskTree.open(), cache: new BuildCache(), renderChart: chartRenderer(chartTools), fetched: openRemoteBases(commandLine).fetched };
  for await (const line of readline.createInterface({ input, crlfDelay: Infinity, signal })) {
    if (line.trim() === '') continue;
    const start = performance.now();
    const answer = answerLine(line, shared, currentFolder, errors);
    await writeText(output, `${JSON.stringify({ ...answer, ms: Math.round((performance.now() - start) * 1000) / 1000 })}\n`);
  }
  return 0;
}

type Shared = Pick<BuildRequest, 'tree' | 'cache' | 'fetched'> & { readonly renderChart: RenderChart };

function answerLine(line: string, shared: Shared, currentFolder: string, errors: NodeJS.WritableStream): Omit<Answer, 'ms'> {
  const request = readRequest(line, currentFolder);
  if ('error' in request) return { id: request.id ?? null, ok: false, code: 'batch/invalid-request', error: request.error };
  const { id, kind } = request;
  try {
    return { id, ...describe(renderOne(request, shared, currentFolder), kind, request.path) };
  } catch (error) {
    // A bug of ours in one request must not take the answers of the others away.
    errors.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return { id, ok: false, code: `${kind}/internal-error`, error: error instanceof Error ? error.message : String(error), file: request.path };
  }
}

function renderOne(request: BatchRequest, { renderChart, ...shared }: Shared, currentFolder: string): Rendering {
  const path = toCorePath(resolve(currentFolder, request.path));
  if (request.kind === 'kustomize') return buildKustomization({ ...shared, folder: path, options: { ...request.options, renderChart } });
  return renderChart({ tree: shared.tree, path, inputs: request.inputs });
}

function describe(rendering: Rendering, kind: string, path: string): Omit<Answer, 'ms' | 'id'> {
  if (rendering.ok) return { ok: true, output: renderingText(rendering) };
  const problem = rendering.problems.find(({ severity }) => severity === 'error');
  if (!problem) return { ok: false, code: `${kind}/internal-error`, error: 'There is neither output nor an error.', file: path };
  const { start } = problem.location.range;
  return { ok: false, code: problem.code, error: problem.message, file: toSystemPath(problem.location.path), line: start.line + 1, column: start.character + 1 };
}

function readRequest(line: string, currentFolder: string): BatchRequest | { readonly id: unknown; readonly error: string } {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { id: undefined, error: `A request is one JSON object on one line: ${error.message}.` };
  }
  if (!isRecord(fields)) return { id: undefined, error: 'A request is a JSON object.' };
  const { id, kind, path: folder, chart, loadRestrictor, enableHelm, kubeVersion } = fields;
  if (kind !== 'kustomize' && kind !== 'helm') return { id, error: 'The kind of a request is kustomize or helm.' };
  const name = kind === 'helm' ? chart : folder;
  if (typeof name !== 'string' || name === '') return { id, error: `A request of kind ${kind} needs ${kind === 'helm' ? 'chart' : 'path'}, the path of a folder.` };
  if (loadRestrictor !== undefined && loadRestrictor !== null && loadRestrictor !== 'LoadRestrictionsRootOnly' && loadRestrictor !== 'LoadRestrictionsNone') {
    return { id, error: 'loadRestrictor is LoadRestrictionsRootOnly or LoadRestrictionsNone.' };
  }
  if (kind === 'helm') return { id, kind, path: name, inputs: readInputs(fields, currentFolder) };
  return {
    id,
    kind,
    path: name,
    options: {
      loadRestrictor: loadRestrictor === 'LoadRestrictionsNone' ? 'none' : 'rootOnly',
      enableHelm: enableHelm === true,
      ...(typeof kubeVersion === 'string' && { helmKubeVersion: kubeVersion }),
    },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is missing, or of another type, has helm's default. */
function readInputs(fields: Readonly<Record<string, unknown>>, currentFolder: string): ChartInputs {
  const text = (field: string): string | undefined => (typeof fields[field] === 'string' ? fields[field] : undefined);
  const texts = (field: string): readonly string[] => (Array.isArray(fields[field]) ? fields[field].filter((each) => typeof each === 'string') : []);
  const words = {
    releaseName: text('releaseName'),
    namespace: text('namespace'),
    values: texts('valueFiles'),
    setJson: texts('setJson'),
    set: texts('set'),
    setString: texts('setString'),
    setFile: texts('setFile'),
    kubeVersion: text('kubeVersion'),
    apiVersions: texts('apiVersions'),
    includeCrds: fields['includeCrds'] === true,
    skipSchemaValidation: fields['skipSchemaValidation'] === true,
    skipTests: fields['skipTests'] === true,
    hooks: fields['noHooks'] !== true,
  };
  return readChartInputs(words, currentFolder);
}
