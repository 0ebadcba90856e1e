/**
 * Which steps a kustomization asks for, in kustomize's order (api/internal/target/kusttarget_configplugin.go and
 * krusty/kustomizer.go v0.21.2). How each works stands in patches/ and transformers/.
 */
import type { Problems } from '../base/problem.js';
import type { Accumulator } from './accumulator.js';
import type { Transformer } from './context.js';
import { isConflict, mergeFieldSpecs } from './fieldSpec/fieldSpecList.js';
import type { FieldSpec, Kustomization, LabelEntry, TransformerConfig } from './kustomization.js';
import { jsonPatchTransformers, patchTransformer, strategicMergeTransformer } from './patches/patchTransformers.js';
import { makeScalar } from '../yaml/nodes.js';
import { reportFieldSpecConflict } from './transformerConfig.js';
import { hashSuffixTransformer } from './transformers/hashSuffix.js';
import { imagesTransformers } from './transformers/images.js';
import { mapEntriesTransformer } from './transformers/mapEntries.js';
import { namePrefixTransformer, nameSuffixTransformer } from './transformers/nameAffix.js';
import { nameReferenceTransformer } from './transformers/nameReference.js';
import { namespaceTransformer } from './transformers/namespace.js';
import { replacementsTransformer } from './transformers/replacements.js';
import { replicasTransformer } from './transformers/replicas.js';
import { sortOrderTransformer } from './transformers/sortOrder.js';
import { variablesTransformer } from './transformers/variables.js';

/** The release of kustomize that this renderer follows; `managedByLabel` prints it. */
const referenceVersion = 'v5.8.2';

/** A step, and the name that kustomize has for it in `buildMetadata`'s annotations. */
export interface TransformerStep {
  readonly kind: string;
  readonly transformer: Transformer;
}

/** The steps of a kustomization's own fields. */
export function kustomizationTransformers(kustomization: Kustomization, config: TransformerConfig, folder: string, problems: Problems): readonly TransformerStep[] {
  return [
    ...patchSteps(kustomization, folder),
    ...nameSteps(kustomization, config),
    ...labelSteps(kustomization, config, problems),
    ...jsonPatchTransformers(kustomization, folder).map((transformer) => ({ kind: 'PatchJson6902Transformer', transformer })),
    ...kustomization.replicas.map((entry, index) => ({
      kind: 'ReplicaCountTransformer',
      transformer: replicasTransformer({ entry, fieldSpecs: config.replicas, field: entry.directive ?? `replicas[${index}]` }),
    })),
    ...imageSteps(kustomization, config),
    ...replacementSteps(kustomization, folder),
  ];
}

function patchSteps({ patchesStrategicMerge, patches }: Kustomization, folder: string): readonly TransformerStep[] {
  const merges = patchesStrategicMerge.length === 0 ? [] : [{ kind: 'PatchStrategicMergeTransformer', transformer: strategicMergeTransformer(patchesStrategicMerge, folder) }];
  return [...merges, ...patches.map((entry) => ({ kind: 'PatchTransformer', transformer: patchTransformer(entry, folder) }))];
}

function nameSteps({ namespace, namePrefix, nameSuffix, nameDirectives }: Kustomization, config: TransformerConfig): readonly TransformerStep[] {
  const steps: TransformerStep[] = [];
  const fieldOf = (name: 'namespace' | 'namePrefix' | 'nameSuffix'): string => nameDirectives?.[name] ?? name;
  if (namespace && namespace.value !== '') {
    const transformer = namespaceTransformer({ namespace, fieldSpecs: config.namespace, unsetOnly: false, setRoleBindingSubjects: 'defaultOnly', field: fieldOf('namespace') });
    steps.push({ kind: 'NamespaceTransformer', transformer });
  }
  if (namePrefix && namePrefix.value !== '') {
    steps.push({ kind: 'PrefixTransformer', transformer: namePrefixTransformer({ affix: namePrefix, fieldSpecs: config.namePrefix, field: fieldOf('namePrefix') }) });
  }
  if (nameSuffix && nameSuffix.value !== '') {
    steps.push({ kind: 'SuffixTransformer', transformer: nameSuffixTransformer({ affix: nameSuffix, fieldSpecs: config.nameSuffix, field: fieldOf('nameSuffix') }) });
  }
  return steps;
}

