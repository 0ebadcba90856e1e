/**
 * The tree of a YAML document as everything above it sees it: immutable nodes that know where their text stands and
 * which step of a rendering set them. Aliases and merge keys are already resolved (an aliased node is shared, which
 * immutability makes safe). A step that changes a node makes a new one and the chain of maps and lists above it; what
 * did not change keeps its identity, so that work derived from a node (its printed text) can be kept with it.
 */
import type { Place } from '../base/problem.js';
import type { SourceText } from '../base/source.js';

/** Tags that scalars resolve to, in go-yaml's short form. */
export type ScalarTag = '!!str' | '!!int' | '!!float' | '!!bool' | '!!null' | '!!timestamp' | '!!binary' | '!!merge';

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** The kinds of steps that set a node while an overlay is rendered. `resource`: read from a file as it stands. */
export type StepKind =
  | 'resource'
  | 'strategicMerge'
  | 'jsonPatch'
  | 'namespace'
  | 'namePrefix'
  | 'nameSuffix'
  | 'labels'
  | 'annotations'
  | 'images'
  | 'replicas'
  | 'generator'
  | 'hashSuffix'
  | 'nameReference'
  | 'replacement'
  | 'variable'
  | 'buildMetadata'
  | 'valueAdd'
  | 'convert'
  | 'helm'
  | 'substitution'
  | 'destination'
  | 'applicationSet';

/**
 * One application of a step: what did it, and the field that asked for it. One object per directive, shared by all the
 * nodes that it set.
 */
export interface Step extends Place {
  readonly kind: StepKind;
  /** The way to the directive in its file, for people: `images[0]`, `patches[2]`, `namePrefix`. */
  readonly field: string;
  /** True where the value is random, or from the clock: each rendering gives another. */
  readonly isGenerated?: boolean;
}

/** What every node carries besides its value. */
export interface Origin extends Place {
  /** The step that set this node; undefined for a node as it was read from a file of resources. */
  readonly step: Step | undefined;
  /** What stood here before that step, with its own origin; undefined where nothing did. */
  readonly was: YamlNode | undefined;
}

export class ScalarNode implements Origin {
  readonly kind = 'scalar';

  /**
   * @param value the decoded text: without quotes, escapes resolved
   * @param tag what go-yaml v3 resolves it to (YAML 1.1 octals and the like included); for a plain scalar from its text
   */
  constructor(
    readonly value: string,
    readonly tag: ScalarTag,
    readonly style: ScalarStyle,
    readonly source: SourceText,
    readonly start: number,
    readonly end: number,
    readonly step: Step | undefined,
    readonly was: YamlNode | undefined,
  ) {}
}

/** A field of a map. */
export class Pair {
  constructor(
    readonly key: ScalarNode,
    readonly value: YamlNode,
  ) {}
}

export class MapNode implements Origin {
  readonly kind = 'map';
  #index: Map<string, Pair> | undefined;

  /** @param pairs in the order of the text; a key that stands twice is there twice */
  constructor(
    readonly pairs: readonly Pair[],
    readonly source: SourceText,
    readonly start: number,
    readonly end: number,
    readonly step: Step | undefined,
    readonly was: YamlNode | undefined,
    /** True for `{a: b}`. */
    readonly flow: boolean,
  ) {}

  /** The field `key`, or undefined. Of a key that stands twice the first, as kyaml's Field does. */
  pair(key: string): Pair | undefined {
    const pairs = this.pairs;
    if (pairs.length > 12) {
      if (!this.#index) {
        const index = new Map<string, Pair>();
        for (const pair of pairs) if (!index.has(pair.key.value)) index.set(pair.key.value, pair);
        this.#index = index;
      }
      return this.#index.get(key);
    }
    for (const pair of pairs) if (pair.key.value === key) return pair;
    return undefined;
  }

  /** The value of the field `key`, or undefined. */
  get(key: string): YamlNode | undefined {
    return this.pair(key)?.value;
  }

  /** The same map (same origin) with other fields. */
  withPairs(pairs: readonly Pair[]): MapNode {
    return new MapNode(pairs, this.source, this.start, this.end, this.step, this.was, this.flow);
  }

