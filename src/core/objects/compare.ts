/**
 * What differs between two renderings, by object and field. Objects are paired by identity; what kustomize appends to
 * names (hashes, prefixes, suffixes) and the namespace keep a pair apart only where something else fits better, so that
 * two environments of one app can be compared. Values are compared as they are printed.
 */
import type { ResId } from './resId.js';
import type { MapNode, ScalarNode, SequenceNode, StepKind, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import type { RenderedObject, Rendering } from './rendering.js';

/**
 * A key, an index, or the element of a list that has a value under a key; `and` has further keys where one alone doesn't
 * identify it. The element of a list of plain values has the empty key.
 */
export type FieldStep = string | number | { readonly key: string; readonly value: string; readonly and?: readonly { readonly key: string; readonly value: string }[] };

/** A field that differs; the side on which it is missing is undefined. */
export interface FieldChange {
  readonly path: readonly FieldStep[];
  readonly left: YamlNode | undefined;
  readonly right: YamlNode | undefined;
}

export interface ObjectChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Undefined for an added object. */
  readonly left: RenderedObject | undefined;
  /** Undefined for a removed object. */
  readonly right: RenderedObject | undefined;
  /** Empty for an added or removed object. */
  readonly fields: readonly FieldChange[];
}

/** The objects that differ: those of `left` in its order, then those that only `right` has. */
export function compareRenderings(left: Rendering, right: Rendering): readonly ObjectChange[] {
  const pairs = pairObjects(left.objects, right.objects);
  const paired = new Set(pairs.values());
  const changes: ObjectChange[] = [];
  for (const object of left.objects) {
    const other = pairs.get(object);
    if (!other) changes.push({ change: 'removed', left: object, right: undefined, fields: [] });
    else {
      const fields = compareNodes(object.root, other.root);
      if (fields.length > 0) changes.push({ change: 'changed', left: object, right: other, fields });
    }
  }
  for (const object of right.objects) if (!paired.has(object)) changes.push({ change: 'added', left: undefined, right: object, fields: [] });
  return changes;
}

