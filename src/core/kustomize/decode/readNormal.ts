/** Reads the parts of a tree that normalize.ts has brought into shape: no mistake is left in it, so nothing is reported. */
import { assert } from '../../base/assert.js';
import type { MapNode, ScalarNode, SequenceNode, YamlNode } from '../../yaml/nodes.js';
import type { FieldSpec, Text, TextMap } from '../kustomization.js';

/** The map at `key`; undefined where there is none. */
export function mapAt(node: MapNode, key: string): MapNode | undefined {
  const value = node.get(key);
  return value && asMap(value);
}

/** The items of the list at `key`. */
export function itemsAt(node: MapNode, key: string): readonly YamlNode[] {
  const value = node.get(key);
  return value ? asSequence(value).items : [];
}

/** The items of a list of maps. */
export function mapsAt(node: MapNode, key: string): readonly MapNode[] {
  return itemsAt(node, key).map(asMap);
}

/** The items of a list of strings. */
export function textsAt(node: MapNode, key: string): readonly Text[] {
  return itemsAt(node, key).map(asScalar);
}

/** The scalar at `key`; undefined where it is missing or an empty string. */
export function textAt(node: MapNode, key: string): Text | undefined {
  const value = node.get(key);
  return value && asScalar(value);
}

/** The value of the string at `key`, empty where it is missing. */
export function valueAt(node: MapNode, key: string): string {
  return textAt(node, key)?.value ?? '';
}

/** The boolean at `key`, false where it is missing. */
export function flagAt(node: MapNode, key: string): boolean {
  return valueAt(node, key) === 'true';
}

/** The map of strings at `key`. */
export function textMapAt(node: MapNode, key: string): TextMap | undefined {
  const map = mapAt(node, key);
  return map && { node: map, entries: map.pairs.map((pair) => ({ key: pair.key, value: asScalar(pair.value) })) };
}

/** The field specifications in the list at `key`. */
export function fieldSpecsAt(node: MapNode, key: string): readonly FieldSpec[] {
  return mapsAt(node, key).map((spec) => ({
    group: valueAt(spec, 'group'),
    version: valueAt(spec, 'version'),
    kind: valueAt(spec, 'kind'),
    path: valueAt(spec, 'path'),
    create: flagAt(spec, 'create'),
  }));
}

/** Of several optional texts those that are there, under their names: `{ name }` without `kind: undefined`. */
export function textsNamed<Name extends string>(node: MapNode, ...names: readonly Name[]): Readonly<Partial<Record<Name, Text>>> {
  const result: Partial<Record<Name, Text>> = {};
  for (const name of names) {
    const text = textAt(node, name);
    if (text) result[name] = text;
  }
  return result;
}

export function asMap(node: YamlNode): MapNode {
  assert(node.kind === 'map', 'a normalized tree has a map here');
  return node;
}

function asSequence(node: YamlNode): SequenceNode {
  assert(node.kind === 'sequence', 'a normalized tree has a list here');
  return node;
}

function asScalar(node: YamlNode): ScalarNode {
  assert(node.kind === 'scalar', 'a normalized tree has a scalar here');
  return node;
}
