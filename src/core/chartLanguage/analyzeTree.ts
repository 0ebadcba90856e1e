/**
 * Goes through a template with what its dot stands for, as an execution would, through all branches at once, and notes each name
 * that stands for a key of the values. Loops are gone through twice, so that what an assignment carries into the next round is seen.
 */
import type {
  ArgumentNode,
  BranchNode,
  ChainNode,
  CommandNode,
  FieldNode,
  InvokeNode,
  ListNode,
  PipeNode,
  StringNode,
  TemplateNode,
  Tree,
  VariableNode,
} from '../template/parse/nodes.js';
import { callFunction, type Argument, type Interpreter } from './functionEffects.js';
import { handedOn, itemOf, joinRefs, keyOf, memberOf, unknown, type Ref } from './refs.js';
import type { Occurrence, ScopeAt, TemplateCall, TreeFacts, Use, UseMode } from './treeFacts.js';

/** The facts of trees, kept with them: a file that is parsed again has new trees. */
export class TreeAnalyses {
  readonly #kept = new WeakMap<Tree, Map<string, TreeFacts>>();

  /** What `tree` says when it is run with `dot`; the same answer for the same tree and dot. @param key the dot's key */
  factsOf(tree: Tree, dot: Ref, key: string): TreeFacts {
    let known = this.#kept.get(tree);
    if (!known) this.#kept.set(tree, (known = new Map<string, TreeFacts>()));
    let facts = known.get(key);
    if (!facts) known.set(key, (facts = analyzeTree(tree, key === '' ? unknown : dot)));
    return facts;
  }
}

function analyzeTree(tree: Tree, dot: Ref): TreeFacts {
  const walk = new TreeWalk(tree, handedOn(dot));
  walk.run();
  return { tree, occurrences: [...walk.occurrences.values()], uses: [...walk.uses.values()], calls: [...walk.calls.values()] };
}

/** What is in scope at an offset of a template that is run with `dot`. */
export function scopeAt(tree: Tree, dot: Ref, offset: number): ScopeAt {
  const walk = new TreeWalk(tree, handedOn(dot), offset);
  walk.run();
  return walk.scope ?? { dot, root: dot, variables: new Map() };
}

/** Variables of a block; what is not in it is looked for outside. */
class Block {
  readonly own = new Map<string, Ref>();
  constructor(readonly outer: Block | undefined) {}

  find(name: string): Block | undefined {
    return this.own.has(name) ? this : this.outer?.find(name);
  }

  all(): Map<string, Ref> {
    return new Map([...(this.outer?.all() ?? []), ...this.own]);
  }
}

const deepest = 400;

class TreeWalk implements Interpreter {
  readonly occurrences = new Map<string, Occurrence>();
  readonly uses = new Map<string, Use>();
  readonly calls = new Map<string, TemplateCall>();
  scope: ScopeAt | undefined;
  #block = new Block(undefined);
  #dot: Ref;
  #depth = 0;
  /** Above 0 within what only asks whether something is there. */
  #guards = 0;

  constructor(
    private readonly tree: Tree,
    private readonly root: Ref,
    private readonly probe?: number,
  ) {
    this.#dot = root;
  }

  run(): void {
    this.#list(this.tree.root);
  }

  // Blocks

  #list(list: ListNode): void {
    if (this.#depth > deepest) return;
    this.#depth++;
    for (const node of list.nodes) {
      if (this.probe !== undefined && node.start > this.probe) break;
      this.#node(node);
    }
    this.#depth--;
    this.#note(list);
  }

  /** The innermost block is left first. */
  #note(list: ListNode): void {
    const { probe } = this;
    if (probe === undefined || this.scope || (list !== this.tree.root && (probe < list.start || probe > list.end))) return;
    this.scope = { dot: this.#dot, root: this.root, variables: this.#block.all() };
  }

