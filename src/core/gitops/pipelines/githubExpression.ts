/**
 * GitHub's expressions (`${{ }}`) with symbolic values: literals, contexts, `format`, comparisons and logic. What only a
 * run knows stays a hole (https://docs.github.com/en/actions/reference/workflows-and-actions/expressions).
 */
import { bothHold, compareTexts, eitherHolds, negateIf, type Condition } from './runShell.js';
import { constantOf, constantText, holeText, joinTexts, noText, onlyHole, type SymbolicText } from './symbolicText.js';

/** The value of a context by its way: `['env', 'TAG']`; undefined where nothing is known of it. */
export type ContextLookUp = (path: readonly string[]) => SymbolicText | undefined;

type Expression =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression };

const precedence: Readonly<Record<string, number>> = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '<=': 4, '>': 4, '>=': 4 };

/** The value of an expression without its braces. */
export function expandExpression(text: string, lookUp: ContextLookUp): SymbolicText {
  const expression = parseExpression(text);
  return (expression && valueOf(expression, lookUp)) ?? holeText('unknown', `\${{ ${text.trim()} }}`);
}

/** A text in which every `${{ }}` is replaced by its value. */
export function expandTemplate(text: string, lookUp: ContextLookUp): SymbolicText {
  const parts: SymbolicText[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    parts.push(constantText(text.slice(at, match.index)), expandExpression(match[1] ?? '', lookUp));
    at = match.index + match[0].length;
  }
  return joinTexts(...parts, constantText(text.slice(at)));
}

/** What is known of an `if`, with or without braces. */
export function evaluateCondition(text: string, lookUp: ContextLookUp): Condition {
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? text;
  const expression = inner.includes('${{') ? undefined : parseExpression(inner);
  return expression && conditionOf(expression, lookUp);
}

function valueOf(expression: Expression, lookUp: ContextLookUp): SymbolicText | undefined {
  switch (expression.kind) {
    case 'literal':
      return constantText(expression.text);
    case 'path':
      return lookUp(expression.path);
    case 'call':
      return expression.name === 'format' ? formatTexts(expression.given.map((given) => valueOf(given, lookUp))) : undefined;
    case 'not':
      return booleanText(conditionOf(expression, lookUp));
    case 'binary':
      return binaryValue(expression, lookUp);
  }
}

function binaryValue({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, lookUp: ContextLookUp): SymbolicText | undefined {
  if (operator !== '||' && operator !== '&&') return booleanText(conditionOf({ kind: 'binary', operator, left, right }, lookUp));
  const first = valueOf(left, lookUp);
  const constant = first && constantOf(first);
  const meaning = first && onlyHole(first)?.meaning;
  // A commit or a branch is never empty; of anything else that a run fills in, that can't be told.
  const isTrue = constant === undefined ? (meaning !== undefined && meaning !== 'unknown' && meaning !== 'gitTag' ? true : undefined) : isTruthy(constant);
  if (isTrue === undefined) return undefined;
  return isTrue === (operator === '||') ? first : valueOf(right, lookUp);
}

function booleanText(condition: Condition): SymbolicText | undefined {
  return typeof condition === 'boolean' ? constantText(String(condition)) : undefined;
}

function formatTexts(given: readonly (SymbolicText | undefined)[]): SymbolicText | undefined {
  const [template, ...values] = given;
  const text = template && constantOf(template);
  if (text === undefined || values.some((value) => value === undefined)) return undefined;
  return joinTexts(...text.split(/(\{\d+\})/).map((part) => (/^\{\d+\}$/.test(part) ? (values[Number(part.slice(1, -1))] ?? noText) : constantText(part))));
}

function conditionOf(expression: Expression, lookUp: ContextLookUp): Condition {
  switch (expression.kind) {
    case 'literal':
      return isTruthy(expression.text);
    case 'path': {
      const value = lookUp(expression.path);
      const constant = value && constantOf(value);
      return constant === undefined ? undefined : isTruthy(constant);
    }
    case 'not':
      return negateIf(true, conditionOf(expression.of, lookUp));
    case 'call':
      return callCondition(expression, lookUp);
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator === '&&') return bothHold(conditionOf(left, lookUp), conditionOf(right, lookUp));
      if (operator === '||') return eitherHolds(conditionOf(left, lookUp), conditionOf(right, lookUp));
      if (operator !== '==' && operator !== '!=') return undefined;
      const a = valueOf(left, lookUp);
      const b = valueOf(right, lookUp);
      return a && b ? negateIf(operator === '!=', compareTexts(a, b)) : undefined;
    }
  }
}

