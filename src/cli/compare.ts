/** `compare LEFT RIGHT`: the rendered difference of two environments, or of one at two git revisions, by object and field. */
import { createHmac, randomBytes } from 'node:crypto';
import type { BuildOptions } from '../core/kustomize/build.js';
import { compareRenderings, formatFieldPath, plainValue, type FieldChange, type FieldStep, type ObjectChange } from '../core/objects/compare.js';
import { originChain, type Rendering } from '../core/objects/rendering.js';
import { isSecretObject, isSecretPath } from '../core/objects/secretFields.js';
import type { YamlNode } from '../core/yaml/nodes.js';
import type { DeliveryState } from '../services/delivery.js';
import { WorkspaceIndex } from '../services/workspaceIndex.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment, nameEnvironment } from './environments.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatOrigin, type OriginFields } from './originFields.js';
import { formatProblem } from './problemLines.js';
import { renderNamed } from './render.js';

export interface CompareOptions {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly showSecrets?: true;
  readonly build: BuildOptions;
}

interface ComparedField {
  readonly path: string;
  readonly left?: unknown;
  readonly right?: unknown;
  readonly leftOrigin?: OriginFields;
  readonly rightOrigin?: OriginFields;
}

/** One object that differs, as programs read it. */
export interface ComparedObject {
  readonly object: { readonly group: string; readonly version: string; readonly kind: string; readonly namespace?: string; readonly name: string };
  readonly change: ObjectChange['change'];
  readonly fields: readonly ComparedField[];
}

/** Compares what the user named `left` with what he named `right`; status 1 where they differ. */
export async function compare(left: string, right: string, options: CompareOptions, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, options.workspace);
  const renderings: Rendering[] = [];
  for (const name of [left, right]) {
    const rendering = await renderSide(name, files, options.build, commandLine.signal);
    const errors = rendering.problems.filter(({ severity }) => severity === 'error' || !rendering.ok);
    for (const problem of errors) commandLine.errors.write(formatProblem(problem, files.label, commandLine.colorsErrors));
    if (!rendering.ok) return 2;
    renderings.push(rendering);
  }
  const [a, b] = renderings;
  if (!a || !b) return 2;
  const mask = options.showSecrets ? undefined : makeMask();
  const objects = compareRenderings(a, b).map((change) => describeChange(change, files, mask));
  await writeText(commandLine.output, options.format === 'json' ? `${JSON.stringify(objects)}\n` : formatComparison(objects));
  return objects.length === 0 ? 0 : 1;
}

/** Renders what `ENV` or `ENV@REV` names: a folder, the one kustomization whose folder ends in that name, or an environment. */
async function renderSide(name: string, files: OpenFiles, build: BuildOptions, signal: AbortSignal): Promise<Rendering> {
  const whole = findFolder(name, files);
  if (whole !== undefined) return renderNamed(files, { folder: whole, revision: undefined, build }, signal);
  const at = name.lastIndexOf('@');
  const workspace = files.open(build);
  if (at < 0) return renderEnvironment(name, workspace.state.delivery);
  const [environment, revision] = [name.slice(0, at), name.slice(at + 1)];
  const folder = findFolder(environment, files);
  if (folder !== undefined) return renderNamed(files, { folder, revision, build }, signal);
  const { delivery } = await workspace.deliveryAt(revision, signal);
  if (nameEnvironment(environment, delivery)) return renderEnvironment(environment, delivery);
  // A folder that only an older revision has is not on disk.
  return renderNamed(files, { folder: files.resolve(environment), revision, build }, signal);
}

function renderEnvironment(name: string, delivery: DeliveryState): Rendering {
  return delivery.render(findEnvironment(name, delivery)).rendering;
}

function findFolder(name: string, { tree, workspace, resolve, label }: OpenFiles): string | undefined {
  const folder = resolve(name);
  if (tree.kind(folder) === 'directory') return folder;
  const ending = `/${name.replaceAll('\\', '/')}`;
  const found = new WorkspaceIndex(tree, [workspace]).places.filter((place) => place.folder.endsWith(ending));
  const [first, second] = found;
  if (second) throw new CommandError(`${name} could be ${found.map((place) => label(place.folder)).join(' or ')}; name one of them.`);
  return first?.folder;
}

/** What stands for a secret value: the same text for the same value, and in this process only. */
export type Mask = (value: unknown) => string;

/** A mask for this run. */
export function makeMask(): Mask {
  const key = randomBytes(32);
  return (value) => `••••••••${createHmac('sha256', key).update(JSON.stringify(value)).digest('hex').slice(0, 6)}`;
}

/** @param mask undefined to show the values of Secrets */
export function describeChange({ change, left, right, fields }: ObjectChange, { label }: Pick<OpenFiles, 'label'>, mask: Mask | undefined): ComparedObject {
  const object = left ?? right;
  const { group, version, kind, namespace, name } = object?.id ?? { group: '', version: '', kind: '', namespace: '', name: '' };
  const maskHere = object && isSecretObject(object.id) ? mask : undefined;
  return {
    object: { group, version, kind, ...(namespace !== '' && { namespace }), name },
    change,
    fields: fields.map((field) => describeField(field, label, maskHere)),
  };
}

function describeField({ path, left, right }: FieldChange, label: OpenFiles['label'], mask: Mask | undefined): ComparedField {
  const value = (node: YamlNode): unknown => (mask ? maskValue(plainValue(node), path, mask) : plainValue(node));
  const origin = (node: YamlNode): OriginFields | undefined => {
    const [first] = originChain(node);
    if (!first) return undefined;
    const { value: text, ...place } = formatOrigin(first, label);
    return mask && isSecretPath(path) ? place : { ...place, ...(text !== undefined && { value: text }) };
  };
  const [leftOrigin, rightOrigin] = [left && origin(left), right && origin(right)];
  return {
    path: formatFieldPath(path),
    ...(left && { left: value(left) }),
    ...(right && { right: value(right) }),
    ...(leftOrigin && { leftOrigin }),
    ...(rightOrigin && { rightOrigin }),
  };
}

function maskValue(value: unknown, path: readonly FieldStep[], mask: Mask): unknown {
  if (isSecretPath(path)) return mask(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskValue(inner, [...path, key], mask)]));
}

/** Lines for a terminal. */
export function formatComparison(objects: readonly ComparedObject[]): string {
  const words = { added: '+', removed: '-', changed: '~' } as const;
  return objects
    .map(
      ({ object, change, fields }) =>
        `${words[change]} ${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}\n${fields.map(formatField).join('')}`,
    )
    .join('');
}

function formatField({ path, left, right, leftOrigin, rightOrigin }: ComparedField): string {
  const side = (value: unknown, origin: OriginFields | undefined): string => (origin ? `${JSON.stringify(value)} (${origin.file}:${origin.line})` : 'nothing');
  return `    ${path}: ${side(left, leftOrigin)} -> ${side(right, rightOrigin)}\n`;
}
