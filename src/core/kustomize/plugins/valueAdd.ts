/**
 * Puts one value into fields of many objects, or into the middle of the file paths that they hold (kustomize's
 * ValueAddTransformer and api/filters/valueadd v0.21.2, PathGetter in kyaml/yaml/fns.go, InsertPathPart in kyaml/filesys).
 */
import { normalizePath } from '../../base/path.js';
import { makeMap, makeScalar, makeSequence, Pair, type MapNode, type SequenceNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import type { Selector, Text } from '../kustomization.js';
import { selectResources } from '../selector.js';
import { withNamespace } from '../transformers/namespace.js';
import { overwriteScalar } from '../transformers/overwriteScalar.js';

export interface ValueAddTarget {
  /** Without it all objects are meant. */
  readonly selector?: Selector;
  readonly fieldPath: Text;
  /** Where in a file path the value is put, from 1; 0 for the whole field. */
  readonly position: number;
}

export interface ValueAddArgs {
  /** Not empty. */
  readonly value: Text;
  readonly targets: readonly ValueAddTarget[];
  /** The way to the directive, for people. */
  readonly field: string;
}

/** A transformer that adds the value in every field that a target names; missing fields are made. */
export function valueAddTransformer(args: ValueAddArgs): Transformer {
  const { value } = args;
  return {
    transform(map, context) {
      for (const [index, target] of args.targets.entries()) {
        const { fieldPath } = target;
        const step: Step = { kind: 'valueAdd', field: `${args.field}.targets[${index}]`, source: fieldPath.source, start: fieldPath.start, end: fieldPath.end };
        const resources = target.selector ? selectResources(map, target.selector, context.problems) : map.resources;
        for (const resource of resources ?? []) {
          if (fieldPath.value === 'metadata/namespace') {
            resource.root = withNamespace(resource.root, resource.gvk, { namespace: value, fieldSpecs: [], unsetOnly: false, setRoleBindingSubjects: 'defaultOnly', field: step.field }, step, context);
          } else {
            const root = new ValueSetter(value, target, step, context).setIn(resource.root);
            if (root.kind === 'map') resource.root = root;
          }
          if (context.problems.hasErrors) return;
        }
      }
    },
  };
}

/** Sets the value at the end of one path, and makes what is missing on the way. */
class ValueSetter {
  readonly #parts: readonly string[];

  constructor(
    readonly value: Text,
    readonly target: ValueAddTarget,
    readonly step: Step,
    readonly context: BuildContext,
  ) {
    this.#parts = splitParts(target.fieldPath.value);
  }

  setIn(root: MapNode): YamlNode {
    return this.#setAt(root, 0);
  }

  #setAt(node: YamlNode, at: number): YamlNode {
    const part = this.#parts[at];
    if (part === undefined) return this.#setScalar(node);
    if (/^[-+]?\d+$/.test(part)) return this.#setIndex(node, Number(part), at);
    if (part === '-') return this.#setIndex(node, -1, at);
    if (part === '*') return this.#fail(node, 'A * in a path to a value is not possible here; name the field.');
    return part.startsWith('[') && part.endsWith(']') ? this.#setElement(node, part.slice(1, -1), at) : this.#setField(node, part, at);
  }

  #setScalar(node: YamlNode): YamlNode {
    if (node.kind !== 'scalar') return this.#fail(node, 'The value is to be set here, but this is no single value.');
    const { position } = this.target;
    const text = position > 0 ? insertPathPart(node.value, position - 1, this.value.value) : this.value.value;
    return overwriteScalar(node, text, undefined, this.value, this.step);
  }

  #setField(node: YamlNode, name: string, at: number): YamlNode {
    if (node.kind !== 'map') return this.#fail(node, `The field ${name} is to be set in this, but it is no map.`);
    const isLast = at === this.#parts.length - 1;
    const old = node.get(name);
    if (old?.kind === 'scalar' && old.tag === '!!null' && !isLast) return node;
    const value = this.#setAt(old ?? this.#make(this.#parts[at + 1]), at + 1);
    return node.with(name, value, makeScalar(name, this.target.fieldPath, this.step));
  }

  #setIndex(node: YamlNode, index: number, at: number): YamlNode {
    if (node.kind !== 'sequence') return this.#fail(node, 'An item is to be set in this, but it is no list.');
    if (index < -1) return this.#fail(node, 'An index in a path to a value cannot be negative.');
    const wanted = index === -1 ? node.items.length - 1 : index;
    return node.mapItems((item, each) => (each === wanted ? this.#setAt(item, at + 1) : item));
  }

  /** An item that is picked by one of its fields, `name=web`, or by its value, `=web`; it is made where there is none. */
  #setElement(node: YamlNode, matcher: string, at: number): YamlNode {
    const equals = matcher.indexOf('=');
    if (equals < 0) return this.#fail(node, `[${matcher}] must be [field=value] to pick an item.`);
    if (node.kind !== 'sequence') return this.#fail(node, 'An item is to be set in this, but it is no list.');
    const [key, wanted] = [matcher.slice(0, equals), matcher.slice(equals + 1)];
    const found = node.items.findIndex((item) => valueOf(key === '' ? item : item.kind === 'map' ? item.get(key) : undefined) === wanted);
    const list = found >= 0 ? node : this.#append(node, key, wanted);
    const chosen = found >= 0 ? found : node.items.length;
    return list.mapItems((item, index) => (index === chosen ? this.#setAt(item, at + 1) : item));
  }

  #append(node: SequenceNode, key: string, value: string): SequenceNode {
    const { fieldPath } = this.target;
    const scalar = overwriteScalar(undefined, value, undefined, fieldPath, this.step);
    const item = key === '' ? scalar : makeMap([new Pair(makeScalar(key, fieldPath, this.step), scalar)], fieldPath, this.step);
    return node.withItems([...node.items, item]);
  }

  /** What is made for a missing field, by the part of the path that comes after it. */
  #make(next: string | undefined): YamlNode {
    if (next === undefined) return makeScalar('', this.value, this.step);
    const isList = /^\+?\d+$/.test(next) || (next.startsWith('[') && next.endsWith(']'));
    return isList ? makeSequence([], this.target.fieldPath, this.step) : makeMap([], this.target.fieldPath, this.step);
  }

  #fail(node: YamlNode, message: string): YamlNode {
    const { fieldPath } = this.target;
    const related = [{ location: node.source.locate(node.start, node.start), message: 'here' }];
    this.context.problems.error('kustomize/invalid-value-target', message, fieldPath, { related });
    return node;
  }
}

function valueOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.value : undefined;
}

/** The parts of a path: `\/` is a slash in a key, and what is empty is passed over. */
function splitParts(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    const last = parts.at(-1);
    if (last?.endsWith('\\')) parts[parts.length - 1] = `${last.slice(0, -1)}/${part}`;
    else parts.push(part);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Puts `part` into a file path before the part at `position`, or at its end; an absolute path stays one. */
function insertPathPart(path: string, position: number, part: string): string {
  const isAbsolute = path.startsWith('/');
  const parts = path.split('/').filter((each) => each !== '');
  parts.splice(Math.min(position, parts.length), 0, part);
  return normalizePath((isAbsolute ? '/' : '') + parts.join('/'));
}
