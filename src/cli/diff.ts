/** `diff ENV`: what a sync would change in the cluster, by object and field, with who changed it. Nothing is written. */
import { createHmac, randomBytes } from 'node:crypto';
import type { BuildOptions } from '../core/kustomize/build.js';
import type { EnvironmentDrift, FieldDrift, ObjectDrift } from '../core/drift/drift.js';
import type { JsonValue } from '../core/live/json.js';
import { formatFieldPath } from '../core/objects/compare.js';
import { originChain } from '../core/objects/rendering.js';
import { connectCluster, type ClusterWords } from './clusterConnection.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { askGitOf } from './gitFacts.js';
import { lookAtLive } from './liveLook.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatProblem } from './problemLines.js';

export interface DiffWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly showSecrets?: true;
  readonly build: BuildOptions;
}

interface DiffField {
  readonly path: string;
  readonly state: FieldDrift['state'];
  readonly desired?: JsonValue;
  readonly live?: JsonValue;
  readonly file?: string;
  readonly line?: number;
  readonly manager?: string;
  readonly time?: string;
  readonly forecast: string;
}

interface DiffObject {
  readonly object: { readonly group: string; readonly version: string; readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly state: ObjectDrift['state'];
  readonly method: ObjectDrift['method'];
  readonly reason?: string;
  readonly forecast?: string;
  readonly fields: readonly DiffField[];
  readonly ignored: readonly string[];
}

/** Status 1 where something differs or can't be told; 2 where it could not be compared. */
export async function diff(name: string, words: DiffWords, commandLine: CommandLine): Promise<ExitStatus> {
  const { signal, errors } = commandLine;
  const files = openFiles(commandLine, words.workspace);
  const { delivery } = files.open(words.build).state;
  const environment = findEnvironment(name, delivery);
  const { rendering } = delivery.render(environment);
  for (const problem of rendering.problems.filter(({ severity }) => severity === 'error')) errors.write(formatProblem(problem, files.label, commandLine.colorsErrors));
  if (!rendering.ok) return 2;
  const connected = await connectCluster(environment, words, commandLine);
  const { cluster, context } = connected;
  try {
    const { drift } = await lookAtLive(environment, delivery, connected, await askGitOf(environment, delivery, files, new Map(), signal), commandLine);
    const mask = words.showSecrets ? undefined : makeMask();
    const objects = drift.objects.map((object) => describe(object, files, mask));
    const method = drift.objects.some((object) => object.method === 'three-way') ? 'three-way' : 'server-side-dry-run';
    await writeText(
      commandLine.output,
      words.format === 'json'
        ? `${JSON.stringify({ environment: environment.label, method, objects })}\n`
        : formatText(objects, { label: environment.label, context: context.name }),
    );
    return isClean(drift) ? 0 : 1;
  } finally {
    cluster.close();
  }
}

function isClean({ objects }: EnvironmentDrift): boolean {
  return objects.every(({ state }) => state === 'in-sync' || state === 'foreign');
}

/** What stands for a secret value: the same text for the same value, and in this run only. */
type Mask = (value: JsonValue) => string;

function makeMask(): Mask {
  const key = randomBytes(32);
  return (value) => `••••••••${createHmac('sha256', key).update(JSON.stringify(value)).digest('hex').slice(0, 6)}`;
}

function describe(drift: ObjectDrift, files: OpenFiles, mask: Mask | undefined): DiffObject {
  const { id, state, method, reason, fields, ignored, forecast } = drift;
  const { group, version, kind, namespace, name } = id;
  return {
    object: { group, version, kind, ...(namespace !== '' && { namespace }), name },
    state,
    method,
    ...(reason !== '' && { reason }),
    ...(forecast.message !== '' && { forecast: forecast.message }),
    fields: fields.map((field) => describeField(field, files, mask)),
    ignored: ignored.map(({ path, reason: because }) => (path.length === 0 ? because : `${formatFieldPath(path)}: ${because}`)),
  };
}

function describeField({ path, state, desired, live, declaredBy, owner, forecast, isSecret }: FieldDrift, { label }: OpenFiles, mask: Mask | undefined): DiffField {
  const shown = (value: JsonValue): JsonValue => (isSecret && mask ? mask(value) : value);
  const [origin] = declaredBy && state !== 'removed' && state !== 'foreign' ? originChain(declaredBy) : [];
  return {
    path: formatFieldPath(path),
    state,
    ...(desired !== undefined && { desired: shown(desired) }),
    ...(live !== undefined && { live: shown(live) }),
    ...(origin && { file: label(origin.location.path), line: origin.location.range.start.line + 1 }),
    ...(owner && { manager: owner.manager, ...(owner.time !== undefined && { time: owner.time }) }),
    forecast: forecast.message,
  };
}

const signs = { 'in-sync': ' ', missing: '+', changed: '~', extra: '-', foreign: '*', unknown: '?' } as const;

function formatText(objects: readonly DiffObject[], { label, context }: { readonly label: string; readonly context: string }): string {
  const differing = objects.filter(({ state, ignored }) => state !== 'in-sync' || ignored.length > 0);
  const inSync = objects.filter(({ state }) => state === 'in-sync').length;
  const head = `${label} in ${context}: ${inSync} of ${objects.length} objects are in sync.\n`;
  return head + differing.map(formatObject).join('');
}

function formatObject({ object, state, method, reason, forecast, fields, ignored }: DiffObject): string {
  const name = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
  const lines = [`${signs[state]} ${name}: ${state}${method === 'three-way' ? ' (compared here, not by the server)' : ''}`];
  if (reason !== undefined) lines.push(`    ${reason}`);
  if (fields.length === 0 && forecast !== undefined) lines.push(`    ${forecast}`);
  for (const field of fields) lines.push(...formatField(field));
  for (const text of ignored) lines.push(`    left out: ${text}`);
  return `${lines.join('\n')}\n`;
}

function formatField({ path, desired, live, file, line, manager, time, forecast }: DiffField): readonly string[] {
  const value = (side: JsonValue | undefined): string => (side === undefined ? 'nothing' : JSON.stringify(side));
  const place = file === undefined ? '' : ` (${file}:${String(line)})`;
  const who = manager === undefined ? '' : ` (${manager}${time === undefined ? '' : `, ${time}`})`;
  return [`    ${path}: git ${value(desired)}${place}, live ${value(live)}${who}`, ...(forecast === '' ? [] : [`      ${forecast}`])];
}
