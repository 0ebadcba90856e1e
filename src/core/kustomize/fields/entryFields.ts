/** The fields of what stands in a kustomization's lists: patches, images, generators, replacements and the like. */
import { boolean, integer, listOf, oneOf, text, textMap, textOf, texts, type Field, type ObjectType } from './field.js';

const gvkFields: readonly Field[] = [
  {
    embedded: true,
    name: 'group',
    type: textOf('regularExpression'),
    documentation: 'API group of the objects, such as `apps`. A regular expression that must match all of it; without it any group.',
  },
  {
    embedded: true,
    name: 'version',
    type: textOf('regularExpression'),
    documentation: 'API version of the objects, such as `v1`. A regular expression that must match all of it; without it any version.',
  },
  {
    embedded: true,
    name: 'kind',
    type: textOf('regularExpression'),
    documentation: 'Kind of the objects, such as `Deployment`. A regular expression that must match all of it; without it any kind.',
  },
];

export const selectorType: ObjectType = {
  kind: 'object',
  title: 'a selector of objects',
  fields: [
    ...gvkFields,
    {
      embedded: true,
      name: 'name',
      type: textOf('regularExpression'),
      documentation: 'Name of the objects, as it is now or was before a prefix or suffix. A regular expression that must match all of it.',
      example: 'name: web-.*',
    },
    { embedded: true, name: 'namespace', type: textOf('regularExpression'), documentation: 'Namespace of the objects. A regular expression that must match all of it.' },
    {
      name: 'labelSelector',
      type: textOf('labelSelector'),
      documentation: 'Only objects with such labels, in the syntax of `kubectl get -l`.',
      example: 'labelSelector: app=web,tier!=cache',
    },
    { name: 'annotationSelector', type: textOf('labelSelector'), documentation: 'Only objects with such annotations, in the syntax of a label selector.' },
  ],
};

export const fieldSpecType: ObjectType = {
  kind: 'object',
  title: 'a field specification',
  fields: [
    { embedded: true, name: 'group', type: text, documentation: 'API group of the kinds that have the field; without it any.' },
    { embedded: true, name: 'version', type: text, documentation: 'API version of the kinds that have the field; without it any.' },
    { embedded: true, name: 'kind', type: text, documentation: 'Kind that has the field; without it any.' },
    { name: 'path', type: textOf('fieldPath'), documentation: 'Way to the field, with `/` between keys and `[]` after a list.', example: 'path: spec/template/metadata/labels' },
    { name: 'create', type: boolean, documentation: 'Adds the field where an object has none; otherwise such objects stay as they are.' },
  ],
};

export const labelType: ObjectType = {
  kind: 'object',
  title: 'a labels entry',
  fields: [
    { name: 'pairs', type: textMap, documentation: 'Labels to set on every object. Values are strings: quote numbers and `yes`/`no`.', example: 'pairs:\n  team: orders' },
    {
      name: 'includeSelectors',
      type: boolean,
      documentation: 'Sets the labels in selectors and pod templates too. Selectors of running workloads cannot be changed, so decide before the first rollout.',
    },
    { name: 'includeTemplates', type: boolean, documentation: 'Sets the labels in pod templates too, but not in selectors. `includeSelectors` implies it.' },
    { name: 'includeVolumeClaimTemplates', type: boolean, documentation: 'Sets the labels in the volume claim templates of stateful sets too.' },
    { name: 'fields', type: listOf(fieldSpecType), documentation: 'Further fields that get the labels, such as those of custom resources.' },
  ],
};

export const patchOptionsType: ObjectType = {
  kind: 'object',
  title: 'options of a patch',
  fields: [
    { name: 'allowNameChange', type: boolean, documentation: 'Lets the patch change `metadata.name`; without it the object keeps its name.' },
    { name: 'allowKindChange', type: boolean, documentation: 'Lets the patch change `kind`; without it the object keeps its kind.' },
  ],
};

export const patchType: ObjectType = {
  kind: 'object',
  title: 'a patch',
  shorthand: 'path',
  fields: [
    { name: 'path', type: textOf('file'), documentation: 'File with a strategic merge patch or a JSON 6902 patch (YAML or JSON). Give either `path` or `patch`.' },
    {
      name: 'patch',
      type: textOf('yaml'),
      documentation: 'The patch itself, as a block of text: a strategic merge patch or a list of JSON 6902 operations.',
      example: 'patch: |-\n  - op: replace\n    path: /spec/replicas\n    value: 3',
    },
    {
      name: 'target',
      type: selectorType,
      documentation: 'Which objects to patch. A JSON 6902 patch needs it; a strategic merge patch without it applies to the one object that its kind and name say.',
    },
    { name: 'options', type: patchOptionsType, documentation: 'What the patch may change besides the usual.' },
  ],
};

