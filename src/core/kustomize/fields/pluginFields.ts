/**
 * The fields of the configurations of kustomize's built-in plugins (the structs in api/internal/builtins v0.21.2). Fields
 * that no plugin knows, such as `metadata` of most, are ignored.
 */
import { configMapArgsType, fieldSpecType, imageType, patchOptionsType, replacementEntryType, replicaType, secretArgsType, selectorType } from './entryFields.js';
import { helmChartFields, helmGlobalsFields } from './helmFields.js';
import { boolean, integer, listOf, oneOf, text, textMap, textOf, type Field, type ObjectType } from './field.js';

const fieldSpecs: Field = { name: 'fieldSpecs', type: listOf(fieldSpecType), documentation: 'The fields to change.' };

const metadata: Field = {
  name: 'metadata',
  documentation: 'Name and namespace of the configuration.',
  type: {
    kind: 'object',
    title: 'metadata',
    fields: [
      { name: 'name', type: text, documentation: 'Name of the configuration; of the object too where a generator has no `name` of its own.' },
      {
        name: 'namespace',
        type: text,
        documentation: 'For a NamespaceTransformer the namespace to set; for a generator that of the object where it has no `namespace` of its own.',
      },
    ],
  },
};

const prefix: Field = { name: 'prefix', type: text, documentation: 'Is put before the names.' };
const suffix: Field = { name: 'suffix', type: text, documentation: 'Is put behind the names.' };

const valueAddTargetType: ObjectType = {
  kind: 'object',
  title: 'a target',
  fields: [
    { name: 'selector', type: selectorType, documentation: 'Which objects to change; all where none is given.' },
    { name: 'fieldPath', type: textOf('fieldPath'), documentation: 'Way to the field, with `/` between keys.' },
    { name: 'filePathPosition', type: integer, documentation: 'Which part of a path in the field becomes the value, from 1; with 0 the value takes the place of the whole field.' },
  ],
};

/** What a file of targets holds. */
export const valueAddTargetsType: ObjectType = {
  kind: 'object',
  title: 'a file of targets',
  fields: [{ name: 'targets', type: listOf(valueAddTargetType), documentation: 'The fields that get the value.' }],
};

function configurationOf(kind: string, ...fields: readonly Field[]): ObjectType {
  return { kind: 'object', title: `the configuration of a ${kind}`, fields };
}

/** The configuration of each kind of plugin by its `kind`. */
export const pluginTypes = {
  AnnotationsTransformer: configurationOf('AnnotationsTransformer', { name: 'annotations', type: textMap, documentation: 'The annotations to set.' }, fieldSpecs),
  ConfigMapGenerator: configurationOf('ConfigMapGenerator', ...configMapArgsType.fields, metadata),
  HashTransformer: configurationOf('HashTransformer'),
  HelmChartInflationGenerator: configurationOf('HelmChartInflationGenerator', ...helmGlobalsFields, ...helmChartFields),
  IAMPolicyGenerator: configurationOf(
    'IAMPolicyGenerator',
    { embedded: true, name: 'cloud', type: oneOf({ value: 'gke', documentation: 'Google Kubernetes Engine.' }), documentation: 'The provider; only `gke` is known.' },
    {
      embedded: true,
      name: 'kubernetesService',
      documentation: 'The service account in the cluster.',
      type: {
        kind: 'object',
        title: 'a service account in the cluster',
        fields: [
          { name: 'name', type: text, documentation: 'Its name.' },
          { name: 'namespace', type: text, documentation: 'Its namespace.' },
        ],
      },
    },
    {
      embedded: true,
      name: 'serviceAccount',
      documentation: 'The service account at the provider.',
      type: {
        kind: 'object',
        title: 'a service account at the provider',
        fields: [
          { name: 'name', type: text, documentation: 'Its name.' },
          { name: 'projectId', type: text, documentation: 'The project that it belongs to.' },
        ],
      },
    },
  ),
  ImageTagTransformer: configurationOf('ImageTagTransformer', { name: 'imageTag', type: imageType, documentation: 'The change, as in `images` of a kustomization.' }, fieldSpecs),
  LabelTransformer: configurationOf('LabelTransformer', { name: 'labels', type: textMap, documentation: 'The labels to set.' }, fieldSpecs),
  NamespaceTransformer: configurationOf(
    'NamespaceTransformer',
    metadata,
    fieldSpecs,
    { name: 'unsetOnly', type: boolean, documentation: 'Sets only namespaces that are missing.' },
    {
      name: 'setRoleBindingSubjects',
      type: oneOf(
        { value: 'defaultOnly', documentation: 'Subjects with the name `default`; the default.' },
        { value: 'allServiceAccounts', documentation: 'All service accounts.' },
        { value: 'none', documentation: 'No subjects.' },
      ),
      documentation: 'Which subjects of role bindings get the namespace.',
    },
  ),
  PatchJson6902Transformer: configurationOf(
    'PatchJson6902Transformer',
    { name: 'target', type: selectorType, documentation: 'The object to patch; its name is needed.' },
    { name: 'path', type: textOf('file'), documentation: 'File with the operations.' },
    { name: 'jsonOp', type: textOf('yaml'), documentation: 'The operations themselves.' },
  ),
  PatchStrategicMergeTransformer: configurationOf(
    'PatchStrategicMergeTransformer',
    { name: 'paths', type: listOf(textOf('fileOrYaml')), documentation: 'Files with patches, or patches themselves.' },
    { name: 'patches', type: textOf('yaml'), documentation: 'Patches given in place.' },
  ),
  PatchTransformer: configurationOf(
    'PatchTransformer',
    { name: 'path', type: textOf('file'), documentation: 'File with the patch.' },
    { name: 'patch', type: textOf('yaml'), documentation: 'The patch itself.' },
    { name: 'target', type: selectorType, documentation: 'Which objects to patch.' },
    { name: 'options', type: patchOptionsType, documentation: 'What the patch may change besides the usual.' },
  ),
  PrefixSuffixTransformer: configurationOf('PrefixSuffixTransformer', prefix, suffix, fieldSpecs),
  PrefixTransformer: configurationOf('PrefixTransformer', prefix, fieldSpecs),
  ReplacementTransformer: configurationOf('ReplacementTransformer', {
    name: 'replacements',
    type: listOf(replacementEntryType),
    documentation: 'The replacements, as in a kustomization.',
  }),
  ReplicaCountTransformer: configurationOf(
    'ReplicaCountTransformer',
    { name: 'replica', type: replicaType, documentation: 'The change, as in `replicas` of a kustomization.' },
    fieldSpecs,
  ),
  SecretGenerator: configurationOf('SecretGenerator', ...secretArgsType.fields, metadata),
  SuffixTransformer: configurationOf('SuffixTransformer', suffix, fieldSpecs),
  ValueAddTransformer: configurationOf(
    'ValueAddTransformer',
    { name: 'value', type: text, documentation: "The value to set; the name of the kustomization's folder where none is given." },
    ...valueAddTargetsType.fields,
    { name: 'targetFilePath', type: textOf('file'), documentation: 'File with further targets.' },
  ),
} as const satisfies Readonly<Record<string, ObjectType>>;

export type PluginKind = keyof typeof pluginTypes;

/** True for the kind of a built-in plugin. */
export function isPluginKind(kind: string): kind is PluginKind {
  return Object.hasOwn(pluginTypes, kind);
}

/** Kinds that make objects; the others change them. */
export const generatorKinds: ReadonlySet<PluginKind> = new Set(['ConfigMapGenerator', 'HelmChartInflationGenerator', 'IAMPolicyGenerator', 'SecretGenerator']);
