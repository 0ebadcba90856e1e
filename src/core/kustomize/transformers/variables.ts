/**
 * Puts the values of vars in the place of `$(NAME)` (kustomize's internal/accumulator ResolveVars and api/filters/refvar
 * v0.21.2). Where a whole field is one variable, the value keeps its type.
 */
import type { Place, Problems } from '../../base/problem.js';
import { isMissingOrNull, ScalarNode, type MapNode, type SequenceNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import { lookupPath } from '../fieldSpec/lookupPath.js';
import { splitDottedPath } from '../fieldSpec/splitPath.js';
import { FieldPathSet, updateAtFieldSpec, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, VarEntry } from '../kustomization.js';
import type { ResMap } from '../resMap.js';
import { splitVariables, type TextPart } from './expandVariables.js';
import { isUntagged } from './overwriteScalar.js';
import { mismatchReporter } from './reportMismatch.js';

/** The value of a var. */
interface Value {
  readonly node: YamlNode;
  /** The value as it replaces a whole field; undefined for a map or list, which replaces nothing. */
  readonly whole: { readonly text: string; readonly tag: ScalarNode['tag'] } | undefined;
  /** The value as it stands within a text. */
  readonly inner: string;
  readonly step: Step;
}

export interface VariablesArgs {
  readonly vars: readonly VarEntry[];
  /** The fields in which vars are replaced. */
  readonly fieldSpecs: readonly FieldSpec[];
}

/** A transformer for the vars of a whole build; each that replaces nothing is reported as a warning. */
export function variablesTransformer({ vars, fieldSpecs }: VariablesArgs): Transformer {
  return {
    transform(map, context) {
      const { problems } = context;
      const values = new Map<string, Value>();
      for (const entry of vars) {
        const value = valueOf(map, entry, problems);
        if (value) values.set(entry.name?.value ?? '', value);
      }
      if (values.size === 0 || problems.hasErrors) return;
      const used = new Set<string>();
      const paths = new FieldPathSet(fieldSpecs);
      for (const resource of map.resources) {
        const expander = new Expander(resource.root, values, used, context);
        for (const path of paths.matching(resource.gvk)) resource.root = updateAtFieldSpec(resource.root, path, expander);
      }
      for (const entry of vars) {
        const name = entry.name?.value ?? '';
        if (!used.has(name))
          problems.warning('kustomize/unused-var', `The var ${name} is used nowhere: no field in which vars are replaced has $(${name}).`, entry.name ?? entry.node);
      }
    },
  };
}

/** Reads the field of the object that was marked as the var's when it was declared. */
function valueOf(map: ResMap, entry: VarEntry, problems: Problems): Value | undefined {
  const name = entry.name?.value ?? '';
  const place: Place = entry.name ?? entry.node;
  const resource = map.resources.find((each) => each.varNames.includes(name));
  if (!resource) {
    problems.error('kustomize/var-without-object', `No object matches the objref of the var ${name}; mend its apiVersion, kind and name.`, place);
    return undefined;
  }
  const node = lookupPath(resource.root, splitIndexes(splitDottedPath(entry.fieldPath)), () => undefined);
  const read = node && readValue(node);
  if (!read) {
    const related = [{ location: resource.root.source.locate(resource.root.start, resource.root.start), message: `${resource.id.kind} ${resource.name}` }];
    problems.error('kustomize/var-without-field', `The object of the var ${name} has no field ${entry.fieldPath} that can be its value.`, place, { related });
    return undefined;
  }
  const step: Step = { kind: 'variable', field: `vars ${name}`, source: entry.node.source, start: entry.node.start, end: entry.node.end };
  return { node, ...read, step };
}

/** `ports[0]` is two parts, `ports` and `0`. */
function splitIndexes(parts: readonly string[]): readonly string[] {
  return parts.flatMap((part) => {
    const [, key = '', index] = /^(.*)\[(\d+)\]$/.exec(part) ?? [];
    if (index === undefined) return [part];
    return key === '' ? [index] : [key, index];
  });
}

/** A scalar as Go holds it in kustomize's map of vars; undefined for what is refused there. */
function readValue(node: YamlNode): Pick<Value, 'whole' | 'inner'> | undefined {
  if (node.kind !== 'scalar') return { whole: undefined, inner: '' };
  switch (node.tag) {
    case '!!int': {
      if (!/^[+-]?\d+$/.test(node.value)) return undefined;
      const integer = BigInt(node.value.replace(/^\+/, ''));
      if (integer < -(2n ** 63n) || integer >= 2n ** 63n) return undefined;
      return { whole: { text: integer.toString(), tag: '!!int' }, inner: integer.toString() };
    }
    case '!!float': {
      const number = Number(node.value.replaceAll('_', ''));
      if (!Number.isFinite(number)) return undefined;
      return { whole: { text: withoutExponent(number), tag: '!!float' }, inner: shortFloat(number) };
    }
    case '!!bool':
      return { whole: { text: node.value.toLowerCase(), tag: '!!bool' }, inner: node.value.toLowerCase() };
    default:
      return { whole: { text: node.value, tag: '!!str' }, inner: node.value };
  }
}

/** Go's strconv.FormatFloat(number, 'f', -1, 64). */
function withoutExponent(number: number): string {
  const [digits = '', power = '0'] = number.toExponential().split('e');
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits) ?? [];
  const all = whole + fraction;
  const point = Number(power) + 1;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return sign + (all.length <= point ? all.padEnd(point, '0') : `${all.slice(0, point)}.${all.slice(point)}`);
}

