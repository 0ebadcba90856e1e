/**
 * The index of a chart and of all below it: which templates are defined where, who calls them, which names in which files stand
 * for which keys of the values, and how they are used. Each template is analyzed for each dot that it is called with; what did
 * not change since the last time is taken over, so that a keystroke costs the one file that it is in.
 */
import { baseName, isInside } from '../base/path.js';
import type { SourceText } from '../base/source.js';
import { helmFunctions } from '../template/functions/helm.js';
import { isEmptyTree, type Tree } from '../template/parse/nodes.js';
import { parseTemplate, type ParsedTemplate } from '../template/parse/parser.js';
import { embeddedSource } from '../yaml/embed.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { TreeAnalyses } from './analyzeTree.js';
import { allUnits, filesInOrder, isLibrary, type ChartUnit, type UnitFile } from './chartUnits.js';
import { keyOf, scopesIn, unknown, valuePaths, type KeyPath, type Ref } from './refs.js';
import type { Occurrence, TemplateCall, TreeFacts, Use } from './treeFacts.js';

interface FactsInFile {
  readonly occurrences: readonly (readonly [key: string, occurrence: FoundOccurrence])[];
  readonly uses: readonly FoundUse[];
}

/** The files of a chart's index, each parsed once. */
export class ChartLanguageCache {
  readonly #parsed = new WeakMap<SourceText, Map<string, ParsedTemplate>>();
  readonly #embedded = new WeakMap<ScalarNode, SourceText>();
  readonly #inFile = new WeakMap<TreeFacts, FactsInFile>();
  readonly analyses = new TreeAnalyses();

  /** The facts of a tree in terms of its file. */
  inFile({ source, facts }: Pick<AnalyzedTree, 'source' | 'facts'>): FactsInFile {
    let found = this.#inFile.get(facts);
    if (!found) {
      const occurrences = facts.occurrences.map((each) => [`${source.toFileOffset(each.start)} ${each.isEntry} ${each.path.join('\0')}`, inFile(each, source)] as const);
      this.#inFile.set(facts, (found = { occurrences, uses: facts.uses.map((use) => inFile(use, source)) }));
    }
    return found;
  }

  /** A text that stands in a file, as a text of its own. */
  textOf(node: ScalarNode): SourceText {
    let source = this.#embedded.get(node);
    if (!source) this.#embedded.set(node, (source = embeddedSource(node)));
    return source;
  }

  /** A file of templates, read on behind its mistakes. */
  parse(source: SourceText, name: string): ParsedTemplate {
    let byName = this.#parsed.get(source);
    if (!byName) this.#parsed.set(source, (byName = new Map<string, ParsedTemplate>()));
    let parsed = byName.get(name);
    if (!parsed) byName.set(name, (parsed = parseTemplate(source, name, { functions: functionNames, tolerant: true })));
    return parsed;
  }
}

const functionNames: ReadonlySet<string> = new Set(helmFunctions.keys());

/** A named template, by `define` or `block`. */
export interface TemplateDefinition {
  readonly name: string;
  readonly tree: Tree;
  readonly file: UnitFile;
  /** Offsets of its name with its quotes. */
  readonly nameRange: { readonly start: number; readonly end: number };
}

/** A template with a dot that it is run with. */
export interface AnalyzedTree {
  readonly tree: Tree;
  readonly facts: TreeFacts;
  readonly dot: Ref;
  readonly source: SourceText;
  /** The unit whose file it is. */
  readonly unit: ChartUnit;
  /** False for a definition that nobody calls, which is looked at with its chart's whole scope for a dot. */
  readonly isCalled: boolean;
}

/** An occurrence with its file. */
export interface FoundOccurrence extends Occurrence {
  readonly source: SourceText;
}
export interface FoundUse extends Use {
  readonly source: SourceText;
}
export interface FoundCall extends TemplateCall {
  readonly source: SourceText;
  readonly tree: Tree;
}

export interface ChartIndex {
  readonly root: ChartUnit;
  readonly units: readonly ChartUnit[];
  readonly files: readonly UnitFile[];
  /** The definition that counts, by name. */
  readonly definitions: ReadonlyMap<string, TemplateDefinition>;
  /** All of them, by name, the one that counts last. */
  readonly allDefinitions: ReadonlyMap<string, readonly TemplateDefinition[]>;
  readonly trees: readonly AnalyzedTree[];
  /** By the path of the file. */
  readonly occurrences: ReadonlyMap<string, readonly FoundOccurrence[]>;
  readonly uses: readonly FoundUse[];
  readonly calls: readonly FoundCall[];
  /** By the path of the file: as it was parsed. */
  readonly parsed: ReadonlyMap<string, ParsedTemplate>;
}

/** Contexts of one template that are told apart; templates of a library are called from everywhere. */
const mostDots = 64;
const mostTrees = 6000;
const largestText = 256 * 1024;