/** `spec.containers[name=web].image`; a key with dots or slashes stands in brackets. */
export function formatFieldPath(path: readonly FieldStep[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (typeof step === 'object') text += `[${[step, ...(step.and ?? [])].map(({ key, value }) => `${key}=${value}`).join(',')}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `['${step}']`;
  }
  return text;
}

/** Pairs what is unmistakable first, then what is left by ever less. */
function pairObjects(left: readonly RenderedObject[], right: readonly RenderedObject[]): ReadonlyMap<RenderedObject, RenderedObject> {
  const pairs = new Map<RenderedObject, RenderedObject>();
  let restLeft = left;
  let restRight = right;
  for (const keyOf of identities) {
    const byKey = groupUnique(restRight, keyOf);
    const taken = new Set<RenderedObject>();
    for (const [key, object] of groupUnique(restLeft, keyOf)) {
      const other = object && byKey.get(key);
      if (!object || !other) continue;
      pairs.set(object, other);
      taken.add(object).add(other);
    }
    restLeft = restLeft.filter((object) => !taken.has(object));
    restRight = restRight.filter((object) => !taken.has(object));
  }
  return pairs;
}

/** What makes two objects the same, from the strictest to the loosest. The version never does: it is a field like others. */
const identities: readonly ((object: RenderedObject) => string)[] = [
  ({ id }) => identity(id, id.name, id.namespace),
  (object) => identity(object.id, nameBefore(object, hashSteps), object.id.namespace),
  (object) => identity(object.id, nameBefore(object, affixSteps), object.id.namespace),
  (object) => identity(object.id, nameBefore(object, affixSteps), ''),
];

const hashSteps: ReadonlySet<StepKind> = new Set(['hashSuffix']);
const affixSteps: ReadonlySet<StepKind> = new Set(['hashSuffix', 'namePrefix', 'nameSuffix']);

function identity({ group, kind }: ResId, name: string, namespace: string): string {
  return [group, kind, namespace, name].join('\0');
}

/** The name that an object had before these steps. */
function nameBefore({ root, id }: RenderedObject, steps: ReadonlySet<StepKind>): string {
  const metadata = root.get('metadata');
  let name = metadata?.kind === 'map' ? metadata.get('name') : undefined;
  while (name?.was && name.step && steps.has(name.step.kind)) name = name.was;
  return name?.kind === 'scalar' ? name.value : id.name;
}

/** Objects by key; undefined under a key that several have. */
function groupUnique(objects: readonly RenderedObject[], keyOf: (object: RenderedObject) => string): ReadonlyMap<string, RenderedObject | undefined> {
  const groups = new Map<string, RenderedObject | undefined>();
  for (const object of objects) {
    const key = keyOf(object);
    groups.set(key, groups.has(key) ? undefined : object);
  }
  return groups;
}

/** The fields in which two nodes differ; empty where they print the same. */
export function compareNodes(left: YamlNode, right: YamlNode): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compareAt(left, right, [], changes);
  return changes;
}

function compareAt(left: YamlNode, right: YamlNode, path: readonly FieldStep[], changes: FieldChange[]): void {
  if (left === right) return;
  if (left.kind === 'map' && right.kind === 'map') compareMaps(left, right, path, changes);
  else if (left.kind === 'sequence' && right.kind === 'sequence') compareLists(left, right, path, changes);
  else if (left.kind !== 'scalar' || right.kind !== 'scalar' || printedScalar(left) !== printedScalar(right)) changes.push({ path, left, right });
}

function compareMaps(left: MapNode, right: MapNode, path: readonly FieldStep[], changes: FieldChange[]): void {
  for (const { key, value } of left.pairs) {
    const other = right.get(key.value);
    if (other) compareAt(value, other, [...path, key.value], changes);
    else changes.push({ path: [...path, key.value], left: value, right: undefined });
  }
  for (const { key, value } of right.pairs) if (!left.pair(key.value)) changes.push({ path: [...path, key.value], left: undefined, right: value });
}

function compareLists(left: SequenceNode, right: SequenceNode, path: readonly FieldStep[], changes: FieldChange[]): void {
  const key = mergeKeys.find((candidate) => isKeyOf(candidate, left) && isKeyOf(candidate, right));
  if (key !== undefined) {
    compareElements(left, right, key, path, changes);
    return;
  }
  const onlyScalars = [...left.items, ...right.items].every((item) => item.kind === 'scalar');
  if (onlyScalars) {
    // One list of texts against another says more than index against index.
    const texts = ({ items }: SequenceNode): string => JSON.stringify(items.map((item) => (item.kind === 'scalar' ? printedScalar(item) : '')));
    if (texts(left) !== texts(right)) changes.push({ path, left, right });
    return;
  }
  for (let index = 0; index < Math.max(left.items.length, right.items.length); index++) {
    const [a, b] = [left.items[index], right.items[index]];
    if (a && b) compareAt(a, b, [...path, index], changes);
    else changes.push({ path: [...path, index], left: a, right: b });
  }
}

/** Keys by which elements of Kubernetes lists are known, in the order they are tried. */
const mergeKeys = ['name', 'mountPath', 'devicePath', 'containerPort', 'port', 'key', 'topologyKey', 'ip', 'host'] as const;

/** True when every element has a value of its own under the key. */
function isKeyOf(key: string, { items }: SequenceNode): boolean {
  const values = new Set(items.map((item) => keyValue(item, key)));
  return items.length > 0 && values.size === items.length && !values.has(undefined);
}

function keyValue(item: YamlNode, key: string): string | undefined {
  const value = item.kind === 'map' ? item.get(key) : undefined;
  return value?.kind === 'scalar' ? value.value : undefined;
}

function compareElements(left: SequenceNode, right: SequenceNode, key: string, path: readonly FieldStep[], changes: FieldChange[]): void {
  const byKey = new Map(right.items.map((item) => [keyValue(item, key), item]));
  const seen = new Set<string | undefined>();
  for (const item of left.items) {
    const value = keyValue(item, key) ?? '';
    seen.add(value);
    const other = byKey.get(value);
    if (other) compareAt(item, other, [...path, { key, value }], changes);
    else changes.push({ path: [...path, { key, value }], left: item, right: undefined });
  }
  for (const [value, item] of byKey) if (!seen.has(value)) changes.push({ path: [...path, { key, value: value ?? '' }], left: undefined, right: item });
}

function printedScalar(node: ScalarNode): string {
  const scalar = jsonScalarOf(node);
  return scalar.kind === 'string' ? `"${scalar.value}` : scalar.kind === 'literal' ? scalar.text : node.value;
}

/** A node as plain JSON data, as it is printed. A number that JavaScript can't hold exactly stays a text. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar': {
      const scalar = jsonScalarOf(node);
      if (scalar.kind !== 'literal') return scalar.kind === 'string' ? scalar.value : node.value;
      if (scalar.text === 'null') return null;
      if (scalar.text === 'true' || scalar.text === 'false') return scalar.text === 'true';
      const number = Number(scalar.text);
      return Number.isInteger(number) && !Number.isSafeInteger(number) ? scalar.text : number;
    }
    case 'map':
      return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, plainValue(value)]));
    case 'sequence':
      return node.items.map(plainValue);
  }
}
