/** Reads quoted scalars as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_flow_scalar). */

/** What a scanner of one scalar gives; undefined where the text is not what it reads. */
export interface ScannedScalar {
  readonly value: string;
  /** The offset behind the scalar. */
  readonly end: number;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'], ['a', '\x07'], ['b', '\b'], ['t', '\t'], ['\t', '\t'], ['n', '\n'], ['v', '\v'], ['f', '\f'], ['r', '\r'], ['e', '\x1b'],
  [' ', ' '], ['"', '"'], ["'", "'"], ['\\', '\\'], ['N', '\u0085'], ['_', '\u00a0'], ['L', '\u2028'], ['P', '\u2029'],
]);
const hexLengths: ReadonlyMap<string, number> = new Map([['x', 2], ['u', 4], ['U', 8]]);

/** The scalar that begins with a quote at `start`; undefined where it doesn't end or has an unknown escape. */
export function scanQuoted(text: string, start: number, limit: number): ScannedScalar | undefined {
  const quote = text[start] ?? '';
  const isDouble = quote === '"';
  const close = text.indexOf(quote, start + 1);
  if (close < 0 || close >= limit) return undefined;
  const simple = text.slice(start + 1, close);
  const isSimple = !simple.includes('\n') && !simple.includes('\r') && (isDouble ? !simple.includes('\\') : text[close + 1] !== "'");
  return isSimple ? { value: simple, end: close + 1 } : scanFolded(text, start, limit, isDouble);
}

function scanFolded(text: string, start: number, limit: number, isDouble: boolean): ScannedScalar | undefined {
  let value = '';
  let at = start + 1;
  while (at < limit) {
    const character = text[at] ?? '';
    if (character === '\n' || character === '\r' || character === ' ' || character === '\t') {
      const folded = foldWhite(text, at, limit);
      if (!folded) return undefined;
      value += folded.value;
      at = folded.end;
    } else if (character === (isDouble ? '"' : "'")) {
      if (isDouble || text[at + 1] !== "'") return { value, end: at + 1 };
      value += "'";
      at += 2;
    } else if (isDouble && character === '\\') {
      const escaped = scanEscape(text, at, limit);
      if (!escaped) return undefined;
      value += escaped.value;
      at = escaped.end;
    } else {
      value += character;
      at++;
    }
  }
  return undefined;
}

/** White space inside quotes: kept within a line, folded around line breaks. */
function foldWhite(text: string, start: number, limit: number): ScannedScalar | undefined {
  let at = start;
  let breaks = 0;
  for (; at < limit; at++) {
    const character = text[at];
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) {
      breaks++;
      if (isDocumentMarker(text, at + 1)) return undefined;
    } else if (character !== ' ' && character !== '\t' && character !== '\r') break;
  }
  if (breaks === 0) return { value: text.slice(start, at), end: at };
  return { value: breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), end: at };
}

/** True where a line begins with `---` or `...` and nothing but white space right behind. */
export function isDocumentMarker(text: string, lineStart: number): boolean {
  const marker = text.slice(lineStart, lineStart + 3);
  if (marker !== '---' && marker !== '...') return false;
  const next = text[lineStart + 3];
  return next === undefined || next === ' ' || next === '\t' || next === '\n' || next === '\r';
}

function scanEscape(text: string, start: number, limit: number): ScannedScalar | undefined {
  const character = text[start + 1] ?? '';
  if (character === '\n' || character === '\r') return skipEscapedBreak(text, start + 1, limit);
  const simple = simpleEscapes.get(character);
  if (simple !== undefined) return { value: simple, end: start + 2 };
  const length = hexLengths.get(character);
  if (length === undefined) return undefined;
  const digits = text.slice(start + 2, start + 2 + length);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = parseInt(digits, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return undefined;
  return { value: String.fromCodePoint(code), end: start + 2 + length };
}

/** A break behind a backslash counts for nothing; further ones and the indentation behind are folded as usual. */
function skipEscapedBreak(text: string, start: number, limit: number): ScannedScalar {
  let at = start;
  let breaks = 0;
  for (; at < limit; at++) {
    const character = text[at];
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) breaks++;
    else if (character !== ' ' && character !== '\t' && character !== '\r') break;
  }
  return { value: '\n'.repeat(Math.max(0, breaks - 1)), end: at };
}