/** Go's fmt.Sprint of a float: with an exponent below -4 and from 21 on. */
function shortFloat(number: number): string {
  const [digits = '', power = '0'] = number.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 21) return withoutExponent(number);
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** True for what is a string to kustomize while it replaces vars. */
function isText(node: ScalarNode): boolean {
  return node.tag === '!!str' || isUntagged(node);
}

/** Expands the variables of one object. */
class Expander implements FieldUpdate {
  readonly step: Step;
  readonly onMismatch: FieldUpdate['onMismatch'];
  readonly #values: ReadonlyMap<string, Value>;
  readonly #used: Set<string>;
  readonly #problems: Problems;

  constructor(
    readonly place: MapNode,
    values: ReadonlyMap<string, Value>,
    used: Set<string>,
    context: BuildContext,
  ) {
    this.step = { kind: 'variable', field: 'vars', source: place.source, start: place.start, end: place.start };
    this.onMismatch = mismatchReporter(context.problems, this.step);
    this.#values = values;
    this.#used = used;
    this.#problems = context.problems;
  }

  readonly set = (node: YamlNode | undefined): YamlNode => {
    if (!node || isMissingOrNull(node)) return node ?? this.place;
    switch (node.kind) {
      case 'scalar':
        return this.#expand(node);
      case 'map':
        return this.#expandMap(node);
      case 'sequence':
        return this.#expandList(node);
    }
  };

  #expandMap(map: MapNode): MapNode {
    let result = map;
    for (const { key, value } of map.pairs) {
      if (key.tag !== '!!str') this.onMismatch(key, 'Vars are replaced in this map, so its keys must be strings; quote this one.');
      else if (value.kind === 'scalar') result = result.with(key.value, this.#expand(value));
    }
    return result;
  }

  #expandList(list: SequenceNode): SequenceNode {
    return list.mapItems((item) => {
      if (item.kind === 'scalar' && isText(item)) return this.#expand(item);
      this.onMismatch(item, 'Vars are replaced in this list, so its items must be strings; quote this one.');
      return item;
    });
  }

  #expand(node: ScalarNode): ScalarNode {
    if (!isText(node)) return node;
    if (!node.value.includes('$')) return node.tag === '!!str' ? node : new ScalarNode(node.value, '!!str', 'plain', node.source, node.start, node.end, node.step, node.was);
    const parts = splitVariables(node.value);
    if (parts === 'unreadable') {
      this.#problems.error('kustomize/variable-unsupported', 'A $ before a character outside of ASCII is torn apart by kustomize; write $$ for a $.', node);
      return node;
    }
    const first = parts.find((part) => part.kind === 'variable' && this.#values.has(part.name));
    const value = first?.kind === 'variable' ? this.#values.get(first.name) : undefined;
    const [, only] = parts;
    const isWhole = value !== undefined && only === first && node.value === `$(${only?.kind === 'variable' ? only.name : ''})`;
    const text = parts.map((part) => this.#textOf(part)).join('');
    const { source, start, end } = value?.node ?? node;
    const step = value?.step ?? this.step;
    if (isWhole && value.whole) return new ScalarNode(value.whole.text, value.whole.tag, 'plain', source, start, end, step, node);
    return text === node.value ? node : new ScalarNode(text, '!!str', 'plain', source, start, end, step, node);
  }

  #textOf(part: TextPart): string {
    if (part.kind === 'text') return part.text;
    const value = this.#values.get(part.name);
    if (!value?.whole) return `$(${part.name})`;
    this.#used.add(part.name);
    return value.inner;
  }
}
