/**
 * The values of a HelmRelease as helm-controller puts them together: `valuesFrom` in order, `values` over them, entries
 * with a `targetPath` in between (fluxcd/pkg/chartutil v1.27.2 values.go ChartValuesFromReferences). An entry with a
 * target path doesn't always win, though the documents say so: that is kept, and {@link MergedValues.beaten} tells.
 */
import type { Problems } from '../../../base/problem.js';
import { SourceText } from '../../../base/source.js';
import type { ResId } from '../../../objects/resId.js';
import { jsonKey } from '../../../kustomize/decode/jsonValue.js';
import { embeddedSource } from '../../../yaml/embed.js';
import { type ScalarNode, scalarValue, type MapNode, type Step, type YamlNode } from '../../../yaml/nodes.js';
import { parseYaml } from '../../../yaml/parse.js';
import { mapAt, scalarAt, type LookUp } from '../../declarations.js';
import { decodeBase64, type OpenReference } from '../substitution/variables.js';
import { readYaml11 } from '../substitution/restoreOrigins.js';
import { setValue } from './setValue.js';
import { asRead, mapNodeOf, mapOf, mergeMaps, ValueMap, type Reading, type ValueOrigin } from './valueTree.js';

export interface MergedValues {
  /** Every value with its origin: the inline values, or a step at the entry of `valuesFrom`. */
  readonly node: MapNode;
  /** References to objects that the repository doesn't hold: what they would say is missing from the values. */
  readonly open: readonly OpenReference[];
  /** Entries with a target path whose value inline values win over. */
  readonly beaten: readonly { readonly reference: MapNode; readonly targetPath: ScalarNode }[];
}

/** Merges the values of the HelmRelease `root`. Mistakes are reported where they stand. */
export function mergeReleaseValues(id: ResId, root: MapNode, lookUp: LookUp, problems: Problems): MergedValues {
  const spec = mapAt(root, 'spec') ?? root.withPairs([]);
  const inlineNode = mapAt(spec, 'values') ?? spec.withPairs([]);
  const inline = mapOf(inlineNode, asRead);
  const open: OpenReference[] = [];
  const targeted: { reference: MapNode; targetPath: ScalarNode; origin: ValueOrigin }[] = [];
  let result = new ValueMap(inlineNode);
  itemsOf(spec.get('valuesFrom')).forEach((reference, index) => {
    if (reference.kind !== 'map') return;
    const found = readReference(id, reference, lookUp, problems);
    if (found === undefined) return;
    if (!('text' in found)) {
      open.push(found);
      return;
    }
    const step: Step = { kind: 'helm', field: `spec.valuesFrom[${index}]`, source: reference.source, start: reference.start, end: reference.end };
    const targetPath = scalarAt(reference, 'targetPath');
    if (targetPath) {
      result = mergeMaps(result, inline);
      const origin = { node: found.node, step };
      const reason = setAt(result, targetPath.value, found.text, scalarAt(reference, 'literal')?.value === 'true', origin);
      if (reason !== undefined) problems.error('flux/values-not-merged', `Helm can't set ${targetPath.value} to this value: ${reason}.`, targetPath);
      else targeted.push({ reference, targetPath, origin });
      return;
    }
    const values = readValues(found, problems);
    if (values) result = mergeMaps(result, values);
  });
  const node = mapNodeOf(mergeMaps(result, inline));
  const steps = stepsIn(node, new Set());
  return { node, open, beaten: targeted.filter(({ origin }) => !steps.has(origin.step)).map(({ reference, targetPath }) => ({ reference, targetPath })) };
}

/** Helm reads values files with go-yaml v2, which takes more words for truth values, also where they are keys. */
const asValuesFile: Reading = { scalar: readYaml11, key: (key) => jsonKey(key, 'yaml11') ?? key.value };

interface FoundText {
  readonly text: string;
  readonly node: ScalarNode;
  readonly isSecret: boolean;
}

/** What a reference leads to; undefined where there is nothing to take, which is reported unless it is optional. */
function readReference(id: ResId, node: MapNode, lookUp: LookUp, problems: Problems): FoundText | OpenReference | undefined {
  const kind = scalarValue(node.get('kind')) ?? '';
  const name = scalarValue(node.get('name')) ?? '';
  const isOptional = scalarAt(node, 'optional')?.value === 'true';
  if (kind !== 'ConfigMap' && kind !== 'Secret') {
    problems.error('flux/unknown-reference-kind', 'Values come from a ConfigMap or a Secret.', node.get('kind') ?? node);
    return undefined;
  }
  const object = lookUp(kind, id.namespace, name);
  if (!object || object.get('sops')) return { kind, namespace: id.namespace, name, isOptional, node };
  const key = scalarAt(node, 'valuesKey')?.value ?? 'values.yaml';
  const text = kind === 'Secret' ? mapAt(object, 'stringData')?.get(key) : undefined;
  if (text?.kind === 'scalar') return { text: text.value, node: text, isSecret: true };
  const data = mapAt(object, 'data')?.get(key);
  if (data?.kind === 'scalar') return { text: kind === 'Secret' ? decodeBase64(data.value) : data.value, node: data, isSecret: kind === 'Secret' };
  if (!isOptional) {
    problems.error(
      'flux/missing-values-key',
      `The ${kind} ${name} has no key ${key}, so Flux can't put the values together.`,
      scalarAt(node, 'valuesKey') ?? scalarAt(node, 'name') ?? node,
      {
        related: [{ location: object.source.locate(object.start, object.start), message: `The ${kind}.` }],
      },
    );
  }
  return undefined;
}

function setAt(values: ValueMap, path: string, value: string, isLiteral: boolean, origin: ValueOrigin): string | undefined {
  if (isLiteral) return setValue(values, `${path}=${value.replace(/[\\,[\]{}]/g, '\\$&')}`, 'string', origin);
  const isQuoted = /^'[^]*'$|^"[^]*"$|^['"]$/.test(value);
  return isQuoted ? setValue(values, `${path}=${value.replace(/^['"]+|['"]+$/g, '')}`, 'string', origin) : setValue(values, `${path}=${value}`, 'typed', origin);
}

/** A whole values file. */
function readValues({ text, node, isSecret }: FoundText, problems: Problems): ValueMap | undefined {
  const parsed = parseYaml(isSecret && node.value !== text ? new SourceText(node.source.path, text) : embeddedSource(node));
  const failure = parsed.problems.find(({ severity }) => severity === 'error');
  const root = parsed.documents[0]?.root;
  if (root?.kind === 'map' && !failure) return mapOf(root, asValuesFile);
  if (failure) problems.error('flux/values-not-merged', `These values are no YAML: ${failure.message}`, node);
  else if (root && !(root.kind === 'scalar' && root.tag === '!!null')) problems.error('flux/values-not-merged', 'Values are a map of fields.', node);
  return undefined;
}

function stepsIn(node: YamlNode, steps: Set<Step>): ReadonlySet<Step> {
  if (node.step) steps.add(node.step);
  if (node.kind === 'map') for (const pair of node.pairs) stepsIn(pair.value, steps);
  else if (node.kind === 'sequence') for (const item of node.items) stepsIn(item, steps);
  return steps;
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}
