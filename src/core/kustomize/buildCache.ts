/**
 * What builds share: parsed files, decoded kustomizations and finished bases. Everything is kept with the text that it
 * was derived from, so a changed file (another SourceText) leaves its old results to the garbage collector. A finished
 * base is good for as long as each path that it read or looked for still answers the same.
 */
import type { FileTree, EntryKind } from '../base/fileTree.js';
import type { Problem, Problems } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { builtinSchema, type ObjectSchema } from '../objects/schema.js';
import type { MapNode, ScalarNode } from '../yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../yaml/parse.js';
import { printDocument, type PrintedDocument, type PrintFailure, type PrintMemo } from '../yaml/print.js';
import { finishAnnotations, type KeptMetadata } from './annotations.js';
import type { Accumulator } from './accumulator.js';
import type { Kustomization, TransformerConfig } from './kustomization.js';
import type { Lack } from '../objects/rendering.js';
import type { Resource } from './resource.js';
import { findReprintedScalars, type ReprintedScalar } from './reprintedScalars.js';
import { mergeTransformerConfigs } from './transformerConfig.js';

/** Which text a scalar holds, as a source with places in the scalar's file. */
export type EmbedText = (scalar: ScalarNode) => SourceText;

/** What a build saw at a path: a file's text, that there was a folder or nothing, or the names in a folder. */
export type Seen = SourceText | Exclude<EntryKind, 'file'> | readonly string[];

/** A folder's accumulated objects before anything above it touched them. */
export interface FinishedBase {
  readonly accumulator: Accumulator;
  readonly problems: readonly Problem[];
  readonly lacks: readonly Lack[];
  readonly seen: ReadonlyMap<string, Seen>;
  /** The folders that were entered on the way, the base's own among them. */
  readonly roots: ReadonlySet<string>;
  /** True where charts were released into the namespace of what includes it. */
  readonly usesOuterNamespace: boolean;
}

/** A kustomization file as decoded, with what was found wrong in it. */
export interface DecodedKustomization {
  readonly kustomization: Kustomization | undefined;
  readonly problems: readonly Problem[];
}

/** A chart as one entry inflated it: what a base is, with objects in the place of an accumulator. */
export interface FinishedChart extends Omit<FinishedBase, 'accumulator'> {
  /** Undefined where it could not be inflated. */
  readonly resources: readonly Resource[] | undefined;
  /** What it was made with besides files, as a text. */
  readonly stamp: string;
}

interface KeptChart {
  readonly chart: FinishedChart;
  validIn: FileTree;
}

interface KeptBase {
  readonly base: FinishedBase;
  /** The tree in which `base` was last found to be good. */
  validIn: FileTree;
}

export class BuildCache {
  readonly #parsed = new WeakMap<SourceText, ParsedYaml>();
  readonly #inline = new WeakMap<EmbedText, WeakMap<ScalarNode, SourceText>>();
  readonly #decoded = new WeakMap<SourceText, DecodedKustomization>();
  readonly #finished = new WeakMap<MapNode, Map<string, MapNode>>();
  readonly #printed = new WeakMap<MapNode, PrintedDocument | PrintFailure>();
  readonly #merged = new WeakMap<TransformerConfig, WeakMap<TransformerConfig, TransformerConfig>>();
  readonly #reprinted = new WeakMap<MapNode, readonly ReprintedScalar[]>();
  readonly #printedFields: PrintMemo = new WeakMap();
  readonly #bases = new Map<string, KeptBase>();
  readonly #charts = new WeakMap<MapNode, KeptChart>();
  #schema: ObjectSchema | undefined;

  /** The parsed form of a text, made on first use. */
  parse(source: SourceText): ParsedYaml {
    let parsed = this.#parsed.get(source);
    if (!parsed) this.#parsed.set(source, (parsed = parseYaml(source)));
    return parsed;
  }

  /** The parsed form of the text that a scalar holds, told by `embed`; made on first use, so that its nodes stay the same from build to build. */
  parseInline(scalar: ScalarNode, embed: EmbedText): ParsedYaml {
    let sources = this.#inline.get(embed);
    if (!sources) this.#inline.set(embed, (sources = new WeakMap()));
    let source = sources.get(scalar);
    if (!source) sources.set(scalar, (source = embed(scalar)));
    return this.parse(source);
  }

