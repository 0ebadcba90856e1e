/** Sets labels or annotations in the fields that field specifications name (kustomize's api/filters/labels and annotations v0.21.2). */
import { ScalarNode, type MapNode, Pair, makeMap, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext, Transformer } from '../context.js';
import { FieldPathSet, updateAtFieldSpec, type FieldPath, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, TextEntry } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { mismatchReporter } from './reportMismatch.js';
import { overwriteScalar } from './overwriteScalar.js';

export interface MapEntriesArgs {
  readonly kind: 'labels' | 'annotations';
  readonly entries: readonly TextEntry[];
  readonly fieldSpecs: readonly FieldSpec[];
  /** The way to the map of entries, for people: `commonLabels`, `labels[0].pairs`. */
  readonly field: string;
}

/** A transformer that sets every entry in every field of every object that the specifications name. */
export function mapEntriesTransformer(args: MapEntriesArgs): Transformer {
  const paths = new FieldPathSet(args.fieldSpecs);
  const entries = [...args.entries].sort((a, b) => (a.key.value < b.key.value ? -1 : 1)).map((entry) => ({ entry, step: stepOf(args, entry) }));
  return {
    transform(map, context) {
      for (const resource of map.resources) {
        const matching = paths.matching(resource.gvk);
        if (matching.length === 0) continue;
        for (const { entry, step } of entries) {
          const setter = new EntrySetter(entry, step, context);
          let root = resource.root;
          for (const path of matching) root = updateAtFieldSpec(root, resource.hasNotes ? withNotes(path) : path, setter);
          setter.finish(resource, root);
        }
      }
    },
  };
}

/** Where kustomize has annotations of its own, others are set beside them even where they are not to be created. */
function withNotes(path: FieldPath): FieldPath {
  const [first, second] = path.parts;
  const isAnnotations = path.parts.length === 2 && first?.name === 'metadata' && second?.name === 'annotations';
  return isAnnotations && !path.spec.create ? { ...path, spec: { ...path.spec, create: true } } : path;
}

function stepOf(args: MapEntriesArgs, { key, value, directive }: TextEntry): Step {
  return {
    kind: args.kind,
    field: directive ?? `${args.field}.${key.value}`,
    source: value.source,
    start: key.source === value.source ? Math.min(key.start, value.start) : value.start,
    end: value.end,
  };
}

/** Sets one entry in the fields of one object. All fields that it has to create it in get the same node (see sharedScalars.ts). */
class EntrySetter implements FieldUpdate {
  readonly creates = 'map';
  readonly onMismatch: FieldUpdate['onMismatch'];
  readonly #entry: TextEntry;
  readonly #created: Pair;
  #createdIn = 0;
  readonly #overwritten = new Map<YamlNode, ScalarNode>();

  constructor(
    entry: TextEntry,
    readonly step: Step,
    context: BuildContext,
  ) {
    this.#entry = entry;
    this.onMismatch = mismatchReporter(context.problems, step);
    const { key } = entry;
    // The key is set without saying that it is a string: one that reads as a number or boolean can't be printed.
    const keyNode = new ScalarNode(key.value, resolveTag(key.value), 'plain', key.source, key.start, key.end, step, undefined);
    this.#created = new Pair(keyNode, overwriteScalar(undefined, entry.value.value, '!!str', entry.value, step));
  }

  get place(): ScalarNode {
    return this.#entry.value;
  }

  readonly set = (node: YamlNode | undefined): YamlNode => {
    const map = node ?? makeMap([], this.place, this.step);
    if (map.kind === 'scalar' && map.tag === '!!null') return map;
    if (map.kind !== 'map') {
      this.onMismatch(map, `${this.step.field} is to be set in this field, but it is no map.`);
      return map;
    }
    return this.#setIn(map);
  };

  /** Gives the object its new tree. */
  finish(resource: Resource, root: MapNode): void {
    resource.root = root;
    if (this.#createdIn > 1) resource.sharesScalars = true;
  }

  #setIn(map: MapNode): MapNode {
    const old = map.get(this.#entry.key.value);
    if (!old) {
      this.#createdIn++;
      return map.withPairs([...map.pairs, this.#created]);
    }
    const known = this.#overwritten.get(old);
    if (known) return map.with(this.#entry.key.value, known);
    if (old === this.#created.value) return map;
    const value = overwriteScalar(old, this.#entry.value.value, '!!str', this.place, this.step);
    this.#overwritten.set(old, value);
    return map.with(this.#entry.key.value, value);
  }
}
