/**
 * Checks an object against its type, as the API server decodes it: fields that don't exist, values of another type,
 * fields that are missing. What was found in a map is kept with the map's type, so that what did not change between two
 * renderings is not looked at again. Left out: rules of validation beyond types (patterns, bounds, unions).
 */
import type { MapNode, Pair, ScalarNode, SequenceNode, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf, resolveTagYaml11 } from '../yaml/scalars.js';
import type { FieldStep } from './compare.js';
import type { FieldType, ObjectType, ScalarType } from './objectType.js';

export type Mismatch = { readonly path: readonly FieldStep[] } &
  /** `node` is the map that has the field. */
  (
    | { readonly what: 'unknownField'; readonly node: MapNode; readonly pair: Pair; readonly owner: ObjectType }
    | { readonly what: 'wrongType'; readonly node: YamlNode; readonly expected: FieldType }
    /** A plain `yes`, `on` and the like in the place of a string: a boolean for those who read YAML 1.1. */
    | { readonly what: 'yaml11Boolean'; readonly node: ScalarNode; readonly expected: FieldType }
    | { readonly what: 'wrongValue'; readonly node: ScalarNode; readonly expected: FieldType }
    /** `path` is that of the missing field, `node` the map that lacks it. */
    | { readonly what: 'missingField'; readonly node: MapNode; readonly field: string; readonly owner: ObjectType }
  );

const none: readonly Mismatch[] = [];

/** Everything in which a map doesn't fit its type, in the order of the text. */
export function matchObject(node: MapNode, type: ObjectType): readonly Mismatch[] {
  const known = type.matched.get(node);
  if (known) return known;
  const found: Mismatch[] = [];
  for (const pair of node.pairs) {
    const field = type.field(pair.key.value);
    if (!field) {
      if (!type.isOpen) found.push({ what: 'unknownField', path: [pair.key.value], node, pair, owner: type });
    } else addBelow(pair.key.value, matchNode(pair.value, field.type), found);
  }
  for (const field of type.requiredNames) {
    if (!node.pair(field)) found.push({ what: 'missingField', path: [field], node, field, owner: type });
  }
  const result = found.length === 0 ? none : found;
  type.matched.set(node, result);
  return result;
}

function addBelow(step: FieldStep, below: readonly Mismatch[], found: Mismatch[]): void {
  for (const each of below) found.push({ ...each, path: [step, ...each.path] });
}

function matchNode(node: YamlNode, type: FieldType): readonly Mismatch[] {
  if (type.kind === 'any' || isNull(node)) return none;
  switch (type.kind) {
    case 'object':
      return node.kind === 'map' ? matchObject(node, type) : wrongType(node, type);
    case 'map': {
      if (node.kind !== 'map') return wrongType(node, type);
      const found: Mismatch[] = [];
      for (const { key, value } of node.pairs) addBelow(key.value, matchNode(value, type.values), found);
      return found;
    }
    case 'list':
      return node.kind === 'sequence' ? matchItems(node, type.items) : wrongType(node, type);
    default:
      // for Go a list of small numbers is one of bytes
      if (type.kind === 'bytes' && node.kind === 'sequence' && node.items.every(isByte)) return none;
      return node.kind === 'scalar' ? matchScalar(node, type) : wrongType(node, type);
  }
}

function matchItems(node: SequenceNode, type: FieldType): readonly Mismatch[] {
  let found: Mismatch[] | undefined;
  node.items.forEach((item, index) => {
    const below = matchNode(item, type);
    if (below.length > 0) addBelow(stepOf(item, index), below, (found ??= []));
  });
  return found ?? none;
}

/** An item by its name where it has one, otherwise by its place. */
function stepOf(item: YamlNode, index: number): FieldStep {
  const name = item.kind === 'map' ? item.get('name') : undefined;
  return name?.kind === 'scalar' ? { key: 'name', value: name.value } : index;
}

function wrongType(node: YamlNode, expected: FieldType): readonly Mismatch[] {
  return [{ what: 'wrongType', path: [], node, expected }];
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!null';
}

function isByte(node: YamlNode): boolean {
  return isNull(node) || (node.kind === 'scalar' && node.tag === '!!int' && Number(node.value) >= 0 && Number(node.value) <= 255);
}

function matchScalar(node: ScalarNode, type: ScalarType): readonly Mismatch[] {
  const value = jsonScalarOf(node);
  if (value.kind === 'none') return none;
  const isText = value.kind === 'string';
  const text = isText ? value.value : value.text;
  const fit = isText ? fitOfText(text, type) : fitOfLiteral(text, type);
  if (fit === 'type') return wrongType(node, type);
  if (type.kind === 'string' && isYaml11Boolean(node)) return [{ what: 'yaml11Boolean', path: [], node, expected: type }];
  if (fit === 'value' || (type.values && !type.values.includes(text))) return [{ what: 'wrongValue', path: [], node, expected: type }];
  return none;
}

/** True for a text as it was read, without quotes, that is a boolean in YAML 1.1 only. */
export function isYaml11Boolean(node: ScalarNode): boolean {
  return node.style === 'plain' && node.tag === '!!str' && node.value.length <= 3 && node.step === undefined && resolveTagYaml11(node.value) === '!!bool';
}

/** RFC 3339, as metav1.Time is read. */
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What is wrong: the type, or a text that can't be read as what it has to be. */
type Misfit = 'type' | 'value' | undefined;

function fitOfText(text: string, { kind }: ScalarType): Misfit {
  if (kind === 'string' || kind === 'intOrString' || kind === 'any') return undefined;
  if (kind === 'quantity') return isQuantity(text.trim()) ? undefined : 'value';
  if (kind === 'bytes') return isBase64(text) ? undefined : 'value';
  if (kind === 'time') return timePattern.test(text) ? undefined : 'value';
  return 'type';
}

/** @param text of a number or boolean, as in JSON */
function fitOfLiteral(text: string, { kind }: ScalarType): Misfit {
  const isBoolean = text === 'true' || text === 'false';
  switch (kind) {
    case 'any':
      return undefined;
    case 'boolean':
      return isBoolean ? undefined : 'type';
    case 'number':
      return isBoolean ? 'type' : undefined;
    case 'integer':
      return !isBoolean && Number.isInteger(Number(text)) ? undefined : 'type';
    case 'quantity':
      return isBoolean ? 'type' : undefined;
    case 'int32':
    case 'intOrString':
      return fitOfInteger(text, 31n);
    case 'int64':
      return fitOfInteger(text, 63n);
    case 'string':
    case 'time':
    case 'bytes':
      return 'type';
  }
}

function fitOfInteger(text: string, bits: bigint): Misfit {
  if (!/^-?[0-9]+$/.test(text)) return 'type';
  const value = BigInt(text);
  return value >= -(2n ** bits) && value < 2n ** bits ? undefined : 'value';
}

/** As resource.ParseQuantity of k8s.io/apimachinery reads it. */
export function isQuantity(text: string): boolean {
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]*)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/.test(text);
}

/** As Go's encoding/json decodes bytes: padded base64, in which line breaks don't count. */
function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ''));
}
