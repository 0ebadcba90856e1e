/**
 * Cuts a template into tokens as Go's text/template/parse does (lex.go, Go 1.26), with the same words for what is wrong.
 * Positions are offsets in the text (UTF-16 units, 0-based); lines count from 1. Delimiters are always `{{` and `}}`.
 */
import { describeChar, quoteText } from '../goText.js';

export type TokenType =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'comment'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | Keyword;

export type Keyword = 'block' | 'break' | 'continue' | 'dot' | 'define' | 'else' | 'end' | 'if' | 'nil' | 'range' | 'template' | 'with';

export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** The text of the token, or the words of the error. */
  readonly value: string;
  readonly line: number;
}

const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['.', 'dot'],
  ...(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'nil', 'range', 'template', 'with'] as const).map((word) => [word, word] as const),
]);

const keywordTypes: ReadonlySet<TokenType> = new Set(keywords.values());

/** A token as Go names it in messages. */
export function describeToken({ type, value }: Token): string {
  if (type === 'eof') return 'EOF';
  if (type === 'error') return value;
  if (keywordTypes.has(type)) return `<${value}>`;
  const chars = [...value];
  return new TextEncoder().encode(value).length > 10 ? `${quoteText(chars.slice(0, 10).join(''))}...` : quoteText(value);
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

function isAlphaNumeric(char: string): boolean {
  if (char === '') return false;
  const code = char.charCodeAt(0);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
  return /^[\p{L}\p{Nd}]$/u.test(char);
}

export class Lexer {
  readonly #text: string;
  #at = 0;
  #start = 0;
  #line = 1;
  #parens = 0;
  #isInside = false;
  #isStopped = false;
  breakAllowed = true;
  continueAllowed = true;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; after an error, and at the end, `eof` for ever. */
  next(): Token {
    if (this.#isStopped) return this.#make('eof', 'EOF');
    return this.#isInside ? this.#insideAction() : this.#outside();
  }

  /** Goes on behind the next `}}` after `from`, or at the next `{{` where that comes first: for readers of what is being written. */
  resume(from: number): void {
    const close = this.#text.indexOf('}}', from);
    const open = this.#text.indexOf('{{', from + 2);
    this.#at = close >= 0 && (open < 0 || close < open) ? close + 2 : open >= 0 ? open : this.#text.length;
    this.#start = this.#at;
    this.#line = 1;
    for (let at = this.#text.indexOf('\n'); at >= 0 && at < this.#at; at = this.#text.indexOf('\n', at + 1)) this.#line++;
    this.#isInside = false;
    this.#isStopped = false;
  }

  #make(type: TokenType, value?: string): Token {
    const text = value ?? this.#text.slice(this.#start, this.#at);
    const token: Token = { type, start: this.#start, end: this.#at, value: text, line: this.#line };
    this.#skipLines(this.#start, this.#at);
    this.#start = this.#at;
    return token;
  }

  #skipLines(from: number, to: number): void {
    for (let at = this.#text.indexOf('\n', from); at >= 0 && at < to; at = this.#text.indexOf('\n', at + 1)) this.#line++;
  }

  #ignore(): void {
    this.#skipLines(this.#start, this.#at);
    this.#start = this.#at;
  }

  #fail(message: string): Token {
    this.#isStopped = true;
    return { type: 'error', start: this.#start, end: this.#at, value: message, line: this.#line };
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #advance(): string {
    const char = this.#peek();
    this.#at += char.length;
    return char;
  }

  #trimsBefore(at: number): boolean {
    return this.#text.charAt(at) === '-' && isBlank(this.#text.charAt(at + 1));
  }

  #outside(): Token {
    const text = this.#text;
    const open = text.indexOf('{{', this.#at);
    if (open < 0) {
      this.#at = text.length;
      return this.#at > this.#start ? this.#make('text') : this.#make('eof', 'EOF');
    }
    if (open > this.#at) {
      let end = open;
      if (this.#trimsBefore(open + 2)) while (end > this.#start && isBlank(text.charAt(end - 1))) end--;
      this.#at = end;
      const token = this.#make('text');
      this.#at = open;
      this.#ignore();
      if (token.value.length > 0) return token;
    }
    return this.#leftDelim();
  }

  #leftDelim(): Token {
    const text = this.#text;
    this.#at += 2;
    const after = this.#trimsBefore(this.#at) ? 2 : 0;
    if (text.startsWith('/*', this.#at + after)) {
      this.#at += after;
      this.#ignore();
      return this.#comment();
    }
    const token = this.#make('leftDelim');
    this.#isInside = true;
    this.#at += after;
    this.#ignore();
    this.#parens = 0;
    return token;
  }

  #comment(): Token {
    const close = this.#text.indexOf('*/', this.#at + 2);
    if (close < 0) return this.#fail('unclosed comment');
    this.#at = close + 2;
    const closing = this.#rightDelimLength();
    if (closing === 0) return this.#fail('comment ends before closing delimiter');
    const token = this.#make('comment');
    this.#at += closing;
    if (closing > 2) this.#skipBlanks();
    this.#ignore();
    return token;
  }

  /** 2 for `}}`, 4 for ` -}}`, 0 where neither stands here. */
  #rightDelimLength(at = this.#at): number {
    if (isBlank(this.#text.charAt(at)) && this.#text.startsWith('-}}', at + 1)) return 4;
    return this.#text.startsWith('}}', at) ? 2 : 0;
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charAt(this.#at))) this.#at++;
  }

  #rightDelim(length: number): Token {
    if (length > 2) {
      this.#at += 2;
      this.#ignore();
    }
    this.#at += 2;
    const token = this.#make('rightDelim');
    if (length > 2) {
      this.#skipBlanks();
      this.#ignore();
    }
    this.#isInside = false;
    return token;
  }

  #insideAction(): Token {
    const closing = this.#rightDelimLength();
    if (closing > 0) return this.#parens === 0 ? this.#rightDelim(closing) : this.#fail('unclosed left paren');
    const char = this.#advance();
    switch (char) {
      case '':
        return this.#fail('unclosed action');
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return this.#space();
      case '=':
        return this.#make('assign');
      case ':':
        return this.#advance() === '=' ? this.#make('declare') : this.#fail('expected :=');
      case '|':
        return this.#make('pipe');
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant');
      case '`':
        return this.#rawQuoted();
      case '$':
        return this.#atTerminator() ? this.#make('variable') : this.#fieldOrVariable('variable');
      case '(':
        this.#parens++;
        return this.#make('leftParen');
      case ')':
        this.#parens--;
        return this.#parens < 0 ? this.#fail('unexpected right paren') : this.#make('rightParen');
    }
    if (char === '.' && this.#at < this.#text.length && !/[0-9]/.test(this.#text.charAt(this.#at))) return this.#fieldOrVariable('field');
    if (char === '.' || char === '+' || char === '-' || (char >= '0' && char <= '9' && char.length === 1)) {
      this.#at -= 1;
      return this.#number();
    }
    if (isAlphaNumeric(char)) {
      this.#at -= char.length;
      return this.#identifier();
    }
    if (char > ' ' && char < '\x7f') return this.#make('char');
    return this.#fail(`unrecognized character in action: ${describeChar(char)}`);
  }

  #space(): Token {
    let count = 1;
    while (isBlank(this.#text.charAt(this.#at))) {
      this.#at++;
      count++;
    }
    if (this.#rightDelimLength(this.#at - 1) === 4) {
      this.#at--;
      if (count === 1) return this.#rightDelim(4);
    }
    return this.#make('space');
  }

  #identifier(): Token {
    while (isAlphaNumeric(this.#peek())) this.#advance();
    const word = this.#text.slice(this.#start, this.#at);
    if (!this.#atTerminator()) return this.#badCharacter();
    const keyword = keywords.get(word);
    if (keyword !== undefined && !(keyword === 'break' && !this.breakAllowed) && !(keyword === 'continue' && !this.continueAllowed)) return this.#make(keyword);
    return this.#make(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  #badCharacter(): Token {
    return this.#fail(`bad character ${describeChar(this.#peek())}`);
  }

  #fieldOrVariable(type: 'field' | 'variable'): Token {
    if (this.#atTerminator()) return this.#make(type === 'variable' ? 'variable' : 'dot');
    while (isAlphaNumeric(this.#peek())) this.#advance();
    return this.#atTerminator() ? this.#make(type) : this.#badCharacter();
  }

  #atTerminator(): boolean {
    const char = this.#text.charAt(this.#at);
    return char === '' || isBlank(char) || '.,|:)('.includes(char) || this.#text.startsWith('}}', this.#at);
  }

  #quoted(quote: string, type: 'string' | 'charConstant', unterminated: string): Token {
    for (;;) {
      let char = this.#advance();
      if (char === '\\') {
        char = this.#advance();
        if (char !== '' && char !== '\n') continue;
      }
      if (char === '' || char === '\n') return this.#fail(unterminated);
      if (char === quote) return this.#make(type);
    }
  }

  #rawQuoted(): Token {
    const close = this.#text.indexOf('`', this.#at);
    if (close < 0) {
      this.#at = this.#text.length;
      return this.#fail('unterminated raw quoted string');
    }
    this.#at = close + 1;
    return this.#make('rawString');
  }

  #number(): Token {
    const bad = (): Token => this.#fail(`bad number syntax: ${quoteText(this.#text.slice(this.#start, this.#at))}`);
    if (!this.#scanNumber()) return bad();
    const sign = this.#text.charAt(this.#at);
    if (sign !== '+' && sign !== '-') return this.#make('number');
    if (!this.#scanNumber() || this.#text.charAt(this.#at - 1) !== 'i') return bad();
    return this.#make('complex');
  }

  #accept(valid: string): boolean {
    const char = this.#text.charAt(this.#at);
    if (char === '' || !valid.includes(char)) return false;
    this.#at++;
    return true;
  }

  #acceptRun(valid: string): void {
    while (this.#accept(valid));
  }

  #scanNumber(): boolean {
    this.#accept('+-');
    const decimal = '0123456789_';
    const hex = '0123456789abcdefABCDEF_';
    let digits = decimal;
    if (this.#accept('0')) {
      if (this.#accept('xX')) digits = hex;
      else if (this.#accept('oO')) digits = '01234567_';
      else if (this.#accept('bB')) digits = '01_';
    }
    this.#acceptRun(digits);
    if (this.#accept('.')) this.#acceptRun(digits);
    if (digits === decimal ? this.#accept('eE') : digits === hex && this.#accept('pP')) {
      this.#accept('+-');
      this.#acceptRun(decimal);
    }
    this.#accept('i');
    if (!isAlphaNumeric(this.#peek())) return true;
    this.#advance();
    return false;
  }
}
