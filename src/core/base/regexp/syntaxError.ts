/**
 * What Go's regexp package says of a text that is no regular expression (Go 1.26 regexp/syntax/parse.go): the same walk over
 * the text, in which only what can be wrong is looked at. Left out: the sizes of what is parsed.
 */

/** Go's message without `error parsing regexp: `; undefined where Go finds nothing wrong. */
export function describeSyntaxError(pattern: string): string | undefined {
  return new Walk(pattern).run();
}

const maxRepeat = 1000;
const codes = {
  charRange: 'invalid character class range',
  escape: 'invalid escape sequence',
  namedCapture: 'invalid named capture',
  perlOp: 'invalid or unsupported Perl syntax',
  repeatOp: 'invalid nested repetition operator',
  repeatSize: 'invalid repeat count',
  missingBracket: 'missing closing ]',
  missingParen: 'missing closing )',
  missingArgument: 'missing argument to repetition operator',
  trailingBackslash: 'trailing backslash at end of expression',
  unexpectedParen: 'unexpected )',
} as const;

const posixNames = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' ');

class Walk {
  #at = 0;
  #error: string | undefined;
  /** For each open group whether something stands there that can be repeated. */
  readonly #groups: boolean[] = [false];

  constructor(private readonly text: string) {}

  run(): string | undefined {
    let lastRepeat = -1;
    while (this.#at < this.text.length && this.#error === undefined) {
      const start = this.#at;
      const isRepeat = this.#step(lastRepeat);
      lastRepeat = isRepeat ? start : -1;
    }
    if (this.#error === undefined && this.#groups.length > 1) this.#fail('missingParen', this.text);
    return this.#error;
  }

  #fail(code: keyof typeof codes, part: string): false {
    this.#error ??= `${codes[code]}: \`${part}\``;
    return false;
  }

  get #rest(): string {
    return this.text.slice(this.#at);
  }