function callCondition({ name, given }: Extract<Expression, { kind: 'call' }>, lookUp: ContextLookUp): Condition {
  const [subject, part] = given.map((argument) => valueOf(argument, lookUp));
  const prefix = part && constantOf(part);
  if (name.toLowerCase() !== 'startswith' || !subject || prefix === undefined) return undefined;
  const constant = constantOf(subject);
  if (constant !== undefined) return constant.startsWith(prefix);
  const meaning = onlyHole(subject)?.meaning;
  const branch = meaning === 'branch' ? prefix : meaning === 'ref' ? /^refs\/heads\/(.+)$/.exec(prefix)?.[1] : undefined;
  return branch === undefined ? undefined : { whenTrue: { only: [`${branch}**`], except: [] }, whenFalse: { only: [], except: [`${branch}**`] } };
}

function isTruthy(text: string): boolean {
  return text !== '' && text !== 'false' && text !== '0' && text !== 'null';
}

/** Reads an expression; undefined where it isn't one. */
function parseExpression(text: string): Expression | undefined {
  const tokens = tokensOf(text);
  if (!tokens || tokens.length > 400) return undefined;
  const reader = { tokens, at: 0, level: 0 };
  const expression = readBinary(reader, 1);
  return reader.at === tokens.length ? expression : undefined;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  level: number;
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const form = /\s*('(?:[^']|'')*'|[A-Za-z_][\w-]*|\d+(?:\.\d+)?|\|\||&&|[=!<>]=|[<>!().,[\]*])/y;
  const end = text.trimEnd().length;
  while (form.lastIndex < end) {
    const match = form.exec(text);
    if (!match) return undefined;
    tokens.push(match[1] ?? '');
  }
  return tokens;
}

function readBinary(reader: Reader, least: number): Expression | undefined {
  let left = readUnary(reader);
  for (let operator = reader.tokens[reader.at] ?? ''; left && (precedence[operator] ?? 0) >= least; operator = reader.tokens[reader.at] ?? '') {
    reader.at++;
    const right = readBinary(reader, (precedence[operator] ?? 0) + 1);
    left = right && { kind: 'binary', operator, left, right };
  }
  return left;
}

function readUnary(reader: Reader): Expression | undefined {
  if (++reader.level > 100) return undefined;
  const token = reader.tokens[reader.at++];
  if (token === undefined) return undefined;
  if (token === '!') {
    const of = readUnary(reader);
    return of && { kind: 'not', of };
  }
  if (token === '(') {
    const inner = readBinary(reader, 1);
    return reader.tokens[reader.at++] === ')' ? inner : undefined;
  }
  if (token.startsWith("'")) return { kind: 'literal', text: token.slice(1, -1).replaceAll("''", "'") };
  if (/^\d/.test(token)) return { kind: 'literal', text: token };
  if (!/^[A-Za-z_]/.test(token)) return undefined;
  if (reader.tokens[reader.at] === '(') return readCall(reader, token);
  if (token === 'true' || token === 'false') return { kind: 'literal', text: token };
  if (token === 'null') return { kind: 'literal', text: '' };
  return readPath(reader, token);
}

function readCall(reader: Reader, name: string): Expression | undefined {
  reader.at++;
  const given: Expression[] = [];
  while (reader.tokens[reader.at] !== ')') {
    const argument = readBinary(reader, 1);
    if (!argument) return undefined;
    given.push(argument);
    if (reader.tokens[reader.at] === ',') reader.at++;
    else if (reader.tokens[reader.at] !== ')') return undefined;
  }
  reader.at++;
  return { kind: 'call', name, given };
}

function readPath(reader: Reader, first: string): Expression | undefined {
  const path = [first];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === '.') {
      path.push(reader.tokens[reader.at + 1] ?? '');
      reader.at += 2;
    } else if (token === '[') {
      const key = reader.tokens[reader.at + 1] ?? '';
      if (!/^'|^\d/.test(key) || reader.tokens[reader.at + 2] !== ']') return undefined;
      path.push(key.replace(/^'|'$/g, ''));
      reader.at += 3;
    } else return { kind: 'path', path };
  }
}
