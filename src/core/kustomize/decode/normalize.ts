/**
 * Checks a tree against the table of its fields as Go's JSON decoder does, and brings it into one form: fields under
 * their own names, each once, without nulls and without empty strings (which Go can't tell from missing ones), scalars
 * as strings, booleans (`true`, `false`) and decimal integers. Every mistake is reported; what has one is left out.
 */
import type { Fix, Problems } from '../../base/problem.js';
import { MapNode, Pair, ScalarNode, type SequenceNode, type ScalarTag, type YamlNode } from '../../yaml/nodes.js';
import { findField, type Field, type FieldType, type ObjectType } from '../fields/field.js';
import { coercedText, jsonKey, jsonValue, type JsonValue, type ScalarReading } from './jsonValue.js';
import { nearestField } from './nearestField.js';

/** How a tree is decoded. A plugin's configuration is read more kindly than a kustomization. */
export interface Decoding {
  readonly scalars: ScalarReading;
  /** `refuse`: Go's DisallowUnknownFields. */
  readonly unknownFields: 'refuse' | 'ignore';
  /** Whether a number or boolean may stand where a string belongs. */
  readonly coercesToText: boolean;
  readonly problems: Problems;
}

/** For a kustomization file (types.Kustomization.Unmarshal, kustomize api v0.21.2). */
export function kustomizationDecoding(problems: Problems): Decoding {
  return { scalars: 'yaml11', unknownFields: 'refuse', coercesToText: false, problems };
}

/** For what is read with sigs.k8s.io/yaml alone: a file of its own (`yaml11`), or the configuration of a plugin (`tagged`). */
export function lenientDecoding(problems: Problems, scalars: ScalarReading): Decoding {
  return { scalars, unknownFields: 'ignore', coercesToText: true, problems };
}

/**
 * The object at `node` in normal form; undefined for null and for what is no map.
 * @param name what it is, for messages: `A kustomization`
 */
export function normalizeObject(node: YamlNode, type: ObjectType, decoding: Decoding, name: string): MapNode | undefined {
  if (node.kind !== 'map') {
    if (!isNull(node, decoding)) reportWrongShape(node, type, decoding, name);
    return undefined;
  }
  const pairs: Pair[] = [];
  for (const [field, found] of collectFields(node, type, decoding)) {
    const value = chooseValue(field, found, decoding);
    if (value && (field.keepsEmpty || !isEmptyText(value))) pairs.push(new Pair(renameKey(found.at(-1)?.key, field.name, value), value));
  }
  return node.withPairs(pairs);
}

function normalize(node: YamlNode, type: FieldType, decoding: Decoding, name: string): YamlNode | undefined {
  switch (type.kind) {
    case 'object':
      return normalizeObject(node, type, decoding, name);
    case 'list':
      return normalizeList(node, type.item, decoding, name);
    case 'map':
      return normalizeMap(node, type.value, decoding, name);
    case 'any':
      return isNull(node, decoding) ? undefined : node;
    default:
      return normalizeScalar(node, type, decoding, name);
  }
}

function normalizeList(node: YamlNode, item: FieldType, decoding: Decoding, name: string): SequenceNode | undefined {
  if (node.kind !== 'sequence') {
    if (!isNull(node, decoding)) reportWrongShape(node, { kind: 'list', item }, decoding, name);
    return undefined;
  }
  const items: YamlNode[] = [];
  const itemName = `An item of ${name}`;
  for (const each of node.items) {
    const value = isNull(each, decoding) ? emptyValue(each, item) : normalize(each, item, decoding, itemName);
    if (value) items.push(value);
  }
  return node.withItems(items);
}

