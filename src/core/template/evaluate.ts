/**
 * Executes template trees as Go's text/template does (exec.go, Go 1.26): typing of arguments, scopes, `missingkey`, and
 * the places in its messages. The first mistake stops the execution; from then on every step does nothing.
 */
import { formatValue, sortedKeys, textOf, typeName } from './format.js';
import { byteLength, quoteText } from './goText.js';
import type { ParsedTemplate } from './parse/parser.js';
import {
  describe,
  isEmptyTree,
  type AnyNode,
  type ArgumentNode,
  type BranchNode,
  type CommandNode,
  type ListNode,
  type NumberNode,
  type PipeNode,
  type TemplateNode,
  type Tree,
} from './parse/nodes.js';
import type { TemplateCryptography } from './cryptography.js';
import {
  Bool,
  Complex,
  Failure,
  Float,
  Int,
  isGenerated,
  isTrue,
  ListValue,
  MapValue,
  nil,
  Text,
  type CallContext,
  type FunctionTable,
  type Maybe,
  type ParameterType,
  type Site,
  type Span,
  type TemplateError,
  type TemplateFunction,
  type Value,
} from './values.js';

export type MissingKey = 'default' | 'zero' | 'error';

/** Limits of one rendering; what exceeds them is an error as data. */
export interface Budget {
  /** Templates within templates. */
  readonly depth: number;
  /** Nodes, loops and calls that are gone through. */
  readonly steps: number;
  /** UTF-16 units of text, those of inner templates counted as well. */
  readonly output: number;
}

export const defaultBudget: Budget = { depth: 600, steps: 5_000_000, output: 50_000_000 };

/** Templates by their names. */
export type Trees = Pick<ReadonlyMap<string, Tree>, 'get'>;

export interface EvaluationInputs {
  readonly templates: Trees;
  readonly functions: FunctionTable;
  readonly builtins: FunctionTable;
  readonly missingKey: MissingKey;
  readonly budget: Budget;
  readonly now: bigint;
  readonly random: () => number;
  readonly cryptography: TemplateCryptography | undefined;
  /** Parses what `tpl` reads, under the name of the template that it is in. */
  readonly parseText: (template: Text, name: string) => ParsedTemplate;
}

/** What all templates of one rendering share. */
interface Shared {
  steps: number;
  output: number;
  depth: number;
  error: TemplateError | undefined;
}

/** An element of a list or map of interfaces that is ranged over: Go's messages name its type `interface {}`. */
class Boxed {
  readonly kind = 'boxed';
  constructor(readonly value: Value) {}
}
type Cell = Maybe | Boxed;

function unbox(cell: Cell): Maybe {
  return cell?.kind === 'boxed' ? cell.value : cell;
}

interface Variable {
  readonly name: string;
  value: Cell;
}

/** What no pipeline has given yet. */
const missing = Symbol('missing');
type Final = Maybe | typeof missing;
type Jump = 'break' | 'continue' | undefined;

const typeNames: Readonly<Record<ParameterType, string>> = {
  any: 'interface {}',
  reflect: 'reflect.Value',
  string: 'string',
  int: 'int',
  int64: 'int64',
  uint32: 'uint32',
  float64: 'float64',
  bool: 'bool',
  map: 'map[string]interface {}',
  list: '[]interface {}',
  time: 'time.Time',
  certificate: 'sprig.certificate',
};

/** The text that a named template gives, or why it stopped. */
export function execute(inputs: EvaluationInputs, name: string, data: Maybe): Text | TemplateError {
  const shared: Shared = { steps: 0, output: 0, depth: 0, error: undefined };
  const tree = inputs.templates.get(name);
  if (!tree) return plainError(`template: no template ${quoteText(name)} associated with template ${quoteText(name)}`);
  const evaluation = new Evaluation(inputs, shared, tree, data, undefined);
  const text = evaluation.run(data);
  return shared.error ?? text;
}

function plainError(message: string): TemplateError {
  return { message, reason: message, source: undefined, start: 0, end: 0, caller: undefined, kind: 'execute' };
}