  #operand(length: number): false {
    this.#at += length;
    this.#groups[this.#groups.length - 1] = true;
    return false;
  }

  /** One element; true for a repetition. */
  #step(lastRepeat: number): boolean {
    const char = this.text.charAt(this.#at);
    switch (char) {
      case '(':
        return this.#open();
      case '|':
        this.#groups[this.#groups.length - 1] = false;
        this.#at++;
        return false;
      case ')':
        if (this.#groups.length === 1) return this.#fail('unexpectedParen', this.text);
        this.#groups.pop();
        return this.#operand(1);
      case '[':
        return this.#class();
      case '*':
      case '+':
      case '?':
        return this.#repeat(1, lastRepeat);
      case '{': {
        const found = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(this.#rest);
        if (!found) return this.#operand(1);
        const [whole, from = '0', comma, to] = found;
        const min = Number(from);
        const max = comma === undefined ? min : to === undefined ? -1 : Number(to);
        if (min > maxRepeat || max > maxRepeat || (max >= 0 && min > max)) return this.#fail('repeatSize', whole);
        return this.#repeat(whole.length, lastRepeat);
      }
      case '\\':
        return this.#escaped();
      default:
        return this.#operand(String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0).length);
    }
  }

  #repeat(length: number, lastRepeat: number): boolean {
    const before = this.#at;
    this.#at += length;
    if (this.text.charAt(this.#at) === '?') this.#at++;
    if (lastRepeat >= 0) return this.#fail('repeatOp', this.text.slice(lastRepeat, this.#at));
    if (this.#groups.at(-1) !== true) return this.#fail('missingArgument', this.text.slice(before, this.#at));
    return true;
  }

  #open(): false {
    const rest = this.#rest;
    if (!rest.startsWith('(?')) {
      this.#at++;
      this.#groups.push(false);
      return false;
    }
    const name = /^\(\?P?</.exec(rest)?.[0];
    if (name !== undefined && rest.length > name.length) {
      const end = rest.indexOf('>');
      if (end < 0) return this.#fail('namedCapture', rest);
      if (!/^\w+$/.test(rest.slice(name.length, end))) return this.#fail('namedCapture', rest.slice(0, end + 1));
      this.#at += end + 1;
      this.#groups.push(false);
      return false;
    }
    return this.#flags(rest);
  }

  #flags(rest: string): false {
    let isNegated = false;
    let sawFlag = false;
    let at = 2;
    while (at < rest.length) {
      const char = String.fromCodePoint(rest.codePointAt(at) ?? 0);
      at += char.length;
      if (/^[imsU]$/.test(char)) sawFlag = true;
      else if (char === '-' && !isNegated) {
        isNegated = true;
        sawFlag = false;
      } else if ((char === ':' || char === ')') && (!isNegated || sawFlag)) {
        this.#at += at;
        if (char === ':') this.#groups.push(false);
        return false;
      } else break;
    }
    return this.#fail('perlOp', rest.slice(0, at));
  }

  #escaped(): false {
    const rest = this.#rest;
    if (/^\\[AbBzdDsSwW]/.test(rest)) return this.#operand(2);
    if (rest.startsWith('\\C')) return this.#fail('escape', '\\C');
    if (rest.startsWith('\\Q')) {
      const end = rest.indexOf('\\E');
      if (end === 2 || rest.length === 2) this.#at += end === 2 ? 4 : 2;
      else return this.#operand(end < 0 ? rest.length : end + 2);
      return false;
    }
    if (this.#unicodeClass() || this.#escape()) this.#groups[this.#groups.length - 1] = true;
    return false;
  }

  /** Goes over `\pL` and `\p{Greek}`; false where none stands here. */
  #unicodeClass(): boolean {
    const rest = this.#rest;
    if (!/^\\[pP]./su.test(rest)) return false;
    if (rest.charAt(2) === '{' && !rest.includes('}')) return this.#fail('charRange', rest);
    const whole = /^\\[pP](?:\{[^}]*\}|.)/su.exec(rest)?.[0] ?? '';
    const name = whole.replace(/^\\[pP]\{?\^?|\}$/g, '');
    if (!isUnicodeName(name)) return this.#fail('charRange', whole);
    this.#at += whole.length;
    return true;
  }

  /** Goes over an escape for one character. */
  #escape(): boolean {
    const rest = this.#rest;
    if (rest === '\\') return this.#fail('trailingBackslash', '');
    const found = /^\\(?:[1-7][0-7]{1,2}|0[0-7]{0,2}|x\{[0-9A-Fa-f]{1,8}\}|x[0-9A-Fa-f]{2}|[afnrtv]|[\x00-/:-@[-`{-\x7f])/.exec(rest)?.[0];
    if (found !== undefined) {
      this.#at += found.length;
      return true;
    }
    const read = /^\\(?:x(?:\{[0-9A-Fa-f]*.?|[^{].?)?|.)/su.exec(rest)?.[0] ?? rest;
    return this.#fail('escape', read);
  }

  #class(): false {
    const start = this.#at;
    this.#at++;
    if (this.text.charAt(this.#at) === '^') this.#at++;
    for (let isFirst = true; this.#error === undefined && (isFirst || this.text.charAt(this.#at) !== ']'); isFirst = false) this.#member(start);
    return this.#error === undefined ? this.#operand(1) : false;
  }

  #member(start: number): void {
    const rest = this.#rest;
    const named = /^\[:(.*?):\]/s.exec(rest);
    if (named && rest.length > 2) {
      const [whole, name = ''] = named;
      if (!posixNames.includes(name.replace(/^\^/, ''))) this.#fail('charRange', whole);
      this.#at += whole.length;
      return;
    }
    if (/^\\[dDsSwW]/.test(rest)) {
      this.#at += 2;
      return;
    }
    if (this.#unicodeClass() || this.#error !== undefined) return;
    const from = this.#at;
    const low = this.#classChar(start);
    if (this.text.charAt(this.#at) !== '-' || this.#at + 1 >= this.text.length || this.text.charAt(this.#at + 1) === ']') return;
    this.#at++;
    const high = this.#classChar(start);
    if (high < low) this.#fail('charRange', this.text.slice(from, this.#at));
  }

  #classChar(start: number): number {
    const from = this.#at;
    if (from >= this.text.length) {
      this.#fail('missingBracket', this.text.slice(start));
      return 0;
    }
    if (this.text.charAt(from) !== '\\') {
      const code = this.text.codePointAt(from) ?? 0;
      this.#at += code > 0xffff ? 2 : 1;
      return code;
    }
    if (!this.#escape()) return 0;
    const said = this.text.slice(from + 1, this.#at);
    const hex = /^x\{?([0-9A-Fa-f]+)/.exec(said)?.[1];
    if (hex !== undefined) return Number.parseInt(hex, 16);
    if (/^[0-7]/.test(said)) return Number.parseInt(said, 8);
    const short = 'a\x07f\fn\nr\rt\tv\v';
    const index = short.indexOf(said);
    return index >= 0 && index % 2 === 0 ? short.charCodeAt(index + 1) : said.charCodeAt(0);
  }
}

function isUnicodeName(name: string): boolean {
  if (name === 'Any') return true;
  try {
    return new RegExp(name.length <= 2 ? `^\\p{gc=${name}}` : `^\\p{sc=${name}}`, 'u').source !== '';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}
