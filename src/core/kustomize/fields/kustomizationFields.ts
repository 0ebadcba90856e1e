/**
 * Every field that a kustomization may have (types.Kustomization in sigs.k8s.io/kustomize/api v0.21.2). Decoding,
 * completion and hovers all read this one table.
 */
import {
  configMapArgsType,
  generatorOptionsType,
  imageType,
  labelType,
  patchType,
  replacementEntryType,
  replicaType,
  secretArgsType,
  sortOptionsType,
  varType,
} from './entryFields.js';
import { listOf, oneOf, text, textMap, textOf, type Field, type FieldType, type ObjectType } from './field.js';
import { helmChartArgsType, helmChartType, helmGlobalsType } from './helmFields.js';

const metadataType: ObjectType = {
  kind: 'object',
  title: 'metadata',
  fields: [
    { name: 'name', type: text, documentation: 'Name of the kustomization; it has no effect on the output.' },
    { name: 'namespace', type: text, documentation: 'Has no effect on the output; the field `namespace` of the kustomization has.' },
    { name: 'labels', type: textMap, documentation: 'Labels of the kustomization itself; they have no effect on the output.' },
    { name: 'annotations', type: textMap, documentation: 'Annotations of the kustomization itself; they have no effect on the output.' },
  ],
};

/** Top-level fields in the order in which they are best written. */
export const kustomizationFields: readonly Field[] = [
  {
    name: 'apiVersion',
    type: oneOf(
      { value: 'kustomize.config.k8s.io/v1beta1', documentation: 'For `kind: Kustomization`.' },
      { value: 'kustomize.config.k8s.io/v1alpha1', documentation: 'For `kind: Component`.' },
    ),
    documentation: 'Version of the format: `kustomize.config.k8s.io/v1beta1`, for a Component `kustomize.config.k8s.io/v1alpha1`. May be left out.',
  },
  {
    name: 'kind',
    type: oneOf(
      { value: 'Kustomization', documentation: 'Builds objects of its own; the default.' },
      { value: 'Component', documentation: 'Changes what the kustomization that lists it under `components` has gathered.' },
    ),
    documentation: '`Kustomization`, or `Component` for one that works on what its user has gathered. May be left out for the first.',
  },
  { name: 'metadata', type: metadataType, documentation: 'Name and labels of the kustomization itself; they have no effect on the output.' },
  {
    name: 'openapi',
    type: textMap,
    documentation: 'Schema to merge patches by: `path` names a file with OpenAPI definitions, such as those of custom resources; `version` a built-in one.',
    example: 'openapi:\n  path: schema.json',
  },
  { name: 'namespace', type: text, documentation: 'Namespace for all namespaced objects and for the references to them; it overrides theirs.' },
  { name: 'namePrefix', type: text, documentation: 'Is put before the names of all objects; references follow.', example: 'namePrefix: dev-' },
  { name: 'nameSuffix', type: text, documentation: 'Is put behind the names of all objects; references follow.', example: 'nameSuffix: -v2' },
  {
    name: 'resources',
    type: listOf(textOf('fileOrFolder')),
    documentation: 'What to build from: files with manifests, folders with a kustomization, or remote ones (`https://…`, `github.com/org/repo//path?ref=v1`).',
    example: 'resources:\n  - ../base\n  - ingress.yaml',
  },
  {
    name: 'components',
    type: listOf(textOf('folder')),
    documentation: 'Folders with a `kind: Component`, which are applied in this order to what `resources` and generators have made.',
    example: 'components:\n  - ../../components/tracing',
  },
  { name: 'bases', type: listOf(textOf('folder')), documentation: 'Folders with a kustomization.', deprecated: 'List them under `resources`.', replacedBy: 'resources' },
  {
    name: 'crds',
    type: listOf(textOf('file')),
    documentation: 'OpenAPI definitions of custom resources, from which kustomize learns where they refer to other objects. The objects themselves belong under `resources`.',
  },
  {
    name: 'labels',
    type: listOf(labelType),
    documentation: 'Labels for all objects, with a choice whether selectors and pod templates get them too.',
    example: 'labels:\n  - pairs:\n      team: orders\n    includeTemplates: true',
  },
  { name: 'commonLabels', type: textMap, documentation: 'Labels for all objects, their selectors and pod templates.', deprecated: 'Use `labels` with `includeSelectors: true`.' },
  { name: 'commonAnnotations', type: textMap, documentation: 'Annotations for all objects and pod templates. Values are strings: quote numbers and booleans.' },
  {
    name: 'images',
    type: listOf(imageType),
    documentation: 'Changes names, tags or digests of container images wherever they are used.',
    example: 'images:\n  - name: ghcr.io/acme/web\n    newTag: "1.4"',
  },
  { name: 'imageTags', type: listOf(imageType), documentation: 'Changes tags of container images.', deprecated: 'Use `images`.', replacedBy: 'images' },
  { name: 'replicas', type: listOf(replicaType), documentation: 'Sets the number of replicas of workloads by name.', example: 'replicas:\n  - name: web\n    count: 3' },
  {
    name: 'patches',
    type: listOf(patchType),
    documentation: 'Changes objects with strategic merge patches or JSON 6902 patches, from files or in place.',
    example: 'patches:\n  - path: replicas.yaml\n  - target:\n      kind: Deployment\n    patch: |-\n      - op: remove\n        path: /spec/strategy',
  },
  { name: 'patchesStrategicMerge', type: listOf(textOf('fileOrYaml')), documentation: 'Strategic merge patches: paths, or the patches themselves.', deprecated: 'Use `patches`.' },
  { name: 'patchesJson6902', type: listOf(patchType), documentation: 'JSON 6902 patches with their targets.', deprecated: 'Use `patches`.', replacedBy: 'patches' },
  {
    name: 'replacements',
    type: listOf(replacementEntryType),
    documentation: 'Copies a value from a field of one object into fields of others.',
    example:
      'replacements:\n  - source:\n      kind: ConfigMap\n      name: env\n      fieldPath: data.HOST\n    targets:\n      - select:\n          kind: Ingress\n        fieldPaths:\n          - spec.rules.0.host',
  },
  { name: 'vars', type: listOf(varType), documentation: 'Values of fields that take the place of `$(NAME)` in other objects.', deprecated: 'Use `replacements`.' },
  {
    name: 'configMapGenerator',
    type: listOf(configMapArgsType),
    documentation: 'Makes ConfigMaps from literals, files and env files. A hash of the content is put behind the name, so that workloads roll out when it changes.',
    example: 'configMapGenerator:\n  - name: settings\n    literals:\n      - LOG_LEVEL=info',
  },
  {
    name: 'secretGenerator',
    type: listOf(secretArgsType),
    documentation: 'Makes Secrets from literals, files and env files. Whatever it reads stands in the repository: keep real secrets elsewhere.',
  },
  {
    name: 'generatorOptions',
    type: generatorOptionsType,
    documentation: 'Options for all of `configMapGenerator` and `secretGenerator`.',
    example: 'generatorOptions:\n  disableNameSuffixHash: true',
  },
  { name: 'helmGlobals', type: helmGlobalsType, documentation: 'Settings for all of `helmCharts`.' },
  {
    name: 'helmCharts',
    type: listOf(helmChartType),
    documentation: 'Helm charts to inflate; kustomize does it only with `--enable-helm`.',
    example: 'helmCharts:\n  - name: redis\n    repo: oci://registry-1.docker.io/bitnamicharts\n    version: 20.0.0\n    releaseName: cache',
  },
  { name: 'helmChartInflationGenerator', type: listOf(helmChartArgsType), documentation: 'Helm charts to inflate.', deprecated: 'Use `helmCharts` and `helmGlobals`.' },
  {
    name: 'generators',
    type: listOf(textOf('fileOrYaml')),
    documentation: 'Configurations of generator plugins: files, folders with a kustomization, or YAML in place. Only the built-in kinds work without `--enable-alpha-plugins`.',
  },
  {
    name: 'transformers',
    type: listOf(textOf('fileOrYaml')),
    documentation: 'Configurations of transformer plugins, which run after all that the kustomization does itself. Only the built-in kinds work without `--enable-alpha-plugins`.',
  },
  { name: 'validators', type: listOf(textOf('fileOrYaml')), documentation: 'Configurations of transformer plugins that only look and must change nothing.' },
  {
    name: 'configurations',
    type: listOf(textOf('file')),
    documentation: 'Files that tell further fields with names, labels, images and the like, such as those of custom resources.',
  },
  {
    name: 'buildMetadata',
    type: listOf(
      oneOf(
        { value: 'originAnnotations', documentation: 'Says on each object which file or generator it came from.' },
        { value: 'transformerAnnotations', documentation: 'Says on each object what changed it.' },
        { value: 'managedByLabel', documentation: 'Labels each object with the version of kustomize.' },
      ),
    ),
    documentation: 'What to note down on the objects about the build.',
  },
  {
    name: 'sortOptions',
    type: sortOptionsType,
    documentation: 'Order of the objects in the output; counts only in the kustomization that is built.',
    example: 'sortOptions:\n  order: fifo',
  },
];