  /**
   * The same map with the field `key` set to `value`, in its place or at the end; itself where the value is the same.
   * @param keyNode the key for a new field; where it is missing the key takes the place and step of `value`
   */
  with(key: string, value: YamlNode, keyNode?: ScalarNode): MapNode {
    const at = this.pairs.findIndex((pair) => pair.key.value === key);
    const old = this.pairs[at];
    if (!old) return this.withPairs([...this.pairs, new Pair(keyNode ?? makeScalar(key, value, value.step), value)]);
    if (old.value === value) return this;
    const pairs = this.pairs.slice();
    pairs[at] = new Pair(old.key, value);
    return this.withPairs(pairs);
  }

  /** The same map without the field `key`; itself where it has none. */
  without(key: string): MapNode {
    const pairs = this.pairs.filter((pair) => pair.key.value !== key);
    return pairs.length === this.pairs.length ? this : this.withPairs(pairs);
  }
}

export class SequenceNode implements Origin {
  readonly kind = 'sequence';

  constructor(
    readonly items: readonly YamlNode[],
    readonly source: SourceText,
    readonly start: number,
    readonly end: number,
    readonly step: Step | undefined,
    readonly was: YamlNode | undefined,
    /** True for `[a, b]`. */
    readonly flow: boolean,
  ) {}

  /** The same list (same origin) with other items. */
  withItems(items: readonly YamlNode[]): SequenceNode {
    return new SequenceNode(items, this.source, this.start, this.end, this.step, this.was, this.flow);
  }

  /** The same list with every item mapped; itself where no item changed. */
  mapItems(change: (item: YamlNode, index: number) => YamlNode): SequenceNode {
    let changed: YamlNode[] | undefined;
    this.items.forEach((item, index) => {
      const next = change(item, index);
      if (next !== item) {
        changed ??= this.items.slice();
        changed[index] = next;
      }
    });
    return changed ? this.withItems(changed) : this;
  }
}

export type YamlNode = ScalarNode | MapNode | SequenceNode;

/** A comment: offsets from its `#` to the end of its line. */
export interface CommentSpan {
  readonly start: number;
  readonly end: number;
}

export interface YamlDocument {
  /** Undefined for a document without content (empty, or nothing but comments). */
  readonly root: YamlNode | undefined;
  /** Where the document's own text begins and ends in the file. */
  readonly start: number;
  readonly end: number;
  /** Keys that stand again in a map which already has them (the later ones). */
  readonly duplicateKeys: readonly ScalarNode[];
}

/**
 * A new string scalar that a step sets. Plain style with the tag `!!str`: the printer quotes where it must.
 * @param place the text that the value comes from
 */
export function makeScalar(value: string, place: Place, step: Step | undefined, was?: YamlNode, tag: ScalarTag = '!!str'): ScalarNode {
  return new ScalarNode(value, tag, 'plain', place.source, place.start, place.end, step, was);
}

/** A new map that a step makes. */
export function makeMap(pairs: readonly Pair[], place: Place, step: Step | undefined, was?: YamlNode): MapNode {
  return new MapNode(pairs, place.source, place.start, place.end, step, was, false);
}

/** A new list that a step makes. */
export function makeSequence(items: readonly YamlNode[], place: Place, step: Step | undefined, was?: YamlNode): SequenceNode {
  return new SequenceNode(items, place.source, place.start, place.end, step, was, false);
}

/**
 * The same node, as set by `step` in the place of `was`: for a value that a patch brings. Only the node itself and, so
 * that every field answers for itself, all that lies below it are stamped with the step.
 */
export function stampStep(node: YamlNode, step: Step, was: YamlNode | undefined): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return new ScalarNode(node.value, node.tag, node.style, node.source, node.start, node.end, step, was);
    case 'map':
      return new MapNode(
        node.pairs.map((pair) => new Pair(stampStep(pair.key, step, undefined) as ScalarNode, stampStep(pair.value, step, undefined))),
        node.source,
        node.start,
        node.end,
        step,
        was,
        node.flow,
      );
    case 'sequence':
      return new SequenceNode(
        node.items.map((item) => stampStep(item, step, undefined)),
        node.source,
        node.start,
        node.end,
        step,
        was,
        node.flow,
      );
  }
}

/** True for a missing node and for `null`, as kyaml's IsMissingOrNull. */
export function isMissingOrNull(node: YamlNode | undefined): node is undefined | (ScalarNode & { readonly tag: '!!null' }) {
  return node === undefined || (node.kind === 'scalar' && node.tag === '!!null');
}

/** The text of a scalar; undefined for anything else. */
export function scalarValue(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.value : undefined;
}
