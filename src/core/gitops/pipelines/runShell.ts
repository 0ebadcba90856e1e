/**
 * Walks through a script as a shell would, with symbolic values: variables, working directory and conditions are
 * followed, and every command is handed on with its words. Where a value depends on what only a run knows, it becomes a
 * hole; where two ways meet again with different values, what differs becomes one. Nothing is executed.
 */
import { anyBranch, type BranchLimit } from './pipeline.js';
import { joinBranches, meetBranches } from './branchLimit.js';
import type { SourceText } from '../../base/source.js';
import { changeDirectory, resolveInJob } from './workingDirectory.js';
import { applyExpansion, outputOfCommand } from './shellValues.js';
import { parseShell, type ShellNode, type SimpleCommand, type Word, type WordPart } from './shellSyntax.js';
import { areTextsEqual, constantOf, constantText, cutText, describeText, holeText, joinTexts, noText, onlyHole, splitText, type SymbolicText } from './symbolicText.js';

/** A command as it would be run. */
export interface ShellCall {
  readonly words: readonly SymbolicText[];
  readonly redirects: readonly { readonly operator: string; readonly target: SymbolicText }[];
  readonly input: SymbolicText | undefined;
  /** Relative to the job's own folder; undefined where it can't be told. */
  readonly cwd: string | undefined;
  readonly branches: BranchLimit;
  /** The value of a variable at this point. */
  readonly variable: (name: string) => SymbolicText | undefined;
  /** The file of a script that the script called; undefined for a command of the script itself. */
  readonly script: SourceText | undefined;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
}

/** What a script runs in. */
export interface ShellHost {
  /** The value of an expression of the pipeline's language. */
  readonly expand: (expression: string, written: string) => SymbolicText;
  /** A variable that the system sets by itself. */
  readonly predefined: (name: string) => SymbolicText | undefined;
  readonly call: (call: ShellCall) => void;
  /** A script of the repository, by its path relative to the job's folder; undefined where it isn't here. */
  readonly readScript?: (path: string) => SourceText | undefined;
}

/** What a script leaves behind for the next one of its job. */
export interface ShellState {
  readonly variables: ReadonlyMap<string, SymbolicText>;
  readonly cwd: string | undefined;
  readonly branches: BranchLimit;
}

const mostCommands = 3000;
const mostTurns = 64;
const mostCalls = 8;

/** What is known of a condition: its value, or the branches that it holds for, or nothing. */
export type Condition = boolean | { readonly whenTrue: BranchLimit; readonly whenFalse: BranchLimit } | undefined;

/** Runs a script; gives what it leaves behind. */
export function runShell(node: ShellNode, state: ShellState, host: ShellHost): ShellState {
  const run = new ShellRun(host, state);
  run.node(node);
  return run.state;
}

class ShellRun {
  readonly #host: ShellHost;
  #variables: Map<string, SymbolicText>;
  #cwd: string | undefined;
  #branches: BranchLimit;
  #folders: (string | undefined)[] = [];
  #functions = new Map<string, ShellNode>();
  /** Of the groups around. */
  #redirects: ShellCall['redirects'] = [];
  #script: SourceText | undefined;
  #commands = 0;
  #depth = 0;

  constructor(host: ShellHost, { variables, cwd, branches }: ShellState) {
    this.#host = host;
    this.#variables = new Map(variables);
    this.#cwd = cwd;
    this.#branches = branches;
  }

