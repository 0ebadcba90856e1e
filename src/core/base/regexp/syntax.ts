/**
 * Reads regular expressions in the syntax of Go's regexp package (RE2 with Perl classes, Go 1.26): a tree for program.ts.
 * Which groups capture and which repetitions are greedy is kept for captures.ts alone: selectors only ask whether something
 * matches.
 */
import { parseClass, unicodeClass, perlClasses, type CharClass } from './charClass.js';
import { Cursor } from './cursor.js';

export type Expression =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly matches: CharClass }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly parts: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly part: Expression; readonly min: number; readonly max: number; readonly isLazy: boolean }
  /** A group that captures, by its number from 1 on; unnamed where `name` is empty. */
  | { readonly kind: 'group'; readonly part: Expression; readonly number: number; readonly name: string };

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** Why a text is no regular expression: a part of a sentence. */
export interface SyntaxFailure {
  readonly failure: string;
}

/** `(?i)` and so on, as they hold from a point to the end of its group. */
interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly swapsGreed: boolean;
}

/** Go's limits: what one repetition may count up to, alone and multiplied by those inside it, and how deep groups nest. */
const maxRepeat = 1000;
const maxDepth = 1000;

/** The expression's tree, or what is wrong with it. */
export function parseExpression(text: string): Expression | SyntaxFailure {
  const parser = new Parser(text);
  const expression = parser.parseChoice({ fold: false, dotAll: false, multiline: false, swapsGreed: false }, 0);
  if (parser.failure === undefined && !parser.cursor.isAtEnd) parser.fail('has a ) without its (');
  return parser.failure === undefined ? expression : { failure: parser.failure };
}

class Parser {
  readonly cursor: Cursor;
  failure: string | undefined;
  #groups = 0;

  constructor(text: string) {
    this.cursor = new Cursor(text);
  }

  fail(failure: string): Expression {
    this.failure ??= failure;
    return { kind: 'empty' };
  }

