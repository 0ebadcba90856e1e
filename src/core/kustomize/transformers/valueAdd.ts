/**
 * Sets one value in many fields, or as one part of the paths in them (kustomize's ValueAddTransformer and
 * api/filters/valueadd v0.21.2).
 */
import type { Place } from '../../base/problem.js';
import { makeMap, makeScalar, makeSequence, Pair, type MapNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext, Transformer } from '../context.js';
import { cleanParts, findMatch, parsePathPart, type PathStep } from '../fieldSpec/lookupPath.js';
import type { Selector, Text } from '../kustomization.js';
import { selectResources } from '../selector.js';
import { withNamespace } from './namespace.js';
import { overwriteScalar } from './overwriteScalar.js';
import { mismatchReporter } from './reportMismatch.js';

export interface ValueAddTarget {
  readonly selector?: Selector;
  readonly fieldPath: Text;
  /** 0 sets the whole field; from 1 on the value becomes that part of the path in the field. */
  readonly filePathPosition: number;
}

export interface ValueAddArgs {
  readonly value: Text;
  readonly targets: readonly ValueAddTarget[];
  /** The way to the directive, for people. */
  readonly field: string;
}

/** A transformer for all targets in their order. */
export function valueAddTransformer({ value, targets, field }: ValueAddArgs): Transformer {
  const step: Step = { kind: 'valueAdd', field, source: value.source, start: value.start, end: value.end };
  return {
    transform(map, context) {
      for (const target of targets) {
        const resources = target.selector ? selectResources(map, target.selector, context.problems) : map.resources;
        const setter = new ValueSetter(value, target, step, context);
        for (const resource of resources ?? []) {
          if (target.fieldPath.value !== 'metadata/namespace') resource.root = setter.update(resource.root);
          else {
            const args = { namespace: value, fieldSpecs: [], unsetOnly: false, setRoleBindingSubjects: 'defaultOnly', field } as const;
            resource.root = withNamespace(resource.root, resource.gvk, args, step, context);
          }
        }
      }
    },
  };
}

class ValueSetter {
  readonly #value: Text;
  readonly #position: number;
  readonly #parts: readonly string[];
  readonly #step: Step;
  readonly #onMismatch: (node: YamlNode, message: string) => void;

  constructor(value: Text, target: ValueAddTarget, step: Step, context: BuildContext) {
    this.#value = value;
    this.#position = target.filePathPosition;
    this.#parts = cleanParts(splitSlashes(target.fieldPath.value));
    this.#step = step;
    this.#onMismatch = mismatchReporter(context.problems, step);
  }

  update(root: MapNode): MapNode {
    const updated = this.#updateAt(root, 0);
    return updated.kind === 'map' ? updated : root;
  }

  #updateAt(node: YamlNode, depth: number): YamlNode {
    const part = this.#parts[depth];
    if (part === undefined) return this.#set(node);
    const step = parsePathPart(part);
    if (node.kind === 'scalar' && node.tag === '!!null') return node;
    if (step.kind === 'key') return this.#updateField(node, step.name, depth);
    if (node.kind !== 'sequence' || step.kind === 'every' || step.kind === 'invalid') {
      this.#onMismatch(node, step.kind === 'every' || step.kind === 'invalid' ? `The part ${part} can't be used in this path.` : 'A list is expected here.');
      return node;
    }
    const at = indexOf(node.items.length, step, () => findMatch(node, step.kind === 'match' ? step : { field: '', value: '' }));
    if (at >= 0) return node.mapItems((item, index) => (index === at ? this.#updateAt(item, depth + 1) : item));
    return step.kind === 'match' ? node.withItems([...node.items, this.#updateAt(this.#makeItem(step), depth + 1)]) : node;
  }

  #updateField(node: YamlNode, name: string, depth: number): YamlNode {
    if (node.kind !== 'map') {
      this.#onMismatch(node, `A map with the field ${name} is expected here.`);
      return node;
    }
    const field = node.get(name);
    if (field) return node.with(name, this.#updateAt(field, depth + 1));
    const made = this.#updateAt(this.#makeNode(depth + 1), depth + 1);
    return node.withPairs([...node.pairs, new Pair(makeScalar(name, this.#step, this.#step), made)]);
  }

  #makeNode(depth: number): YamlNode {
    const next = this.#parts[depth];
    const step = next === undefined ? undefined : parsePathPart(next);
    if (!step) return makeScalar('', this.#step, this.#step);
    if (step.kind === 'match' || step.kind === 'invalid' || (step.kind === 'index' && step.index >= 0)) return makeSequence([], this.#step, this.#step);
    return makeMap([], this.#step, this.#step);
  }

  #makeItem({ field, value }: Extract<PathStep, { readonly kind: 'match' }>): YamlNode {
    const text = makeScalar(value, this.#step, this.#step, undefined, resolveTag(value));
    return field === '' ? text : makeMap([new Pair(makeScalar(field, this.#step, this.#step), text)], this.#step, this.#step);
  }

  #set(node: YamlNode): YamlNode {
    if (node.kind !== 'scalar') {
      this.#onMismatch(node, 'A value is to be set here, but this is no single value.');
      return node;
    }
    const text = this.#position > 0 ? insertPathPart(node.value, this.#position - 1, this.#value.value) : this.#value.value;
    const place: Place = this.#value;
    return overwriteScalar(node, text, undefined, place, this.#step);
  }
}

/** A slash behind a backslash is part of a key. */
function splitSlashes(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    const last = parts.at(-1);
    if (last?.endsWith('\\')) parts[parts.length - 1] = `${last.slice(0, -1)}/${part}`;
    else parts.push(part);
  }
  return parts;
}

function indexOf(length: number, step: PathStep, find: () => number): number {
  if (step.kind === 'last') return length - 1;
  if (step.kind === 'index') return step.index < length ? step.index : -1;
  return find();
}

/** Puts a part into a file path (kyaml/filesys InsertPathPart v0.21.2): at 0 the first, beyond the end the last; an absolute path stays so. */
function insertPathPart(path: string, position: number, part: string): string {
  const isAbsolute = path.startsWith('/');
  const parts = path.split('/').filter((each) => each !== '' && each !== '.');
  parts.splice(Math.min(position, parts.length), 0, part);
  return (isAbsolute ? '/' : '') + parts.join('/');
}