/**
 * The index of a chart.
 * @param values further maps that may hold templates as texts: the values files of its environments
 */
export function buildChartIndex(root: ChartUnit, cache: ChartLanguageCache, values: readonly YamlNode[] = []): ChartIndex {
  const build = new IndexBuild(root, cache);
  build.run(values);
  const occurrences = new Map<string, Map<string, FoundOccurrence>>();
  for (const tree of build.trees) {
    const { path } = tree.source;
    let byKey = occurrences.get(path);
    if (!byKey) occurrences.set(path, (byKey = new Map<string, FoundOccurrence>()));
    for (const [key, each] of cache.inFile(tree).occurrences) byKey.set(key, each);
  }
  return {
    root,
    units: allUnits(root),
    files: build.files,
    definitions: new Map(
      [...build.definitions].flatMap(([name, all]) => {
        const last = all.at(-1);
        return last ? [[name, last] as const] : [];
      }),
    ),
    allDefinitions: build.definitions,
    trees: build.trees,
    occurrences: new Map([...occurrences].map(([path, byKey]) => [path, [...byKey.values()].sort((a, b) => a.start - b.start)])),
    uses: build.trees.flatMap((tree) => cache.inFile(tree).uses),
    calls: uniqueCalls(build.trees),
    parsed: build.parsed,
  };
}

/** With offsets of the file, for what stands in a text within it. */
function inFile<Fact extends { readonly start: number; readonly end: number }>(fact: Fact, source: SourceText): Fact & { readonly source: SourceText } {
  return source.isEmbedded ? { ...fact, start: source.toFileOffset(fact.start), end: source.toFileOffset(fact.end), source: source.file } : { ...fact, source };
}

/** Each call once, whatever it is run with. */
function uniqueCalls(trees: readonly AnalyzedTree[]): readonly FoundCall[] {
  const known = new Map<string, FoundCall>();
  for (const { facts, source, tree } of trees) {
    for (const call of facts.calls) {
      const nameStart = source.toFileOffset(call.nameStart);
      const key = `${source.path} ${nameStart}`;
      if (!known.has(key)) known.set(key, { ...call, nameStart, nameEnd: source.toFileOffset(call.nameEnd), source: source.file, tree });
    }
  }
  return [...known.values()];
}

class IndexBuild {
  readonly files: readonly UnitFile[];
  readonly parsed = new Map<string, ParsedTemplate>();
  readonly definitions = new Map<string, TemplateDefinition[]>();
  readonly trees: AnalyzedTree[] = [];
  readonly #seen = new Map<Tree, Set<string>>();
  readonly #queue: { readonly tree: Tree; readonly dot: Ref; readonly key: string; readonly unit: ChartUnit; readonly isCalled: boolean }[] = [];
  readonly #unitOf = new Map<Tree, ChartUnit>();

  constructor(
    private readonly root: ChartUnit,
    private readonly cache: ChartLanguageCache,
  ) {
    this.files = filesInOrder(root);
  }

  run(values: readonly YamlNode[]): void {
    for (const each of this.files) this.#define(each);
    for (const { unit, file, name } of this.files) {
      const own = this.parsed.get(file.source.path)?.trees.get(name);
      if (own && (!isLibrary(unit) || baseName(name).startsWith('_'))) this.#enqueue(own, { kind: 'root', unit: unit.path }, unit, true);
    }
    for (const [source, unit] of this.#texts(values)) this.#addText(source, unit);
    this.#drain();
    // What nobody calls, the author may be about to.
    for (const all of this.definitions.values()) {
      for (const { tree, file } of all) if (!this.#seen.has(tree)) this.#enqueue(tree, { kind: 'root', unit: file.unit.path }, file.unit, false);
    }
    this.#drain();
  }

  #define(each: UnitFile): void {
    const { file, name, unit } = each;
    const parsed = this.cache.parse(file.source, name);
    this.parsed.set(file.source.path, parsed);
    for (const tree of parsed.trees.values()) {
      this.#unitOf.set(tree, unit);
      if (!tree.nameRange) continue;
      const all = this.definitions.get(tree.name) ?? [];
      this.definitions.set(tree.name, all);
      const definition: TemplateDefinition = { name: tree.name, tree, file: each, nameRange: tree.nameRange };
      // An empty definition replaces nothing.
      if (isEmptyTree(tree.root)) all.unshift(definition);
      else all.push(definition);
    }
  }

  /** Texts that the chart may run as templates: in its values, and in files that templates read. */
  *#texts(more: readonly YamlNode[]): Generator<readonly [SourceText, ChartUnit]> {
    const known = new Set<SourceText>();
    for (const unit of allUnits(this.root)) {
      const { chart } = unit;
      if (chart.values) for (const node of textsIn(chart.values)) yield [this.cache.textOf(node), unit];
      for (const { source } of chart.files.filter(({ name }) => !/\.(?:md|gotmpl|tgz|png|svg)$/.test(name) && !name.startsWith('crds/'))) {
        if (known.has(source)) continue;
        known.add(source);
        yield [source, unit];
      }
    }
    for (const root of more) for (const node of textsIn(root)) yield [this.cache.textOf(node), this.root];
  }