  #node(node: TemplateNode): void {
    switch (node.kind) {
      case 'action': {
        const ref = this.#pipe(node.pipe);
        if (node.pipe.variables.length === 0) this.use(ref, 'whole', node.pipe, '');
        return;
      }
      case 'if':
      case 'with':
      case 'range':
        this.#branch(node);
        return;
      case 'template':
        this.#invoke(node);
        return;
      case 'text':
      case 'comment':
      case 'break':
      case 'continue':
        return;
    }
  }

  #branch({ kind, pipe, list, elseList }: BranchNode): void {
    const [outerBlock, outerDot] = [this.#block, this.#dot];
    this.#block = new Block(outerBlock);
    const ref = kind === 'range' ? this.#rangePipe(pipe) : this.guarded(() => this.#pipe(pipe));
    if (kind !== 'range') this.use(ref, 'test', pipe, kind);
    const rounds = kind === 'range' && this.probe === undefined ? 2 : 1;
    for (let round = 0; round < rounds; round++) {
      const within = this.#block;
      this.#block = new Block(within);
      if (kind === 'with') this.#dot = ref;
      if (kind === 'range') this.#dot = itemOf(ref);
      const before = this.#assigned;
      this.#list(list);
      this.#block = within;
      this.#dot = outerDot;
      if (this.#assigned === before) break;
    }
    if (elseList) {
      const within = this.#block;
      this.#block = new Block(within);
      this.#list(elseList);
      this.#block = within;
    }
    this.#block = outerBlock;
  }

  #rangePipe(pipe: PipeNode): Ref {
    const ref = this.#commands(pipe);
    this.use(ref, 'keys', pipe, 'range');
    const [first, second] = pipe.variables;
    if (second && first) {
      this.#bind(first, unknown, pipe.isAssign);
      this.#bind(second, itemOf(ref), pipe.isAssign);
    } else if (first) this.#bind(first, itemOf(ref), pipe.isAssign);
    return ref;
  }

  #invoke({ name, nameStart, nameEnd, pipe }: InvokeNode): void {
    this.noteCall({ name, nameStart, nameEnd, dot: pipe ? handedOn(this.#pipe(pipe)) : unknown });
  }

  // Expressions

  #pipe(pipe: PipeNode): Ref {
    const ref = this.#commands(pipe);
    const [variable] = pipe.variables;
    if (variable) this.#bind(variable, ref, pipe.isAssign);
    return ref;
  }

  #commands(pipe: PipeNode): Ref {
    let value: Argument | undefined;
    for (const command of pipe.commands) value = { ref: this.#command(command, value), start: pipe.start, end: command.end, node: undefined };
    return value?.ref ?? unknown;
  }

  #command({ args, start, end }: CommandNode, piped: Argument | undefined): Ref {
    const [first, ...rest] = args;
    if (!first) return unknown;
    if (first.kind === 'identifier') {
      // The condition of these is evaluated as one; what is in the arguments of the others is no guard of its own.
      const isAsking = askingFunctions.has(first.name);
      const evaluate = (): Argument[] => rest.map((node) => this.#argument(node));
      const given = isAsking ? this.guarded(evaluate) : evaluate();
      return callFunction(this, first.name, [...given, ...(piped ? [piped] : [])], { start, end });
    }
    const ref = this.#argument(first).ref;
    for (const node of rest) this.use(this.#argument(node).ref, 'whole', node, '');
    if (piped) this.use(piped.ref, 'whole', piped, '');
    return ref;
  }

  #argument(node: ArgumentNode): Argument {
    return { ref: this.#evaluate(node), start: node.start, end: node.end, node };
  }

  #evaluate(node: ArgumentNode): Ref {
    if (this.#depth > deepest) return unknown;
    this.#depth++;
    const ref = this.#evaluateKind(node);
    this.#depth--;
    return ref;
  }

  #evaluateKind(node: ArgumentNode): Ref {
    switch (node.kind) {
      case 'dot':
        return this.#dot;
      case 'field':
        return this.#steps(this.#dot, node.names, node);
      case 'variable': {
        const [name = '', ...names] = node.names;
        const ref = name === '$' ? this.root : (this.#block.find(name)?.own.get(name) ?? unknown);
        return this.#steps(ref, names, node);
      }
      case 'chain':
        return this.#steps(this.#evaluate(node.base), node.names, node);
      case 'pipe':
        return this.#pipe(node);
      case 'identifier':
        return callFunction(this, node.name, [], node);
      case 'nil':
      case 'bool':
      case 'number':
      case 'string':
        return unknown;
    }
  }

  /** Follows names that stand one behind the other and end where the node ends. */
  #steps(base: Ref, names: readonly string[], node: FieldNode | VariableNode | ChainNode): Ref {
    let ref = base;
    let at = node.end - names.reduce((length, name) => length + name.length + 1, 0);
    for (const name of names) {
      this.#occurAt(ref, name, { start: at + 1, end: at + 1 + name.length, isQuoted: false });
      ref = memberOf(ref, name);
      at += name.length + 1;
    }
    return ref;
  }

  // What functions ask of it

  step(base: Ref, node: StringNode): Ref {
    this.#occurAt(base, node.text, { start: node.start + 1, end: node.end - 1, isQuoted: true });
    return memberOf(base, node.text);
  }

  use(ref: Ref, mode: UseMode, { start, end }: { readonly start: number; readonly end: number }, by: string): void {
    switch (ref.kind) {
      case 'value': {
        const key = `${mode} ${start} ${end} ${ref.path.join('\0')}`;
        const isGuarded = this.#guards > 0 || mode === 'test';
        const known = this.uses.get(key);
        if (!known || (known.isGuarded && !isGuarded)) this.uses.set(key, { path: ref.path, mode, start, end, isGuarded, by });
        return;
      }
      case 'root':
      case 'subcharts':
        if (mode === 'whole' || mode === 'computed') this.use({ kind: 'value', path: ref.unit }, mode, { start, end }, by);
        return;
      case 'dict':
        if (mode === 'whole' || mode === 'computed') for (const entry of ref.entries.values()) this.use(entry, mode, { start, end }, by);
        return;
      case 'list':
        if (mode === 'whole' || mode === 'computed') this.use(ref.item, mode, { start, end }, by);
        return;
      case 'union':
        for (const each of ref.refs) this.use(each, mode, { start, end }, by);
        return;
      case 'member':
      case 'unknown':
    }
  }

  guarded<Result>(look: () => Result): Result {
    this.#guards++;
    const result = look();
    this.#guards--;
    return result;
  }

  noteCall(call: Omit<TemplateCall, 'dotKey'>): void {
    const dotKey = keyOf(call.dot);
    const key = `${call.nameStart} ${dotKey ?? ''}`;
    if (!this.calls.has(key)) this.calls.set(key, { ...call, dotKey });
  }

  join(refs: readonly Ref[], place: { readonly start: number; readonly end: number }, by: string): Ref {
    const joined = joinRefs(refs);
    if (!joined) for (const ref of refs) this.use(ref, 'whole', place, by);
    return joined ?? unknown;
  }

  // Names

  /** How many assignments changed what a variable stands for. */
  #assigned = 0;

  #bind(variable: VariableNode, ref: Ref, isAssign: boolean): void {
    const name = variable.names[0] ?? '';
    const block = isAssign ? this.#block.find(name) : undefined;
    if (!block) {
      this.#block.own.set(name, ref);
      return;
    }
    // The assignment may stand in a branch that isn't taken.
    const before = block.own.get(name) ?? unknown;
    const joined = this.join([before, ref], variable, '');
    if (keyOf(joined) !== keyOf(before)) this.#assigned++;
    block.own.set(name, joined);
  }

  /** A name behind what a reference stands for. */
  #occurAt(base: Ref, name: string, at: Pick<Occurrence, 'start' | 'end' | 'isQuoted'>): void {
    if (base.kind === 'union') {
      for (const each of base.refs) this.#occurAt(each, name, at);
      return;
    }
    const ref: Ref = base.kind === 'root' && name === 'Values' ? { kind: 'member', path: [name] } : memberOf(base, name);
    for (const each of ref.kind === 'union' ? ref.refs : [ref]) {
      if (each.kind !== 'value' && each.kind !== 'member') continue;
      const key = `${each.kind} ${at.start} ${base.kind} ${each.path.join('\0')}`;
      if (!this.occurrences.has(key)) this.occurrences.set(key, { kind: each.kind, path: each.path, ...at, isEntry: base.kind === 'dict' });
    }
  }
}

/** Functions of which an argument may be missing. */
const askingFunctions: ReadonlySet<string> = new Set(
  'and or not default coalesce required empty hasKey dig get ternary kindIs kindOf typeOf typeIs eq ne isAbs contains has len'.split(' '),
);