  /** Alternatives up to a closing parenthesis or the end. */
  parseChoice(start: Flags, depth: number): Expression {
    if (depth > maxDepth) return this.fail('nests its groups too deeply');
    let flags = start;
    const choices: Expression[] = [];
    let parts: Expression[] = [];
    while (this.failure === undefined && !this.cursor.isAtEnd && this.cursor.peek() !== ')') {
      if (this.cursor.take('|')) {
        choices.push(joined(parts));
        parts = [];
        continue;
      }
      const group = this.cursor.take('(?') ? this.#parseFlags(flags) : undefined;
      if (group?.opensGroup === false) {
        flags = group.flags;
        parts.push(...this.#parseRepeats(parts.splice(-1), flags));
        continue;
      }
      const atom = group ? this.#parseGroup(group.flags, depth, group.name) : this.#parseAtom(flags, depth);
      parts.push(...this.#parseRepeats(atom, flags));
    }
    choices.push(joined(parts));
    return choices.length === 1 ? joined(choices) : { kind: 'choice', parts: choices };
  }

  /** @param name of a group that captures; undefined for one that doesn't */
  #parseGroup(flags: Flags, depth: number, name: string | undefined): readonly Expression[] {
    if (name !== undefined) this.#groups++;
    const number = this.#groups;
    const inner = this.parseChoice(flags, depth + 1);
    if (!this.cursor.take(')')) this.fail('lacks a )');
    return [name === undefined ? inner : { kind: 'group', part: inner, number, name }];
  }

  /** After `(?`: a group with flags or a name, or flags for the rest of the group that stands around. */
  #parseFlags(outer: Flags): { readonly flags: Flags; readonly opensGroup: boolean; readonly name: string | undefined } {
    const name = this.cursor.match(/P?<([^>]*)>/y);
    if (name) {
      const [, text = ''] = name;
      if (!/^\w+$/.test(text)) this.fail(`has a group with the invalid name '${text}'`);
      return { flags: outer, opensGroup: true, name: text };
    }
    const match = this.cursor.match(/([imsU]*)(-[imsU]+)?([:)])/y);
    const [, on = '', off = '', end] = match ?? [];
    if (!match) this.fail("has a group that begins with (? in a way that isn't supported");
    const flag = (letter: string, before: boolean): boolean => (off.includes(letter) ? false : on.includes(letter) || before);
    const flags = { fold: flag('i', outer.fold), dotAll: flag('s', outer.dotAll), multiline: flag('m', outer.multiline), swapsGreed: flag('U', outer.swapsGreed) };
    return { flags, opensGroup: end === ':', name: undefined };
  }

  /** One or, for `\Q...\E`, several expressions that a repetition may follow. */
  #parseAtom(flags: Flags, depth: number): readonly Expression[] {
    const { cursor } = this;
    if (cursor.take('(')) return this.#parseGroup(flags, depth, '');
    if (cursor.take('^')) return [{ kind: 'assert', what: flags.multiline ? 'lineStart' : 'textStart' }];
    if (cursor.take('$')) return [{ kind: 'assert', what: flags.multiline ? 'lineEnd' : 'textEnd' }];
    if (cursor.take('.')) return [{ kind: 'char', matches: flags.dotAll ? () => true : (char) => char !== '\n' }];
    if (cursor.take('[')) {
      const parsed = parseClass(cursor, flags.fold);
      return typeof parsed === 'string' ? [this.fail(parsed)] : [{ kind: 'char', matches: parsed }];
    }
    if (cursor.match(/[*+?]|\{\d+(,\d*)?\}/y)) return [this.fail('repeats nothing: put something before the *, + or ?')];
    if (cursor.peek() === '\\') return this.#parseEscape(flags);
    return [literal(cursor.next(), flags)];
  }

  #parseEscape(flags: Flags): readonly Expression[] {
    const { cursor } = this;
    const quoted = cursor.match(/\\Q((?:[^\\]|\\(?!E))*)(?:\\E)?/y);
    if (quoted) return [...(quoted[1] ?? '')].map((char) => literal(char, flags));
    const assertion = cursor.match(/\\([AzbB])/y)?.[1];
    if (assertion) return [{ kind: 'assert', what: { A: 'textStart', z: 'textEnd', b: 'wordBoundary', B: 'noWordBoundary' }[assertion] as Assertion }];
    const perl = cursor.match(/\\([dDsSwW])/y)?.[1];
    if (perl) return [{ kind: 'char', matches: perlClasses[perl] ?? (() => false) }];
    const unicode = unicodeClass(cursor, flags.fold);
    if (unicode) return typeof unicode === 'string' ? [this.fail(unicode)] : [{ kind: 'char', matches: unicode }];
    const char = cursor.escaped();
    return char === undefined ? [this.fail(`has the escape ${cursor.rest.slice(0, 2)}, which there is not`)] : [literal(char, flags)];
  }

  /** The repetition operators after an atom; of several atoms the last is repeated. */
  #parseRepeats(atoms: readonly Expression[], flags: Flags): readonly Expression[] {
    const operator = this.cursor.match(/(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/y);
    if (!operator) return atoms;
    const part = atoms.at(-1);
    if (!part) return [this.fail('repeats nothing: put something before the *, + or ?')];
    const [, sign, from = '0', comma, to = '', lazy] = operator;
    const min = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
    const bounded = to === '' ? (comma === '' ? min : Infinity) : Number(to);
    const max = sign === undefined ? bounded : sign === '?' ? 1 : Infinity;
    if (min > maxRepeat || (max > maxRepeat && max !== Infinity) || min > max) return [this.fail(`has the repetition ${operator[0]}, which is out of range`)];
    const repeated: Expression = { kind: 'repeat', part, min, max, isLazy: (lazy === '?') !== flags.swapsGreed };
    if (repeatFactor(repeated) > maxRepeat) return [this.fail(`has the repetition ${operator[0]}, which is too large with those inside it`)];
    if (this.cursor.test(/[*+?]|\{\d+(,\d*)?\}/y)) return [this.fail('has two repetitions in a row')];
    return [...atoms.slice(0, -1), repeated];
  }
}

/** How often the most repeated part is copied, counted repetitions multiplied. */
function repeatFactor(expression: Expression): number {
  switch (expression.kind) {
    case 'repeat': {
      const own = expression.max === Infinity ? expression.min : expression.max;
      return Math.max(own, 1) * repeatFactor(expression.part);
    }
    case 'group':
      return repeatFactor(expression.part);
    case 'sequence':
    case 'choice':
      return expression.parts.reduce((most, part) => Math.max(most, repeatFactor(part)), 1);
    default:
      return 1;
  }
}

function joined(parts: readonly Expression[]): Expression {
  const [only] = parts;
  if (!only) return { kind: 'empty' };
  return parts.length === 1 ? only : { kind: 'sequence', parts };
}

function literal(char: string, flags: Flags): Expression {
  if (!flags.fold) return { kind: 'char', matches: (other) => other === char };
  const folded = new Set([char, char.toLowerCase(), char.toUpperCase()]);
  return { kind: 'char', matches: (other) => folded.has(other) || folded.has(other.toLowerCase()) || folded.has(other.toUpperCase()) };
}
