/** sprig's functions on texts (Masterminds/sprig v3.3.0 strings.go, with goutils v1.1.1 for wrapping and cutting). */
import { assert } from '../../base/assert.js';
import { byteLength, fromBytes, isAscii, isSpace, quoteText, sliceBytes, toBytes, escapeChar } from '../goText.js';
import { textOf } from '../format.js';
import { changeText, cutText, generatedText, madeOf, replaceParts, TextBuilder, type Replacement } from '../spans.js';
import { Failure, MapValue, Text, type Maybe, type TemplateFunction, type Value } from '../values.js';
import { changeCase, kebabCase, pascalCase, snakeCase, swapCase, titleCase } from './letterCase.js';
import { boolOf, define, intOf, textList, textValue } from './define.js';

/** Text between separators, each part with its origins. */
export function splitText(text: Text, separator: string, limit = -1): readonly Text[] {
  if (limit === 0) return [];
  if (separator === '') {
    const chars = [...text.text];
    const count = limit < 0 ? chars.length : Math.min(limit, chars.length);
    let at = 0;
    return chars.slice(0, count).map((char, index) => {
      const end = index === count - 1 ? text.text.length : at + char.length;
      const part = cutText(text, at, end);
      at = end;
      return part;
    });
  }
  const parts: Text[] = [];
  let from = 0;
  while (limit < 0 || parts.length < limit - 1) {
    const at = text.text.indexOf(separator, from);
    if (at < 0) break;
    parts.push(cutText(text, from, at));
    from = at + separator.length;
  }
  parts.push(cutText(text, from, text.text.length));
  return parts;
}

function partsMap(parts: readonly Text[]): MapValue {
  return new MapValue(new Map<string, Value>(parts.map((part, index) => [`_${index}`, part])), undefined, { goType: 'map[string]string', elementType: 'string' });
}

/** strings.Trim and its like: cuts what stands in `set` from the ends. */
function trimSet(text: Text, isCut: (char: string) => boolean): Text {
  const chars = [...text.text];
  let [start, end] = [0, chars.length];
  while (start < end && isCut(chars[start] ?? '')) start++;
  while (end > start && isCut(chars[end - 1] ?? '')) end--;
  const from = chars.slice(0, start).join('').length;
  return cutText(text, from, from + chars.slice(start, end).join('').length);
}

const mostReplaced = 2_000_000;
const longestReplaced = 50_000_000;

/** strings.Replace for all places; an empty `old` stands around every character. */
function replaceAll(text: Text, old: string, by: Text): Text {
  if (old === '' ? by.text === '' : !text.text.includes(old)) return text;
  const replacements: Replacement[] = [];
  if (old === '') {
    let at = 0;
    replacements.push({ start: 0, end: 0, by });
    for (const char of text.text) {
      at += char.length;
      replacements.push({ start: at, end: at, by });
    }
  } else {
    for (let at = text.text.indexOf(old); at >= 0; at = text.text.indexOf(old, at + old.length)) replacements.push({ start: at, end: at + old.length, by });
  }
  return replaceParts(text, replacements);
}

const negativeRepeat = new Failure('strings: negative Repeat count');
const tooLong = new Failure('budget: the text would be too long');
const longest = 50_000_000;

function indentText(spaces: number, text: Text): Text | Failure {
  if (spaces < 0) return negativeRepeat;
  const lines = text.text.split('\n').length;
  if (spaces * lines > longest) return tooLong;
  const pad = new Text(' '.repeat(spaces));
  const replacements: Replacement[] = [{ start: 0, end: 0, by: pad }];
  for (let at = text.text.indexOf('\n'); at >= 0; at = text.text.indexOf('\n', at + 1)) replacements.push({ start: at + 1, end: at + 1, by: pad });
  return replaceParts(text, replacements);
}

/** `%q` of a text, its characters with their origins. */
function quoted(text: Text): Text {
  const replacements: Replacement[] = [{ start: 0, end: 0, by: new Text('"') }];
  if (quoteText(text.text).length !== text.text.length + 2) {
    let at = 0;
    for (const char of text.text) {
      const escaped = escapeChar(char, '"');
      if (escaped !== char) replacements.push({ start: at, end: at + char.length, by: new Text(escaped) });
      at += char.length;
    }
  }
  const end = text.text.length;
  replacements.push({ start: end, end, by: new Text('"') });
  return replaceParts(text, replacements);
}

/** Texts with a separator between them. */
export function joinTexts(parts: readonly Text[], separator: Text): Text {
  const builder = new TextBuilder();
  parts.forEach((part, index) => {
    if (index > 0) builder.add(separator);
    builder.add(part);
  });
  return builder.toText();
}

