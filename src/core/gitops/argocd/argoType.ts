/**
 * How fields of Argo CD's kinds are described, and checking a tree against that as an API server does: unknown fields are
 * told, wrong types refused, nulls dropped. What comes out has only what is right: each text, boolean and number in one form.
 */
import type { Fix, Place, Problems } from '../../base/problem.js';
import { jsonValue, type JsonValue, type ScalarReading } from '../../kustomize/decode/jsonValue.js';
import { nearestField } from '../../kustomize/decode/nearestField.js';
import { any } from '../../kustomize/fields/field.js';
import { type MapNode, Pair, ScalarNode, type ScalarTag, type YamlNode } from '../../yaml/nodes.js';

export type ArgoType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'intOrString'
  | 'any'
  | { readonly items: ArgoType }
  /** A map with keys of the user's choice. */
  | { readonly values: ArgoType }
  | ArgoObject;

export interface ArgoObject {
  readonly fields: Readonly<Record<string, ArgoType>>;
  readonly required: readonly string[];
}

export interface Checking {
  readonly problems: Problems;
  /** How plain scalars of a text are read: a file is YAML for Argo CD, what a renderer made has its types already. */
  readonly readingOf: (node: ScalarNode) => ScalarReading;
}

/**
 * The tree without what is wrong in it; undefined where nothing is left.
 * @param way for messages: `spec.source.path`
 */
export function checkTree(node: YamlNode, type: ArgoType, way: string, checking: Checking): YamlNode | undefined {
  if (node.kind === 'scalar' && jsonValue(node, checking.readingOf(node)).type === 'null') return undefined;
  if (type === 'any') return node;
  if (typeof type === 'string') return checkScalar(node, type, way, checking);
  if ('items' in type) return checkList(node, type.items, way, checking);
  if (node.kind !== 'map') {
    reportWrongType(node, 'a map', way, checking);
    return undefined;
  }
  return 'values' in type ? checkValues(node, type.values, way, checking) : checkObject(node, type, way, checking);
}

/** Checks the fields of an object that is a map. */
export function checkObject(node: MapNode, type: ArgoObject, way: string, checking: Checking): MapNode {
  const known = new Map<string, Pair>();
  for (const pair of node.pairs) {
    const name = pair.key.value;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === undefined) {
      reportUnknownField(node, pair.key, type, way, checking.problems);
      continue;
    }
    const value = checkTree(pair.value, field, `${way}.${name}`, checking);
    if (value) known.set(name, value === pair.value ? pair : new Pair(pair.key, value));
  }
  for (const name of type.required) {
    if (!known.has(name) && !isRefused(node.get(name))) checking.problems.error('argocd/missing-field', `${way} needs the field ${name}.`, headOf(node));
  }
  return sameOr(node, [...known.values()]);
}

/** True for a value that was there and had a mistake of its own: that it is missing needs no second word. */
function isRefused(node: YamlNode | undefined): boolean {
  return node !== undefined && !(node.kind === 'scalar' && node.tag === '!!null');
}

function checkValues(node: MapNode, type: ArgoType, way: string, checking: Checking): MapNode {
  const known = new Map<string, Pair>();
  for (const pair of node.pairs) {
    const value = checkTree(pair.value, type, `${way}.${pair.key.value}`, checking);
    if (value) known.set(pair.key.value, value === pair.value ? pair : new Pair(pair.key, value));
  }
  return sameOr(node, [...known.values()]);
}

function checkList(node: YamlNode, type: ArgoType, way: string, checking: Checking): YamlNode | undefined {
  if (node.kind !== 'sequence') {
    reportWrongType(node, 'a list', way, checking);
    return undefined;
  }
  const items = node.items.flatMap((item, index) => checkTree(item, type, `${way}[${index}]`, checking) ?? []);
  return items.length === node.items.length && items.every((item, index) => item === node.items[index]) ? node : node.withItems(items);
}