function normalizeMap(node: YamlNode, type: FieldType, decoding: Decoding, name: string): MapNode | undefined {
  if (node.kind !== 'map') {
    if (!isNull(node, decoding)) reportWrongShape(node, { kind: 'map', value: type }, decoding, name);
    return undefined;
  }
  const byKey = new Map<string, Pair>();
  for (const pair of node.pairs) {
    const { key } = pair;
    const keyText = readKey(key, decoding);
    if (keyText === undefined) continue;
    const earlier = byKey.get(keyText);
    if (earlier && keyType(earlier.key, decoding) !== keyType(key, decoding)) {
      decoding.problems.error(
        'kustomize/duplicate-key-unsupported',
        `${keyText} stands twice in this map, as a string and as something else, and kustomize takes either of them by chance; remove one.`,
        key,
      );
    } else if (earlier) reportDuplicate(keyText, earlier.key, key, decoding.problems);
    byKey.set(keyText, pair);
  }
  return node.withPairs(
    [...byKey].flatMap(([keyText, { key, value }]) => {
      const normal = isNull(value, decoding) ? emptyValue(value, type) : normalize(value, type, decoding, `The value of ${keyText}`);
      return normal ? [new Pair(renameKey(key, keyText, key), normal)] : [];
    }),
  );
}

function normalizeScalar(node: YamlNode, type: FieldType, decoding: Decoding, name: string): ScalarNode | undefined {
  if (node.kind !== 'scalar') {
    reportWrongShape(node, type, decoding, name);
    return undefined;
  }
  const value = jsonValue(node, decoding.scalars);
  if (value.type === 'null') return undefined;
  if (value.type === 'binary') {
    decoding.problems.error('kustomize/binary-tag-unsupported', 'A value tagged !!binary is not supported here; write the decoded text.', node);
    return undefined;
  }
  if (type.kind === 'string' && value.type === 'string') return withText(node, value.value, '!!str');
  if (type.kind === 'string' && decoding.coercesToText && value.type === 'number') return withText(node, coercedText(value.text), '!!str');
  if (type.kind === 'string' && decoding.coercesToText && value.type === 'boolean') return withText(node, String(value.value), '!!str');
  if (type.kind === 'boolean' && value.type === 'boolean') return withText(node, String(value.value), '!!bool');
  if (type.kind === 'integer' && value.type === 'number' && isInt64(value.text)) return withText(node, value.text, '!!int');
  reportWrongScalar(node, value, type, decoding, name);
  return undefined;
}

/** The pairs of each known field, in the order of the text. */
function collectFields(node: MapNode, type: ObjectType, decoding: Decoding): ReadonlyMap<Field, readonly Pair[]> {
  const found = new Map<Field, Pair[]>();
  for (const pair of node.pairs) {
    const name = readKey(pair.key, decoding);
    if (name === undefined) continue;
    const field = findField(type, name);
    if (!field) {
      if (decoding.unknownFields === 'refuse') reportUnknownField(node, pair.key, name, type, decoding.problems);
      continue;
    }
    const list = found.get(field);
    if (list) list.push(pair);
    else found.set(field, [pair]);
  }
  return found;
}

/**
 * The value of a field that may stand several times. Of one spelling the last counts; of several spellings (they are the
 * same to Go) the last in the order of bytes, which for anything but a scalar would be merged into the earlier one.
 */
function chooseValue(field: Field, pairs: readonly Pair[], decoding: Decoding): YamlNode | undefined {
  const bySpelling = new Map<string, Pair>();
  for (const pair of pairs) {
    const spelling = pair.key.value;
    const earlier = bySpelling.get(spelling);
    if (earlier) reportDuplicate(spelling, earlier.key, pair.key, decoding.problems);
    else if (spelling !== field.name) reportSpelling(field, pair.key, decoding);
    bySpelling.set(spelling, pair);
  }
  const spellings = [...bySpelling.keys()].sort();
  const values = spellings.flatMap((spelling) => {
    const pair = bySpelling.get(spelling);
    const value = pair && normalize(pair.value, field.type, field.embedded ? { ...decoding, coercesToText: false } : decoding, field.name);
    return pair && value ? [{ pair, value }] : [];
  });
  const last = values.at(-1);
  // For more than a scalar, Go merges the later value into the earlier one, and a later null takes it away.
  if (spellings.length > 1 && last && (last.value.kind !== 'scalar' || field.keepsEmpty)) {
    decoding.problems.error('kustomize/field-twice-unsupported', `${field.name} stands here in two spellings; keep one of them.`, last.pair.key);
  }
  return last?.value;
}