export const imageType: ObjectType = {
  kind: 'object',
  title: 'an image entry',
  shorthand: 'name',
  fields: [
    { name: 'name', type: text, documentation: 'Image to change, without tag and digest, exactly as the manifests spell it.', example: 'name: ghcr.io/acme/web' },
    { name: 'newName', type: text, documentation: 'Takes the place of the name, for instance to pull from another registry.' },
    { name: 'newTag', type: text, documentation: 'Takes the place of the tag. Quote it when it looks like a number (`"1.20"`), else the build fails.' },
    { name: 'tagSuffix', type: text, documentation: 'Is put behind the tag that is there. Not together with `newTag` or `digest`.', example: 'tagSuffix: -alpine' },
    { name: 'digest', type: text, documentation: 'Pins the image by digest and drops the tag.', example: 'digest: sha256:24a0c4b4…' },
  ],
};

export const replicaType: ObjectType = {
  kind: 'object',
  title: 'a replicas entry',
  fields: [
    { name: 'name', type: text, documentation: 'Name of the Deployment, ReplicaSet, ReplicationController or StatefulSet. It is an error when none has it.' },
    { name: 'count', type: integer, documentation: 'Number of replicas to run.' },
  ],
};

const generatorOptionFields: readonly Field[] = [
  { name: 'labels', type: textMap, documentation: 'Labels for the generated objects.' },
  { name: 'annotations', type: textMap, documentation: 'Annotations for the generated objects.' },
  {
    name: 'disableNameSuffixHash',
    type: boolean,
    documentation: 'Keeps the name as given, without a hash of the content. Workloads are then not rolled out when the content changes.',
  },
  { name: 'immutable', type: boolean, documentation: 'Sets `immutable: true`, so that the cluster refuses changes to the object.' },
];

export const generatorOptionsType: ObjectType = { kind: 'object', title: 'generator options', fields: generatorOptionFields };

const generatorFields: readonly Field[] = [
  { embedded: true, name: 'name', type: text, documentation: 'Name of the object; a hash of its content is put behind it unless that is disabled.' },
  { embedded: true, name: 'namespace', type: text, documentation: 'Namespace of the object.' },
  {
    embedded: true,
    name: 'behavior',
    type: oneOf(
      { value: 'create', documentation: 'Makes a new object; the default.' },
      { value: 'replace', documentation: 'Takes the place of the object of that name from a base, keeping its labels and annotations.' },
      { value: 'merge', documentation: 'Adds keys to the object of that name from a base and overrides those it has.' },
    ),
    documentation: 'What to do about an object of the same name that a base brings.',
  },
  {
    embedded: true,
    name: 'literals',
    type: listOf(textOf('keyAndValue')),
    documentation: 'Entries given in place, each `key=value`. One pair of quotes around the value is taken off.',
    example: 'literals:\n  - LOG_LEVEL=debug',
  },
  {
    embedded: true,
    name: 'files',
    type: listOf(textOf('keyAndFile')),
    documentation: 'Files whose content becomes an entry, each `path` or `key=path`; without a key the file name is the key.',
    example: 'files:\n  - nginx.conf\n  - app.ini=config/prod.ini',
  },
  {
    embedded: true,
    name: 'envs',
    type: listOf(textOf('file')),
    documentation: 'Files with a `KEY=value` per line, each of which becomes an entry. Lines that begin with `#` are skipped.',
    example: 'envs:\n  - settings.env',
  },
  { embedded: true, name: 'env', type: textOf('file'), documentation: 'One file with a `KEY=value` per line.', deprecated: 'List the file under `envs`.' },
  {
    embedded: true,
    name: 'options',
    type: generatorOptionsType,
    documentation: 'Labels, annotations and flags of this object; where `generatorOptions` say otherwise, labels and annotations here win, and a flag holds if either sets it.',
  },
];

export const configMapArgsType: ObjectType = { kind: 'object', title: 'a configMapGenerator entry', fields: generatorFields };

export const secretArgsType: ObjectType = {
  kind: 'object',
  title: 'a secretGenerator entry',
  fields: [
    ...generatorFields,
    {
      embedded: true,
      name: 'type',
      type: oneOf(
        { value: 'Opaque', documentation: 'Any keys; the default.' },
        { value: 'kubernetes.io/tls', documentation: 'A certificate: the keys `tls.crt` and `tls.key`.' },
        { value: 'kubernetes.io/dockerconfigjson', documentation: 'Registry credentials: the key `.dockerconfigjson`.' },
        { value: 'kubernetes.io/basic-auth', documentation: 'The keys `username` and `password`.' },
        { value: 'kubernetes.io/ssh-auth', documentation: 'The key `ssh-privatekey`.' },
      ),
      documentation: 'Type of the Secret.',
    },
  ],
};

const fieldOptionsType: ObjectType = {
  kind: 'object',
  title: 'options of a replacement',
  fields: [
    { name: 'delimiter', type: text, documentation: 'Splits the value into parts, of which `index` takes or replaces one.', example: 'delimiter: ":"\nindex: 1' },
    { name: 'index', type: integer, documentation: 'Which part, from 0. In a target `-1` puts the value before the first part, an index beyond the last puts it behind.' },
    { name: 'encoding', type: text, documentation: 'Has no effect.' },
    { name: 'create', type: boolean, documentation: 'In a target: adds the field where it is missing.' },
  ],
};

