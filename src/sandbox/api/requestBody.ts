/** What clients send: JSON, or YAML where the API takes it. */
import { SourceText } from '../../core/base/source.js';
import type { JsonValue } from '../../core/live/json.js';
import { parseJson } from '../../core/live/json.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import { parseYaml } from '../../core/yaml/parse.js';
import { jsonScalarOf } from '../../core/yaml/scalars.js';
import { badRequest } from './apiError.js';

/** The value of a body; a YAML one may be JSON as well. Throws an ApiError for what can't be read. */
export function readBody(text: string, isYaml: boolean): JsonValue {
  const isBraced = /^\s*[{[]/.test(text);
  const value = isBraced || !isYaml ? parseJson(text) : undefined;
  if (value !== undefined) return value;
  if (!isYaml) throw badRequest(`the object provided is unrecognized: json parse error (${text.slice(0, 60)})`);
  const { documents, problems } = parseYaml(new SourceText('/request', text));
  const mistake = problems.find(({ severity }) => severity === 'error');
  const [document] = documents;
  if (mistake || !document?.root) throw badRequest(`error decoding YAML: ${mistake?.message ?? 'there is nothing in it'}`);
  return jsonOf(document.root);
}

function jsonOf(node: YamlNode): JsonValue {
  if (node.kind === 'map') return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, jsonOf(value)]));
  if (node.kind === 'sequence') return node.items.map(jsonOf);
  const scalar = jsonScalarOf(node);
  if (scalar.kind === 'string') return scalar.value;
  return scalar.kind === 'literal' ? (parseJson(scalar.text) ?? node.value) : node.value;
}
