/**
 * What is being written at a place of an action: a name behind a dot, a function, the text of an include. It is told from the
 * tokens up to the cursor alone, so that half an action is enough.
 */
import { Lexer, type Token } from '../template/parse/lexer.js';

export type ActionContext =
  /** Names behind `base`: `.Values.ing|` has the base `.Values` and `ing` typed. */
  | { readonly kind: 'path'; readonly base: PathBase; readonly typed: string; readonly start: number; readonly end: number }
  /** The first word of a command, or an argument: a function, a variable. */
  | { readonly kind: 'word'; readonly typed: string; readonly start: number; readonly end: number; readonly isFirst: boolean }
  /** A variable: `$na|`. */
  | { readonly kind: 'variable'; readonly typed: string; readonly start: number; readonly end: number }
  /** Within the quotes of the name of a template. */
  | { readonly kind: 'templateName'; readonly typed: string; readonly start: number; readonly end: number }
  /** Within the quotes of a key: of `index .Values "a" "|`. */
  | { readonly kind: 'key'; readonly base: PathBase; readonly typed: string; readonly start: number; readonly end: number };

/** The start of a way, and the names of it: `$x`, or the dot for an empty variable; undefined where it is computed. */
export interface PathBase {
  readonly variable: string;
  readonly names: readonly string[];
}

/** A call that the cursor is in. */
export interface CallContext {
  readonly name: string;
  /** Which argument, from 0. */
  readonly argument: number;
  /** The text of the first argument, where it is one: the name of an included template. */
  readonly firstText: string | undefined;
}

