/**
 * Changes the fields that a field specification names, in one object (kustomize's api/filters/fieldspec v0.21.2). Lists
 * on the way are gone through item by item; what does not change keeps its identity.
 */
import type { Place } from '../../base/problem.js';
import { isGvkSelected, type Gvk } from '../../objects/resId.js';
import { makeMap, makeScalar, type MapNode, Pair, SequenceNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { FieldSpec } from '../kustomization.js';
import { splitPath } from './splitPath.js';

/** A field specification with its path taken apart. */
export interface FieldPath extends Gvk {
  readonly spec: FieldSpec;
  readonly parts: readonly PathPart[];
}

interface PathPart {
  readonly name: string;
  /** The key of a list, written with `[]` behind it. */
  readonly isList: boolean;
}

/** What to do with the fields that are found. */
export interface FieldUpdate {
  /** The new value of a field; the same node where it stays. A field that was just created is passed as undefined. */
  readonly set: (node: YamlNode | undefined) => YamlNode;
  /** What a missing field is made to be where the specification says `create`; missing where fields are never created. */
  readonly creates?: 'scalar' | 'map';
  /** The text that the maps come from which have to be made on the way to the field, and the step that makes them. */
  readonly place: Place;
  readonly step: Step;
  /** Called where an object is not as the path needs it; the field stays as it is. */
  readonly onMismatch: (node: YamlNode, message: string) => void;
}

/** Takes the path of a specification apart, once for all objects. */
export function parseFieldPath(spec: FieldSpec): FieldPath {
  const parts = splitPath(spec.path, '/').map((part) => (part.endsWith('[]') ? { name: part.slice(0, -2), isList: true } : { name: part, isList: false }));
  return { group: spec.group, version: spec.version, kind: spec.kind, spec, parts };
}

/** Several specifications, with those that concern a kind found once per kind. */
export class FieldPathSet {
  readonly #paths: readonly FieldPath[];
  readonly #byKind = new Map<string, readonly FieldPath[]>();

  constructor(specs: readonly FieldSpec[]) {
    this.#paths = specs.map(parseFieldPath);
  }

  /** Those that select the kind, in their order. */
  matching(gvk: Gvk): readonly FieldPath[] {
    const key = `${gvk.group}/${gvk.version}/${gvk.kind}`;
    let paths = this.#byKind.get(key);
    if (!paths) this.#byKind.set(key, (paths = this.#paths.filter((path) => isGvkSelected(gvk, path))));
    return paths;
  }
}

/** The object with the fields at `path` updated; itself where nothing changes. The kind is the caller's to look at. */
export function updateAtFieldSpec(root: MapNode, path: FieldPath, update: FieldUpdate): MapNode {
  const updated = updateBelow(root, path, 0, update);
  return updated.kind === 'map' ? updated : root;
}

function updateBelow(node: YamlNode, path: FieldPath, depth: number, update: FieldUpdate): YamlNode {
  const part = path.parts[depth];
  if (!part) return update.set(node);
  switch (node.kind) {
    case 'sequence':
      return node.mapItems((item) => updateBelow(item, path, depth, update));
    case 'map':
      return updateField(node, part, path, depth, update);
    case 'scalar':
      if (node.tag !== '!!null') update.onMismatch(node, `The path ${path.spec.path} needs a map or a list here, not a single value.`);
      return node;
  }
}

function updateField(map: MapNode, part: PathPart, path: FieldPath, depth: number, update: FieldUpdate): MapNode {
  const name = part.name.trim();
  if (name === '' || isListSelector(name)) {
    update.onMismatch(map, name === '' ? `The path ${path.spec.path} has an empty part.` : `The path ${path.spec.path} needs a list here, for its part ${name}.`);
    return map;
  }
  const field = map.get(name);
  const isLast = depth === path.parts.length - 1;
  const created = path.spec.create && !part.isList ? update.creates : undefined;
  if (!field) {
    if (!created) return map;
    const value = isLast ? update.set(undefined) : updateBelow(makeMap([], update.place, update.step), path, depth + 1, update);
    return map.withPairs([...map.pairs, new Pair(makeScalar(name, update.place, update.step), value)]);
  }
  if (field.kind === 'scalar' && field.tag === '!!null') {
    const value = overNull(field, part, created, path, depth, update);
    return value === field ? map : map.with(name, value);
  }
  const value = updateBelow(field, path, depth + 1, update);
  return value === field ? map : map.with(name, value);
}

/** A field that is there but null becomes what would have been created, and where a list is expected an empty list. */
function overNull(field: YamlNode, part: PathPart, created: FieldUpdate['creates'], path: FieldPath, depth: number, update: FieldUpdate): YamlNode {
  const isLast = depth === path.parts.length - 1;
  if (part.isList) {
    const list = new SequenceNode([], field.source, field.start, field.end, update.step, field, false);
    return isLast ? update.set(list) : list;
  }
  if (isLast) return update.set(created === 'map' ? makeMap([], field, update.step, field) : field);
  if (!created) return field;
  return updateBelow(makeMap([], update.place, update.step, field), path, depth + 1, update);
}

/** What kyaml takes for the place or the key of a list's item, and so refuses in a map (yaml.PathGetter). */
function isListSelector(name: string): boolean {
  return name === '-' || name === '*' || /^[+-]?\d+$/.test(name) || (name.startsWith('[') && name.endsWith(']'));
}
