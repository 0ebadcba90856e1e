/**
 * `render --batch`: one request per line, one answer per line, in order. A batch is one snapshot: what was read once is
 * shared by all of its requests, and a file that changes meanwhile may be seen in either state.
 */
import path from 'node:path';
import readline from 'node:readline';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { toCorePath, toSystemPath } from '../adapters/disk/paths.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import { BuildCache } from '../core/kustomize/buildCache.js';
import { renderingText } from '../core/objects/rendering.js';
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

interface BatchRequest {
  readonly id: unknown;
  readonly kind: unknown;
  readonly path: string;
  readonly options: BuildOptions;
}

/** Answers requests until the input ends. */
export async function renderBatch(commandLine: CommandLine): Promise<ExitStatus> {
  const { input, output, errors, currentFolder, signal } = commandLine;
  const shared = { tree: DiskTree.open(), cache: new BuildCache(), fetched: openRemoteBases(commandLine).fetched };
  for await (const line of readline.createInterface({ input, crlfDelay: Infinity, signal })) {
    if (line.trim() === '') continue;
    const start = performance.now();
    const answer = answerLine(line, shared, currentFolder, errors);
    await writeText(output, `${JSON.stringify({ ...answer, ms: Math.round((performance.now() - start) * 1000) / 1000 })}\n`);
  }
  return 0;
}

type Shared = Pick<BuildRequest, 'tree' | 'cache' | 'fetched'>;

function answerLine(line: string, shared: Shared, currentFolder: string, errors: NodeJS.WritableStream): Omit<Answer, 'ms'> {
  const request = readRequest(line);
  if ('error' in request) return { id: request.id ?? null, ok: false, code: 'batch/invalid-request', error: request.error };
  const { id, kind } = request;
  if (kind === 'helm') return { id, ok: false, code: 'helm/unsupported', error: 'This version renders no Helm charts.', file: request.path };
  try {
    return { id, ...renderKustomization(request, shared, currentFolder) };
  } catch (error) {
    // A bug of ours in one request must not take the answers of the others away.
    errors.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return { id, ok: false, code: 'kustomize/internal-error', error: error instanceof Error ? error.message : String(error), file: request.path };
  }
}

function renderKustomization(request: BatchRequest, shared: Shared, currentFolder: string): Omit<Answer, 'ms' | 'id'> {
  const folder = toCorePath(path.resolve(currentFolder, request.path));
  const rendering = buildKustomization({ ...shared, folder, options: request.options });
  if (rendering.ok) return { ok: true, output: renderingText(rendering) };
  const problem = rendering.problems.find(({ severity }) => severity === 'error');
  if (!problem) return { ok: false, code: 'kustomize/internal-error', error: 'There is neither output nor an error.', file: request.path };
  const { start } = problem.location.range;
  return { ok: false, code: problem.code, error: problem.message, file: toSystemPath(problem.location.path), line: start.line + 1, column: start.character + 1 };
}

function readRequest(line: string): BatchRequest | { readonly id: unknown; readonly error: string } {
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
  return { id, kind, path: name, options: { loadRestrictor: loadRestrictor === 'LoadRestrictionsNone' ? 'none' : 'rootOnly', enableHelm: enableHelm === true } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
