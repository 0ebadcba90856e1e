/**
 * YAML and JSON functions as helm v3.22 (pkg/engine/funcs.go), sprig v3.3.0 (defaults.go) and Argo CD v3.2.11
 * (applicationset/utils/template_functions.go) have them. The words of syntax errors that end up in a result are our own.
 */
import { SourceText } from '../../base/source.js';
import { ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { embeddedSource } from '../../yaml/embed.js';
import { parseFirstDocument } from '../../yaml/parse.js';
import { valueOfNode, type NodeOrigins } from '../data.js';
import { cutText, firstSpanAt, madeOf, placeOfPart, wholeNode } from '../spans.js';
import { Failure, ListValue, MapValue, Text, type Maybe, type Span, type TemplateFunction, type Value } from '../values.js';
import { define, given } from './define.js';
import { printJson, printYaml } from './printYaml.js';
import { readJson } from './readJson.js';

function withoutLastBreak(text: Text): Text {
  return text.text.endsWith('\n') ? cutText(text, 0, text.text.length - 1) : text;
}

/** The value of a YAML text whose parts keep the nodes that they came from, or the words for what is wrong. */
function readYaml(text: Text): Maybe | Failure {
  const whole = wholeSource(text);
  const parsed = parseFirstDocument(whole ?? new SourceText('', text.text));
  const wrong = parsed.problems.find((problem) => problem.severity === 'error');
  if (wrong) return new Failure(`error converting YAML to JSON: yaml: line ${wrong.location.range.start.line + 1}: ${wrong.message}`);
  const [document] = parsed.documents;
  if (!document?.root) return undefined;
  return whole ? valueOfNode(document.root) : valueOfNode(document.root, originsIn(text));
}

/** The text's own source where all of it is one scalar's, or a file's: what is read in it stands there. */
function wholeSource(text: Text): SourceText | undefined {
  const node = wholeNode(text);
  return node && (node.start === 0 && node.source.text === text.text ? node.source : embeddedSource(node));
}

/** Nodes of a text come from what its parts come from; a scalar that stands there as it is keeps the parts. */
function originsIn(text: Text): NodeOrigins {
  const { spans } = text;
  const nodeOf = (node: YamlNode): YamlNode | undefined => {
    for (let at = firstSpanAt(spans, node.start); at < spans.length; at++) {
      const span = spans[at];
      if (!span || span.start >= node.end) return undefined;
      const own = node.kind === 'scalar' && node.end <= span.end && node.start >= span.start ? scalarIn(span, node, text.text) : undefined;
      if (own ?? span.node) return own ?? span.node;
    }
    return undefined;
  };
  const textOf = (node: ScalarNode, value: string): Text => {
    if (spans.length === 0) return new Text(value);
    const start = node.style === 'single' || node.style === 'double' ? node.start + 1 : node.start;
    return text.text.startsWith(value, start) ? cutText(text, start, start + value.length) : madeOf(value, cutText(text, node.start, node.end));
  };
  return { nodeOf, textOf };
}

/** The scalar where it stands in a longer text that a file or template has; undefined for one that is a value of its own. */
function scalarIn(span: Span, { value, tag, style, start, end }: ScalarNode, text: string): ScalarNode | undefined {
  if (span.node && (span.node.kind !== 'scalar' || span.node.value === value)) return undefined;
  const place = placeOfPart(span, start - span.start, text.slice(start, end));
  return place && new ScalarNode(value, tag, style, place.source, place.start, place.end, undefined, undefined);
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