  #addText(source: SourceText, unit: ChartUnit): void {
    const { text, path } = source;
    if (text.length > largestText || !text.includes('{{')) return;
    for (const tree of this.cache.parse(source, path).trees.values()) {
      this.#unitOf.set(tree, unit);
      this.#enqueue(tree, { kind: 'root', unit: unit.path }, unit, true);
    }
  }

  #enqueue(tree: Tree, dot: Ref, unit: ChartUnit, isCalled: boolean, key = keyOf(dot)): void {
    let dots = this.#seen.get(tree);
    if (!dots) this.#seen.set(tree, (dots = new Set<string>()));
    if (key === undefined || (!dots.has(key) && (dots.size >= mostDots || this.trees.length >= mostTrees))) {
      this.#useAll(tree, dot, unit);
      const scopes = scopesIn(dot);
      if (scopes && scopes !== dot && dots.size < 2 * mostDots) this.#enqueueOnce(tree, scopes, unit, isCalled, dots, keyOf(scopes) ?? '');
      return;
    }
    this.#enqueueOnce(tree, dot, unit, isCalled, dots, key);
  }

  #enqueueOnce(tree: Tree, dot: Ref, unit: ChartUnit, isCalled: boolean, dots: Set<string>, key: string): void {
    if (dots.has(key)) return;
    dots.add(key);
    this.#queue.push({ tree, dot, key, unit, isCalled });
  }

  /** What isn't followed may use all the values that it is handed. */
  #useAll(tree: Tree, dot: Ref, unit: ChartUnit): void {
    const { start } = tree.root;
    const uses: Use[] = valuePaths(dot).map((path) => ({ path, mode: 'whole', start, end: start, isGuarded: true, by: 'include' }));
    if (uses.length > 0) this.trees.push({ tree, facts: { tree, occurrences: [], uses, calls: [] }, dot: unknown, source: tree.source, unit, isCalled: false });
  }

  #drain(): void {
    for (let next = this.#queue.pop(); next; next = this.#queue.pop()) {
      const { tree, dot, key, unit, isCalled } = next;
      const facts = this.cache.analyses.factsOf(tree, dot, key);
      this.trees.push({ tree, facts, dot, source: tree.source, unit, isCalled });
      for (const call of facts.calls) this.#follow(call, tree, unit);
    }
  }

  #follow({ name, dot, dotKey }: TemplateCall, caller: Tree, callerUnit: ChartUnit): void {
    if (name !== undefined) {
      const called = this.definitions.get(name)?.at(-1)?.tree ?? this.#fileTree(name);
      if (called) this.#enqueue(called, dot, this.#unitOf.get(called) ?? callerUnit, true, dotKey);
      else if (dot.kind === 'root') this.#useAll(caller, { kind: 'value', path: dot.unit }, callerUnit);
      else this.#useAll(caller, dot, callerUnit);
      return;
    }
    // A name that is computed may be any: what takes the whole scope is looked at with it anyway.
    if (dot.kind === 'root') return;
    this.#useAll(caller, dot, callerUnit);
    const scopes = scopesIn(dot);
    if (scopes) for (const all of this.definitions.values()) for (const { tree, file } of all.slice(-1)) this.#enqueue(tree, scopes, file.unit, false);
  }

  /** `include (print $.Template.BasePath "/x.yaml")` names a file. */
  #fileTree(name: string): Tree | undefined {
    const found = this.files.find((each) => each.name === name);
    return found && this.parsed.get(found.file.source.path)?.trees.get(name);
  }
}

/** Texts of values that look as if they were run as templates. */
function* textsIn(node: YamlNode): Generator<ScalarNode> {
  if (node.kind === 'scalar') {
    if (node.value.includes('{{') && !node.source.isEmbedded) yield node;
  } else for (const child of node.kind === 'map' ? node.pairs.map(({ value }) => value) : node.items) yield* textsIn(child);
}

/** A path as the key is known by: globals are those of every chart below, whichever chart names them. */
export function canonicalPath(path: KeyPath, units: readonly ChartUnit[]): KeyPath {
  const unit = units.find((each) => path[each.path.length] === 'global' && each.path.every((key, at) => path[at] === key));
  return unit && unit.path.length > 0 ? path.slice(unit.path.length) : path;
}

/** The unit of the chart that a file is part of; undefined for a file of another chart. */
export function unitOfFile({ units }: ChartIndex, path: string): ChartUnit | undefined {
  return units.filter(({ chart }) => isInside(path, chart.path)).sort((a, b) => b.chart.path.length - a.chart.path.length)[0];
}
