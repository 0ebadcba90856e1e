/** Upper and lower case as Go and huandu/xstrings v1.5.0 change it: character by character, words by their letters. */
import { isSpace } from '../goText.js';

/** strings.ToUpper and strings.ToLower: one character for one. */
export function changeCase(text: string, to: 'upper' | 'lower'): string {
  const change = (part: string): string => (to === 'upper' ? part.toUpperCase() : part.toLowerCase());
  if (/^[\x00-\x7f]*$/.test(text)) return change(text);
  let out = '';
  for (const char of text) {
    const changed = to === 'lower' && char === 'İ' ? 'i' : change(char);
    out += [...changed].length === 1 ? changed : to === 'upper' ? titleLetter(char) : char;
  }
  return out;
}

/** unicode.ToTitle, where it isn't ToUpper: digraphs, Greek letters with an iota, and Georgian ones, which have none. */
function titleLetter(char: string): string {
  const pair = 'ǄǆǅǇǉǈǊǌǋǱǳǲ'.indexOf(char);
  if (pair >= 0) return 'ǅǈǋǲ'.charAt(Math.floor(pair / 3));
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0 ? String.fromCodePoint(code + 8) : char;
}

function toTitle(char: string): string {
  if (/^[\u10d0-\u10ff]$/.test(char)) return char;
  const title = titleLetter(char);
  return title === char && !/^[ǅǈǋǲ]$/.test(char) ? changeCase(char, 'upper') : title;
}

function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

/** strings.Title: upper case behind what is no letter, digit or underscore. */
export function titleCase(text: string): string {
  let out = '';
  let previous = ' ';
  for (const char of text) {
    out += isSeparator(previous) ? toTitle(char) : char;
    previous = char;
  }
  return out;
}

function isSeparator(char: string): boolean {
  if (char <= '\x7f') return !/[0-9A-Za-z_]/.test(char);
  return !/^[\p{L}\p{Nd}]$/u.test(char) && isSpace(char);
}

/** goutils.SwapCase. */
export function swapCase(text: string): string {
  let out = '';
  let isAfterSpace = true;
  for (const char of text) {
    if (/^[\p{Lu}\p{Lt}]$/u.test(char)) {
      out += changeCase(char, 'lower');
      isAfterSpace = false;
    } else if (/^\p{Ll}$/u.test(char)) {
      out += isAfterSpace ? toTitle(char) : changeCase(char, 'upper');
      isAfterSpace = false;
    } else {
      out += char;
      isAfterSpace = isSpace(char);
    }
  }
  return isAfterSpace && text === '' ? '' : out;
}

function isConnector(char: string): boolean {
  return char === '-' || char === '_' || isSpace(char);
}

/** xstrings.ToPascalCase. */
export function pascalCase(text: string): string {
  const chars = [...text];
  let out = '';
  let at = 0;
  let current = '';
  let isFirstUpper = false;
  let hasBegun = false;
  for (; at < chars.length; at++) {
    current = chars[at] ?? '';
    if (!isConnector(current)) {
      isFirstUpper = isUpper(current);
      current = changeCase(current, 'upper');
      at++;
      hasBegun = true;
      break;
    }
    out += current;
  }
  if (at >= chars.length) return text === '' ? '' : out + (hasBegun || chars.length > 0 ? current : '');
  for (; at < chars.length; at++) {
    const previous = current;
    current = chars[at] ?? '';
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
      continue;
    }
    if (isConnector(previous)) {
      isFirstUpper = isUpper(current);
      current = changeCase(current, 'upper');
    } else {
      if (isFirstUpper) {
        if (isUpper(current)) current = changeCase(current, 'lower');
        else isFirstUpper = false;
      }
      out += previous;
    }
  }
  return out + current;
}

type WordType = 'none' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other';

function typeOf(char: string): WordType {
  if (isConnector(char)) return 'connector';
  if (/^\p{P}$/u.test(char)) return 'punctuation';
  if (isUpper(char)) return 'upper';
  if (/^\p{L}$/u.test(char) && !/^[\u4e00-\u9fcc\u3400-\u4d85\u{20000}-\u{2b81d}]$/u.test(char)) return 'alphabet';
  return /^\p{N}$/u.test(char) ? 'number' : 'other';
}

/** Cuts a text into runs of one kind of characters; `HTTPStatus` is cut into `HTTP` and `Status`. */
function wordsOf(text: string): { readonly type: WordType; readonly word: string }[] {
  const chars = [...text];
  const words: { type: WordType; word: string }[] = [];
  for (let at = 0; at < chars.length;) {
    const start = at;
    const type = typeOf(chars[at++] ?? '');
    const next = (): WordType => (at < chars.length ? typeOf(chars[at] ?? '') : 'none');
    if (type === 'upper' && next() === 'upper') {
      while (next() === 'upper') at++;
      if (next() === 'alphabet') at--;
    } else if (type === 'upper') {
      while (next() === 'alphabet') at++;
    } else if (type === 'punctuation') while (/^\p{P}$/u.test(chars[at] ?? '')) at++;
    else while (next() === type) at++;
    words.push({ type, word: chars.slice(start, at).join('') });
  }
  return words;
}

/** xstrings.ToSnakeCase. */
export function snakeCase(text: string): string {
  return joinWords(text, '_');
}

/** xstrings.ToKebabCase. */
export function kebabCase(text: string): string {
  return joinWords(text, '-');
}

function joinWords(text: string, connector: string): string {
  if (text === '') return '';
  const words = wordsOf(text);
  let index = 0;
  let out = '';
  const take = (): { readonly type: WordType; readonly word: string } => words[index++] ?? { type: 'none', word: '' };
  const write = ({ type, word }: { readonly type: WordType; readonly word: string }): void => {
    if (type !== 'upper' && type !== 'connector') out += word;
    else for (const char of word) out += isConnector(char) ? connector : changeCase(char, 'lower');
  };
  const isOneOf = (type: WordType, ...types: readonly WordType[]): boolean => types.includes(type);
  let current = take();
  while (index < words.length) {
    if (current.type !== 'connector') write(current);
    const last = current;
    current = take();
    if (last.type === 'number') {
      while (isOneOf(current.type, 'alphabet', 'number')) {
        write(current);
        current = take();
      }
      if (!isOneOf(current.type, 'none', 'punctuation', 'connector')) out += connector;
    } else if (last.type === 'connector') write(last);
    else if (last.type !== 'punctuation') {
      if (current.type !== 'number') {
        if (!isOneOf(current.type, 'connector', 'punctuation')) out += connector;
        continue;
      }
      if (index >= words.length) continue;
      const number = current;
      current = take();
      if (current.type !== 'alphabet') {
        write(number);
        if (!isOneOf(current.type, 'connector', 'punctuation')) out += connector;
        continue;
      }
      out += connector;
      write(number);
      while (isOneOf(current.type, 'alphabet', 'number')) {
        write(current);
        current = take();
      }
      if (!isOneOf(current.type, 'none', 'connector', 'punctuation')) out += connector;
    }
  }
  write(current);
  return out;
}