const blank = new Text(' ');

function quoteEach(args: readonly Maybe[], quote: (value: Value) => Text): Text {
  return joinTexts(
    args.flatMap((arg) => (arg === undefined || arg.kind === 'nil' ? [] : [quote(arg)])),
    blank,
  );
}

/** sprig's strslice: the entries of a list as texts without nil, or one text. */
export function textsOf(value: Maybe): readonly Text[] {
  if (value === undefined || value.kind === 'nil') return [];
  if (value.kind !== 'list') return [textValue(value)];
  return value.items.flatMap((item) => (item.kind === 'nil' ? [] : [textValue(item)]));
}

/** Go's text[start:end], or its words for a range that does not fit. */
function sliceText(text: Text, start: number, end: number): Text | Failure {
  const length = byteLength(text.text);
  if (end < 0) return new Failure(`runtime error: slice bounds out of range [:${end}]`);
  if (end > length) return new Failure(`runtime error: slice bounds out of range [:${end}] with length ${length}`);
  if (start > end) return new Failure(`runtime error: slice bounds out of range [${start}:${end}]`);
  if (isAscii(text.text)) return cutText(text, start, end);
  const before = fromBytes(toBytes(text.text).subarray(0, start)).length;
  const part = sliceBytes(text.text, start, end);
  return text.text.startsWith(part, before) ? cutText(text, before, before + part.length) : madeOf(part, text);
}

function truncate(count: number, text: Text): Text | Failure {
  const length = byteLength(text.text);
  if (count < 0 && length + count > 0) return sliceText(text, length + count, length);
  return count >= 0 && length > count ? sliceText(text, 0, count) : text;
}

function substring(start: number, end: number, text: Text): Text | Failure {
  const length = byteLength(text.text);
  if (start < 0) return sliceText(text, 0, end);
  if (end < 0 || end > length) {
    return start > length ? new Failure(`runtime error: slice bounds out of range [${start}:${length}]`) : sliceText(text, start, length);
  }
  return sliceText(text, start, end);
}

function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text);
  if (text === '' || width < 4) return '';
  if (length <= width) return text;
  let from = Math.min(offset, length);
  if (length - from < width - 3) from = length - (width - 3);
  if (from <= 4) return `${sliceBytes(text, 0, width - 3)}...`;
  if (width < 7) return '';
  if (from + width - 3 < length) return `...${abbreviate(sliceBytes(text, from, length), 0, width - 3)}`;
  return `...${sliceBytes(text, length - (width - 3), length)}`;
}

/** goutils.WrapCustom: breaks a line at blanks, in bytes. */
function wrapText(text: string, length: number, lineBreak: string, breaksWords: boolean): string {
  if (text === '') return '';
  const separator = lineBreak === '' ? '\n' : lineBreak;
  const width = Math.max(length, 1);
  // one character a byte, so that offsets count bytes
  const bytes = Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('');
  let out = '';
  const parts: string[] = [];
  const write = (from: number, to: number): void => {
    out += bytes.slice(from, to);
    parts.push(out);
    out = '';
  };
  let offset = 0;
  while (bytes.length - offset > width) {
    if (bytes.charAt(offset) === ' ') {
      offset++;
      continue;
    }
    const blankAt = bytes.slice(offset, width + offset + 1).lastIndexOf(' ') + offset;
    if (blankAt >= offset) {
      write(offset, blankAt);
      offset = blankAt + 1;
    } else if (breaksWords) {
      write(offset, width + offset);
      offset += width;
    } else {
      const next = bytes.indexOf(' ', width + offset);
      if (next < 0) {
        out += bytes.slice(offset);
        offset = bytes.length;
      } else {
        write(offset, next);
        offset = next + 1;
      }
    }
  }
  parts.push(out + bytes.slice(offset));
  return parts.map((part) => fromBytes(Uint8Array.from(part, (char) => char.charCodeAt(0)))).join(separator);
}

function initials(text: string): string {
  let out = '';
  let isAfterGap = true;
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    if (isSpace(char)) isAfterGap = true;
    else if (isAfterGap) {
      out += char;
      isAfterGap = false;
    }
  }
  return out;
}

/** goutils.DeleteWhiteSpace, which takes bytes for characters. */
function withoutSpaces(text: string): string {
  const chars = Array.from(toBytes(text), (byte) => String.fromCharCode(byte));
  const kept = chars.filter((char) => !isSpace(char));
  return kept.length === chars.length ? text : kept.join('');
}

