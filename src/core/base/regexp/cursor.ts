/** Goes through the text of a regular expression, a character (not a UTF-16 unit) at a time. */
export class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  next(): string {
    const char = this.peek();
    this.#at += char.length;
    return char;
  }

  /** Goes past `text` where it stands here. */
  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Goes past what a sticky pattern matches here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** True where a sticky pattern matches here. */
  test(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  /** Goes past an escape that stands for one character: `\n`, `\x41`, `\.`; undefined, and nowhere, for any other. */
  escaped(): string | undefined {
    const control = this.match(/\\([afnrtv])/y)?.[1];
    if (control) return { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[control];
    const octal = this.match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y)?.[1];
    if (octal) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (this.test(/\\x/y)) {
      const hex = /^\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(this.rest);
      const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? '', 16);
      if (!hex || !(code <= 0x10ffff)) return undefined;
      this.#at += hex[0].length;
      return String.fromCodePoint(code);
    }
    return this.match(/\\([^A-Za-z0-9\u0080-\uffff])/y)?.[1];
  }
}
