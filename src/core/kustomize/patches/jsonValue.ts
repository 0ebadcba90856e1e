/**
 * What scalars become on the ways through JSON that kustomize's JSON patches take: the patch from YAML 1.1 (sigs.k8s.io/yaml
 * v1.6.0 on go-yaml v2), the patched object into JSON and back (kyaml RNode.MarshalJSON and UnmarshalJSON v0.21.2).
 */
import { emitString } from '../../yaml/emitString.js';
import { refoldedValue } from '../../yaml/refold.js';
import { formatGoFloat, readInteger, resolveTagYaml11, timestampOf } from '../../yaml/scalars.js';
import { Pair, ScalarNode, type ScalarStyle, type ScalarTag, type YamlNode } from '../../yaml/nodes.js';

const trueWords = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const falseWords = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const nullWords = new Set(['', '~', 'null', 'Null', 'NULL']);
const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** The value of a YAML patch as JSON has it: `yes` is true, `0o17` is 15, a date is a text, keys are texts. */
export function fromYaml11(node: YamlNode): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return convertScalar(node);
    case 'sequence':
      return node.mapItems(fromYaml11);
    case 'map': {
      const pairs = node.pairs.map((pair) => {
        const key = asKey(pair.key);
        const value = fromYaml11(pair.value);
        return key === pair.key && value === pair.value ? pair : new Pair(key, value);
      });
      return pairs.every((pair, index) => pair === node.pairs[index]) ? node : node.withPairs(pairs);
    }
  }
}

function convertScalar(node: ScalarNode): ScalarNode {
  const text = node.value;
  if (node.style !== 'plain' || node.tag === '!!binary') return node.tag === '!!str' ? node : withText(node, text, '!!str', node.style);
  if (trueWords.has(text)) return withText(node, 'true', '!!bool', 'plain');
  if (falseWords.has(text)) return withText(node, 'false', '!!bool', 'plain');
  if (nullWords.has(text)) return withText(node, 'null', '!!null', 'plain');
  const integer = parseInteger(text);
  if (integer !== undefined) return withText(node, integer.toString(), '!!int', 'plain');
  const plain = text.replaceAll('_', '');
  if (floatPattern.test(/^[.]/.test(text) ? text : plain)) return withText(node, formatJsonFloat(Number(plain)), '!!float', 'plain');
  return node.tag === '!!str' ? node : withText(node, text, '!!str', 'plain');
}

function asKey(key: ScalarNode): ScalarNode {
  const converted = convertScalar(key);
  return converted.tag === '!!str' ? converted : withText(key, converted.value, '!!str', key.style);
}

/**
 * How kyaml leaves a text that it sets without quotes of its own: quoted where YAML 1.1 reads something else in it, such as
 * `yes` (FieldSetter and IsYaml1_1NonString in kyaml/yaml v0.21.2).
 */
export function settledStyle(text: string): ScalarStyle {
  if (text.includes('\n')) return 'literal';
  const tag = resolveTagYaml11(text);
  const isText = text === '' || tag === '!!str' || tag === '!!timestamp';
  return isText && !/^[-?] |^-$|: |:$|^[[{#]/.test(text) ? 'plain' : 'double';
}

function parseInteger(text: string): bigint | undefined {
  return text.startsWith('_') ? undefined : readInteger(text.replaceAll('_', ''));
}

/**
 * An object after the way through JSON: numbers in Go's shortest form (integers of more than 53 bits lose digits), nulls
 * as `null`, texts plain where they need no quotes. The same nodes where nothing changes.
 */
export function throughJson(node: YamlNode): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return normalizeScalar(node);
    case 'sequence':
      return node.mapItems(throughJson);
    case 'map': {
      let pairs: Pair[] | undefined;
      node.pairs.forEach((pair, index) => {
        const value = throughJson(pair.value);
        if (value !== pair.value) (pairs ??= node.pairs.slice())[index] = new Pair(pair.key, value);
      });
      return pairs ? node.withPairs(pairs) : node;
    }
  }
}

function normalizeScalar(node: ScalarNode): ScalarNode {
  switch (node.tag) {
    case '!!null':
      return withText(node, 'null', '!!null', 'plain');
    case '!!bool':
      return withText(node, node.value.toLowerCase(), '!!bool', 'plain');
    case '!!int':
    case '!!float': {
      const number = numberOf(node);
      if (!Number.isFinite(number)) return node;
      const text = formatGoFloat(number);
      return withText(node, text, /^-?[0-9]+$/.test(text) ? '!!int' : '!!float', 'plain');
    }
    case '!!str':
      return asMarshaledText(node, node.style === 'folded' ? refoldedValue(node.value) : node.value);
    case '!!timestamp':
      return asMarshaledText(node, timestampOf(node.value) ?? node.value);
    default:
      return node;
  }
}

function asMarshaledText(node: ScalarNode, text: string): ScalarNode {
  return withText(node, text, '!!str', marshaledStyle(text));
}

function withText(node: ScalarNode, value: string, tag: ScalarTag, style: ScalarStyle): ScalarNode {
  if (node.value === value && node.tag === tag && node.style === style) return node;
  return new ScalarNode(value, tag, style, node.source, node.start, node.end, node.step, node.was);
}

function numberOf(node: ScalarNode): number {
  const integer = parseInteger(node.value);
  return integer === undefined ? Number(node.value.replaceAll('_', '')) : Number(integer);
}

/** A scalar as it stands in JSON: what kustomize compares in a `test` operation. */
export function jsonText(node: ScalarNode): string {
  switch (node.tag) {
    case '!!null':
      return 'null';
    case '!!bool':
      return node.value.toLowerCase();
    case '!!int':
      return parseInteger(node.value)?.toString() ?? formatJsonFloat(numberOf(node));
    case '!!float':
      return formatJsonFloat(numberOf(node));
    case '!!timestamp':
      return quoteJson(timestampOf(node.value) ?? node.value);
    default:
      return quoteJson(node.value);
  }
}

/** A text in JSON as Go writes it, with `<`, `>` and `&` escaped. */
function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Go's encoding/json: no exponent from 1e-6 up to 1e21. */
function formatJsonFloat(number: number): string {
  const size = Math.abs(number);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return expandFloat(number);
  const [digits = '', exponent = '0'] = number.toExponential().split('e');
  return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(exponent.startsWith('-') ? 1 : 2, '0')}`;
}

function expandFloat(number: number): string {
  return Object.is(number, -0) ? '-0' : number.toString();
}

/** How go-yaml marshals a text: plain unless it would read as something else or holds what plain text may not. */
function marshaledStyle(text: string): ScalarStyle {
  if (text.includes('\n')) return 'literal';
  return emitString(text, { column: 0, indent: 0, simpleKey: true }) === text ? 'plain' : 'double';
}