function sameOr(node: MapNode, pairs: readonly Pair[]): MapNode {
  return pairs.length === node.pairs.length && pairs.every((pair, index) => pair === node.pairs[index]) ? node : node.withPairs(pairs);
}

function checkScalar(node: YamlNode, type: 'string' | 'boolean' | 'integer' | 'number' | 'intOrString', way: string, checking: Checking): ScalarNode | undefined {
  if (node.kind !== 'scalar') {
    reportWrongType(node, words[type], way, checking);
    return undefined;
  }
  const value = jsonValue(node, checking.readingOf(node));
  const isWhole = value.type === 'number' && /^-?\d+$/.test(value.text);
  if (value.type === 'string' && (type === 'string' || type === 'intOrString')) return withText(node, value.value, '!!str');
  if (value.type === 'boolean' && type === 'boolean') return withText(node, String(value.value), '!!bool');
  if (isWhole && (type === 'integer' || type === 'intOrString')) return withText(node, value.text, '!!int');
  if (value.type === 'number' && type === 'number') return withText(node, value.text, value.tag);
  reportWrongScalar(node, value, type, way, checking.problems);
  return undefined;
}

function withText(node: ScalarNode, value: string, tag: ScalarTag): ScalarNode {
  if (node.value === value && node.tag === tag) return node;
  return new ScalarNode(value, tag, node.style, node.source, node.start, node.end, node.step, node.was);
}

const words = { string: 'a string', boolean: 'true or false', integer: 'an integer', number: 'a number', intOrString: 'an integer or a string' } as const;

function reportWrongScalar(node: ScalarNode, value: JsonValue, type: keyof typeof words, way: string, problems: Problems): void {
  const { code, message } = { code: 'argocd/wrong-type', message: `${way} must be ${words[type]}` };
  if (type !== 'string') {
    problems.error(code, `${message}, not ${value.type === 'string' ? 'a string' : `the ${value.type} ${node.value}`}.`, node);
    return;
  }
  const raw = node.source.text.slice(node.start, node.end);
  const fix: Fix = { title: 'Quote the value', changes: [{ location: node.source.locate(node.start, node.end), newText: `"${raw}"` }] };
  const isQuotable = node.style === 'plain' && raw === node.value && raw !== '' && node.step === undefined;
  problems.error(code, `${message}, but ${node.value} is read as a ${value.type === 'boolean' ? 'boolean' : 'number'}; quote it.`, node, isQuotable ? { fix } : {});
}

function reportWrongType(node: YamlNode, expected: string, way: string, { problems }: Checking): void {
  const found = node.kind === 'map' ? 'a map' : node.kind === 'sequence' ? 'a list' : 'a single value';
  problems.error('argocd/wrong-type', `${way} must be ${expected}, not ${found}.`, headOf(node));
}

function reportUnknownField(object: MapNode, key: ScalarNode, type: ArgoObject, way: string, problems: Problems): void {
  const fields = Object.keys(type.fields).map((name) => ({ name, type: any, documentation: '' }));
  const nearest = nearestField({ kind: 'object', title: way, fields }, key.value);
  if (nearest === undefined || object.pair(nearest)) {
    problems.warning('argocd/unknown-field', `Argo CD knows no field ${key.value} in ${way}; kubectl refuses it, and other ways drop it in silence.`, key);
    return;
  }
  const fix: Fix = { title: `Rename to ${nearest}`, changes: [{ location: key.source.locate(key.start, key.end), newText: nearest }] };
  problems.warning('argocd/unknown-field', `Argo CD knows no field ${key.value} in ${way}; did you mean ${nearest}?`, key, { fix });
}

/** The first line of a node: all of a large map would be underlined else. */
export function headOf(node: YamlNode): Place {
  const lineEnd = node.source.text.indexOf('\n', node.start);
  return { source: node.source, start: node.start, end: lineEnd < 0 ? node.end : Math.min(node.end, lineEnd) };
}
