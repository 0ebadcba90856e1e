/**
 * `render --batch`: one request per line, one answer per line, in order. A batch is one snapshot: what was read once is
 * shared by all of its requests, and a file that changes meanwhile may be seen in either state.
 */
import { resolve } from 'node:path';
import readline from 'node:readline';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { toCorePath, toSystemPath } from '../adapters/disk/paths.js';
import { checkSchema } from '../adapters/charts/checkSchema.js';
import { unpackArchive } from '../adapters/charts/unpackArchive.js';
import type { ChartInputs, ValuesLayer } from '../core/helm/chartInputs.js';
import { ChartCache, renderChart } from '../core/helm/renderChart.js';
import { SourceText } from '../core/base/source.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import { BuildCache } from '../core/kustomize/buildCache.js';
import { renderingText, type Rendering } from '../core/objects/rendering.js';
import { makeScalar, type ScalarNode } from '../core/yaml/nodes.js';
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
  const shared = { tree: DiskTree.open(), cache: new BuildCache(), charts: new ChartCache(), fetched: openRemoteBases(commandLine).fetched };
  for await (const line of readline.createInterface({ input, crlfDelay: Infinity, signal })) {
    if (line.trim() === '') continue;
    const start = performance.now();
    const answer = answerLine(line, shared, currentFolder, errors);
    await writeText(output, `${JSON.stringify({ ...answer, ms: Math.round((performance.now() - start) * 1000) / 1000 })}\n`);
  }
  return 0;
}

type Shared = Pick<BuildRequest, 'tree' | 'cache' | 'fetched'> & { readonly charts: ChartCache };

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

function renderOne(request: BatchRequest, { charts, ...shared }: Shared, currentFolder: string): Rendering {
  const path = toCorePath(resolve(currentFolder, request.path));
  if (request.kind === 'kustomize') return buildKustomization({ ...shared, folder: path, options: request.options });
  return renderChart({ tree: shared.tree, path, inputs: request.inputs, tools: { unpack: unpackArchive, checkSchema }, cache: charts });
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
  const { id, kind, path: folder, chart, loadRestrictor, enableHelm } = fields;
  if (kind !== 'kustomize' && kind !== 'helm') return { id, error: 'The kind of a request is kustomize or helm.' };
  const name = kind === 'helm' ? chart : folder;
  if (typeof name !== 'string' || name === '') return { id, error: `A request of kind ${kind} needs ${kind === 'helm' ? 'chart' : 'path'}, the path of a folder.` };
  if (loadRestrictor !== undefined && loadRestrictor !== null && loadRestrictor !== 'LoadRestrictionsRootOnly' && loadRestrictor !== 'LoadRestrictionsNone') {
    return { id, error: 'loadRestrictor is LoadRestrictionsRootOnly or LoadRestrictionsNone.' };
  }
  if (kind === 'helm') return { id, kind, path: name, inputs: readInputs(fields, currentFolder) };
  return { id, kind, path: name, options: { loadRestrictor: loadRestrictor === 'LoadRestrictionsNone' ? 'none' : 'rootOnly', enableHelm: enableHelm === true } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a chart is rendered with; what is missing has helm's default. */
function readInputs(fields: Readonly<Record<string, unknown>>, currentFolder: string): ChartInputs {
  const { releaseName, namespace, valueFiles, set, includeCrds, kubeVersion, apiVersions, skipSchemaValidation } = fields;
  const files = texts(valueFiles).map((file): ValuesLayer => ({ kind: 'file', path: toCorePath(resolve(currentFolder, file)), node: argument(file), isOptional: false }));
  const sets = texts(set).map((expression): ValuesLayer => ({ kind: 'set', path: argument(''), value: argument(expression), as: 'typed' }));
  return {
    releaseName: typeof releaseName === 'string' ? releaseName : 'release-name',
    namespace: typeof namespace === 'string' ? namespace : 'default',
    values: [...files, ...sets],
    includeCrds: includeCrds === true,
    skipHooks: false,
    skipTests: false,
    skipSchemaValidation: skipSchemaValidation === true,
    kubeVersion: typeof kubeVersion === 'string' ? kubeVersion : undefined,
    apiVersions: texts(apiVersions),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A text of the request as what values come from. */
function argument(text: string): ScalarNode {
  return makeScalar(text, { source: new SourceText('', text), start: 0, end: text.length }, undefined);
}