function readKey(key: ScalarNode, decoding: Decoding): string | undefined {
  const name = jsonKey(key, decoding.scalars);
  if (name === undefined)
    decoding.problems.error('kustomize/invalid-key', 'This key is null or binary; kustomize takes strings only. Quote it.', key, quoteFix(key, 'Quote the key'));
  return name;
}

/** Keys of different types are different to go-yaml, whatever text JSON has for them. */
function keyType(key: ScalarNode, decoding: Decoding): string {
  const value = jsonValue(key, decoding.scalars);
  return value.type === 'number' ? value.tag : value.type;
}

/** What Go makes of a null in a list or map: an empty value. */
function emptyValue(node: YamlNode, type: FieldType): YamlNode | undefined {
  const { source, start, end } = node;
  if (type.kind === 'string') return new ScalarNode('', '!!str', 'plain', source, start, end, undefined, undefined);
  if (type.kind === 'object') return new MapNode([], source, start, end, undefined, undefined, true);
  if (type.kind === 'any') return node;
  return undefined;
}

function isNull(node: YamlNode, decoding: Decoding): boolean {
  return node.kind === 'scalar' && jsonValue(node, decoding.scalars).type === 'null';
}

function isEmptyText(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!str' && node.value === '';
}

function isInt64(text: string): boolean {
  if (!/^-?\d+$/.test(text)) return false;
  const value = BigInt(text);
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

function withText(node: ScalarNode, value: string, tag: ScalarTag): ScalarNode {
  if (node.value === value && node.tag === tag) return node;
  return new ScalarNode(value, tag, node.style, node.source, node.start, node.end, node.step, node.was);
}

function renameKey(key: ScalarNode | undefined, name: string, place: YamlNode): ScalarNode {
  if (!key) return new ScalarNode(name, '!!str', 'plain', place.source, place.start, place.end, place.step, undefined);
  return withText(key, name, '!!str');
}

function reportUnknownField(object: MapNode, key: ScalarNode, name: string, type: ObjectType, problems: Problems): void {
  const nearest = nearestField(type, name);
  if (nearest === undefined) {
    problems.error('kustomize/unknown-field', `${name} is no field of ${type.title}, and kustomize refuses what it does not know; remove it.`, key);
    return;
  }
  const fix = object.pair(nearest) ? {} : { fix: { title: `Rename to ${nearest}`, changes: [replaceText(key, nearest)] } };
  problems.error('kustomize/unknown-field', `${name} is no field of ${type.title}; did you mean ${nearest}?`, key, fix);
}

function reportSpelling(field: Field, key: ScalarNode, decoding: Decoding): void {
  if (decoding.unknownFields === 'ignore') return;
  const fix: Fix = { title: `Rename to ${field.name}`, changes: [replaceText(key, field.name)] };
  decoding.problems.info('kustomize/field-spelling', `The field is spelled ${field.name}; kustomize takes ${key.value} for it, other tools do not.`, key, { fix });
}

function reportDuplicate(name: string, first: ScalarNode, later: ScalarNode, problems: Problems): void {
  const related = [{ location: first.source.locate(first.start, first.end), message: `the first ${name}` }];
  problems.warning('kustomize/duplicate-key', `${name} stands twice in this map; kustomize silently takes the last one. Remove one.`, later, { related });
}

function reportWrongScalar(node: ScalarNode, value: JsonValue, type: FieldType, decoding: Decoding, name: string): void {
  const expected = describeType(type);
  if (type.kind === 'string') {
    const read = value.type === 'number' ? `the number ${value.text}` : value.type === 'boolean' ? `the boolean ${String(value.value)}` : 'a number that is not finite';
    decoding.problems.error('kustomize/wrong-type', `${name} must be ${expected}, but ${node.value} is read as ${read}; quote it.`, node, quoteFix(node, 'Quote the value'));
    return;
  }
  const wouldBe = node.style === 'plain' ? undefined : jsonValue(new ScalarNode(node.value, '!!str', 'plain', node.source, node.end, node.end, undefined, undefined), 'yaml11');
  const unquote = (type.kind === 'boolean' && wouldBe?.type === 'boolean') || (type.kind === 'integer' && wouldBe?.type === 'number' && isInt64(wouldBe.text));
  const fix = unquote ? { fix: { title: 'Remove the quotes', changes: [replaceText(node, node.value)] } } : {};
  decoding.problems.error('kustomize/wrong-type', `${name} must be ${expected}, not ${describeValue(value)}.`, node, fix);
}

function reportWrongShape(node: YamlNode, type: FieldType, decoding: Decoding, name: string): void {
  const found = node.kind === 'map' ? 'a map' : node.kind === 'sequence' ? 'a list' : describeValue(jsonValue(node, decoding.scalars));
  const fix = shapeFix(node, type);
  decoding.problems.error('kustomize/wrong-type', `${name} must be ${describeType(type)}, not ${found}.`, headOf(node), fix ? { fix } : {});
}

/** `base.yaml` for a list becomes `[base.yaml]`, for a patch `path: base.yaml`. */
function shapeFix(node: YamlNode, type: FieldType): Fix | undefined {
  if (node.kind !== 'scalar' || node.style === 'literal' || node.style === 'folded') return undefined;
  const raw = node.source.text.slice(node.start, node.end);
  if (raw.includes('\n') || raw === '') return undefined;
  if (type.kind === 'list' && type.item.kind === 'string' && !/[,[\]{}]/.test(raw)) return { title: 'Make it a list', changes: [replaceText(node, `[${raw}]`)] };
  if (type.kind === 'object' && type.shorthand !== undefined) return { title: `Write ${type.shorthand}: …`, changes: [replaceText(node, `${type.shorthand}: ${raw}`)] };
  return undefined;
}

function describeType(type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return 'an integer';
    case 'list':
      return type.item.kind === 'object' ? `a list, each item ${type.item.title}` : 'a list of strings';
    case 'map':
      return 'a map';
    case 'object':
      return `${type.title}, which is a map`;
    case 'any':
      return 'a value';
  }
}

function describeValue(value: JsonValue): string {
  switch (value.type) {
    case 'string':
      return 'a string';
    case 'number':
      return `the number ${value.text}`;
    case 'boolean':
      return `the boolean ${String(value.value)}`;
    case 'null':
      return 'null';
    case 'binary':
      return 'binary data';
    case 'not-finite':
      return 'a number that is not finite';
  }
}

/** The value as it is written, between double quotes. */
function quoteFix(node: ScalarNode, title: string): { readonly fix?: Fix } {
  const raw = node.source.text.slice(node.start, node.end);
  return node.style === 'plain' && raw === node.value && raw !== '' ? { fix: { title, changes: [replaceText(node, `"${raw}"`)] } } : {};
}

function replaceText(node: ScalarNode, newText: string): Fix['changes'][number] {
  return { location: node.source.locate(node.start, node.end), newText };
}

/** The first line of a node, so that a problem about a large map doesn't underline all of it. */
function headOf(node: YamlNode): { readonly source: YamlNode['source']; readonly start: number; readonly end: number } {
  const lineEnd = node.source.text.indexOf('\n', node.start);
  return { source: node.source, start: node.start, end: lineEnd < 0 ? node.end : Math.min(node.end, lineEnd) };
}
