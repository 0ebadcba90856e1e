/**
 * Parses a text with `${...}` expressions as fluxcd/pkg/envsubst v1.8.0 does (parse/parse.go), with its refusals word for
 * word. Which forms there are is decided by what this parser takes: `${a-d}` and `${a+d}` are none of them.
 */
import { acceptAny, Scanner, type Accept } from './scanner.js';

/** Why a text can't be substituted, in the words of envsubst. */
export type ParseReason = 'bad substitution' | 'missing closing brace' | 'unable to parse variable name' | 'unable to parse substitution within function' | 'nested too deeply';

/** The text between expressions: without the dollar signs that escape. */
export interface TextPart {
  readonly kind: 'text';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** One `${...}`. */
export interface ExpressionPart {
  readonly kind: 'expression';
  readonly name: string;
  /** `:=`, `^^`, `//` and so on; empty for `${name}`; `#` without arguments for `${#name}`. */
  readonly operator: string;
  readonly args: readonly SubstitutionPart[];
  /** From the dollar sign up to behind the closing brace. */
  readonly start: number;
  readonly end: number;
}

export type SubstitutionPart = TextPart | ExpressionPart;

/** The text in parts, or why it is refused and the expression that is to blame. */
export type ParsedSubstitutions = { readonly parts: readonly SubstitutionPart[] } | { readonly reason: ParseReason; readonly start: number; readonly end: number };

/** Parses a whole text. Offsets are those of `text`. */
export function parseSubstitutions(text: string): ParsedSubstitutions {
  return new Parser(text).parse();
}

const deepest = 200;

const isName: Accept = (character) => /^[\p{L}\p{Nd}_]$/u.test(character);
const isNotClosing: Accept = (character) => character !== '}';
const isCasing: Accept = (character, index) => (character === ',' || character === '^') && index < 3;
const isHash: Accept = (character, index) => character === '#' && index < 3;
const isPercent: Accept = (character, index) => character === '%' && index < 3;
const isReplace: Accept = (character, index) => (index === 1 && character === '/') || (index === 2 && '/#%'.includes(character));
const isDefault: Accept = (character, index) => (index === 1 && character === ':') || (index === 2 && '=-?+'.includes(character));

/** Exactly one of a character. */
function isOne(wanted: string): Accept {
  return (character, index) => character === wanted && index === 1;
}

/** One expression while it is read. */
interface Opened {
  readonly start: number;
  readonly name: string;
  operator: string;
  readonly args: SubstitutionPart[];
}

class Parser {
  readonly #scanner: Scanner;
  #reason: ParseReason | undefined;
  #depth = 0;

  constructor(private readonly text: string) {
    this.#scanner = new Scanner(text);
  }

  parse(): ParsedSubstitutions {
    const scanner = this.#scanner;
    const parts: SubstitutionPart[] = [];
    for (;;) {
      scanner.accept = acceptAny;
      scanner.mode = { text: true, open: true, escapes: true };
      scanner.hasBackslash = false;
      const start = scanner.at;
      switch (scanner.scan()) {
        case 'text':
          parts.push({ kind: 'text', value: scanner.tokenText(), start, end: scanner.at });
          break;
        case 'open': {
          const expression = this.#parseExpression(start);
          if (!expression) return { reason: this.#reason ?? 'bad substitution', start, end: endOfBroken(this.text, start) };
          parts.push(expression);
          break;
        }
        default:
          return { parts };
      }
    }
  }

  #fail(reason: ParseReason): undefined {
    this.#reason ??= reason;
    return undefined;
  }

  /** What stands behind `${`; undefined where it is refused. */
  #parseExpression(start: number): ExpressionPart | undefined {
    if (this.#depth >= deepest) return this.#fail('nested too deeply');
    this.#depth++;
    const expression = this.#parseOpened(start);
    this.#depth--;
    return expression;
  }

  #parseOpened(start: number): ExpressionPart | undefined {
    const scanner = this.#scanner;
    scanner.hasBackslash = true;
    if (scanner.peek() === '#') return this.#parseLength(start);
    if (!this.#take(isName)) return this.#fail('unable to parse variable name');
    const opened: Opened = { start, name: scanner.tokenText(), operator: '', args: [] };
    switch (scanner.peek()) {
      case ':':
        return this.#parseDefaultOrPart(opened);
      case '=':
        return this.#parseDefault(opened, isOne('='));
      case ',':
      case '^':
        return this.#takeOperator(opened, isCasing) ? this.#close(opened) : undefined;
      case '/':
        return this.#parseReplace(opened);
      case '#':
        return this.#parseRemove(opened, isHash);
      case '%':
        return this.#parseRemove(opened, isPercent);
      default:
        scanner.mode = { close: true };
        return scanner.scan() === 'close' ? this.#finish(opened) : this.#fail('missing closing brace');
    }
  }

