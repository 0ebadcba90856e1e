/**
 * Reads a template into trees as Go's text/template/parse does (parse.go, Go 1.26), with its messages. Errors are data:
 * the first one stops the reading, or, for readers of a text that is being written (`tolerant`), costs only its action.
 * Left out: own delimiters, and Go's limit of 10000 nested parentheses (here 1000).
 */
import type { SourceText } from '../../base/source.js';
import { quoteText, unquote } from '../goText.js';
import { describeToken, Lexer, type Token, type TokenType } from './lexer.js';
import type { ArgumentNode, BranchNode, CommandNode, CommentNode, InvokeNode, ListNode, NumberNode, PipeNode, TemplateNode, Tree, VariableNode } from './nodes.js';
import { isEmptyTree } from './nodes.js';
import { readNumber } from './numbers.js';

export interface ParseError {
  /** Go's message: `template: NAME:LINE: unexpected "}" in operand`. */
  readonly message: string;
  /** The same without the place. */
  readonly reason: string;
  /** Offsets in the source of what the message is about. */
  readonly start: number;
  readonly end: number;
}

export interface ParsedTemplate {
  readonly name: string;
  readonly source: SourceText;
  /** The file's own tree and those that it defines, in the order in which they end; of two with one name the one that counts. */
  readonly trees: ReadonlyMap<string, Tree>;
  /** The first mistake, or all of them of a tolerant reading; with any, Go would refuse the whole text. */
  readonly errors: readonly ParseError[];
  /** With their delimiters left out, in the order of the text. */
  readonly comments: readonly CommentNode[];
}

export interface ParseOptions {
  /** The names of functions that are known besides Go's own; undefined: every name is. */
  readonly functions?: ReadonlySet<string> | undefined;
  /** True to go on behind a mistake, for language features. */
  readonly tolerant?: boolean | undefined;
}

/** The functions that every template has. */
export const builtinNames: ReadonlySet<string> = new Set('and call html index slice js len not or print printf println urlquery eq ge gt le lt ne'.split(' '));

/** Reads a text of templates; never throws for what stands in it. */
export function parseTemplate(source: SourceText, name: string, options: ParseOptions = {}): ParsedTemplate {
  const parser = new Parser(source, name, options);
  parser.parse();
  return { name, source, trees: parser.trees, errors: parser.errors, comments: parser.comments };
}

/** An `{{end}}` or `{{else}}`, and what follows the latter. */
interface Ending {
  readonly kind: 'end' | 'else';
  readonly next: 'if' | 'with' | undefined;
  readonly start: number;
  readonly end: number;
}
type Control = 'if' | 'with' | 'range';

const maxNesting = 1000;

class Parser {
  readonly trees = new Map<string, Tree>();
  readonly errors: ParseError[] = [];
  readonly comments: CommentNode[] = [];
  readonly #source: SourceText;
  readonly #name: string;
  readonly #options: ParseOptions;
  readonly #lexer: Lexer;
  /** Tokens that were read ahead, the next one last. */
  readonly #ahead: Token[] = [];
  /** The token that was read last from the text: messages name its line. */
  #latest: Token = { type: 'eof', start: 0, end: 0, value: 'EOF', line: 1 };
  #lastEnd = 0;
  #variables: string[] = ['$'];
  #actionLine = 0;
  #rangeDepth = 0;
  #depth = 0;
  #failed = false;
  /** Where a tolerant reading went on last: it never goes back. */
  #resumed = -1;

  constructor(source: SourceText, name: string, options: ParseOptions) {
    this.#source = source;
    this.#name = name;
    this.#options = options;
    this.#lexer = new Lexer(source.text);
    this.#lexer.breakAllowed = !this.#options.functions?.has('break');
    this.#lexer.continueAllowed = !this.#options.functions?.has('continue');
  }

