/**
 * Checks the `spec` of Flux's objects against their types: unknown fields, wrong types, missing fields, durations. What
 * stands in a field (names that lead nowhere, policies that select nothing) is for rules. Objects of older versions of an
 * API may hold fields that the current one has dropped, so unknown and missing fields are reported for current ones only.
 */
import type { Problems } from '../../base/problem.js';
import type { ResId } from '../../objects/resId.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { isMissingOrNull } from '../../yaml/nodes.js';
import { fluxSpecs, fluxTypes } from './facts/fluxTypes.js';

/** The versions that Flux 2.9 serves and doesn't call deprecated. */
const currentVersions: Readonly<Record<string, string>> = { 'helm.toolkit.fluxcd.io': 'v2' };

/** True for a kind whose fields are known. */
export function isFluxObject({ group, kind }: ResId): boolean {
  return fluxSpecs[`${group}/${kind}`] !== undefined;
}

/** Reports what the API server would refuse in `root`, a Flux object. */
export function checkFluxObject(id: ResId, root: MapNode, problems: Problems): void {
  const type = fluxSpecs[`${id.group}/${id.kind}`];
  if (type === undefined) return;
  const isCurrent = id.version === (currentVersions[id.group] ?? 'v1');
  const spec = root.get('spec');
  if (isMissingOrNull(spec)) {
    if (isCurrent) problems.error('flux/missing-field', `A ${id.kind} needs a spec.`, root.pair('kind')?.value ?? root);
    return;
  }
  new Checker(problems, isCurrent).check(spec, type, 'spec', root.pair('spec')?.key ?? spec);
}

class Checker {
  constructor(
    private readonly problems: Problems,
    private readonly isCurrent: boolean,
  ) {}

  check(node: YamlNode, type: string, path: string, key: YamlNode): void {
    if (type.endsWith('[]')) this.#checkList(node, type.slice(0, -2), path, key);
    else if (type.endsWith('{}')) this.#checkMap(node, type.slice(0, -2), path);
    else if (fluxTypes[type]) this.#checkObject(node, fluxTypes[type], path, key);
    else if (type !== 'any') this.#checkScalar(node, type, path);
  }

  #checkList(node: YamlNode, item: string, path: string, key: YamlNode): void {
    if (node.kind !== 'sequence') return this.#wrongType(node, path, 'a list');
    node.items.forEach((each, index) => this.check(each, item, `${path}[${index}]`, key));
  }

  #checkMap(node: YamlNode, value: string, path: string): void {
    if (node.kind !== 'map') return this.#wrongType(node, path, 'a map');
    for (const pair of node.pairs) this.check(pair.value, value, `${path}.${pair.key.value}`, pair.key);
  }

  #checkObject(node: YamlNode, fields: Readonly<Record<string, string>>, path: string, key: YamlNode): void {
    if (node.kind !== 'map') return this.#wrongType(node, path, 'a map');
    for (const pair of node.pairs) {
      const name = pair.key.value;
      const type = Object.hasOwn(fields, name) ? fields[name]?.replace('!', '') : undefined;
      if (type !== undefined) {
        if (!isMissingOrNull(pair.value)) this.check(pair.value, type, `${path}.${name}`, pair.key);
      } else if (this.isCurrent) {
        this.problems.error('flux/unknown-field', `Flux knows no field ${name} in ${path}: remove it, or mend its spelling or its place.`, pair.key);
      }
    }
    if (!this.isCurrent) return;
    for (const [name, type] of Object.entries(fields)) {
      if (type.endsWith('!') && isMissingOrNull(node.get(name))) {
        this.problems.error('flux/missing-field', `${path} needs the field ${name}.`, node.pairs.length === 0 || path === 'spec' ? key : node);
      }
    }
  }

  #checkScalar(node: YamlNode, type: string, path: string): void {
    if (node.kind !== 'scalar') return this.#wrongType(node, path, wordsOf(type));
    if (!scalarFits(node, type)) return this.#wrongType(node, path, wordsOf(type));
    if (type === 'duration' && !/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(node.value)) {
      this.problems.error('flux/invalid-duration', `${path} is no duration that Flux reads: write numbers with ms, s, m or h, such as 10m or 1h30m.`, node);
    }
  }

  #wrongType(node: YamlNode, path: string, wanted: string): void {
    const quote = node.kind === 'scalar' && wanted === 'a text' ? ': quote it' : '';
    this.problems.error('flux/wrong-type', `${path} must be ${wanted}${quote}.`, node);
  }
}

function scalarFits({ tag, value }: ScalarNode, type: string): boolean {
  switch (type) {
    case 'boolean':
      return tag === '!!bool';
    case 'integer':
      return tag === '!!int' || (tag === '!!float' && Number.isInteger(Number(value)));
    case 'number':
      return tag === '!!int' || tag === '!!float';
    default:
      return tag === '!!str' || tag === '!!timestamp' || tag === '!!binary';
  }
}

function wordsOf(type: string): string {
  return { boolean: 'true or false', integer: 'a whole number', number: 'a number' }[type] ?? 'a text';
}