const replacementSourceType: ObjectType = {
  kind: 'object',
  title: 'the source of a replacement',
  fields: [
    { embedded: true, name: 'group', type: text, documentation: 'API group of the object.' },
    { embedded: true, name: 'version', type: text, documentation: 'API version of the object.' },
    { embedded: true, name: 'kind', type: text, documentation: 'Kind of the object.' },
    { embedded: true, name: 'name', type: text, documentation: 'Name of the object, as it is now or was before a prefix or suffix.' },
    { embedded: true, name: 'namespace', type: text, documentation: 'Namespace of the object.' },
    { name: 'fieldPath', type: textOf('fieldPath'), documentation: 'Way to the field with the value; `metadata.name` where none is given.', example: 'fieldPath: data.HOST' },
    { name: 'options', type: fieldOptionsType, documentation: 'Takes a part of the value.' },
  ],
};

const replacementTargetType: ObjectType = {
  kind: 'object',
  title: 'a target of a replacement',
  fields: [
    { name: 'select', type: selectorType, documentation: 'Which objects to change.' },
    { name: 'reject', type: listOf(selectorType), documentation: 'Which of the selected objects to leave alone.' },
    {
      name: 'fieldPaths',
      type: listOf(textOf('fieldPath')),
      documentation: 'Fields that get the value; `metadata.name` where none is given. `[name=web]` picks an item of a list, `*` all items.',
      example: 'fieldPaths:\n  - spec.template.spec.containers.[name=web].env.[name=HOST].value',
    },
    { name: 'options', type: fieldOptionsType, documentation: 'Replaces a part of the field, or adds the field.' },
  ],
};

const replacementFields: readonly Field[] = [
  { name: 'source', type: replacementSourceType, documentation: 'Object and field that the value comes from.' },
  { keepsEmpty: true, name: 'sourceValue', type: text, documentation: 'The value itself, instead of a `source`.' },
  { name: 'targets', type: listOf(replacementTargetType), documentation: 'Fields that get the value.' },
];

/** A replacement as it stands in a file of replacements. */
export const replacementType: ObjectType = { kind: 'object', title: 'a replacement', fields: replacementFields };

/** A replacement as it stands in a kustomization: given in place, or by `path`. */
export const replacementEntryType: ObjectType = {
  kind: 'object',
  title: 'a replacement',
  shorthand: 'path',
  fields: [
    ...replacementFields.map((field): Field => ({ ...field, embedded: true })),
    { name: 'path', type: textOf('file'), documentation: 'File with a replacement, or with a list of them.' },
  ],
};

export const varType: ObjectType = {
  kind: 'object',
  title: 'a var',
  fields: [
    { name: 'name', type: text, documentation: 'Name of the var: `$(NAME)` is replaced in arguments, environment variables and the like.' },
    {
      name: 'objref',
      documentation: 'The object that the value comes from, by the name that it has in its own file.',
      type: {
        kind: 'object',
        title: 'a reference to an object',
        fields: [
          { name: 'apiVersion', type: text, documentation: 'Group and version in one, such as `apps/v1`.' },
          { name: 'group', type: text, documentation: 'API group of the object.' },
          { name: 'version', type: text, documentation: 'API version of the object.' },
          { name: 'kind', type: text, documentation: 'Kind of the object.' },
          { name: 'name', type: text, documentation: 'Name of the object.' },
          { name: 'namespace', type: text, documentation: 'Namespace of the object.' },
        ],
      },
    },
    {
      name: 'fieldref',
      documentation: 'The field that the value comes from; `metadata.name` where none is given.',
      type: {
        kind: 'object',
        title: 'a reference to a field',
        fields: [{ name: 'fieldPath', type: textOf('fieldPath'), documentation: 'Way to the field.', example: 'fieldPath: spec.rules[0].host' }],
      },
    },
  ],
};

export const sortOptionsType: ObjectType = {
  kind: 'object',
  title: 'sort options',
  fields: [
    {
      name: 'order',
      type: oneOf(
        { value: 'fifo', documentation: 'The order in which the objects are listed.' },
        { value: 'legacy', documentation: 'By kind: namespaces, definitions and accounts first, webhooks last.' },
      ),
      documentation: 'Order of the objects in the output.',
    },
    {
      name: 'legacySortOptions',
      documentation: 'Other kinds to come first and last with `order: legacy`.',
      type: {
        kind: 'object',
        title: 'legacy sort options',
        fields: [
          { name: 'orderFirst', type: texts, documentation: 'Kinds that come first, in this order.' },
          { name: 'orderLast', type: texts, documentation: 'Kinds that come last, in this order.' },
        ],
      },
    },
  ],
};