  parse(): void {
    const nodes: TemplateNode[] = [];
    const start = this.#peek().start;
    while (this.#peek().type !== 'eof') {
      if (this.#peek().type === 'leftDelim') {
        const delim = this.#next();
        const token = this.#nextNonSpace();
        if (token.type === 'define') {
          this.#definition(delim);
          continue;
        }
        this.#ahead.push(token, delim);
      }
      const node = this.#textOrAction();
      if (!node) continue;
      if (isEnding(node)) {
        this.#fail(`unexpected {{${node.kind}}}`, node);
        this.#recover();
      } else nodes.push(node);
    }
    this.#add({ name: this.#name, fileName: this.#name, source: this.#source, root: { kind: 'list', nodes, start, end: this.#source.text.length }, nameRange: undefined });
  }

  // Tokens

  #read(): Token {
    if (this.#failed) return this.#latest.type === 'eof' ? this.#latest : { type: 'eof', start: this.#latest.end, end: this.#latest.end, value: 'EOF', line: this.#latest.line };
    this.#latest = this.#lexer.next();
    return this.#latest;
  }

  #next(): Token {
    const token = this.#ahead.pop() ?? this.#read();
    this.#lastEnd = token.end;
    return token;
  }

  #peek(): Token {
    const token = this.#ahead.pop() ?? this.#read();
    this.#ahead.push(token);
    return token;
  }

  #nextNonSpace(): Token {
    for (;;) {
      const token = this.#next();
      if (token.type !== 'space') return token;
    }
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace();
    this.#ahead.push(token);
    return token;
  }

  // Mistakes

  /** Notes the first mistake since the last recovery; from then on every token is the end of the text. */
  #fail(reason: string, at: { readonly start: number; readonly end: number } = this.#latest): undefined {
    if (this.#failed) return undefined;
    this.errors.push({ message: `template: ${this.#name}:${this.#latest.line}: ${reason}`, reason, start: at.start, end: at.end });
    this.#failed = true;
    this.#ahead.length = 0;
    return undefined;
  }

  #unexpected(token: Token, context: string): undefined {
    if (token.type !== 'error') return this.#fail(`unexpected ${describeToken(token)} in ${context}`, token);
    let extra = '';
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      extra = ` in action started at ${this.#name}:${this.#actionLine}`;
      if (token.value.endsWith(' action')) extra = extra.slice(' in action'.length);
    }
    return this.#fail(`${token.value}${extra}`, token);
  }

  /** For a tolerant reading: goes on behind the action in which the mistake stands. */
  #recover(): void {
    if (!this.#failed || this.#options.tolerant !== true) return;
    const error = this.errors.at(-1);
    this.#failed = false;
    this.#ahead.length = 0;
    this.#resumed = Math.max(this.#resumed + 1, error?.start ?? 0);
    this.#lexer.resume(this.#resumed);
  }

  #expect(type: TokenType, context: string): Token | undefined {
    const token = this.#nextNonSpace();
    return token.type === type ? token : this.#unexpected(token, context);
  }

  // Structure

  #add(tree: Tree): void {
    const known = this.trees.get(tree.name);
    if (!known || isEmptyTree(known.root)) this.trees.set(tree.name, tree);
    else if (!isEmptyTree(tree.root)) {
      this.#fail(`template: multiple definition of template ${quoteText(tree.name)}`, tree.nameRange ?? this.#latest);
      if (this.#options.tolerant === true) this.#failed = false;
    }
  }

  /** Reads in a scope of its own: a definition knows no variables from around it. */
  #inOwnScope<Result>(read: () => Result): Result {
    const outer = { variables: this.#variables, range: this.#rangeDepth, line: this.#actionLine, depth: this.#depth };
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    this.#actionLine = 0;
    this.#depth = 0;
    const result = read();
    this.#variables = outer.variables;
    this.#rangeDepth = outer.range;
    this.#actionLine = outer.line;
    this.#depth = outer.depth;
    return result;
  }

  #definition(delim: Token): void {
    const context = 'define clause';
    this.#inOwnScope(() => {
      const token = this.#nextNonSpace();
      let name: string | undefined;
      if (token.type !== 'string' && token.type !== 'rawString') this.#unexpected(token, context);
      else {
        name = unquote(token.value);
        if (name === undefined) this.#fail('invalid syntax', token);
        else this.#expect('rightDelim', context);
      }
      this.#recover();
      this.#body(name, context, { start: token.start, end: token.end }, delim);
    });
  }

  #body(
    name: string | undefined,
    context: string,
    nameRange: { readonly start: number; readonly end: number },
    opening: { readonly start: number; readonly end: number },
    wrongEnd?: { readonly start: number; readonly end: number },
  ): void {
    const { list, ending } = this.#itemList(opening);
    if (ending && ending.kind !== 'end') {
      this.#fail(`unexpected {{else}} in ${context}`, wrongEnd ?? ending);
      this.#recover();
    }
    if (name !== undefined && (!this.#failed || this.#options.tolerant === true)) this.#add({ name, fileName: this.#name, source: this.#source, root: list, nameRange });
  }

  #itemList(opening: { readonly start: number; readonly end: number }): { readonly list: ListNode; readonly ending: Ending | undefined } {
    const nodes: TemplateNode[] = [];
    const start = this.#peekNonSpace().start;
    const listTo = (end: number): ListNode => ({ kind: 'list', nodes, start, end });
    while (this.#peekNonSpace().type !== 'eof') {
      const before = this.#peekNonSpace().start;
      const node = this.#textOrAction();
      if (!node) continue;
      if (isEnding(node)) return { list: listTo(before), ending: node };
      nodes.push(node);
    }
    if (!this.#failed) {
      this.#fail('unexpected EOF', opening);
      // what follows is the end of the text, which a tolerant reading reaches in peace
      if (this.#options.tolerant === true) {
        this.#failed = false;
        this.#ahead.length = 0;
      }
    }
    return { list: listTo(this.#latest.end), ending: undefined };
  }

  /** A text, a comment or an action; undefined where a mistake left nothing of it. */
  #textOrAction(): TemplateNode | Ending | undefined {
    const token = this.#nextNonSpace();
    switch (token.type) {
      case 'text':
        return { kind: 'text', text: token.value, start: token.start, end: token.end };
      case 'comment': {
        this.comments.push({ kind: 'comment', text: token.value, start: token.start, end: token.end });
        return undefined;
      }
      case 'leftDelim': {
        this.#actionLine = token.line;
        const node = this.#action(token);
        this.#actionLine = 0;
        this.#recover();
        return node;
      }
      default:
        this.#unexpected(token, 'input');
        this.#recover();
        return undefined;
    }
  }

  #action(delim: Token): TemplateNode | Ending | undefined {
    const token = this.#nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.#block(delim);
      case 'break':
      case 'continue':
        return this.#jump(token.type, token);
      case 'else': {
        const next = this.#peekNonSpace();
        if (next.type === 'if' || next.type === 'with') return { kind: 'else', next: next.type, start: next.start, end: next.end };
        const close = this.#expect('rightDelim', 'else');
        return close && { kind: 'else', next: undefined, start: close.start, end: close.end };
      }
      case 'end': {
        const close = this.#expect('rightDelim', 'end');
        return close && { kind: 'end', next: undefined, start: close.start, end: close.end };
      }
      case 'if':
      case 'range':
      case 'with':
        return this.#control(token.type, delim);
      case 'template':
        return this.#invoke();
      default:
        return this.#plainAction(token);
    }
  }

  #plainAction(token: Token): TemplateNode {
    this.#ahead.push(token);
    const pipe = this.#pipeline('command', 'rightDelim');
    return { kind: 'action', pipe, start: token.start, end: this.#lastEnd };
  }

  #jump(kind: 'break' | 'continue', token: Token): TemplateNode | undefined {
    const close = this.#nextNonSpace();
    if (close.type !== 'rightDelim') return this.#unexpected(close, `{{${kind}}}`);
    if (this.#rangeDepth === 0) return this.#fail(`{{${kind}}} outside {{range}}`, token);
    return { kind, start: token.start, end: token.end };
  }

  #control(kind: Control, delim: { readonly start: number; readonly end: number }): BranchNode {
    const mark = this.#variables.length;
    const pipe = this.#pipeline(kind, 'rightDelim');
    this.#recover();
    if (kind === 'range') this.#rangeDepth++;
    const { list, ending } = this.#itemList(delim);
    if (kind === 'range') this.#rangeDepth--;
    let elseList: ListNode | undefined;
    if (ending?.kind === 'else') {
      if (kind !== 'range' && ending.next === kind) {
        this.#nextNonSpace();
        const inner = this.#control(kind, ending);
        elseList = { kind: 'list', nodes: [inner], start: ending.start, end: inner.end };
      } else {
        const otherwise = this.#itemList(ending);
        elseList = otherwise.list;
        if (otherwise.ending?.kind === 'else') this.#fail('expected end; found {{else}}', otherwise.ending);
      }
    }
    this.#variables.length = mark;
    return { kind, pipe, list, elseList, start: pipe.start, end: this.#lastEnd };
  }

  #block(delim: Token): InvokeNode | undefined {
    const context = 'block clause';
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, 'rightDelim');
    // Go reads the body by a parser of its own, and tells what ends it wrongly where its own one stopped
    const head = { start: this.#lastEnd - 1, end: this.#lastEnd };
    this.#recover();
    this.#inOwnScope(() => {
      this.#body(name, context, { start: token.start, end: token.end }, delim, head);
    });
    return name === undefined ? undefined : { kind: 'template', name, nameStart: token.start, nameEnd: token.end, pipe, start: token.start, end: token.end };
  }

  #invoke(): InvokeNode | undefined {
    const context = 'template clause';
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    let pipe: PipeNode | undefined;
    const close = this.#nextNonSpace();
    if (close.type !== 'rightDelim') {
      this.#ahead.push(close);
      pipe = this.#pipeline(context, 'rightDelim');
    }
    return name === undefined ? undefined : { kind: 'template', name, nameStart: token.start, nameEnd: token.end, pipe, start: token.start, end: this.#lastEnd };
  }

  #templateName(token: Token, context: string): string | undefined {
    if (token.type !== 'string' && token.type !== 'rawString') return this.#unexpected(token, context);
    return unquote(token.value) ?? this.#fail('invalid syntax', token);
  }

  // Pipelines

  #pipeline(context: string, end: TokenType): PipeNode {
    const { start } = this.#peekNonSpace();
    const { variables, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.type === end) {
        this.#checkPipeline(commands, context);
        return { kind: 'pipe', isAssign, variables, commands, start, end: token.start };
      }
      if (!operandTypes.has(token.type)) {
        this.#unexpected(token, context);
        return { kind: 'pipe', isAssign, variables, commands, start, end: token.start };
      }
      this.#ahead.push(token);
      commands.push(this.#command());
    }
  }

  #declarations(context: string): { readonly variables: readonly VariableNode[]; readonly isAssign: boolean } {
    const variables: VariableNode[] = [];
    const none = { variables, isAssign: false };
    while (this.#peekNonSpace().type === 'variable') {
      const token = this.#nextNonSpace();
      const after = this.#peek();
      const next = this.#peekNonSpace();
      const isComma = next.type === 'char' && next.value === ',';
      if (next.type !== 'assign' && next.type !== 'declare' && !isComma) {
        if (after.type === 'space') this.#ahead.push(after);
        this.#ahead.push(token);
        return none;
      }
      this.#nextNonSpace();
      variables.push(variableNode(token.value, token.start, token.end));
      this.#variables.push(token.value);
      if (!isComma) return { variables, isAssign: next.type === 'assign' };
      if (context !== 'range' || variables.length >= 2) {
        this.#fail(`too many declarations in ${context}`, token);
        return none;
      }
      if (!['variable', 'rightDelim', 'rightParen'].includes(this.#peekNonSpace().type)) {
        this.#fail('range can only initialize variables', token);
        return none;
      }
    }
    return none;
  }

  #checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.forEach((command, index) => {
      const first = command.args[0];
      if (index > 0 && first && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind)) this.#fail(`non executable command in pipeline stage ${index + 1}`, first);
    });
  }

  #command(): CommandNode {
    const { start } = this.#peekNonSpace();
    const args: ArgumentNode[] = [];
    let end = start;
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand) {
        args.push(operand);
        end = operand.end;
      }
      const token = this.#next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#ahead.push(token);
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.#fail('empty command');
    return { kind: 'command', args, start, end };
  }

  #operand(): ArgumentNode | undefined {
    const node = this.#term();
    if (node === undefined || this.#peek().type !== 'field') return node;
    const { start } = this.#peek();
    const names: string[] = [];
    let end = start;
    while (this.#peek().type === 'field') {
      const token = this.#next();
      names.push(token.value.slice(1));
      end = token.end;
    }
    // Go gives a longer field or variable the place of its second name.
    if (node.kind === 'field') return { kind: 'field', names: [...node.names, ...names], start, end };
    if (node.kind === 'variable') return { kind: 'variable', names: [...node.names, ...names], start, end };
    if (node.kind === 'bool' || node.kind === 'string' || node.kind === 'number' || node.kind === 'nil' || node.kind === 'dot') {
      const text = node.kind === 'bool' ? String(node.value) : node.kind === 'string' ? node.quoted : node.kind === 'number' ? node.text : node.kind === 'nil' ? 'nil' : '.';
      return this.#fail(`unexpected . after term ${quoteText(text)}`, node);
    }
    return { kind: 'chain', base: node, names, start, end };
  }

  #term(): ArgumentNode | undefined {
    const token = this.#nextNonSpace();
    const { start, end, value } = token;
    switch (token.type) {
      case 'identifier':
        if (this.#options.functions && !this.#options.functions.has(value) && !builtinNames.has(value)) return this.#fail(`function ${quoteText(value)} not defined`, token);
        return { kind: 'identifier', name: value, start, end };
      case 'dot':
      case 'nil':
        return { kind: token.type, start, end };
      case 'variable':
        if (!this.#variables.includes(value)) return this.#fail(`undefined variable ${quoteText(value)}`, token);
        return variableNode(value, start, end);
      case 'field':
        return { kind: 'field', names: [value.slice(1)], start, end };
      case 'bool':
        return { kind: 'bool', value: value === 'true', start, end };
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.#numberNode(token, token.type);
      case 'leftParen':
        return this.#parenthesized();
      case 'string':
      case 'rawString': {
        const text = unquote(value);
        if (text === undefined) return this.#fail('invalid syntax', token);
        return { kind: 'string', quoted: value, text, start, end };
      }
      default:
        this.#ahead.push(token);
        return undefined;
    }
  }

  #numberNode({ value, start, end, ...token }: Token, type: 'charConstant' | 'complex' | 'number'): NumberNode | undefined {
    const number = readNumber(value, type);
    if (typeof number === 'string') return this.#fail(number, { start, end, ...token });
    return { kind: 'number', text: value, ...number, start, end };
  }

  #parenthesized(): ArgumentNode | undefined {
    if (this.#depth >= maxNesting) return this.#fail('max expression depth exceeded');
    this.#depth++;
    const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
    this.#depth--;
    return pipe;
  }
}

const operandTypes: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

function isEnding(node: TemplateNode | Ending): node is Ending {
  return node.kind === 'end' || node.kind === 'else';
}

function variableNode(text: string, start: number, end: number): VariableNode {
  return { kind: 'variable', names: text.split('.'), start, end };
}