function labelSteps({ labels, commonLabels, commonAnnotations }: Kustomization, config: TransformerConfig, problems: Problems): readonly TransformerStep[] {
  const steps: TransformerStep[] = labels.map((entry, index) => ({
    kind: 'LabelTransformer',
    transformer: mapEntriesTransformer({
      kind: 'labels',
      entries: entry.pairs.entries,
      fieldSpecs: fieldSpecsOf(entry, config, problems),
      field: entry.directive ?? `labels[${index}].pairs`,
    }),
  }));
  if (labels.length > 0 || (commonLabels && commonLabels.entries.length > 0)) {
    const entries = commonLabels?.entries ?? [];
    steps.push({ kind: 'LabelTransformer', transformer: mapEntriesTransformer({ kind: 'labels', entries, fieldSpecs: config.commonLabels, field: 'commonLabels' }) });
  }
  if (commonAnnotations && commonAnnotations.entries.length > 0) {
    const { entries } = commonAnnotations;
    steps.push({
      kind: 'AnnotationsTransformer',
      transformer: mapEntriesTransformer({ kind: 'annotations', entries, fieldSpecs: config.commonAnnotations, field: 'commonAnnotations' }),
    });
  }
  return steps;
}

/** The fields that an entry of `labels` sets: its own, those of the configuration, and what its flags include. */
function fieldSpecsOf(entry: LabelEntry, config: TransformerConfig, problems: Problems): readonly FieldSpec[] {
  const metadata: FieldSpec = { group: '', version: '', kind: '', path: 'metadata/labels', create: true };
  const included = entry.includeSelectors
    ? [config.commonLabels]
    : [...(entry.includeTemplates ? [config.templateLabels] : []), ...(entry.includeVolumeClaimTemplates ? [config.volumeClaimTemplateLabels] : []), [metadata]];
  let specs = entry.fieldSpecs;
  for (const incoming of [config.labels, ...included]) {
    const merged = mergeFieldSpecs(specs, incoming);
    if (isConflict(merged)) {
      reportFieldSpecConflict(merged.spec, merged.other, entry.node, problems);
      return [];
    }
    specs = merged;
  }
  return specs;
}

function imageSteps({ images }: Kustomization, config: TransformerConfig): readonly TransformerStep[] {
  const entries = images.map((entry, index) => ({ entry, field: entry.directive ?? `images[${index}]` }));
  return imagesTransformers({ entries, fieldSpecs: config.images }).map((transformer) => ({ kind: 'ImageTagTransformer', transformer }));
}

function replacementSteps({ replacements }: Kustomization, folder: string): readonly TransformerStep[] {
  return replacements.length === 0 ? [] : [{ kind: 'ReplacementTransformer', transformer: replacementsTransformer({ entries: replacements, folder }) }];
}

/** The steps that are done once, when all is gathered: hashes, references that follow names, vars. */
export function finishingTransformers({ config, vars }: Accumulator): readonly Transformer[] {
  return [hashSuffixTransformer, nameReferenceTransformer(config.nameReference), ...(vars.length === 0 ? [] : [variablesTransformer({ vars, fieldSpecs: config.varReference })])];
}

/** The order of the output, then the label that `buildMetadata: [managedByLabel]` asks for. */
export function sortingTransformers(kustomization: Kustomization): readonly Transformer[] {
  return [sortOrderTransformer(kustomization.sortOptions), ...managedByTransformers(kustomization)];
}

function managedByTransformers({ buildMetadata }: Kustomization): readonly Transformer[] {
  const asked = buildMetadata.find((option) => option.value === 'managedByLabel');
  if (!asked) return [];
  const entry = { key: makeScalar('app.kubernetes.io/managed-by', asked, undefined), value: makeScalar(`kustomize-${referenceVersion}`, asked, undefined) };
  const fieldSpecs: readonly FieldSpec[] = [{ group: '', version: '', kind: '', path: 'metadata/labels', create: true }];
  return [mapEntriesTransformer({ kind: 'labels', entries: [entry], fieldSpecs, field: 'buildMetadata' })];
}
