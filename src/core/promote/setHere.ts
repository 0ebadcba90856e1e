/**
 * Ways to make one field of one environment's render say something else, by editing that environment's own files: where
 * it is set there already, at that text; else by the smallest entry that its kustomization needs. Each is a proposal:
 * whoever makes it renders again and takes the first that does what was asked and nothing else ({@link isJustThis}).
 */
import { isInside } from '../base/path.js';
import type { TextChange } from '../base/problem.js';
import { isJsonObject, isList, jsonEquals, type JsonValue } from '../live/json.js';
import { liveKey } from '../live/liveObject.js';
import { compareRenderings, formatFieldPath, type FieldChange, type FieldStep } from '../objects/compare.js';
import { parseImageReference } from '../objects/imageReference.js';
import type { RenderedObject, Rendering } from '../objects/rendering.js';
import { addToList } from './addToList.js';
import { mapsAt, rootMapOf } from './editSources.js';
import { isConsequence } from './consequence.js';
import { isScalarValue } from './wishedValue.js';
import { setField, replaceScalar, type Edit } from '../yaml/edit.js';
import { writeScalar, type EditValue } from '../yaml/editText.js';
import { scalarValue, type MapNode, type ScalarNode, type SequenceNode, type StepKind, type YamlNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { jsonScalarOf } from '../yaml/scalars.js';

/** One field and what it is to say; undefined takes it away. */
export interface Wish {
  readonly object: RenderedObject;
  readonly path: readonly FieldStep[];
  readonly value: JsonValue | undefined;
}

export interface SetHereInput extends Wish {
  /** The environment's folder, absolute: files outside belong to others too. */
  readonly folder: string;
  /** Its kustomization, parsed; undefined where it has none. */
  readonly kustomization: ParsedYaml | undefined;
  readonly parse: (path: string) => ParsedYaml | undefined;
}

/** Changes that may do it, with a name for people: `images entry`. */
export interface Proposal {
  readonly title: string;
  readonly changes: readonly TextChange[];
}

/** The most natural first. */
export function proposeEdits(input: SetHereInput): readonly Proposal[] {
  const proposals: Proposal[] = [];
  const propose = (title: string, edit: Edit): void => {
    if (edit && edit.length > 0) proposals.push({ title, changes: edit });
  };
  const node = nodeAt(input.object.root, input.path);
  if (node?.kind === 'scalar' && isScalarValue(input.value)) propose('value where it is set', editInPlace(node, input.value, input));
  const root = rootMapOf(input.kustomization);
  if (!root) return proposals;
  for (const name of namesOf(input.object)) {
    propose('images entry', editImages(root, input));
    propose('replicas entry', editReplicas(root, name, input));
    propose('patch', addPatch(root, jsonPatch(input), name, input));
    propose('patch', addPatch(root, mergePatch(name, input), undefined, input));
  }
  return proposals;
}

/**
 * True where the only difference between two renders of an environment is what was wished. An image goes everywhere
 * where the same image stood: that is what an entry of `images` means.
 */
export function isJustThis(before: Rendering, after: Rendering, { object, path, value }: Wish): boolean {
  if (!after.ok) return false;
  const changes = compareRenderings(before, after);
  const own = changes.find(({ left }) => left !== undefined && liveKey(left.id) === liveKey(object.id));
  if (!own?.left || !own.right || own.change !== 'changed') return false;
  const was = nodeAt(own.left.root, path);
  const now = nodeAt(own.right.root, path);
  const isWished = value === undefined ? now === undefined : now !== undefined && jsonEquals(jsonOf(now), value);
  const wished = resolve(own.left.root, path);
  // Items of lists are paired by what names them, which may be what is wished: then they come and go.
  const isWhole = isWished && jsonEquals(withValue(jsonOf(own.left.root), wished, value), jsonOf(own.right.root));
  const isSameImage = (field: FieldChange): boolean =>
    field.path.at(-1) === 'image' && scalarValue(was) !== undefined && scalarValue(field.left) === scalarValue(was) && scalarValue(field.right) === value;
  const isOwn = (left: RenderedObject | undefined, field: FieldChange): boolean => left === own.left && (isWhole || areOnOneWay(resolve(left?.root, field.path), wished));
  return isWished && changes.every(({ change, left, fields }) => change === 'changed' && fields.every((field) => isOwn(left, field) || isSameImage(field) || isConsequence(field)));
}

/** The value with another one at a way through it; itself where the way leads nowhere. */
function withValue(whole: JsonValue, way: readonly (string | number)[], value: JsonValue | undefined): JsonValue {
  const [step, ...rest] = way;
  if (step === undefined) return value ?? null;
  const isGone = rest.length === 0 && value === undefined;
  if (isList(whole) && typeof step === 'number') {
    return isGone ? whole.filter((_, index) => index !== step) : whole.map((item, index) => (index === step ? withValue(item, rest, value) : item));
  }
  if (!isJsonObject(whole) || typeof step !== 'string') return whole;
  const { [step]: inner, ...others } = whole;
  if (isGone) return others;
  return inner === undefined && rest.length > 0 ? whole : { ...whole, [step]: withValue(inner ?? null, rest, value) };
}

/** True where the object says what is wished already. */
export function saysSo({ object, path, value }: Wish): boolean {
  const node = nodeAt(object.root, path);
  return value === undefined ? node === undefined : node !== undefined && jsonEquals(jsonOf(node), value);
}

/** True where one way is a part of the other. */
function areOnOneWay(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.every((step, index) => index >= b.length || step === b[index]);
}

/** The way with items by their place, as far as the object has it; one that isn't there has place -1. */
function resolve(root: YamlNode | undefined, path: readonly FieldStep[]): readonly (string | number)[] {
  let at = root;
  return path.map((step) => {
    if (typeof step === 'string') {
      at = at?.kind === 'map' ? at.get(step) : undefined;
      return step;
    }
    const place = at?.kind === 'sequence' ? indexOf(at, step) : -1;
    at = at?.kind === 'sequence' ? at.items[place] : undefined;
    return place;
  });
}

/** The steps that put a value from their file into the render as it is. */
const plainSteps: ReadonlySet<StepKind> = new Set(['resource', 'strategicMerge', 'jsonPatch', 'replicas', 'labels', 'annotations', 'namespace']);

/** Writes over the text that the value comes from, where that is one of the environment's own files. */
function editInPlace(node: ScalarNode, value: string | number | boolean | null, { folder, parse }: SetHereInput): Edit {
  if (!isInside(node.source.path, folder)) return undefined;
  const step = node.step?.kind ?? 'resource';
  const own = findScalar(node, parse);
  if (!own) return undefined;
  if (plainSteps.has(step)) return replaceScalar(own, value);
  if (step !== 'images' || typeof value !== 'string') return undefined;
  const wanted = parseImageReference(value);
  if (!wanted) return undefined;
  if (own.value === node.value) return replaceScalar(own, value);
  return replaceScalar(own, wanted.digest ?? wanted.tag ?? value);
}

/** The scalar as it stands in its file, at the same place. */
function findScalar(node: ScalarNode, parse: SetHereInput['parse']): ScalarNode | undefined {
  const parsed = parse(node.source.path);
  // What stands within another text has a source of its own, whose places are those of the text around it.
  if (parsed?.source !== node.source) return node.step?.kind === 'images' ? undefined : node;
  let found: ScalarNode | undefined;
  const visit = (each: YamlNode): void => {
    if (each.kind === 'scalar') {
      if (each.start === node.start && each.end === node.end) found = each;
    } else if (each.kind === 'map') for (const pair of each.pairs) visit(pair.value);
    else for (const item of each.items) visit(item);
  };
  for (const { root } of parsed.documents) if (root) visit(root);
  return found;
}

/** An entry of `images` for the image that the container had before this kustomization changed it. */
function editImages(root: MapNode, { object, path, value }: SetHereInput): Edit {
  const node = nodeAt(object.root, path);
  if (path.at(-1) !== 'image' || node?.kind !== 'scalar' || typeof value !== 'string') return undefined;
  const wanted = parseImageReference(value);
  const first = firstOf(node);
  const written = first.kind === 'scalar' ? parseImageReference(first.value) : undefined;
  if (!wanted || !written) return undefined;
  const fields: Record<string, EditValue> = {
    ...(wanted.name !== written.name && { newName: wanted.name }),
    ...(wanted.tag !== undefined && { newTag: wanted.tag }),
    ...(wanted.digest !== undefined && { digest: wanted.digest }),
  };
  const entry = mapsAt(root, 'images').find((each) => scalarValue(each.get('name')) === written.name);
  if (!entry) return addToList(root, 'images', { name: written.name, ...fields });
  const [only, second] = Object.entries(fields).filter(([key, each]) => scalarValue(entry.get(key)) !== each);
  return only && !second ? setField(entry, only[0], only[1]) : undefined;
}

const scaledKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

function editReplicas(root: MapNode, name: string, { object, path, value }: SetHereInput): Edit {
  if (formatFieldPath(path) !== 'spec.replicas' || typeof value !== 'number' || !scaledKinds.has(object.id.kind)) return undefined;
  const entry = mapsAt(root, 'replicas').find((each) => scalarValue(each.get('name')) === name);
  return entry ? setField(entry, 'count', value) : addToList(root, 'replicas', { name, count: value });
}

function addPatch(root: MapNode, patch: string | undefined, target: string | undefined, { object }: SetHereInput): Edit {
  if (patch === undefined) return undefined;
  const { group, kind } = object.id;
  const entry: EditValue = target === undefined ? { patch } : { target: { ...(group !== '' && { group }), kind, name: target }, patch };
  return addToList(root, 'patches', entry);
}

/** A JSON patch of one operation; undefined where the field's parents aren't there. */
function jsonPatch({ object, path, value }: SetHereInput): string | undefined {
  const pointer = pointerOf(object.root, path);
  if (pointer === undefined) return undefined;
  const node = nodeAt(object.root, path);
  if (value === undefined) return node ? `- op: remove\n  path: ${pointer}\n` : undefined;
  return `- op: ${node ? 'replace' : 'add'}\n  path: ${pointer}\n  value: ${inline(value)}\n`;
}

/** The way as RFC 6901 has it, items by their place; undefined where something on it but the last is missing. */
function pointerOf(root: MapNode, path: readonly FieldStep[]): string | undefined {
  let at: YamlNode | undefined = root;
  let pointer = '';
  for (const [index, step] of path.entries()) {
    if (!at) return undefined;
    const isLast = index === path.length - 1;
    if (typeof step === 'string') {
      if (at.kind !== 'map') return undefined;
      pointer += `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      at = at.get(step);
    } else {
      if (at.kind !== 'sequence') return undefined;
      const place = indexOf(at, step);
      if (place < 0 && !isLast) return undefined;
      pointer += `/${place < 0 ? '-' : place}`;
      at = at.items[place];
    }
  }
  return pointer;
}

/** A strategic merge patch of the way down to the field; undefined where a list on it has no key. */
function mergePatch(name: string, { object, path, value }: SetHereInput): string | undefined {
  if (path.some((step) => typeof step === 'number')) return undefined;
  const { group, version, kind, namespace } = object.id;
  let inner: JsonValue = value ?? null;
  for (const step of [...path].reverse()) {
    if (typeof step === 'string') inner = { [step]: inner };
    else if (typeof step === 'object') inner = [isJsonObject(inner) ? { [step.key]: step.value, ...inner } : { [step.key]: step.value }];
  }
  if (!isJsonObject(inner)) return undefined;
  const { metadata, ...rest } = inner;
  const identity = { name, ...(namespace !== '' && { namespace }), ...(isJsonObject(metadata) && metadata) };
  return writeYaml({ apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: identity, ...rest });
}

/** Lines of block YAML; values that aren't maps stand as JSON, which is YAML too. */
function writeYaml(value: JsonValue, indent = ''): string {
  if (!isJsonObject(value)) return `${indent}${inline(value)}\n`;
  return Object.entries(value)
    .map(([key, field]) => {
      const name = /^[A-Za-z][\w./-]*$/.test(key) ? key : JSON.stringify(key);
      if (isJsonObject(field) && Object.keys(field).length > 0) return `${indent}${name}:\n${writeYaml(field, `${indent}  `)}`;
      if (isList(field) && field.length > 0 && field.every(isJsonObject))
        return `${indent}${name}:\n${field.map((item) => `${indent}- ${writeYaml(item, `${indent}  `).trimStart()}`).join('')}`;
      return field === undefined ? '' : `${indent}${name}: ${inline(field)}\n`;
    })
    .join('');
}

/** On one line: scalars as an author would write them, the rest as JSON, which is YAML too. */
function inline(value: JsonValue): string {
  return isScalarValue(value) ? writeScalar(value) : JSON.stringify(value);
}

/** The names that a patch may know an object by: as it is, and as it was before prefixes and suffixes. */
function namesOf({ root, id }: RenderedObject): readonly string[] {
  const metadata = root.get('metadata');
  const node = metadata?.kind === 'map' ? metadata.get('name') : undefined;
  const first = node && firstOf(node);
  return [...new Set([...(first?.kind === 'scalar' ? [first.value] : []), id.name])];
}

function firstOf(node: YamlNode): YamlNode {
  let first = node;
  while (first.was) first = first.was;
  return first;
}

/** The node at a way through maps and lists; undefined where it isn't there. */
export function nodeAt(root: YamlNode, path: readonly FieldStep[]): YamlNode | undefined {
  let at: YamlNode | undefined = root;
  for (const step of path) {
    if (typeof step === 'string') at = at?.kind === 'map' ? at.get(step) : undefined;
    else at = at?.kind === 'sequence' ? at.items[indexOf(at, step)] : undefined;
  }
  return at;
}

function indexOf({ items }: SequenceNode, step: Exclude<FieldStep, string>): number {
  if (typeof step === 'number') return step < items.length ? step : -1;
  return items.findIndex((item) => item.kind === 'map' && scalarValue(item.get(step.key)) === step.value);
}

function jsonOf(node: YamlNode): JsonValue {
  if (node.kind === 'map') return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, jsonOf(value)]));
  if (node.kind === 'sequence') return node.items.map(jsonOf);
  const scalar = jsonScalarOf(node);
  return scalar.kind === 'literal' ? (JSON.parse(scalar.text) as JsonValue) : scalar.kind === 'string' ? scalar.value : null;
}