const casing: readonly TemplateFunction[] = [
  define('upper TEXT', 'string', 'The text in upper case.', (args) => changeText(args.text(0), changeCase(args.string(0), 'upper'))),
  define('lower TEXT', 'string', 'The text in lower case.', (args) => changeText(args.text(0), changeCase(args.string(0), 'lower'))),
  define('title TEXT', 'string', 'The text with the first letter of each word in upper case.', (args) => changeText(args.text(0), titleCase(args.string(0)))),
  define('untitle TEXT', 'string', 'The text with the first letter of each word in lower case.', (args) =>
    changeText(
      args.text(0),
      args.string(0).replace(/(^|[\s\u0085])(\S)/gu, (_, before: string, char: string) => before + changeCase(char, 'lower')),
    ),
  ),
  define('swapcase TEXT', 'string', 'The text with upper and lower case exchanged.', (args) => changeText(args.text(0), swapCase(args.string(0)))),
  define('snakecase TEXT', 'string', 'The words of a text in lower case with _ between them.', (args) => madeOf(snakeCase(args.string(0)), args.text(0))),
  define('camelcase TEXT', 'string', 'The words of a text put together, each beginning in upper case.', (args) => madeOf(pascalCase(args.string(0)), args.text(0))),
  define('kebabcase TEXT', 'string', 'The words of a text in lower case with - between them.', (args) => madeOf(kebabCase(args.string(0)), args.text(0))),
  define('initials TEXT', 'string', 'The first letter of each word.', (args) => madeOf(initials(args.string(0)), args.text(0))),
];

const trimming: readonly TemplateFunction[] = [
  define('trim TEXT', 'string', 'The text without white space at its ends.', (args) => trimSet(args.text(0), isSpace)),
  define('trimall CHARACTERS TEXT', 'string string', 'The text without the given characters at its ends.', (args) =>
    trimSet(args.text(1), (char) => args.string(0).includes(char)),
  ),
  define('trimAll CHARACTERS TEXT', 'string string', 'The text without the given characters at its ends.', (args) =>
    trimSet(args.text(1), (char) => args.string(0).includes(char)),
  ),
  define('trimSuffix SUFFIX TEXT', 'string string', 'The text without an ending, where it has it.', (args) => {
    const [suffix, text] = [args.string(0), args.text(1)];
    return text.text.endsWith(suffix) ? cutText(text, 0, text.text.length - suffix.length) : text;
  }),
  define('trimPrefix PREFIX TEXT', 'string string', 'The text without a beginning, where it has it.', (args) => {
    const [prefix, text] = [args.string(0), args.text(1)];
    return text.text.startsWith(prefix) ? cutText(text, prefix.length, text.text.length) : text;
  }),
  define('nospace TEXT', 'string', 'The text without any white space.', (args) => changeText(args.text(0), withoutSpaces(args.string(0)))),
  define('trunc COUNT TEXT', 'int string', 'The first bytes of a text, or with a negative count its last ones.', (args) => truncate(args.count(0), args.text(1))),
  define('substr START END TEXT', 'int int string', 'The bytes of a text from START up to but without END.', (args) => substring(args.count(0), args.count(1), args.text(2))),
  define('abbrev WIDTH TEXT', 'int string', 'The text cut to a width, with three dots where something is missing.', (args) => {
    const width = args.count(0);
    return width < 4 ? args.text(1) : madeOf(abbreviate(args.string(1), 0, width), args.text(1));
  }),
  define('abbrevboth OFFSET WIDTH TEXT', 'int int string', 'The text cut on both sides, with three dots where something is missing.', (args) => {
    const [left, right] = [args.count(0), args.count(1)];
    return right < 4 || (left > 0 && right < 7) ? args.text(2) : madeOf(abbreviate(args.string(2), left, right), args.text(2));
  }),
];

