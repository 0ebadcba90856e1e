/**
 * The functions of Helm's templates (helm v3.22.0 pkg/engine/engine.go, funcs.go): sprig's without the environment, and its
 * own. `lookup` answers as without a cluster.
 */
import { cutText, madeOf, replaceParts } from '../spans.js';
import { Failure, isGenerated, MapValue, Text, type FunctionTable, type TemplateFunction } from '../values.js';
import { define, makeTable } from './define.js';
import { helmFormatFunctions } from './formats.js';
import { printToml } from './printToml.js';
import { printYamlPretty } from './printYamlPretty.js';
import { readToml } from './readToml.js';
import { sprigFunctions } from './sprig.js';

/** What Helm's engine puts around a message of the chart's author, for its own use. */
function wrapWarning(message: string): string {
  return `HELM_ERR_START${message}HELM_ERR_END`;
}

/** Helm takes `<no value>` out of what it renders. */
export function withoutNoValue(text: Text): Text {
  const replacements = [...text.text.matchAll(/<no value>/g)].map((match) => ({ start: match.index, end: match.index + match[0].length, by: new Text('') }));
  return replaceParts(text, replacements);
}

const own: readonly TemplateFunction[] = [
  define('include NAME DATA', 'string any', 'The text of a named template, run with data as its dot.', (args) => args.context.execute(args.string(0), args.at(1))),
  define('tpl TEMPLATE DATA', 'string any', 'The text of a template that is itself a value, run with data as its dot.', (args) => {
    const text = args.context.executeText(args.text(0), args.at(1));
    if (text instanceof Failure) return text;
    const shown = withoutNoValue(text);
    return isGenerated(args.at(0)) ? madeOf(shown.text, args.text(0), shown) : shown;
  }),
  define('required MESSAGE VALUE', 'string any', 'The value; where it is missing or an empty text the rendering stops with the message.', (args) => {
    const value = args.at(1);
    const isMissing = value === undefined || value.kind === 'nil' || (value.kind === 'string' && value.text === '');
    return isMissing ? new Failure(wrapWarning(args.string(0))) : value;
  }),
  define('fail MESSAGE', 'string', 'Stops the rendering with a message.', (args) => new Failure(wrapWarning(args.string(0)))),
  define(
    'lookup VERSION KIND NAMESPACE NAME',
    'string string string string',
    'An object of the cluster; an empty map, as there is no cluster in a preview.',
    () => new MapValue(new Map()),
  ),
  define('getHostByName NAME', 'string', 'The address of a host; empty, as Helm does unless told otherwise.', () => new Text('')),
  define('toToml VALUE', 'any', 'The value in TOML.', (args) => {
    const text = printToml(args.at(0));
    return text instanceof Failure && !/^(?:reflect|budget)/.test(text.message) ? new Text(text.message) : text;
  }),
  define('fromToml TEXT', 'string', 'The map that a TOML text says; what is wrong with the text stands in its field Error.', (args) => {
    const map = readToml(args.string(0));
    return map instanceof Failure ? new MapValue(new Map([['Error', new Text(map.message)]])) : map;
  }),
  define('toYamlPretty VALUE', 'any', 'The value in YAML with lists indented.', (args) => {
    const text = printYamlPretty(args.at(0));
    if (text instanceof Failure) return text.message.startsWith('budget') ? text : new Text('');
    return text.text.endsWith('\n') ? cutText(text, 0, text.text.length - 1) : text;
  }),
];

/** What templates of charts can call besides Go's own functions. */
export const helmFunctions: FunctionTable = makeTable([...sprigFunctions.values()], helmFormatFunctions, own);
