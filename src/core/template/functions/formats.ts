/**
 * YAML and JSON functions as helm v3.22 (pkg/engine/funcs.go), sprig v3.3.0 (defaults.go) and Argo CD v3.2.11
 * (applicationset/utils/template_functions.go) have them. The words of syntax errors that end up in a result are our own.
 */
import { SourceText } from '../../base/source.js';
import type { YamlNode } from '../../yaml/nodes.js';
import { parseFirstDocument } from '../../yaml/parse.js';
import { valueOfData, valueOfNode, type PlainData } from '../data.js';
import { cutText } from '../spans.js';
import { Failure, ListValue, MapValue, Text, type Maybe, type TemplateFunction, type Value } from '../values.js';
import { define, given } from './define.js';
import { printJson, printYaml } from './printYaml.js';

function withoutLastBreak(text: Text): Text {
  return text.text.endsWith('\n') ? cutText(text, 0, text.text.length - 1) : text;
}

/** The value of a YAML text whose parts keep the nodes that they came from, or the words for what is wrong. */
function readYaml(text: Text): Maybe | Failure {
  const parsed = parseFirstDocument(new SourceText('', text.text));
  const wrong = parsed.problems.find((problem) => problem.severity === 'error');
  if (wrong) return new Failure(`error converting YAML to JSON: yaml: line ${wrong.location.range.start.line + 1}: ${wrong.message}`);
  const [document] = parsed.documents;
  if (!document?.root) return undefined;
  const origins = text.spans.filter((span) => span.node);
  const originOf = (node: YamlNode): YamlNode | undefined => origins.find((span) => span.start < node.end && span.end > node.start)?.node;
  return origins.length > 0 ? valueOfNode(document.root, originOf) : valueOfNode(document.root, () => undefined);
}

function jsonKind(value: Value): string {
  switch (value.kind) {
    case 'map':
      return 'object';
    case 'list':
      return 'array';
    case 'string':
      return 'string';
    case 'bool':
      return 'bool';
    default:
      return 'number';
  }
}

function mismatch(value: Value, type: string, isYaml: boolean): Failure {
  const words = `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${type}`;
  return new Failure(isYaml ? `error unmarshaling JSON: while decoding JSON: ${words}` : words);
}

function asMap(value: Maybe | Failure, isYaml: boolean): MapValue | Failure {
  if (value instanceof Failure) return value;
  if (value === undefined || value.kind === 'nil') return new MapValue(new Map());
  return value.kind === 'map' ? value : mismatch(value, 'map[string]interface {}', isYaml);
}

function asList(value: Maybe | Failure, isYaml: boolean): ListValue | Failure {
  if (value instanceof Failure) return value;
  if (value === undefined || value.kind === 'nil') return new ListValue([]);
  return value.kind === 'list' ? value : mismatch(value, '[]interface {}', isYaml);
}

function errorMap(result: MapValue | Failure): MapValue {
  return result instanceof Failure ? new MapValue(new Map([['Error', new Text(result.message)]])) : result;
}

function errorList(result: ListValue | Failure): ListValue {
  return result instanceof Failure ? new ListValue([new Text(result.message)]) : result;
}

/** The value of a JSON text, or encoding/json's words for what is wrong. */
function readJson(text: Text): Maybe | Failure {
  let data: PlainData;
  try {
    data = JSON.parse(text.text) as PlainData;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Failure(jsonError(text.text, error.message));
  }
  return valueOfData(data);
}

function jsonError(text: string, words: string): string {
  if (text.trim() === '' || /end of JSON input|Unterminated/.test(words)) return 'unexpected end of JSON input';
  const at = /position (\d+)/.exec(words)?.[1];
  const char = at === undefined ? text.trimStart().charAt(0) : text.charAt(Number(at));
  return `invalid character '${char}' ${/after JSON|Unexpected number/.test(words) ? 'after top-level value' : 'looking for beginning of value'}`;
}

function emptied(result: Text | Failure): Text {
  return result instanceof Failure ? new Text('') : result;
}

const jsonOf = (value: Maybe): Text | Failure => printJson(value);
const prettyJsonOf = (value: Maybe): Text | Failure => printJson(value, { indent: 2, escapesHtml: true });
const rawJsonOf = (value: Maybe): Text | Failure => printJson(value, { escapesHtml: false });

/** sprig's JSON functions. */
export const jsonFunctions: readonly TemplateFunction[] = [
  define('toJson VALUE', 'any', 'The value in JSON.', (args) => emptied(jsonOf(args.at(0)))),
  define('toPrettyJson VALUE', 'any', 'The value in JSON over several lines.', (args) => emptied(prettyJsonOf(args.at(0)))),
  define('toRawJson VALUE', 'any', 'The value in JSON with <, > and & as they are.', (args) => rawJsonOf(args.at(0))),
  define('mustToJson VALUE', 'any', 'The value in JSON, or a failure.', (args) => jsonOf(args.at(0))),
  define('mustToPrettyJson VALUE', 'any', 'The value in JSON over several lines, or a failure.', (args) => prettyJsonOf(args.at(0))),
  define('mustToRawJson VALUE', 'any', 'The value in JSON with <, > and & as they are, or a failure.', (args) => rawJsonOf(args.at(0))),
  define('fromJson TEXT', 'string', 'The value that a JSON text says, or nothing where it is none.', (args) => {
    const value = readJson(args.text(0));
    return value instanceof Failure ? undefined : given(value);
  }),
  define('mustFromJson TEXT', 'string', 'The value that a JSON text says, or a failure.', (args) => {
    const value = readJson(args.text(0));
    return value instanceof Failure ? value : given(value);
  }),
];

/** Helm's functions on YAML and JSON: what cannot be read becomes a map with the key Error. */
export const helmFormatFunctions: readonly TemplateFunction[] = [
  define('toYaml VALUE', 'any', 'The value in YAML, without a line break at the end.', (args) => withoutLastBreak(emptied(printYaml(args.at(0))))),
  define('fromYaml TEXT', 'string', 'The map that a YAML text says; with the key Error where it is none.', (args) => errorMap(asMap(readYaml(args.text(0)), true))),
  define('fromYamlArray TEXT', 'string', 'The list that a YAML text says; of the message alone where it is none.', (args) => errorList(asList(readYaml(args.text(0)), true))),
  define('fromJson TEXT', 'string', 'The map that a JSON text says; with the key Error where it is none.', (args) => errorMap(asMap(readJson(args.text(0)), false))),
  define('fromJsonArray TEXT', 'string', 'The list that a JSON text says; of the message alone where it is none.', (args) => errorList(asList(readJson(args.text(0)), false))),
];

/** Argo CD's functions on YAML: what cannot be read stops the rendering. */
export const argocdFormatFunctions: readonly TemplateFunction[] = [
  define('toYaml VALUE', 'any', 'The value in YAML, without a line break at the end.', (args) => {
    const text = printYaml(args.at(0));
    return text instanceof Failure ? text : withoutLastBreak(text);
  }),
  define('fromYaml TEXT', 'string', 'The map that a YAML text says.', (args) => asMap(readYaml(args.text(0)), true)),
  define('fromYamlArray TEXT', 'string', 'The list that a YAML text says.', (args) => asList(readYaml(args.text(0)), true)),
];