const shaping: readonly TemplateFunction[] = [
  define('repeat COUNT TEXT', 'int string', 'The text several times over.', (args) => {
    const [count, text] = [args.count(0), args.text(1)];
    if (count < 0) return negativeRepeat;
    if (count * text.text.length > longest) return tooLong;
    return joinTexts(
      Array.from({ length: text.text === '' ? 0 : count }, () => text),
      new Text(''),
    );
  }),
  define('indent SPACES TEXT', 'int string', 'The text with blanks in front of every line.', (args) => indentText(args.count(0), args.text(1))),
  define('nindent SPACES TEXT', 'int string', 'A line break, and the text with blanks in front of every line.', (args) => {
    const text = indentText(args.count(0), args.text(1));
    return text instanceof Failure ? text : joinTexts([new Text('\n'), text], new Text(''));
  }),
  define('replace OLD NEW TEXT', 'string string string', 'The text with every OLD replaced by NEW.', (args) => {
    const [old, by, text] = [args.string(0), args.text(1), args.text(2)];
    const count = old === '' ? text.text.length + 1 : text.text.split(old).length - 1;
    return count > mostReplaced || text.text.length + count * by.text.length > longestReplaced ? new Failure('budget: the text would be too long') : replaceAll(text, old, by);
  }),
  define('wrap WIDTH TEXT', 'int string', 'The text broken into lines of a width; longer words stay whole.', (args) =>
    madeOf(wrapText(args.string(1), args.count(0), '', false), args.text(1)),
  ),
  define('wrapWith WIDTH SEPARATOR TEXT', 'int string string', 'The text broken into parts of a width with a separator between them.', (args) =>
    madeOf(wrapText(args.string(2), args.count(0), args.string(1), true), args.text(2)),
  ),
  define('quote VALUE...', 'any...', 'The values in double quotes, with what needs it escaped.', (args) => quoteEach(args.all, (value) => quoted(textValue(value)))),
  define('squote VALUE...', 'any...', 'The values in single quotes.', (args) =>
    quoteEach(args.all, (value) => joinTexts([new Text("'"), textOf(value), new Text("'")], new Text(''))),
  ),
  define('cat VALUE...', 'any...', 'The values with blanks between them.', (args) => {
    const kept = args.all.filter((arg) => arg !== undefined && arg.kind !== 'nil');
    return joinTexts(kept.map(textOf), blank);
  }),
  define('join SEPARATOR LIST', 'string any', 'The entries of a list with a separator between them.', (args) => joinTexts(textsOf(args.at(1)), args.text(0))),
  define('plural ONE MANY COUNT', 'string string int', 'ONE where the count is 1, and MANY otherwise.', (args) => (args.int(2) === 1n ? args.text(0) : args.text(1))),
  define('shuffle TEXT', 'string', 'The characters of a text in a random order.', (args) => {
    const chars = [...args.string(0)];
    for (let at = chars.length - 1; at > 0; at--) {
      const other = Math.floor(args.context.random() * (at + 1));
      const char = chars[at];
      const swapped = chars[other];
      assert(char !== undefined && swapped !== undefined, 'shuffled beyond the text');
      chars[at] = swapped;
      chars[other] = char;
    }
    return generatedText(chars.join(''));
  }),
];

const asking: readonly TemplateFunction[] = [
  define('contains PART TEXT', 'string string', 'True where the text has the part in it.', (args) => boolOf(args.string(1).includes(args.string(0)))),
  define('hasPrefix PREFIX TEXT', 'string string', 'True where the text begins with the prefix.', (args) => boolOf(args.string(1).startsWith(args.string(0)))),
  define('hasSuffix SUFFIX TEXT', 'string string', 'True where the text ends with the suffix.', (args) => boolOf(args.string(1).endsWith(args.string(0)))),
  define('toString VALUE', 'any', 'The value as text.', (args) => textValue(args.at(0))),
  define('toStrings LIST', 'any', 'The entries of a list as texts.', (args) => textList(textsOf(args.at(0)))),
  define('split SEPARATOR TEXT', 'string string', 'The parts of a text as a map with the keys _0, _1 and so on.', (args) => partsMap(splitText(args.text(1), args.string(0)))),
  define('splitn SEPARATOR COUNT TEXT', 'string int string', 'At most COUNT parts of a text as a map with the keys _0, _1 and so on.', (args) =>
    partsMap(splitText(args.text(2), args.string(0), args.count(1))),
  ),
  define('splitList SEPARATOR TEXT', 'string string', 'The parts of a text as a list.', (args) => textList(splitText(args.text(1), args.string(0)))),
  define('atoi TEXT', 'string', 'The whole number that a text is, or 0.', (args) => {
    const text = args.string(0);
    const value = /^[-+]?[0-9]+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : 0n;
    return intOf(value > 2n ** 63n - 1n ? 2n ** 63n - 1n : value < -(2n ** 63n) ? -(2n ** 63n) : value);
  }),
  define('hello', '', 'A greeting.', () => new Text('Hello!')),
];

/** sprig's functions on texts. */
export const stringFunctions: readonly TemplateFunction[] = [...casing, ...trimming, ...shaping, ...asking];

/** `fail`, which stops the rendering with words of the author's own. */
export const failFunction: TemplateFunction = define('fail MESSAGE', 'string', 'Stops the rendering with a message.', (args) => new Failure(args.string(0)));
