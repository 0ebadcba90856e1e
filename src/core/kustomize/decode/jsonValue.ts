/**
 * What a scalar is for kustomize's decoders. A kustomization goes through go-yaml v2, which reads YAML 1.1 (`yes` is a
 * boolean, `017` an octal number), then through JSON (sigs.k8s.io/yaml v1.6.0 yaml.go, go.yaml.in/yaml/v2 v2.4.4
 * resolve.go). The configuration of a plugin has been an object before, so the tags of its nodes hold.
 */
import { ScalarNode, type ScalarTag } from '../../yaml/nodes.js';
import { jsonScalarOf, resolveTagYaml11 } from '../../yaml/scalars.js';

export type JsonValue =
  | { readonly type: 'string'; readonly value: string }
  /** `text` is the number as it is printed: decimal digits alone for all that has no fraction and fits 64 bits. */
  | { readonly type: 'number'; readonly text: string; readonly tag: ScalarTag }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' }
  /** An infinity or no number, which JSON can't express. */
  | { readonly type: 'not-finite' }
  | { readonly type: 'binary' };

/** How plain scalars are read: as YAML 1.1 from a file's text, or by the tag that the node has. */
export type ScalarReading = 'yaml11' | 'tagged';

const explicitTagBefore = /!\S*[ \t]+(?:&\S+[ \t]+)?$/;
const explicitTagAt = /^(?:&\S+[ \t]+)?!/;

/** The value of a scalar on its way into a Go struct. */
export function jsonValue(node: ScalarNode, reading: ScalarReading): JsonValue {
  const tag = tagOf(node, reading);
  if (reading === 'tagged' && (tag === '!!timestamp' || tag === '!!binary')) {
    const printed = jsonScalarOf(node);
    if (printed.kind === 'string') return { type: 'string', value: printed.value };
  }
  switch (tag) {
    case '!!null':
      return { type: 'null' };
    case '!!bool':
      return { type: 'boolean', value: /^(?:y|yes|true|on)$/i.test(node.value) };
    case '!!int':
    case '!!float':
      return numberOf(node, tag);
    case '!!binary':
      return { type: 'binary' };
    default:
      return { type: 'string', value: node.value };
  }
}

/** The key that a scalar is in a Go map of strings: numbers and booleans by their value; undefined for `null`. */
export function jsonKey(node: ScalarNode, reading: ScalarReading): string | undefined {
  const value = jsonValue(node, reading);
  switch (value.type) {
    case 'string':
      return value.value;
    case 'number':
      return value.tag === '!!int' ? value.text : formatFloat32(Number(value.text));
    case 'boolean':
      return String(value.value);
    case 'not-finite':
      return node.value.startsWith('-') ? '-.inf' : /inf/i.test(node.value) ? '.inf' : '.nan';
    default:
      return undefined;
  }
}

/** The string that sigs.k8s.io/yaml makes of a number, given as it is printed: a fraction with the digits of 32 bits. */
export function coercedText(text: string): string {
  return /^-?\d+$/.test(text) ? text : formatFloat32(Number(text));
}

function tagOf(node: ScalarNode, reading: ScalarReading): ScalarTag {
  if (node.style !== 'plain' || reading === 'tagged' || node.tag === '!!binary') return node.tag;
  if (node.tag === '!!str' && hasExplicitTag(node)) return '!!str';
  return resolveTagYaml11(node.value);
}

/** True for `!!str yes` and the like; whether a node's range begins before or behind its tag makes no difference. */
function hasExplicitTag(node: ScalarNode): boolean {
  const { text } = node.source;
  const lineStart = text.lastIndexOf('\n', node.start - 1) + 1;
  return explicitTagBefore.test(text.slice(lineStart, node.start)) || explicitTagAt.test(text.slice(node.start, node.end));
}

function numberOf(node: ScalarNode, tag: ScalarTag): JsonValue {
  const literal = jsonScalarOf(node.tag === tag ? node : new ScalarNode(node.value, tag, 'plain', node.source, node.start, node.end, undefined, undefined));
  return literal.kind === 'literal' ? { type: 'number', text: literal.text, tag } : { type: 'not-finite' };
}

/** Go's strconv.FormatFloat(value, 'g', -1, 32): the fewest digits that tell the nearest 32-bit float. */
function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '+Inf' : '-Inf';
  if (single === 0) return Object.is(value, -0) ? '-0' : '0';
  let precision = 1;
  while (precision < 9 && Math.fround(Number(single.toExponential(precision - 1))) !== single) precision++;
  const [mantissa = '', exponentText = '0'] = single.toExponential(precision - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) {
    const plain = Number(`${mantissa}e${exponentText}`);
    return exponent < 0 ? plain.toFixed(precision - 1 - exponent) : String(plain);
  }
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}
