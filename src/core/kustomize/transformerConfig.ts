/**
 * Which fields each step touches, as data that is merged (kustomize's internal/plugins/builtinconfig v0.21.2): the
 * defaults, the files that `configurations` names, and what `crds` tell.
 */
import { assert } from '../base/assert.js';
import type { Place, Problems } from '../base/problem.js';
import { gvkEquals } from '../objects/resId.js';
import type { MapNode, YamlNode } from '../yaml/nodes.js';
import { normalizeObject } from './decode/normalize.js';
import { mapsAt, valueAt, flagAt } from './decode/readNormal.js';
import { isConflict, mergeFieldSpecs, sortByGvk } from './fieldSpec/fieldSpecList.js';
import { transformerConfigType } from './fields/configFields.js';
import type { FieldSpec, NameBackReferences, TransformerConfig } from './kustomization.js';

type FieldSpecList = Exclude<keyof TransformerConfig, 'nameReference'>;

const fieldSpecLists: readonly FieldSpecList[] = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonAnnotations',
  'commonLabels',
  'labels',
  'templateLabels',
  'volumeClaimTemplateLabels',
  'varReference',
  'images',
  'replicas',
];

export const emptyTransformerConfig: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  volumeClaimTemplateLabels: [],
  commonAnnotations: [],
  nameReference: [],
  varReference: [],
  images: [],
  replicas: [],
};

/** Both configurations as one, `a` itself where `b` adds nothing. Specifications that disagree on whether to create a field are an error. */
export function mergeTransformerConfigs(a: TransformerConfig, b: TransformerConfig, problems: Problems): TransformerConfig {
  const merged: { -readonly [Key in keyof TransformerConfig]: TransformerConfig[Key] } = { ...a };
  let isChanged = false;
  for (const list of fieldSpecLists) {
    merged[list] = sortByGvk(mergeOrReport(a[list], b[list], problems));
    isChanged ||= merged[list] !== a[list];
  }
  merged.nameReference = mergeNameReferences(a.nameReference, b.nameReference, problems);
  return isChanged || merged.nameReference !== a.nameReference ? merged : a;
}

function mergeNameReferences(a: readonly NameBackReferences[], b: readonly NameBackReferences[], problems: Problems): readonly NameBackReferences[] {
  if (a === b) return a;
  let merged: NameBackReferences[] | undefined;
  for (const incoming of b) {
    const at = (merged ?? a).findIndex((each) => gvkEquals(each, incoming));
    const known = (merged ?? a)[at];
    if (!known) {
      (merged ??= [...a]).push(incoming);
      continue;
    }
    const fieldSpecs = mergeOrReport(known.fieldSpecs, incoming.fieldSpecs, problems);
    if (fieldSpecs !== known.fieldSpecs) (merged ??= [...a])[at] = { ...known, fieldSpecs };
  }
  return merged ? sortByGvk(merged) : a;
}

function mergeOrReport(a: readonly FieldSpec[], b: readonly FieldSpec[], problems: Problems): readonly FieldSpec[] {
  const merged = mergeFieldSpecs(a, b);
  if (!isConflict(merged)) return merged;
  const place = merged.spec.place ?? merged.other.place;
  assert(place, 'the default field specifications agree with each other');
  reportFieldSpecConflict(merged.spec, merged.other, place, problems);
  return a;
}

/** Reports that two specifications of a field can't be merged. */
export function reportFieldSpecConflict(spec: FieldSpec, other: FieldSpec, place: Place, problems: Problems): void {
  const created = spec.create ? spec : other;
  const related = other.place && other.place !== place ? [{ location: other.place.source.locate(other.place.start, other.place.end), message: 'the other specification' }] : [];
  const owner = created === spec ? 'this one' : 'another one';
  problems.error('kustomize/conflicting-field-specs', `There are two specifications of the field ${spec.path}, of which only ${owner} says create: true; make them agree.`, place, {
    related,
  });
}

/** The configuration that a file of `configurations` holds. What is wrong with it is reported and left out. */
export function decodeTransformerConfig(node: YamlNode, problems: Problems): TransformerConfig {
  reportDuplicates(node, problems);
  const normal = normalizeObject(node, transformerConfigType, { scalars: 'yaml11', unknownFields: 'refuse', coercesToText: true, problems }, 'A transformer configuration');
  if (!normal) return emptyTransformerConfig;
  const config: { -readonly [Key in keyof TransformerConfig]: TransformerConfig[Key] } = { ...emptyTransformerConfig };
  for (const list of fieldSpecLists) config[list] = sortByGvk(decodeFieldSpecs(normal, list));
  config.nameReference = sortByGvk(mapsAt(normal, 'nameReference').map((entry) => ({ ...gvkOf(entry), fieldSpecs: decodeFieldSpecs(entry, 'fieldSpecs') })));
  return config;
}

function decodeFieldSpecs(holder: MapNode, key: string): readonly FieldSpec[] {
  return mapsAt(holder, key).map((spec) => ({ ...gvkOf(spec), path: valueAt(spec, 'path'), create: flagAt(spec, 'create'), place: spec }));
}

function gvkOf(node: MapNode): { readonly group: string; readonly version: string; readonly kind: string } {
  return { group: valueAt(node, 'group'), version: valueAt(node, 'version'), kind: valueAt(node, 'kind') };
}

/** These files are read strictly: a key that stands twice is refused. */
function reportDuplicates(node: YamlNode, problems: Problems): void {
  if (node.kind === 'sequence') node.items.forEach((item) => reportDuplicates(item, problems));
  if (node.kind !== 'map') return;
  for (const pair of node.pairs) {
    if (node.pair(pair.key.value) !== pair) problems.error('kustomize/duplicate-key', `The key ${pair.key.value} stands twice in the same map; remove one.`, pair.key);
    reportDuplicates(pair.value, problems);
  }
}