export const kustomizationType: ObjectType = { kind: 'object', title: 'a kustomization', fields: kustomizationFields };

/**
 * What stands at `path` in a kustomization: keys and 0-based indexes from its root. For `['images', 0, 'newTag']` that
 * field; for a key or item that is no field of a table (a label, an item of `resources`) the field that holds it.
 * @returns undefined where a key on the way is unknown, and for the root
 */
export function fieldAtPath(path: readonly (string | number)[]): Field | undefined {
  let type: FieldType = kustomizationType;
  let found: Field | undefined;
  for (const part of path) {
    const next: FieldType | undefined = stepInto(type, part);
    if (!next) return undefined;
    if (type.kind === 'object') found = type.fields.find((field) => field.name === part);
    type = next;
  }
  return found;
}

/** The type of what stands at `path`, or undefined where there can't be anything; the root's type for an empty path. */
export function typeAtPath(path: readonly (string | number)[]): FieldType | undefined {
  let type: FieldType | undefined = kustomizationType;
  for (const part of path) type = type && stepInto(type, part);
  return type;
}

function stepInto(type: FieldType, part: string | number): FieldType | undefined {
  switch (type.kind) {
    case 'object':
      return type.fields.find((field) => field.name === part)?.type;
    case 'list':
      return typeof part === 'number' ? type.item : undefined;
    case 'map':
      return typeof part === 'string' ? type.value : undefined;
    case 'any':
      return type;
    default:
      return undefined;
  }
}