/** The text between `{{` and an offset, with where it begins; undefined outside of actions and in comments. */
export function actionBefore(text: string, offset: number): { readonly start: number; readonly text: string } | undefined {
  const open = text.lastIndexOf('{{', offset - 1);
  if (open < 0 || open + 2 > offset) return undefined;
  const inner = text.slice(open, offset);
  if (inner.includes('}}') || /^\{\{-?\s*\/\*/.test(inner)) return undefined;
  return { start: open, text: inner };
}

interface Cut {
  readonly tokens: readonly Token[];
  /** Where a quote was opened that is not closed; -1 elsewhere. */
  readonly openQuote: number;
}

function cutAction(text: string, start: number): Cut {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token.type !== 'eof'; token = lexer.next()) {
    if (token.type === 'error') return { tokens, openQuote: /^unterminated (?:quoted|raw)/.test(token.value) ? token.start + start : -1 };
    if (token.type !== 'leftDelim') tokens.push({ ...token, start: token.start + start, end: token.end + start });
  }
  return { tokens, openQuote: -1 };
}

/** What is being written at an offset. */
export function actionContextAt(text: string, offset: number): ActionContext | undefined {
  const action = actionBefore(text, offset);
  if (!action) return undefined;
  const quoted = quotedContext(text, offset, action);
  if (quoted !== undefined) return quoted ?? undefined;
  const way = /(\$?[\w]*)((?:\.\w*)+)$/u.exec(action.text);
  const end = offset + (/^\w*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0);
  if (way && !/[)\]\w]$/.test(action.text.slice(0, way.index)) && (way[1] === '' || way[1]?.startsWith('$') === true)) {
    const names = (way[2] ?? '').slice(1).split('.');
    const typed = names.pop() ?? '';
    return { kind: 'path', base: { variable: way[1] ?? '', names }, typed, start: offset - typed.length, end };
  }
  const behind = behindParenthesis(action.text);
  if (behind) return { kind: 'path', base: behind.base, typed: behind.typed, start: offset - behind.typed.length, end };
  const variable = /\$\w*$/.exec(action.text)?.[0];
  if (variable !== undefined) return { kind: 'variable', typed: variable, start: offset - variable.length, end };
  const word = /[A-Za-z_]\w*$/.exec(action.text)?.[0] ?? '';
  const before = action.text.slice(0, action.text.length - word.length);
  if (!/(?:\{\{-?|[\s|(,=])$/.test(before)) return undefined;
  return { kind: 'word', typed: word, start: offset - word.length, end, isFirst: /(?:\{\{-?\s*|[|(]\s*|\b(?:if|with|range)\s+|=\s*)$/.test(before) };
}

/** `(.Values.a).|` */
function behindParenthesis(text: string): { readonly base: PathBase; readonly typed: string } | undefined {
  const match = /\(\s*(\$?\w*)((?:\.\w+)*)\s*\)((?:\.\w*)+)$/.exec(text);
  if (!match || (match[1] === '' && match[2] === '') || (match[1] !== '' && match[1]?.startsWith('$') !== true)) return undefined;
  const names = (match[3] ?? '').slice(1).split('.');
  const typed = names.pop() ?? '';
  return { base: { variable: match[1] ?? '', names: [...(match[2] ?? '').split('.').slice(1), ...names] }, typed };
}

/** Undefined where the cursor is in no quotes; null where nothing is known of what belongs there. */
function quotedContext(text: string, offset: number, action: { readonly start: number; readonly text: string }): ActionContext | null | undefined {
  const { tokens, openQuote } = cutAction(action.text, action.start);
  if (openQuote < 0) return undefined;
  const start = openQuote + 1;
  const quote = text.charAt(openQuote);
  const rest = /^[^"`\n{}]*/.exec(text.slice(offset, offset + 300))?.[0] ?? '';
  const end = text.charAt(offset + rest.length) === quote ? offset + rest.length : offset;
  const typed = text.slice(start, offset);
  const command = commandOf(tokens);
  const [first, ...args] = command;
  if (!first) return null;
  if (first.type === 'template' || first.type === 'block' || first.type === 'define') return args.length === 0 ? { kind: 'templateName', typed, start, end } : null;
  if (first.value === 'include' && args.length === 0) return { kind: 'templateName', typed, start, end };
  if (first.value !== 'index' && first.value !== 'get' && first.value !== 'hasKey') return null;
  const base = pathOfTokens(args);
  return base ? { kind: 'key', base, typed, start, end } : null;
}

/** The tokens of the innermost command that is being written, without blanks. */
function commandOf(tokens: readonly Token[]): readonly Token[] {
  let open: Token[][] = [[]];
  for (const token of tokens) {
    if (token.type === 'leftParen') open.push([]);
    else if (token.type === 'rightParen') {
      if (open.length > 1) open.pop();
      open.at(-1)?.push(token);
    } else if (token.type === 'pipe' || token.type === 'declare' || token.type === 'assign') open[open.length - 1] = [];
    else if (token.type === 'if' || token.type === 'with' || token.type === 'range') open = [[]];
    else if (token.type !== 'space') open.at(-1)?.push(token);
  }
  return open.at(-1) ?? [];
}

/** `.Values` and then `"a"` and `"b"`: one way. */
function pathOfTokens(tokens: readonly Token[]): PathBase | undefined {
  const names: string[] = [];
  let variable: string | undefined;
  for (const { type, value } of tokens) {
    if (variable === undefined) {
      if (type === 'variable') variable = value;
      else if (type === 'field') {
        variable = '';
        names.push(value.slice(1));
      } else if (type === 'dot') variable = '';
      else return undefined;
    } else if (type === 'field') names.push(value.slice(1));
    else if (type === 'string' || type === 'rawString') names.push(value.slice(1, -1));
    else return undefined;
  }
  return variable === undefined ? undefined : { variable, names };
}

/** The call that an offset is in, and which of its arguments. */
export function callContextAt(text: string, offset: number): CallContext | undefined {
  const action = actionBefore(text, offset);
  if (!action) return undefined;
  const { tokens, openQuote } = cutAction(action.text, action.start);
  const frames: { name: string | undefined; count: number; firstText: string | undefined; isSpaced: boolean; isPiped: boolean }[] = [];
  const fresh = (isPiped: boolean): (typeof frames)[number] => ({ name: undefined, count: 0, firstText: undefined, isSpaced: true, isPiped });
  frames.push(fresh(false));
  const operand = (token: Token): void => {
    const frame = frames.at(-1);
    if (!frame) return;
    if (frame.isSpaced) {
      if (frame.name === undefined && frame.count === 0 && (token.type === 'identifier' || token.type === 'template')) frame.name = token.value;
      else {
        frame.count++;
        if (frame.count === 1 && (token.type === 'string' || token.type === 'rawString')) frame.firstText = token.value.slice(1, -1);
      }
    }
    frame.isSpaced = false;
  };
  for (const token of tokens) {
    const frame = frames.at(-1);
    if (token.type === 'space') {
      if (frame) frame.isSpaced = true;
    } else if (token.type === 'leftParen') {
      operand(token);
      frames.push(fresh(false));
    } else if (token.type === 'rightParen') {
      if (frames.length > 1) frames.pop();
    } else if (token.type === 'pipe') frames[frames.length - 1] = fresh(true);
    else if (['if', 'with', 'range', 'declare', 'assign', 'else'].includes(token.type)) frames[frames.length - 1] = fresh(false);
    else operand(token);
  }
  if (openQuote >= 0) operand({ type: 'string', value: '""', start: openQuote, end: offset, line: 0 });
  for (const frame of frames.reverse()) {
    if (frame.name === undefined) continue;
    if (frame.count === 0 && !frame.isSpaced) continue;
    return { name: frame.name, argument: frame.isSpaced ? frame.count : Math.max(0, frame.count - 1), firstText: frame.firstText };
  }
  return undefined;
}
