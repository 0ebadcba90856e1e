/**
 * Finds all fields that a path leads to, and changes them (PathMatcher in kyaml/yaml/match.go v0.21.2). Other than in
 * lookupPath.ts, `*` stands for every item and the value in `[field=value]` is a regular expression that may match
 * anywhere, so that `[name=web]` finds `web-2` too. Missing parts can be created.
 */
import { makeMap, makeScalar, makeSequence, Pair, type ScalarNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import { parsePathPart, type PathFailure } from '../fieldSpec/lookupPath.js';
import { compilePattern, type Pattern } from '../../base/regexp/program.js';

export interface PathUpdate {
  /** The new value of a field that was found; `isCreated` for one that was just made, and is empty. */
  readonly set: (node: YamlNode, isCreated: boolean) => YamlNode;
  /** What is made at the end of a path that leads to nothing; missing where nothing is to be made. */
  readonly creates?: YamlNode['kind'] | undefined;
  /** The step that makes it, and the text that asks for it. */
  readonly step: Step;
  /** Where a path goes on inside a text that holds YAML or JSON: whether it leads to a field there. Nothing comes of it. */
  readonly findsInText: (text: ScalarNode, rest: readonly string[]) => boolean;
  readonly onFailure: PathFailure;
}

/** What came of an update: the node, the same where nothing changed, and how many fields the path led to. */
export interface PathResult {
  readonly node: YamlNode;
  readonly count: number;
}

/** Updates every field at the path. */
export function updateAtPath(root: YamlNode, parts: readonly string[], update: PathUpdate): PathResult {
  return updateFrom(root, parts, update, false);
}

function updateFrom(node: YamlNode, parts: readonly string[], update: PathUpdate, isCreated: boolean): PathResult {
  const [part, ...rest] = parts;
  if (part === undefined) return { node: update.set(node, isCreated), count: 1 };
  const step = parsePathPart(part);
  switch (step.kind) {
    case 'index':
      return step.index < 0 ? updateField(node, part, rest, update) : updateIndex(node, step.index, rest, update);
    case 'match':
      return updateMatches(node, step, rest, update);
    case 'every':
      return updateEvery(node, rest, update);
    case 'invalid':
      update.onFailure(node, `The part ${part} of the path must be of the form [field=value].`);
      return { node, count: 0 };
    default:
      return updateField(node, part, rest, update);
  }
}

function updateField(node: YamlNode, name: string, rest: readonly string[], update: PathUpdate): PathResult {
  if (isNull(node)) return { node, count: update.creates ? 1 : 0 };
  if (node.kind !== 'map' || name === '') {
    update.onFailure(node, name === '' ? 'The path has an empty part.' : `A map with the field ${name} is expected here.`);
    return { node, count: 0 };
  }
  const field = node.get(name);
  if (!field) {
    if (!update.creates) return { node, count: 0 };
    const made = updateFrom(emptyNode(rest, update), rest, update, true);
    return { node: node.withPairs([...node.pairs, new Pair(makeScalar(name, update.step, update.step), made.node)]), count: made.count };
  }
  if (field.kind === 'scalar' && rest.length > 0) return { node, count: update.findsInText(field, rest) ? 1 : 0 };
  const result = updateFrom(field, rest, update, false);
  return { node: result.node === field ? node : node.with(name, result.node), count: result.count };
}

function updateIndex(node: YamlNode, index: number, rest: readonly string[], update: PathUpdate): PathResult {
  const items = itemsOf(node, update);
  if (!items) return { node, count: 0 };
  const item = items[index];
  if (!item && items.length === index && update.creates && node.kind === 'sequence') {
    const made = updateFrom(emptyNode(rest, update), rest, update, true);
    return { node: node.withItems([...items, made.node]), count: made.count };
  }
  if (!item) {
    update.onFailure(node, `The path asks for the item ${index} of this list, which has ${items.length}.`);
    return { node, count: 0 };
  }
  return updateItems(node, (each, at) => (at === index ? updateFrom(each, rest, update, false) : { node: each, count: 0 }));
}

function updateEvery(node: YamlNode, rest: readonly string[], update: PathUpdate): PathResult {
  if (!itemsOf(node, update)) return { node, count: 0 };
  return updateItems(node, (item) => updateFrom(item, rest, update, false));
}

function updateMatches(node: YamlNode, { field, value }: { readonly field: string; readonly value: string }, rest: readonly string[], update: PathUpdate): PathResult {
  const items = itemsOf(node, update);
  const pattern = compilePattern(value);
  if ('failure' in pattern) update.onFailure(node, `The pattern '${value}' ${pattern.failure}.`);
  if (!items || 'failure' in pattern) return { node, count: 0 };
  const matches = (item: YamlNode): boolean => matchesItem(item, field, pattern, update);
  const found = updateItems(node, (item) => {
    if (!matches(item)) return { node: item, count: 0 };
    return field === '' ? { node: update.set(item, false), count: 1 } : updateFrom(item, rest, update, false);
  });
  if (found.count > 0 || !update.creates || node.kind !== 'sequence') return found;
  const item = makeItem(field, value, update.step);
  if (!matches(item)) {
    update.onFailure(node, `No item matches '${value}', nor would one that is made of it.`);
    return { node, count: 0 };
  }
  const made = field === '' ? { node: update.set(item, false), count: 1 } : updateFrom(item, rest, update, false);
  return { node: node.withItems([...items, made.node]), count: made.count };
}

/** The item that a `[field=value]` asks for where there is none. */
function makeItem(field: string, value: string, step: Step): YamlNode {
  const text = makeScalar(value, step, step, undefined, resolveTag(value));
  return field === '' ? text : makeMap([new Pair(makeScalar(field, step, step), text)], step, step);
}

function matchesItem(item: YamlNode, field: string, pattern: Pattern, update: PathUpdate): boolean {
  const node = field === '' ? item : item.kind === 'map' ? item.get(field) : undefined;
  if (!node) return false;
  if (node.kind !== 'scalar') {
    update.onFailure(node, 'An item is searched here by a field that is a map or a list, which is not supported.');
    return false;
  }
  return pattern.matches(writtenText(node)) ?? false;
}

/** A scalar as it would be printed, since that is what kyaml matches: with its quotes. */
function writtenText(node: ScalarNode): string {
  switch (node.style) {
    case 'single':
      return `'${node.value.replaceAll("'", "''")}'`;
    case 'double':
      return JSON.stringify(node.value);
    default:
      return node.tag === '!!str' && resolveTag(node.value) !== '!!str' ? `"${node.value}"` : node.value;
  }
}

function updateItems(node: YamlNode, change: (item: YamlNode, index: number) => PathResult): PathResult {
  if (node.kind !== 'sequence') return { node, count: 0 };
  let count = 0;
  const changed = node.mapItems((item, index) => {
    const result = change(item, index);
    count += result.count;
    return result.node;
  });
  return { node: changed, count };
}

function itemsOf(node: YamlNode, update: PathUpdate): readonly YamlNode[] | undefined {
  if (node.kind === 'sequence') return node.items;
  if (isNull(node)) return [];
  update.onFailure(node, 'A list is expected here.');
  return undefined;
}

/** What is made for a missing part: a list where the next part is about items, a map where it is a key. */
function emptyNode([next]: readonly string[], update: PathUpdate): YamlNode {
  const { creates, step } = update;
  const kind = next === undefined ? creates : (next.startsWith('[') && next.endsWith(']')) || /^\+?\d+$/.test(next) ? 'sequence' : 'map';
  if (kind === 'sequence') return makeSequence([], step, step);
  return kind === 'map' ? makeMap([], step, step) : makeScalar('', step, step);
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!null';
}
