/**
 * sprig's functions on regular expressions (Masterminds/sprig v3.3.0 regex.go), in Go's syntax and linear time. Offsets are
 * characters of the text; the words for a pattern that cannot be read are near to Go's.
 */
import { compileCapturing, type CapturingPattern, type FoundMatch } from '../../base/regexp/captures.js';
import { describeSyntaxError } from '../../base/regexp/syntaxError.js';
import { cutText, madeOf, replaceParts, type Replacement } from '../spans.js';
import { Failure, ListValue, Text, type Maybe, type TemplateFunction } from '../values.js';
import { boolOf, define, textList, type Arguments } from './define.js';

const tooLarge = new Failure('the regular expression and the text are too large to match here', undefined, true);

function compile(pattern: string): CapturingPattern | string {
  const compiled = compileCapturing(pattern);
  return 'failure' in compiled ? `error parsing regexp: ${describeSyntaxError(pattern) ?? compiled.failure}` : compiled;
}

/** The functions that fail on a wrong pattern, by themselves and with `must` before their name. */
function withPattern(
  name: string,
  parameters: string,
  types: string,
  summary: string,
  answer: (pattern: CapturingPattern, args: Arguments) => Maybe | Failure,
): readonly TemplateFunction[] {
  const make = (isMust: boolean): TemplateFunction =>
    define(`${isMust ? `must${name.charAt(0).toUpperCase()}${name.slice(1)}` : name} ${parameters}`, types, summary, (args) => {
      const pattern = compile(args.string(0));
      if (typeof pattern !== 'string') return answer(pattern, args);
      return new Failure(isMust ? pattern : `regexp: Compile(${quoteForPanic(args.string(0))}): ${pattern}`);
    });
  return [make(false), make(true)];
}

function quoteForPanic(pattern: string): string {
  return pattern.includes('`') ? JSON.stringify(pattern) : `\`${pattern}\``;
}

/** The replacement of a match: `$1`, `${name}` and `$$` in the template stand for what was captured. */
function expand(template: Text, text: Text, match: FoundMatch, names: ReadonlyMap<string, number>): Text {
  if (!template.text.includes('$')) return template;
  const replacements: Replacement[] = [];
  for (const found of template.text.matchAll(/\$(?:\$|\{(\w+)\}|(\w+))/g)) {
    const [whole, braced, plain] = found;
    const name = braced ?? plain;
    const group = name === undefined ? undefined : /^[0-9]+$/.test(name) ? Number(name) : names.get(name);
    const [from = -1, to = -1] = group === undefined ? [] : match.offsets.slice(2 * group, 2 * group + 2);
    const by = name === undefined ? new Text('$') : from >= 0 ? cutText(text, from, to) : new Text('');
    replacements.push({ start: found.index, end: found.index + whole.length, by });
  }
  return replaceParts(template, replacements);
}

function replaceMatches(pattern: CapturingPattern, text: Text, replacementOf: (match: FoundMatch) => Text): Text | Failure {
  const matches = pattern.findAll(text.text);
  if (matches === 'too-large') return tooLarge;
  return replaceParts(
    text,
    matches.map((match) => ({ start: match.offsets[0] ?? 0, end: match.offsets[1] ?? 0, by: replacementOf(match) })),
  );
}

function split(pattern: CapturingPattern, text: Text, most: number, isEmptyPattern: boolean): ListValue | Failure {
  if (most === 0) return new ListValue([], undefined, { goType: '[]string', elementType: 'string', isNil: true });
  if (!isEmptyPattern && text.text === '') return textList([new Text('')]);
  const matches = pattern.findAll(text.text, most < 0 ? undefined : most);
  if (matches === 'too-large') return tooLarge;
  const parts: Text[] = [];
  let begin = 0;
  let end = 0;
  for (const { offsets } of matches) {
    const [from = 0, to = 0] = offsets;
    if (most > 0 && parts.length === most - 1) break;
    end = from;
    if (to !== 0) parts.push(cutText(text, begin, end));
    begin = to;
  }
  if (end !== text.text.length) parts.push(cutText(text, begin, text.text.length));
  return textList(parts);
}

const matchFunctions: readonly TemplateFunction[] = [
  define('regexMatch PATTERN TEXT', 'string string', 'True where the pattern matches somewhere in the text.', (args) => {
    const pattern = compile(args.string(0));
    if (typeof pattern === 'string') return boolOf(false);
    const matches = pattern.findAll(args.string(1), 1);
    return matches === 'too-large' ? tooLarge : boolOf(matches.length > 0);
  }),
  define('mustRegexMatch PATTERN TEXT', 'string string', 'True where the pattern matches somewhere in the text; a wrong pattern stops the rendering.', (args) => {
    const pattern = compile(args.string(0));
    if (typeof pattern === 'string') return new Failure(pattern);
    const matches = pattern.findAll(args.string(1), 1);
    return matches === 'too-large' ? tooLarge : boolOf(matches.length > 0);
  }),
  define('regexQuoteMeta TEXT', 'string', 'The text as a pattern that matches nothing but it.', (args) =>
    madeOf(args.string(0).replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'), args.text(0)),
  ),
];

/** sprig's functions on regular expressions. */
export const regexFunctions: readonly TemplateFunction[] = [
  ...matchFunctions,
  ...withPattern('regexFindAll', 'PATTERN TEXT COUNT', 'string string int', 'All parts of the text that the pattern matches; at most COUNT, all for -1.', (pattern, args) => {
    const count = args.count(2);
    const matches = pattern.findAll(args.string(1), count < 0 ? undefined : count);
    if (matches === 'too-large') return tooLarge;
    if (matches.length === 0) return new ListValue([], undefined, { goType: '[]string', elementType: 'string', isNil: true });
    return textList(matches.map(({ offsets }) => cutText(args.text(1), offsets[0] ?? 0, offsets[1] ?? 0)));
  }),
  ...withPattern('regexFind', 'PATTERN TEXT', 'string string', 'The first part of the text that the pattern matches.', (pattern, args) => {
    const matches = pattern.findAll(args.string(1), 1);
    if (matches === 'too-large') return tooLarge;
    const [from = 0, to = 0] = matches[0]?.offsets ?? [];
    return cutText(args.text(1), from, to);
  }),
  ...withPattern(
    'regexReplaceAll',
    'PATTERN TEXT REPLACEMENT',
    'string string string',
    'The text with what the pattern matches replaced; $1 or ${name} stand for what a group matched.',
    (pattern, args) => replaceMatches(pattern, args.text(1), (match) => expand(args.text(2), args.text(1), match, pattern.names)),
  ),
  ...withPattern(
    'regexReplaceAllLiteral',
    'PATTERN TEXT REPLACEMENT',
    'string string string',
    'The text with what the pattern matches replaced by the replacement as it stands.',
    (pattern, args) => replaceMatches(pattern, args.text(1), () => args.text(2)),
  ),
  ...withPattern('regexSplit', 'PATTERN TEXT COUNT', 'string string int', 'The parts of the text between what the pattern matches; at most COUNT, all for -1.', (pattern, args) =>
    split(pattern, args.text(1), args.count(2), args.string(0) === ''),
  ),
];