  /** The decoded form of a kustomization file, made by `decode` on first use. */
  decode(source: SourceText, decode: (parsed: ParsedYaml) => DecodedKustomization): DecodedKustomization {
    let decoded = this.#decoded.get(source);
    if (!decoded) this.#decoded.set(source, (decoded = decode(this.parse(source))));
    return decoded;
  }

  /** An object as it is printed, without kustomize's notes on it; the same one for the same object. */
  finish(root: MapNode, kept: KeptMetadata): MapNode {
    let byKept = this.#finished.get(root);
    if (!byKept) this.#finished.set(root, (byKept = new Map<string, MapNode>()));
    const key = `${kept.origins} ${kept.transformations}`;
    let finished = byKept.get(key);
    if (!finished) byKept.set(key, (finished = finishAnnotations(root, kept)));
    return finished;
  }

  /** The printed form of an object, made on first use. */
  print(root: MapNode): PrintedDocument | PrintFailure {
    let printed = this.#printed.get(root);
    if (!printed) this.#printed.set(root, (printed = printDocument(root, this.#printedFields)));
    return printed;
  }

  /** The scalars of an object that are printed in another form than written, found on first use. */
  reprintedScalars(root: MapNode): readonly ReprintedScalar[] {
    let found = this.#reprinted.get(root);
    if (!found) this.#reprinted.set(root, (found = findReprintedScalars(root)));
    return found;
  }

  /** The schemas of the kinds that Kubernetes brings. */
  get schema(): ObjectSchema {
    return (this.#schema ??= builtinSchema());
  }

  /**
   * `config` merged into `into`, remembered where that goes without conflict. Merging is not symmetric: into an empty
   * configuration, too, a specification without a kind is dropped where one with a kind stands before it.
   */
  mergeConfigs(into: TransformerConfig, config: TransformerConfig, problems: Problems): TransformerConfig {
    const known = this.#merged.get(into)?.get(config);
    if (known) return known;
    const before = problems.list.length;
    const merged = mergeTransformerConfigs(into, config, problems);
    if (problems.list.length > before) return merged;
    const memo = this.#merged.get(into) ?? new WeakMap<TransformerConfig, TransformerConfig>();
    memo.set(config, merged);
    this.#merged.set(into, memo);
    return merged;
  }

  /** A finished base that is still good in `tree`, or undefined. */
  base(key: string, tree: FileTree): FinishedBase | undefined {
    const kept = this.#bases.get(key);
    if (!kept) return undefined;
    if (kept.validIn === tree) return kept.base;
    for (const [path, seen] of kept.base.seen) {
      if (!isSeen(tree, path, seen)) {
        this.#bases.delete(key);
        return undefined;
      }
    }
    kept.validIn = tree;
    return kept.base;
  }

  /** What an entry of charts was inflated to, if that is still good in `tree`. */
  chart(entry: MapNode, stamp: string, tree: FileTree): FinishedChart | undefined {
    const kept = this.#charts.get(entry);
    if (kept?.chart.stamp !== stamp) return undefined;
    if (kept.validIn !== tree) for (const [path, seen] of kept.chart.seen) if (!isSeen(tree, path, seen)) return undefined;
    kept.validIn = tree;
    return kept.chart;
  }

  keepChart(entry: MapNode, tree: FileTree, chart: FinishedChart): void {
    this.#charts.set(entry, { chart, validIn: tree });
  }

  keepBase(key: string, tree: FileTree, base: FinishedBase): void {
    this.#bases.set(key, { base, validIn: tree });
  }
}

/** True when `path` answers in `tree` what it answered when it was `seen`. */
export function isSeen(tree: FileTree, path: string, seen: Seen): boolean {
  if (typeof seen === 'string') return tree.kind(path) === seen;
  if (!isNames(seen)) return tree.read(path) === seen;
  const names = tree.list(path);
  return names === seen || (names.length === seen.length && names.every((name, index) => name === seen[index]));
}

function isNames(seen: Seen): seen is readonly string[] {
  return Array.isArray(seen);
}
