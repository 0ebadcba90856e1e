/**
 * Reads the characters of a text with `${...}` expressions as the scanner of fluxcd/pkg/envsubst v1.8.0 does
 * (parse/scan.go): which characters a token may hold and which escapes count is set by the parser before every token.
 * Where the original cuts an escape's first character out of its buffer, this one leaves the text and passes over it, so
 * that offsets stay those of the text.
 */

/** What the next token may be. */
export type Token = 'end' | 'text' | 'open' | 'close' | 'illegal';

/** True for a character that belongs to a token; `index` counts from 1. */
export type Accept = (character: string, index: number) => boolean;

/** Which tokens are recognized. */
export interface ScanMode {
  readonly text?: boolean;
  readonly open?: boolean;
  readonly close?: boolean;
  readonly escapes?: boolean;
}

/** Accepts every character. */
export const acceptAny: Accept = () => true;

export class Scanner {
  accept: Accept = acceptAny;
  mode: ScanMode = {};
  /** True inside of an expression, where a backslash escapes `/` and itself. */
  hasBackslash = false;
  #at = 0;
  #start = 0;
  #width = 0;
  readonly #dropped: number[] = [];
  /** A dollar sign, or the zero that ends a text. */
  readonly #special = /[$\0]/g;

  constructor(readonly text: string) {}

  /** The offset of the next character. */
  get at(): number {
    return this.#at;
  }

  /** The next character without taking it; empty at the end. */
  peek(): string {
    const character = this.#read();
    this.#at -= this.#width;
    return character;
  }

  /** The character after the next one. */
  peekSecond(): string {
    const first = this.#read();
    const firstWidth = this.#width;
    const second = first === '' ? '' : this.peek();
    this.#at -= firstWidth;
    return second;
  }

  /** Takes the next token; {@link tokenText} has its text. */
  scan(): Token {
    this.#start = this.#at;
    this.#dropped.length = 0;
    const character = this.#read();
    if (character === '' || character === '\0') return 'end';
    if (this.#isOpen(character)) return 'open';
    if (this.mode.close === true && character === '}') return 'close';
    return this.mode.text === true && this.#takeText(character) ? 'text' : 'illegal';
  }

  /** The text of the token that was scanned last, without what escapes. */
  tokenText(): string {
    if (this.#dropped.length === 0) return this.text.slice(this.#start, this.#at);
    let text = '';
    let from = this.#start;
    for (const at of this.#dropped) {
      text += this.text.slice(from, at);
      from = at + 1;
    }
    return text + this.text.slice(from, this.#at);
  }

  #takeText(first: string): boolean {
    if (this.#isEscape(first)) this.#dropEscape();
    else if (!this.accept(first, 1)) return false;
    for (let index = 2; ; index++) {
      if (this.accept === acceptAny) this.#at = this.#nextSpecial(this.#at);
      const before = this.#at;
      const character = this.#read();
      if (character === '' || character === '\0' || this.#isOpen(character)) {
        this.#at = before;
        return true;
      }
      if (this.#isEscape(character)) this.#dropEscape();
      else if (!this.accept(character, index)) {
        this.#at = before;
        return true;
      }
    }
  }

  /** Where the next character stands that may end or change a text of any characters. */
  #nextSpecial(from: number): number {
    this.#special.lastIndex = from;
    return this.#special.test(this.text) ? this.#special.lastIndex - 1 : this.text.length;
  }

  /** Drops the character that was read last and takes the one behind it as it is. */
  #dropEscape(): void {
    this.#dropped.push(this.#at - 1);
    this.#read();
  }

  #isOpen(character: string): boolean {
    if (this.mode.open !== true || character !== '$' || this.text[this.#at] !== '{') return false;
    this.#at++;
    return true;
  }

  #isEscape(character: string): boolean {
    if (this.mode.escapes !== true) return false;
    const next = this.text[this.#at];
    if (character === '$') return next === '$';
    return character === '\\' && this.hasBackslash && (next === '/' || next === '\\');
  }

  #read(): string {
    const code = this.text.codePointAt(this.#at);
    if (code === undefined) {
      this.#width = 0;
      return '';
    }
    const character = String.fromCodePoint(code);
    this.#width = character.length;
    this.#at += this.#width;
    return character;
  }
}