class Evaluation {
  readonly #inputs: EvaluationInputs;
  readonly #shared: Shared;
  readonly #tree: Tree;
  readonly #caller: Site | undefined;
  readonly #variables: Variable[];
  /** The node that is being evaluated, for messages. */
  #node: AnyNode;
  readonly #chunks: string[] = [];
  readonly #spans: Span[] = [];
  #length = 0;

  constructor(inputs: EvaluationInputs, shared: Shared, tree: Tree, dot: Cell, caller: Site | undefined) {
    this.#inputs = inputs;
    this.#shared = shared;
    this.#tree = tree;
    this.#caller = caller;
    this.#variables = [{ name: '$', value: dot }];
    this.#node = tree.root;
  }

  run(dot: Cell): Text {
    this.#walkList(dot, this.#tree.root);
    return new Text(this.#chunks.join(''), this.#spans);
  }

  get #failed(): boolean {
    return this.#shared.error !== undefined;
  }

  #fail(reason: string, failure?: Failure, kind: TemplateError['kind'] = 'execute'): undefined {
    if (this.#shared.error) return undefined;
    const { start } = this.#node;
    const text = this.#tree.source.text.slice(0, start);
    const lineStart = text.lastIndexOf('\n') + 1;
    let line = 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
    const place = `${this.#tree.fileName}:${line}:${byteLength(text.slice(lineStart))}`;
    const message = `template: ${place}: executing ${quoteText(this.#tree.name)} at <${describe(this.#node)}>: ${reason}`;
    const cause = failure?.cause;
    this.#shared.error = cause
      ? { ...cause, message }
      : { message, reason, source: this.#tree.source, start, end: this.#node.end, caller: this.#caller, kind: failure?.isUnsupported === true ? 'unsupported' : kind };
    return undefined;
  }

  #spend(steps: number): void {
    this.#shared.steps += steps;
    if (this.#shared.steps > this.#inputs.budget.steps) this.#fail('the template takes too many steps; it may loop without end', undefined, 'budget');
  }

  // Output

  #write(text: Text, node: AnyNode): void {
    if (text.text === '') return;
    const { length } = text.text;
    this.#shared.output += length;
    if (this.#shared.output > this.#inputs.budget.output) {
      this.#fail('the template writes too much text', undefined, 'budget');
      return;
    }
    const site: Site = { tree: this.#tree, node, caller: this.#caller };
    const by = this.#length;
    let at = 0;
    for (const span of text.spans) {
      if (span.start > at) this.#spans.push({ start: by + at, end: by + span.start, site, node: undefined, isExact: false });
      this.#spans.push({
        start: by + span.start,
        end: by + span.end,
        site: span.site ?? site,
        node: span.node,
        also: span.also,
        isExact: span.isExact,
        isGenerated: span.isGenerated,
        from: span.from,
      });
      at = span.end;
    }
    if (at < length) this.#spans.push({ start: by + at, end: by + length, site, node: undefined, isExact: false });
    this.#chunks.push(text.text);
    this.#length += length;
  }

  // Walking

  #walkList(dot: Cell, list: ListNode): Jump {
    this.#node = list;
    for (const node of list.nodes) {
      const jump = this.#walk(dot, node);
      if (jump !== undefined || this.#failed) return jump;
    }
    return undefined;
  }

  #walk(dot: Cell, node: TemplateNode): Jump {
    this.#node = node;
    this.#spend(1);
    switch (node.kind) {
      case 'text':
        this.#write(new Text(node.text), node);
        return undefined;
      case 'comment':
        return undefined;
      case 'action': {
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.variables.length === 0 && !this.#failed) this.#write(value === undefined ? new Text('<no value>') : this.#shown(value, node), node);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#walkIfOrWith(dot, node);
      case 'range':
        return this.#walkRange(dot, node);
      case 'template': {
        const tree = this.#inputs.templates.get(node.name);
        if (!tree) return this.#fail(`template ${quoteText(node.name)} not defined`);
        if (!this.#enter()) return undefined;
        const data = node.pipe ? this.#pipeline(dot, node.pipe) : undefined;
        if (!this.#failed) {
          const inner = new Evaluation(this.#inputs, this.#shared, tree, data, { tree: this.#tree, node, caller: this.#caller });
          this.#write(inner.run(data), node);
        }
        this.#shared.depth--;
        return undefined;
      }
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  /** A value as an action prints it: by its method String where it has one, which `print` doesn't see (exec.go printableValue). */
  #shown(value: Value, node: AnyNode): Text {
    const method = value.kind === 'struct' ? value.methods?.get('String') : undefined;
    const text = method?.call([], this.#context(node));
    return text === undefined || text instanceof Failure ? textOf(value) : textOf(text);
  }

  #enter(): boolean {
    this.#shared.depth++;
    if (this.#shared.depth <= this.#inputs.budget.depth) return true;
    this.#fail(`exceeded maximum template depth (${this.#inputs.budget.depth})`, undefined, 'budget');
    return false;
  }

  #walkIfOrWith(dot: Cell, node: BranchNode): Jump {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    let jump: Jump;
    if (!this.#failed) {
      if (isTrue(value)) jump = this.#walkList(node.kind === 'with' ? value : dot, node.list);
      else if (node.elseList) jump = this.#walkList(dot, node.elseList);
    }
    this.#variables.length = mark;
    return jump;
  }

  #walkRange(dot: Cell, node: BranchNode): Jump {
    const outer = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    const mark = this.#variables.length;
    const { variables, isAssign } = node.pipe;
    const once = (index: Cell, element: Cell): Jump => {
      this.#spend(1);
      const [first, second] = variables;
      if (first && isAssign) this.#assign(first.names[0] ?? '', second ? index : element);
      if (second && isAssign) this.#assign(second.names[0] ?? '', element);
      if (first && !isAssign) {
        const top = this.#variables.at(-1);
        if (top) top.value = element;
        const below = second ? this.#variables.at(-2) : undefined;
        if (below) below.value = index;
      }
      const jump = this.#walkList(element, node.list);
      this.#variables.length = mark;
      return jump;
    };
    let didRun = false;
    if (!this.#failed) didRun = this.#eachOf(value, variables.length, once);
    let jump: Jump;
    if (!didRun && !this.#failed && node.elseList) jump = this.#walkList(dot, node.elseList);
    this.#variables.length = outer;
    return jump === 'break' ? undefined : jump;
  }

  /** Runs a loop; false where there was nothing to run it for. */
  #eachOf(value: Maybe, variableCount: number, once: (index: Cell, element: Cell) => Jump): boolean {
    if (value === undefined || value.kind === 'nil') return false;
    if (value.kind === 'int') {
      if (variableCount > 1) {
        this.#fail(`can't use ${value.value} to iterate over more than one variable`);
        return true;
      }
      for (let index = 0n; index < value.value; index++) if (once(undefined, new Int(index, value.goType)) === 'break' || this.#failed) break;
      return value.value > 0n;
    }
    if (value.kind === 'list') {
      for (const [index, item] of value.items.entries()) if (once(new Int(BigInt(index)), boxOf(item, value.elementType)) === 'break' || this.#failed) break;
      return value.items.length > 0;
    }
    if (value.kind === 'map') {
      const { entries } = value;
      for (const key of sortedKeys(entries)) {
        const item = entries.get(key);
        const keyNode = value.keyNode(key);
        const keyText = keyNode ? new Text(key, [{ start: 0, end: key.length, site: undefined, node: keyNode, isExact: true }]) : new Text(key);
        if (item && (once(keyText, boxOf(item, value.elementType)) === 'break' || this.#failed)) break;
      }
      return entries.size > 0;
    }
    this.#fail(`range can't iterate over ${formatValue(value)}`);
    return true;
  }

  #assign(name: string, value: Cell): void {
    for (let at = this.#variables.length - 1; at >= 0; at--) {
      const variable = this.#variables[at];
      if (variable?.name === name) {
        variable.value = value;
        return;
      }
    }
    this.#fail(`undefined variable: ${name}`);
  }

  #variable(name: string): Cell {
    for (let at = this.#variables.length - 1; at >= 0; at--) {
      const variable = this.#variables[at];
      if (variable?.name === name) return variable.value;
    }
    return this.#fail(`undefined variable: ${name}`);
  }

  // Pipelines and commands

  #pipeline(dot: Cell, pipe: PipeNode): Maybe {
    this.#node = pipe;
    let value: Final = missing;
    for (const command of pipe.commands) {
      const result: Maybe = unbox(this.#command(dot, command, value));
      if (this.#failed) return undefined;
      value = result?.kind === 'nil' ? undefined : result;
    }
    const result = value === missing ? undefined : value;
    for (const variable of pipe.variables) {
      const name = variable.names[0] ?? '';
      if (pipe.isAssign) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  #notAFunction(args: readonly ArgumentNode[], final: Final): boolean {
    const [first] = args;
    if (first && (args.length > 1 || final !== missing)) {
      this.#fail(`can't give argument to non-function ${describe(first)}`);
      return false;
    }
    return true;
  }

  #command(dot: Cell, command: CommandNode, final: Final): Cell {
    const [first] = command.args;
    if (!first) return undefined;
    switch (first.kind) {
      case 'field':
        this.#node = first;
        return this.#fields(dot, dot, first, first.names, command.args, final);
      case 'chain':
        return this.#chain(dot, first, command.args, final);
      case 'identifier':
        return this.#function(dot, first.name, first, command, command.args, final);
      case 'pipe':
        return this.#notAFunction(command.args, final) ? this.#pipeline(dot, first) : undefined;
      case 'variable':
        return this.#variableNode(dot, first, command.args, final);
      default:
        return this.#constant(dot, first, command, final);
    }
  }

  #constant(dot: Cell, first: Extract<ArgumentNode, { kind: 'bool' | 'dot' | 'nil' | 'number' | 'string' }>, command: CommandNode, final: Final): Cell {
    this.#node = first;
    if (!this.#notAFunction(command.args, final)) return undefined;
    switch (first.kind) {
      case 'bool':
        return new Bool(first.value);
      case 'dot':
        return dot;
      case 'nil':
        return this.#fail('nil is not a command');
      case 'number':
        return this.#idealConstant(first);
      case 'string':
        return new Text(first.text);
    }
  }

  #idealConstant(node: NumberNode): Maybe {
    this.#node = node;
    const { text } = node;
    if (node.complex) return new Complex(...node.complex);
    const isHexInt = /^0[xX]./.test(text) && !/[pP]/.test(text);
    if (node.float !== undefined && !isHexInt && !text.startsWith("'") && /[.eEpP]/.test(text)) return new Float(node.float);
    if (node.int !== undefined) return new Int(node.int);
    if (node.uint !== undefined) return this.#fail(`${text} overflows int`);
    return undefined;
  }

  #variableNode(dot: Cell, node: Extract<ArgumentNode, { kind: 'variable' }>, args: readonly ArgumentNode[], final: Final): Cell {
    this.#node = node;
    const value = this.#variable(node.names[0] ?? '');
    if (this.#failed) return undefined;
    if (node.names.length > 1) return this.#fields(dot, value, node, node.names.slice(1), args, final);
    return this.#notAFunction(args, final) ? value : undefined;
  }

  #chain(dot: Cell, node: Extract<ArgumentNode, { kind: 'chain' }>, args: readonly ArgumentNode[], final: Final): Cell {
    this.#node = node;
    if (node.base.kind === 'nil') return this.#fail(`indirection through explicit nil in ${describe(node)}`);
    const base = this.#argument(dot, undefined, node.base);
    return this.#failed ? undefined : this.#fields(dot, base, node, node.names, args, final);
  }

  #fields(dot: Cell, receiver: Cell, node: AnyNode, names: readonly string[], args: readonly ArgumentNode[], final: Final): Cell {
    let value = receiver;
    names.forEach((name, index) => {
      if (this.#failed) return;
      const isLast = index === names.length - 1;
      value = this.#field(dot, name, node, isLast ? args : [], isLast ? final : missing, value);
    });
    return value;
  }

  #field(dot: Cell, name: string, node: AnyNode, args: readonly ArgumentNode[], final: Final, receiver: Cell): Cell {
    if (receiver === undefined) return this.#inputs.missingKey === 'error' ? this.#fail(`nil data; no entry for key ${quoteText(name)}`) : undefined;
    const type = receiver.kind === 'boxed' ? 'interface {}' : receiver.goType;
    const value = receiver.kind === 'boxed' ? receiver.value : receiver;
    if (value.kind === 'nil') return this.#fail(`nil pointer evaluating interface {}.${name}`);
    const method = value.methods?.get(name);
    if (method) return this.#call(dot, method, false, node, name, args, final);
    const hasArguments = args.length > 1 || final !== missing;
    if (value.kind === 'struct') {
      const field = value.fields.get(name);
      if (field) return hasArguments ? this.#fail(`${name} has arguments but cannot be invoked as function`) : boxOf(field, 'any');
    }
    if (value.kind === 'map') {
      if (hasArguments) return this.#fail(`${name} is not a method but has arguments`);
      const found = value.entries.get(name);
      if (found) return boxOf(found, value.elementType);
      if (this.#inputs.missingKey === 'error') return this.#fail(`map has no entry for key ${quoteText(name)}`);
      return this.#inputs.missingKey === 'zero' ? zeroOf(value.elementType) : undefined;
    }
    return this.#fail(`can't evaluate field ${name} in type ${type}`);
  }

  // Calls

  #function(dot: Cell, name: string, node: AnyNode, command: AnyNode, args: readonly ArgumentNode[], final: Final): Maybe {
    this.#node = node;
    const own = this.#inputs.functions.get(name);
    const found = own ?? this.#inputs.builtins.get(name);
    if (!found) return this.#fail(`${quoteText(name)} is not a defined function`);
    return this.#call(dot, found, own === undefined, command, name, args, final);
  }

  #call(dot: Cell, called: TemplateFunction, isBuiltin: boolean, node: AnyNode, name: string, allArgs: readonly ArgumentNode[], final: Final): Maybe {
    const args = allArgs.slice(1);
    const count = args.length + (final === missing ? 0 : 1);
    const { parameters, variadic } = called;
    if (variadic !== undefined ? count < parameters.length : count !== parameters.length) {
      const wanted = variadic === undefined ? `want ${parameters.length} got ${count}` : `want at least ${parameters.length} got ${args.length}`;
      return this.#fail(`wrong number of args for ${name}: ${wanted}`);
    }
    if (isBuiltin && (name === 'and' || name === 'or')) return this.#shortCircuit(dot, name, args, final);
    const values: Maybe[] = [];
    for (const [index, arg] of args.entries()) {
      values.push(this.#argument(dot, parameters[index] ?? variadic, arg));
      if (this.#failed) return undefined;
    }
    if (final !== missing) {
      values.push(this.#checkType(final, parameters[count - 1] ?? variadic));
      if (this.#failed) return undefined;
    }
    this.#spend(1);
    if (isBuiltin && name === 'call') return this.#callValue(values, args[0], node);
    const result = called.call(values, this.#context(node));
    if (!(result instanceof Failure)) {
      if (result?.kind === 'string' && result.text.length > this.#inputs.budget.output) return this.#fail('the text is too long', undefined, 'budget');
      // a number made of what is random is so too
      if (result?.kind === 'int' && !result.isGenerated && values.some(isGenerated)) return new Int(result.value, result.goType, result.node, true);
      return result;
    }
    this.#node = node;
    return this.#fail(`error calling ${name}: ${result.message}`, result, result.message.startsWith('budget: ') ? 'budget' : 'execute');
  }

  /** Nothing that templates get here is a function. */
  #callValue(values: readonly Maybe[], first: ArgumentNode | undefined, node: AnyNode): undefined {
    const [value] = values;
    this.#node = node;
    const isNil = value === undefined || value.kind === 'nil';
    const shown = first ? describe(first) : value?.kind === 'string' ? value.text : `<${typeName(value)} Value>`;
    return this.#fail(`error calling call: ${isNil ? 'call of nil' : `non-function ${shown} of type ${typeName(value)}`}`);
  }

  #shortCircuit(dot: Cell, name: 'and' | 'or', args: readonly ArgumentNode[], final: Final): Maybe {
    let value: Maybe;
    for (const arg of args) {
      value = this.#argument(dot, 'reflect', arg);
      if (this.#failed || isTrue(value) === (name === 'or')) return value;
    }
    return final === missing ? value : final;
  }

  #context(node: AnyNode): CallContext {
    const site: Site = { tree: this.#tree, node, caller: this.#caller };
    return {
      site,
      now: this.#inputs.now,
      random: this.#inputs.random,
      cryptography: this.#inputs.cryptography,
      execute: (name, data) => this.#executeNamed(name, data, site),
      executeText: (template, data) => this.#executeText(template, data, site),
      spend: (steps) => {
        this.#shared.steps += steps;
        return this.#shared.steps > this.#inputs.budget.steps ? new Failure('budget: the template takes too many steps') : undefined;
      },
    };
  }

  #executeNamed(name: string, data: Maybe, site: Site, inputs = this.#inputs): Text | Failure {
    const tree = inputs.templates.get(name);
    if (!tree) {
      const message = `template: no template ${quoteText(name)} associated with template "gotpl"`;
      return new Failure(message);
    }
    return this.#runInner(new Evaluation(inputs, this.#shared, tree, data, site), data);
  }

  #runInner(inner: Evaluation, data: Maybe): Text | Failure {
    if (!this.#enter()) return this.#takeFailure();
    const text = inner.run(data);
    this.#shared.depth--;
    return this.#failed ? this.#takeFailure() : text;
  }

  /** The error of an inner template as the failure of the function that ran it. */
  #takeFailure(): Failure {
    const { error } = this.#shared;
    this.#shared.error = undefined;
    return error ? new Failure(error.message, error) : new Failure('the template failed');
  }

  #executeText(template: Text, data: Maybe, site: Site): Text | Failure {
    // A text without actions stays what it is, with where it comes from.
    if (!template.text.includes('{{')) return template;
    // helm's engine has all templates in one of this name
    const fileName = 'gotpl';
    const parsed = this.#inputs.parseText(template, fileName);
    const { source } = parsed;
    const [error] = parsed.errors;
    if (error) {
      const cause: TemplateError = { message: error.message, reason: error.reason, source, start: error.start, end: error.end, caller: site, kind: 'parse' };
      return new Failure(`cannot parse template ${quoteText(template.text)}: ${error.message}`, cause);
    }
    const templates = layerTrees(parsed.trees, this.#inputs.templates);
    const tree = parsed.trees.get(fileName);
    if (!tree) return new Text('');
    const result = this.#runInner(new Evaluation({ ...this.#inputs, templates }, this.#shared, tree, data, site), data);
    return result instanceof Failure ? new Failure(`error during tpl function execution for ${quoteText(template.text)}: ${result.message}`, result.cause) : result;
  }

  // Arguments

  #argument(dot: Cell, type: ParameterType | undefined, node: ArgumentNode): Maybe {
    this.#node = node;
    switch (node.kind) {
      case 'dot':
        return this.#checkType(unbox(dot), type);
      case 'nil':
        if (type === undefined || canBeNil(type)) return type === 'any' || type === 'reflect' || type === undefined ? undefined : emptyOf(type);
        return this.#fail(`cannot assign nil to ${typeNames[type]}`);
      case 'field':
        return this.#checkType(unbox(this.#fields(dot, dot, node, node.names, [node], missing)), type);
      case 'variable':
        return this.#checkType(unbox(this.#variableNode(dot, node, [node], missing)), type);
      case 'pipe':
        return this.#checkType(this.#pipeline(dot, node), type);
      case 'identifier':
        return this.#checkType(this.#function(dot, node.name, node, node, [node], missing), type);
      case 'chain':
        return this.#checkType(unbox(this.#chain(dot, node, [node], missing)), type);
      default:
        return this.#literal(node, type);
    }
  }

  #literal(node: Extract<ArgumentNode, { kind: 'bool' | 'number' | 'string' }>, type: ParameterType | undefined): Maybe {
    switch (type) {
      case 'bool':
        return node.kind === 'bool' ? new Bool(node.value) : this.#fail(`expected bool; found ${describe(node)}`);
      case 'string':
        return node.kind === 'string' ? new Text(node.text) : this.#fail(`expected string; found ${describe(node)}`);
      case 'int':
      case 'int64':
        return node.kind === 'number' && node.int !== undefined ? new Int(node.int, type) : this.#fail(`expected integer; found ${describe(node)}`);
      case 'uint32':
        return node.kind === 'number' && node.uint !== undefined ? new Int(BigInt.asUintN(32, node.uint), type) : this.#fail(`expected unsigned integer; found ${describe(node)}`);
      case 'float64':
        return node.kind === 'number' && node.float !== undefined ? new Float(node.float) : this.#fail(`expected float; found ${describe(node)}`);
      case 'any':
      case 'reflect':
        if (node.kind === 'bool') return new Bool(node.value);
        return node.kind === 'string' ? new Text(node.text) : this.#idealConstant(node);
      default:
        return this.#fail(`can't handle ${describe(node)} for arg of type ${type === undefined ? '<nil>' : typeNames[type]}`);
    }
  }

  /** A value as an argument of a type: the same, a zero for what is missing, or a failure. */
  #checkType(value: Maybe, type: ParameterType | undefined): Maybe {
    if (this.#failed || type === undefined || type === 'reflect') return value;
    if (type === 'any') return value?.kind === 'nil' ? undefined : value;
    if (value === undefined) return canBeNil(type) ? emptyOf(type) : this.#fail(`invalid value; expected ${typeNames[type]}`);
    if (isOfType(value, type)) return value;
    return this.#fail(`wrong type for value; expected ${typeNames[type]}; got ${value.goType}`);
  }
}

function boxOf(value: Value, elementType: string): Cell {
  return value.kind === 'nil' || elementType !== 'interface {}' ? value : new Boxed(value);
}

function zeroOf(elementType: string): Maybe {
  if (elementType.startsWith('[]')) return new ListValue([], undefined, { goType: elementType, elementType: elementType.slice(2), isNil: true });
  return elementType === 'string' ? new Text('') : nil;
}

function canBeNil(type: ParameterType): boolean {
  return type === 'any' || type === 'reflect' || type === 'map' || type === 'list';
}

function emptyOf(type: ParameterType): Maybe {
  if (type === 'map') return new MapValue(new Map(), undefined, { goType: typeNames.map, elementType: 'interface {}', isNil: true });
  if (type === 'list') return new ListValue([], undefined, { goType: typeNames.list, elementType: 'interface {}', isNil: true });
  return undefined;
}

function isOfType(value: Value, type: ParameterType): boolean {
  if (type === 'map') return value.kind === 'map' && value.elementType === 'interface {}';
  if (type === 'list') return value.kind === 'list' && value.elementType === 'interface {}';
  return value.goType === typeNames[type];
}

/** Adds templates to those that are defined: a later one replaces an earlier one, but for one without content. */
export function addTrees(templates: Map<string, Tree>, trees: ReadonlyMap<string, Tree>): void {
  for (const [name, tree] of trees) if (!templates.has(name) || !isEmptyTree(tree.root)) templates.set(name, tree);
}

/** The templates with others over them, by the same rule. */
function layerTrees(over: ReadonlyMap<string, Tree>, under: Trees): Trees {
  const get = (name: string): Tree | undefined => {
    const own = over.get(name);
    return own && !isEmptyTree(own.root) ? own : (under.get(name) ?? own);
  };
  return { get };
}
