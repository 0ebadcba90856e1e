/**
 * Matches regular expressions in time linear in the text, whatever the pattern: patterns come from workspaces that are
 * not trusted. A program of Thompson's kind, run for all its states at once (R. Cox, "Regular Expression Matching: the
 * Virtual Machine Approach"), as Go's regexp package does.
 */
import { parseExpression, type Assertion, type Expression, type SyntaxFailure } from './syntax.js';
import type { CharClass } from './charClass.js';

/** A compiled pattern. */
export interface Pattern {
  /** True where the pattern matches somewhere in the text; undefined where the text and the pattern are too large to try. */
  matches(text: string): boolean | undefined;
}

type Instruction =
  | { readonly kind: 'char'; readonly matches: CharClass }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' };

const maxInstructions = 100_000;
const maxWork = 20_000_000;

/** Compiles a pattern in Go's syntax; a failure is a part of a sentence on the pattern. */
export function compilePattern(text: string): Pattern | SyntaxFailure {
  const expression = parseExpression(text);
  if ('failure' in expression) return expression;
  const program: Instruction[] = [];
  if (!emit(program, expression)) return { failure: 'is too large' };
  program.push({ kind: 'match' });
  return { matches: (subject) => runProgram(program, subject) };
}

function emit(program: Instruction[], expression: Expression): boolean {
  if (program.length > maxInstructions) return false;
  switch (expression.kind) {
    case 'empty':
      return true;
    case 'char':
    case 'assert':
      program.push(expression);
      return true;
    case 'group':
      return emit(program, expression.part);
    case 'sequence':
      return expression.parts.every((part) => emit(program, part));
    case 'choice':
      return emitChoice(program, expression.parts);
    case 'repeat':
      return emitRepeat(program, expression.part, expression.min, expression.max);
  }
}

function emitChoice(program: Instruction[], parts: readonly Expression[]): boolean {
  const jumps: { kind: 'jump'; to: number }[] = [];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
    if (!isLast) program.push(split);
    if (!emit(program, part)) return false;
    if (isLast) break;
    const jump = { kind: 'jump' as const, to: 0 };
    jumps.push(jump);
    program.push(jump);
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
  return true;
}

function emitRepeat(program: Instruction[], part: Expression, min: number, max: number): boolean {
  for (let count = 0; count < min; count++) if (!emit(program, part)) return false;
  if (max === Infinity) {
    const start = program.length;
    const split = { kind: 'split' as const, first: start + 1, second: 0 };
    program.push(split);
    if (!emit(program, part)) return false;
    program.push({ kind: 'jump', to: start });
    split.second = program.length;
    return true;
  }
  const splits: { second: number }[] = [];
  for (let count = min; count < max; count++) {
    const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
    splits.push(split);
    program.push(split);
    if (!emit(program, part)) return false;
  }
  for (const split of splits) split.second = program.length;
  return true;
}

function runProgram(program: readonly Instruction[], text: string): boolean | undefined {
  if (program.length * (text.length + 1) > maxWork) return undefined;
  const chars = [...text];
  const seenAt = new Int32Array(program.length).fill(-1);
  let states: number[] = [];
  for (let at = 0; at <= chars.length; at++) {
    const reached = follow(program, [...states, 0], chars, at, seenAt);
    if (!reached) return true;
    const char = chars[at];
    states = [];
    for (const state of reached) {
      const instruction = program[state];
      if (char !== undefined && instruction?.kind === 'char' && instruction.matches(char)) states.push(state + 1);
    }
  }
  return false;
}

/** The states that are reached without going on in the text; undefined where one of them is the end: a match. */
function follow(program: readonly Instruction[], starts: readonly number[], chars: readonly string[], at: number, seenAt: Int32Array): readonly number[] | undefined {
  const reached: number[] = [];
  const stack = starts.toReversed();
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    if (seenAt[state] === at) continue;
    seenAt[state] = at;
    const instruction = program[state];
    switch (instruction?.kind) {
      case 'match':
        return undefined;
      case 'jump':
        stack.push(instruction.to);
        break;
      case 'split':
        stack.push(instruction.second, instruction.first);
        break;
      case 'assert':
        if (holds(instruction.what, chars, at)) stack.push(state + 1);
        break;
      default:
        reached.push(state);
    }
  }
  return reached;
}

/** True where an assertion holds between two characters. */
export function holds(what: Assertion, chars: readonly string[], at: number): boolean {
  switch (what) {
    case 'textStart':
      return at === 0;
    case 'textEnd':
      return at === chars.length;
    case 'lineStart':
      return at === 0 || chars[at - 1] === '\n';
    case 'lineEnd':
      return at === chars.length || chars[at] === '\n';
    case 'wordBoundary':
    case 'noWordBoundary':
      return (isWordChar(chars[at - 1]) !== isWordChar(chars[at])) === (what === 'wordBoundary');
  }
}

function isWordChar(char: string | undefined): boolean {
  return char !== undefined && /^[0-9A-Za-z_]$/.test(char);
}