  get state(): ShellState {
    return { variables: this.#variables, cwd: this.#cwd, branches: this.#branches };
  }

  node(node: ShellNode): void {
    switch (node.kind) {
      case 'simple':
        return this.#simple(node);
      case 'list':
        return this.#list(node.items);
      case 'if':
        return this.#if(node.branches, node.otherwise);
      case 'case':
        return this.#case(node);
      case 'for':
        return this.#for(node.name, node.words, node.body);
      case 'loop':
        this.node(node.condition);
        return this.#either([() => this.node(node.body), () => undefined]);
      case 'group':
        return this.#group(node);
      case 'function':
        this.#functions.set(node.name, node.body);
    }
  }

  #list(items: readonly { readonly joint: string; readonly isNegated: boolean; readonly node: ShellNode }[]): void {
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (!item) return;
      const next = items[at + 1];
      const isGuard = next !== undefined && (next.joint === '&&' || next.joint === '||') && item.node.kind === 'simple' && isTest(item.node);
      if (!isGuard) {
        if (item.joint === '|' || next?.joint === '|') this.#subshell(item.node);
        else this.node(item.node);
        continue;
      }
      // `[ "$branch" = main ] && …` up to the end of the line.
      const rest: typeof items = items.slice(at + 1);
      const end = rest.findIndex(({ joint }) => joint === ';');
      const guarded = (end < 0 ? rest : rest.slice(0, end)).map((follower, index) => (index === 0 ? { ...follower, joint: ';' } : follower));
      const condition = this.#condition(item.node, item.isNegated !== (next.joint === '||'));
      this.#choose(
        condition,
        () => this.#list(guarded),
        () => undefined,
      );
      at += guarded.length;
    }
  }

  #if(branches: readonly { readonly condition: ShellNode; readonly body: ShellNode }[], otherwise: ShellNode | undefined): void {
    const [first, ...rest] = branches;
    if (!first) {
      if (otherwise) this.node(otherwise);
      return;
    }
    const condition = this.#condition(first.condition, false);
    this.#choose(
      condition,
      () => this.node(first.body),
      () => this.#if(rest, otherwise),
    );
  }

  #choose(condition: Condition, whenTrue: () => void, whenFalse: () => void): void {
    if (condition === true) return whenTrue();
    if (condition === false) return whenFalse();
    if (condition === undefined) return this.#either([whenTrue, whenFalse]);
    this.#either([...this.#within(condition.whenTrue, whenTrue), ...this.#within(condition.whenFalse, whenFalse)]);
  }

  /** A way that is taken for some branches; none where no branch is left for it. */
  #within(limit: BranchLimit, run: () => void): readonly (() => void)[] {
    const outer = this.#branches;
    const inner = meetBranches(outer, limit);
    if (!inner) return [];
    return [
      () => {
        this.#branches = inner;
        run();
        this.#branches = outer;
      },
    ];
  }

  /** Each way from the same state; what they leave behind differently is not known afterwards. */
  #either(ways: readonly (() => void)[]): void {
    const [only, ...others] = ways;
    if (!only) return;
    if (others.length === 0) return only();
    const variables = this.#variables;
    const cwd = this.#cwd;
    const results: { readonly variables: ReadonlyMap<string, SymbolicText>; readonly cwd: string | undefined }[] = [];
    for (const way of ways) {
      this.#variables = new Map(variables);
      this.#cwd = cwd;
      way();
      results.push({ variables: this.#variables, cwd: this.#cwd });
    }
    const merged = new Map<string, SymbolicText>();
    for (const name of new Set(results.flatMap((result) => [...result.variables.keys()]))) {
      const values = results.map((result) => result.variables.get(name));
      const [first] = values;
      const isSame = first !== undefined && values.every((value) => value !== undefined && areTextsEqual(value, first));
      merged.set(name, isSame ? first : holeText('unknown', `$${name}`));
    }
    this.#variables = merged;
    this.#cwd = results.every((result) => result.cwd === results[0]?.cwd) ? results[0]?.cwd : undefined;
  }

  #group({ body, isSubshell, redirects }: Extract<ShellNode, { kind: 'group' }>): void {
    const outer = this.#redirects;
    if (redirects.length > 0) this.#redirects = redirects.map(({ operator, target }) => ({ operator, target: this.#text(target) }));
    if (isSubshell) this.#subshell(body);
    else this.node(body);
    this.#redirects = outer;
  }

  #subshell(body: ShellNode): void {
    const variables = this.#variables;
    const cwd = this.#cwd;
    this.#variables = new Map(variables);
    this.node(body);
    this.#variables = variables;
    this.#cwd = cwd;
  }

  #case({ subject, branches }: Extract<ShellNode, { kind: 'case' }>): void {
    const value = this.#text(subject);
    const constant = constantOf(value);
    const hole = onlyHole(value);
    const before: string[] = [];
    const ways: (() => void)[] = [];
    for (const { patterns, body } of branches) {
      const names = patterns.map((pattern) => constantOf(this.#text(pattern)) ?? '*');
      const isDefault = names.includes('*');
      if (constant !== undefined) {
        if (isDefault || names.includes(constant)) return this.node(body);
        if (names.some((name) => /[*?[]/.test(name))) ways.push(() => this.node(body));
      } else if (hole?.meaning === 'branch') {
        const limit: BranchLimit = isDefault ? { only: [], except: [...before] } : { only: names, except: [] };
        ways.push(...this.#within(limit, () => this.node(body)));
      } else ways.push(() => this.node(body));
      before.push(...names);
    }
    const others: readonly (() => void)[] =
      hole?.meaning === 'branch' ? this.#within({ only: [], except: before.filter((name) => name !== '*') }, () => undefined) : [() => undefined];
    if (ways.length > 0) this.#either(before.includes('*') ? ways : [...ways, ...others]);
  }

  #for(name: string, words: readonly Word[], body: ShellNode): void {
    const values = words.flatMap((word) => this.#fields(word));
    if (values.length === 0 || values.length > mostTurns || values.some((value) => constantOf(value) === undefined && value.length !== 1)) {
      this.#variables.set(name, holeText('unknown', `$${name}`));
      return this.#either([() => this.node(body), () => undefined]);
    }
    for (const value of values) {
      if (++this.#commands > mostCommands) return;
      const isUnknown = constantOf(value) === undefined || /[*?]/.test(constantOf(value) ?? '');
      this.#variables.set(name, isUnknown ? holeText('unknown', `$${name}`) : value);
      this.node(body);
    }
  }

  #simple(command: SimpleCommand): void {
    if (++this.#commands > mostCommands) return;
    const words = command.words.flatMap((word) => this.#fields(word));
    const own = command.assignments.map(({ name, value, isAppended }) => {
      const text = this.#text(value);
      return [name, isAppended ? joinTexts(this.#variable(name) ?? noText, text) : text] as const;
    });
    if (words.length === 0) {
      for (const [name, value] of own) this.#variables.set(name, value);
      return;
    }
    const name = constantOf(words[0] ?? noText);
    if (name !== undefined && this.#builtin(name, words.slice(1))) return;
    const before = this.#variables;
    if (own.length > 0) this.#variables = new Map([...before, ...own]);
    const body = name === undefined ? undefined : this.#functions.get(name);
    const called = body || name === undefined ? undefined : this.#scriptOf(name, words);
    if (body) this.#callFunction(body, words.slice(1));
    else if (called) this.#callScript(called.script, called.given);
    else this.#hand(command, words);
    if (own.length > 0) this.#variables = before;
  }

  #callFunction(body: ShellNode, given: readonly SymbolicText[]): void {
    if (this.#depth >= mostCalls) return;
    this.#depth++;
    given.forEach((value, index) => this.#variables.set(String(index + 1), value));
    this.node(body);
    given.forEach((_, index) => this.#variables.delete(String(index + 1)));
    this.#depth--;
  }

  /** `./deploy.sh a b`, `bash scripts/deploy.sh a b`, `source env.sh`. */
  #scriptOf(name: string, words: readonly SymbolicText[]): { readonly script: SourceText; readonly given: readonly SymbolicText[] } | undefined {
    const at = /^(?:bash|sh|source|\.)$/.test(name) ? words.findIndex((word, index) => index > 0 && !describeText(word).startsWith('-')) : 0;
    const path = constantOf(words[at] ?? noText);
    if (at < 0 || path === undefined || !/\.(?:ba)?sh$/.test(path) || words.slice(1, at).some((word) => constantOf(word) === '-c')) return undefined;
    const inJob = resolveInJob(this.#cwd, path);
    const script = inJob === undefined ? undefined : this.#host.readScript?.(inJob);
    return script && { script, given: words.slice(at + 1) };
  }

  /** A script's own folder and variables end with it. */
  #callScript(script: SourceText, given: readonly SymbolicText[]): void {
    if (this.#depth >= mostCalls) return;
    const outer = this.#script;
    const functions = this.#functions;
    this.#script = script;
    this.#functions = new Map();
    const node = parseShell(script.text, 'plain');
    const variables = this.#variables;
    const cwd = this.#cwd;
    this.#variables = new Map(variables);
    this.#callFunction(node, given);
    this.#variables = variables;
    this.#cwd = cwd;
    this.#functions = functions;
    this.#script = outer;
  }

  #hand(command: SimpleCommand, words: readonly SymbolicText[]): void {
    const variables = this.#variables;
    this.#host.call({
      words,
      redirects: [...command.redirects.map(({ operator, target }) => ({ operator, target: this.#text(target) })), ...this.#redirects],
      input: command.inputs[0] && this.#text(command.inputs[0]),
      cwd: this.#cwd,
      branches: this.#branches,
      variable: (name) => variables.get(name) ?? this.#host.predefined(name),
      script: this.#script,
      start: command.start,
      end: command.end,
    });
  }

  /** True for a command that is done here. */
  #builtin(name: string, given: readonly SymbolicText[]): boolean {
    switch (name) {
      case 'cd':
      case 'pushd':
        if (name === 'pushd') this.#folders.push(this.#cwd);
        this.#cwd = changeDirectory(this.#cwd, given.find((word) => constantOf(word) !== '--') ?? constantText('/'));
        return true;
      case 'popd':
        this.#cwd = this.#folders.pop();
        return true;
      case 'export':
      case 'local':
      case 'declare':
      case 'readonly':
        for (const word of given) {
          const [left, value] = cutText(word, '=') ?? [];
          const variable = left && constantOf(left);
          if (variable !== undefined && value) this.#variables.set(variable, value);
        }
        return true;
      case 'unset':
        for (const word of given) this.#variables.delete(constantOf(word) ?? '');
        return true;
      case 'read':
        for (const word of given) if (constantOf(word)) this.#variables.set(describeText(word), holeText('unknown', `$${describeText(word)}`));
        return true;
      default:
        return false;
    }
  }

  #condition(node: ShellNode, isNegated: boolean): Condition {
    const [only] = node.kind === 'list' && node.items.length === 1 ? node.items : [];
    if (only) return this.#condition(only.node, isNegated !== only.isNegated);
    if (node.kind === 'list' && node.items.length > 1 && node.items.slice(1).every(({ joint }) => joint === '&&')) {
      const parts = node.items.map((item) => this.#condition(item.node, item.isNegated));
      return negateIf(isNegated, parts.reduce(bothHold));
    }
    if (node.kind === 'simple' && isTest(node)) {
      const words = node.words.map((word) => this.#text(word));
      return negateIf(isNegated, evaluateTest(words.slice(1)));
    }
    this.node(node);
    return undefined;
  }

  #variable(name: string): SymbolicText | undefined {
    return this.#variables.get(name) ?? this.#host.predefined(name);
  }

  #text(word: Word): SymbolicText {
    return joinTexts(...word.parts.map((part) => this.#part(part)));
  }

  /** The words that a word becomes: values that stand outside of quotes are split at white space. */
  #fields(word: Word): readonly SymbolicText[] {
    const fields: SymbolicText[] = [];
    let field: SymbolicText | undefined;
    for (const part of word.parts) {
      const value = this.#part(part);
      const isSplit = part.kind !== 'text' && !part.quoted && value.some((piece) => typeof piece === 'string' && /\s/.test(piece));
      if (!isSplit) {
        if (value.length > 0 || part.quoted) field = joinTexts(field ?? noText, value);
        continue;
      }
      const pieces = splitText(value, ' \t\n\r');
      pieces.forEach((piece, index) => {
        if (index > 0 && field) fields.push(field);
        field = index === 0 ? joinTexts(field ?? noText, piece) : piece;
      });
    }
    if (field) fields.push(field);
    return fields;
  }

  #part(part: WordPart): SymbolicText {
    switch (part.kind) {
      case 'text':
        return constantText(part.text);
      case 'expression':
        return this.#host.expand(part.text, part.written);
      case 'variable':
        return applyExpansion(this.#variable(part.name), part.rest, part.written, (text) => this.#variable(text));
      case 'command':
        return outputOfCommand(part.script, part.written, (word) => this.#fields(word), this.#cwd);
    }
  }
}

function isTest({ words }: SimpleCommand): boolean {
  const first = words[0]?.parts[0];
  return words[0]?.parts.length === 1 && first?.kind === 'text' && (first.text === '[' || first.text === '[[' || first.text === 'test');
}

/** The words behind `[`, `[[` or `test`. */
function evaluateTest(words: readonly SymbolicText[]): Condition {
  const inner = words.filter((word) => !['[', ']', ']]'].includes(constantOf(word) ?? ''));
  const joint = inner.findIndex((word) => ['&&', '-a', '||', '-o'].includes(constantOf(word) ?? ''));
  if (joint >= 0) {
    const isBoth = ['&&', '-a'].includes(constantOf(inner[joint] ?? noText) ?? '');
    const left = evaluateTest(inner.slice(0, joint));
    const right = evaluateTest(inner.slice(joint + 1));
    return isBoth ? bothHold(left, right) : eitherHolds(left, right);
  }
  if (constantOf(inner[0] ?? noText) === '!') return negateIf(true, evaluateTest(inner.slice(1)));
  const [left, operator, right] = inner;
  if (inner.length === 2 && left && operator) {
    const value = constantOf(operator);
    const isEmptyAsked = constantOf(left) === '-z';
    return value === undefined || !['-z', '-n'].includes(constantOf(left) ?? '') ? undefined : (value === '') === isEmptyAsked;
  }
  if (!left || !operator || !right || inner.length !== 3) return undefined;
  const sign = constantOf(operator) ?? '';
  if (!['=', '==', '!='].includes(sign)) return undefined;
  return negateIf(sign === '!=', compareTexts(left, right));
}

/** Whether two texts are equal, as far as it can be told. */
export function compareTexts(left: SymbolicText, right: SymbolicText): Condition {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== undefined && b !== undefined) return a === b;
  const hole = onlyHole(a === undefined ? left : right);
  const constant = a ?? b;
  if (!hole || constant === undefined || /[*?]/.test(constant)) return undefined;
  const branch = hole.meaning === 'branch' ? constant : hole.meaning === 'ref' ? /^refs\/heads\/(.+)$/.exec(constant)?.[1] : undefined;
  return branch === undefined ? undefined : { whenTrue: { only: [branch], except: [] }, whenFalse: { only: [], except: [branch] } };
}

/** The condition turned around. */
export function negateIf(isNegated: boolean, condition: Condition): Condition {
  if (!isNegated || condition === undefined) return condition;
  return typeof condition === 'boolean' ? !condition : { whenTrue: condition.whenFalse, whenFalse: condition.whenTrue };
}

/** Both conditions. */
export function bothHold(a: Condition, b: Condition): Condition {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  // What is known of one holds for both; of the opposite nothing is known.
  if (a === undefined || b === undefined) {
    const known = a ?? b;
    return known === undefined ? undefined : { whenTrue: known.whenTrue, whenFalse: anyBranch };
  }
  const whenTrue = meetBranches(a.whenTrue, b.whenTrue);
  return whenTrue ? { whenTrue, whenFalse: anyBranch } : false;
}

/** One of the conditions. */
export function eitherHolds(a: Condition, b: Condition): Condition {
  if (a === true || b === true) return true;
  if (a === false) return b;
  if (b === false) return a;
  if (a === undefined || b === undefined) return undefined;
  return { whenTrue: joinBranches(a.whenTrue, b.whenTrue), whenFalse: meetBranches(a.whenFalse, b.whenFalse) ?? anyBranch };
}