  /** `${#name}`. */
  #parseLength(start: number): ExpressionPart | undefined {
    const scanner = this.#scanner;
    if (!this.#take(isOne('#'))) return this.#fail('bad substitution');
    if (!this.#take(isName)) return this.#fail('bad substitution');
    return this.#close({ start, name: scanner.tokenText(), operator: '#', args: [] });
  }

  /** `${name:=word}` and its kin, or `${name:offset}`. */
  #parseDefaultOrPart(opened: Opened): ExpressionPart | undefined {
    const second = this.#scanner.peekSecond();
    if (second !== '' && '=-?+'.includes(second)) return this.#parseDefault(opened, isDefault);
    // The original steps back by the width of the second character, so that a wide one makes it lose its place.
    return second === '' || second > '\u007f' ? this.#fail('bad substitution') : this.#parsePart(opened);
  }

  #parseDefault(opened: Opened, accept: Accept): ExpressionPart | undefined {
    if (!this.#takeOperator(opened, accept)) return undefined;
    while (this.#scanner.peek() !== '}') {
      if (!this.#parseArgument(opened, isNotClosing, false)) return undefined;
    }
    return this.#close(opened);
  }

  /** `${name:offset}` and `${name:offset:length}`. */
  #parsePart(opened: Opened): ExpressionPart | undefined {
    const scanner = this.#scanner;
    if (!this.#takeOperator(opened, isOne(':'))) return undefined;
    if (!this.#parseArgument(opened, (character) => character !== ':' && character !== '}', false)) return undefined;
    scanner.accept = (character) => character === ':';
    scanner.mode = { text: true, close: true };
    const token = scanner.scan();
    if (token === 'close') return this.#finish(opened);
    if (token !== 'text') return this.#fail('bad substitution');
    return this.#parseArgument(opened, isNotClosing, false) ? this.#close(opened) : undefined;
  }

  /** `${name#pattern}`, `##`, `%`, `%%`. */
  #parseRemove(opened: Opened, accept: Accept): ExpressionPart | undefined {
    return this.#takeOperator(opened, accept) && this.#parseArgument(opened, isNotClosing, false) ? this.#close(opened) : undefined;
  }

  /** `${name/old/new}`, `//`, `/#`, `/%`. */
  #parseReplace(opened: Opened): ExpressionPart | undefined {
    if (!this.#takeOperator(opened, isReplace)) return undefined;
    if (!this.#parseArgument(opened, (character) => character !== '/', true)) return undefined;
    if (!this.#take((character) => character === '/')) return this.#fail('bad substitution');
    if (this.#scanner.peek() === '}') return this.#close(opened);
    return this.#parseArgument(opened, isNotClosing, true) ? this.#close(opened) : undefined;
  }

  #parseArgument(opened: Opened, accept: Accept, escapes: boolean): boolean {
    const scanner = this.#scanner;
    scanner.accept = accept;
    scanner.mode = { text: true, open: true, escapes };
    const start = scanner.at;
    switch (scanner.scan()) {
      case 'open': {
        const inner = this.#parseExpression(start);
        if (inner) opened.args.push(inner);
        return inner !== undefined;
      }
      case 'text':
        opened.args.push({ kind: 'text', value: scanner.tokenText(), start, end: scanner.at });
        return true;
      default:
        this.#fail('unable to parse substitution within function');
        return false;
    }
  }

  #take(accept: Accept): boolean {
    this.#scanner.accept = accept;
    this.#scanner.mode = { text: true };
    return this.#scanner.scan() === 'text';
  }

  #takeOperator(opened: Opened, accept: Accept): boolean {
    if (!this.#take(accept)) {
      this.#fail('bad substitution');
      return false;
    }
    opened.operator = this.#scanner.tokenText();
    return true;
  }

  #close(opened: Opened): ExpressionPart | undefined {
    this.#scanner.mode = { close: true };
    return this.#scanner.scan() === 'close' ? this.#finish(opened) : this.#fail('bad substitution');
  }

  #finish({ start, name, operator, args }: Opened): ExpressionPart {
    return { kind: 'expression', name, operator, args, start, end: this.#scanner.at };
  }
}

/** Where people would say that a broken expression ends: behind its brace, or with its line. */
function endOfBroken(text: string, start: number): number {
  const line = text.indexOf('\n', start);
  const limit = line < 0 ? text.length : line;
  const brace = text.indexOf('}', start);
  return brace < 0 || brace >= limit ? limit : brace + 1;
}
