/** Makes the step that an object, as the configuration of a built-in plugin, asks for (kustomize api v0.21.2 internal/builtins). */
import { assert } from '../../base/assert.js';
import { baseName } from '../../base/path.js';
import type { Place } from '../../base/problem.js';
import { makeMap, makeScalar, type MapNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import { decodeImage, decodePatch, decodeReplacement, decodeReplica, decodeSelector, decodeStrategicMerge } from '../decode/decodeEntries.js';
import { decodeTargetFile, normalizeConfig } from '../decode/decodeFiles.js';
import { fieldSpecsAt, flagAt, mapAt, mapsAt, textAt, textMapAt, textsAt, valueAt } from '../decode/readNormal.js';
import { pluginTypes, type PluginKind } from '../fields/pluginFields.js';
import type { Text } from '../kustomization.js';
import { jsonPatchTransformer, patchTransformer, strategicMergeTransformer } from '../patches/patchTransformers.js';
import type { Resource } from '../resource.js';
import { hashSuffixTransformer } from '../transformers/hashSuffix.js';
import { imagesTransformers } from '../transformers/images.js';
import { mapEntriesTransformer } from '../transformers/mapEntries.js';
import { namePrefixTransformer, nameSuffixTransformer } from '../transformers/nameAffix.js';
import { namespaceTransformer, type NamespaceArgs } from '../transformers/namespace.js';
import { replacementsTransformer } from '../transformers/replacements.js';
import { replicasTransformer } from '../transformers/replicas.js';
import { valueAddTransformer, type ValueAddTarget } from '../transformers/valueAdd.js';
import { placeOfKind, pluginKindOf } from './pluginKind.js';

/** A configuration in normal form, and what it may need to read. */
interface Configuration {
  readonly kind: PluginKind;
  readonly node: MapNode;
  /** Where it says what it is. */
  readonly place: Place;
  readonly context: BuildContext;
  /** That of the kustomization which lists the plugin. */
  readonly folder: string;
}

type TransformerKind = Exclude<PluginKind, 'ConfigMapGenerator' | 'HelmChartInflationGenerator' | 'IAMPolicyGenerator' | 'SecretGenerator'>;

const factories: Readonly<Record<TransformerKind, (configuration: Configuration) => Transformer | undefined>> = {
  AnnotationsTransformer: ({ kind, node }) =>
    mapEntriesTransformer({
      kind: 'annotations',
      entries: textMapAt(node, 'annotations')?.entries ?? [],
      fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'),
      field: `${kind}.annotations`,
    }),
  HashTransformer: () => hashSuffixTransformer,
  ImageTagTransformer: ({ kind, node }) =>
    imagesTransformers({
      entries: [{ entry: decodeImage(mapAt(node, 'imageTag') ?? makeMap([], node, undefined)), field: `${kind}.imageTag` }],
      fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'),
    })[0],
  LabelTransformer: ({ kind, node }) =>
    mapEntriesTransformer({ kind: 'labels', entries: textMapAt(node, 'labels')?.entries ?? [], fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'), field: `${kind}.labels` }),
  NamespaceTransformer: makeNamespace,
  PatchJson6902Transformer: makeJsonPatch,
  PatchStrategicMergeTransformer: makeStrategicMerge,
  PatchTransformer: ({ node, folder }) => patchTransformer(decodePatch(node, 'patches', 0), folder),
  PrefixSuffixTransformer: (configuration) => inTurn(makeAffix(configuration, 'prefix'), makeAffix(configuration, 'suffix')),
  PrefixTransformer: (configuration) => makeAffix(configuration, 'prefix'),
  ReplacementTransformer: ({ node, folder }) => replacementsTransformer({ entries: mapsAt(node, 'replacements').map(decodeReplacement), folder }),
  ReplicaCountTransformer: ({ kind, node }) =>
    replicasTransformer({ entry: decodeReplica(mapAt(node, 'replica') ?? makeMap([], node, undefined)), fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'), field: `${kind}.replica` }),
  SuffixTransformer: (configuration) => makeAffix(configuration, 'suffix'),
  ValueAddTransformer: makeValueAdd,
};

/**
 * The step that is configured by `config`; undefined where there can be none, which is reported.
 * @param folder that of the kustomization which lists the plugin: what its paths are relative to
 */
export function pluginTransformer(config: Resource, context: BuildContext, folder: string): Transformer | undefined {
  const kind = pluginKindOf(config, 'transformer', context.problems);
  if (kind === undefined) return undefined;
  assert(isTransformerKind(kind), 'the role was checked');
  return factories[kind]({ kind, node: normalizeConfig(config.root, pluginTypes[kind], context.problems), place: placeOfKind(config.root), context, folder });
}

function isTransformerKind(kind: PluginKind): kind is TransformerKind {
  return Object.hasOwn(factories, kind);
}

function inTurn(first: Transformer | undefined, second: Transformer | undefined): Transformer | undefined {
  if (!first || !second) return undefined;
  return {
    transform(map, context) {
      first.transform(map, context);
      if (!context.problems.hasErrors) second.transform(map, context);
    },
  };
}

function makeAffix({ kind, node, place, context }: Configuration, name: 'prefix' | 'suffix'): Transformer | undefined {
  if (!node.get('fieldSpecs')) {
    context.problems.error('kustomize/missing-field-specs', `A ${kind} needs fieldSpecs, at least an empty list.`, place);
    return undefined;
  }
  const affix = textAt(node, name) ?? emptyText(place);
  const args = { affix, fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'), field: `${kind}.${name}` };
  return name === 'prefix' ? namePrefixTransformer(args) : nameSuffixTransformer(args);
}

function makeNamespace({ kind, node, place, context }: Configuration): Transformer | undefined {
  const metadata = mapAt(node, 'metadata');
  const mode = textAt(node, 'setRoleBindingSubjects');
  if (mode && !isSubjectMode(mode.value)) {
    context.problems.error('kustomize/wrong-role-binding-subjects', 'setRoleBindingSubjects must be defaultOnly, allServiceAccounts or none.', mode);
    return undefined;
  }
  const namespace = (metadata && textAt(metadata, 'namespace')) ?? emptyText(place);
  const setRoleBindingSubjects = mode && isSubjectMode(mode.value) ? mode.value : 'defaultOnly';
  return namespaceTransformer({
    namespace,
    fieldSpecs: fieldSpecsAt(node, 'fieldSpecs'),
    unsetOnly: flagAt(node, 'unsetOnly'),
    setRoleBindingSubjects,
    field: `${kind}.metadata.namespace`,
  });
}

function isSubjectMode(text: string): text is NamespaceArgs['setRoleBindingSubjects'] {
  return text === 'defaultOnly' || text === 'allServiceAccounts' || text === 'none';
}

function makeJsonPatch({ node, context, folder }: Configuration): Transformer | undefined {
  if (textAt(node, 'path') && textAt(node, 'jsonOp')) {
    context.problems.error('kustomize/patch-conflict', 'A patch has either a path or a text in jsonOp, not both; remove one.', textAt(node, 'jsonOp') ?? node);
    return undefined;
  }
  const patch = textAt(node, 'jsonOp');
  return jsonPatchTransformer({ ...decodePatch(node, 'patchesJson6902', 0), ...(patch && { patch }) }, folder);
}

function makeStrategicMerge({ node, place, context, folder }: Configuration): Transformer | undefined {
  const patch = textAt(node, 'patches');
  const entries = textsAt(node, 'paths').map(decodeStrategicMerge);
  if (patch) entries.push(decodeStrategicMerge(patch, entries.length));
  if (entries.length === 0) {
    context.problems.error('kustomize/missing-patch', 'This patches nothing; give it paths or patches.', place);
    return undefined;
  }
  return strategicMergeTransformer(entries, folder);
}

function makeValueAdd({ kind, node, place, context, folder }: Configuration): Transformer | undefined {
  const { problems } = context;
  const given = textAt(node, 'value');
  const trimmed = given?.value.trim() ?? '';
  const value = makeScalar(trimmed === '' ? baseName(folder) : trimmed, given ?? place, undefined);
  const path = textAt(node, 'targetFilePath');
  const source = path && context.load(folder, path.value, path);
  const nodes = [...mapsAt(node, 'targets'), ...(source ? decodeTargetFile(context.parse(source), problems) : [])];
  if (nodes.length === 0) problems.error('kustomize/value-add-without-target', 'A ValueAddTransformer needs at least one target.', place);
  const targets = nodes.flatMap((target): readonly ValueAddTarget[] => {
    const selector = mapAt(target, 'selector');
    const fieldPath = textAt(target, 'fieldPath');
    const position = Number(valueAt(target, 'filePathPosition'));
    if (!fieldPath) problems.error('kustomize/value-add-without-path', 'This target has no fieldPath.', target);
    if (position < 0) problems.error('kustomize/negative-position', 'filePathPosition cannot be negative.', textAt(target, 'filePathPosition') ?? target);
    return fieldPath && position >= 0 ? [{ ...(selector && { selector: decodeSelector(selector) }), fieldPath, filePathPosition: position }] : [];
  });
  return targets.length === nodes.length && nodes.length > 0 ? valueAddTransformer({ value, targets, field: kind }) : undefined;
}

function emptyText(place: Place): Text {
  return makeScalar('', place, undefined);
}
