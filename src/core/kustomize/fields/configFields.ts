/** The fields of a file that `configurations` names (builtinconfig.TransformerConfig in sigs.k8s.io/kustomize/api v0.21.2). */
import { fieldSpecType } from './entryFields.js';
import { listOf, text, type Field, type ObjectType } from './field.js';

const fieldSpecs = listOf(fieldSpecType);

const backReferenceType: ObjectType = {
  kind: 'object',
  title: 'a kind with the fields that refer to it',
  fields: [
    { name: 'group', type: text, documentation: 'API group of the objects that are referred to; without it any.' },
    { name: 'version', type: text, documentation: 'API version of the objects that are referred to; without it any.' },
    { name: 'kind', type: text, documentation: 'Kind of the objects that are referred to.' },
    { name: 'fieldSpecs', type: fieldSpecs, documentation: 'Fields that hold the name of such an object.' },
  ],
};

const configFields: readonly Field[] = [
  { name: 'namePrefix', type: fieldSpecs, documentation: 'Fields that `namePrefix` changes besides `metadata/name`.' },
  { name: 'nameSuffix', type: fieldSpecs, documentation: 'Fields that `nameSuffix` changes besides `metadata/name`.' },
  { name: 'namespace', type: fieldSpecs, documentation: 'Fields that `namespace` sets besides `metadata/namespace`.' },
  { name: 'commonLabels', type: fieldSpecs, documentation: 'Fields that `commonLabels`, and `labels` with `includeSelectors`, set.' },
  { name: 'labels', type: fieldSpecs, documentation: 'Fields that `labels` set.' },
  { name: 'templateLabels', type: fieldSpecs, documentation: 'Fields that `labels` with `includeTemplates` set.' },
  { name: 'volumeClaimTemplateLabels', type: fieldSpecs, documentation: 'Fields that `labels` with `includeVolumeClaimTemplates` set.' },
  { name: 'commonAnnotations', type: fieldSpecs, documentation: 'Fields that `commonAnnotations` set.' },
  { name: 'nameReference', type: listOf(backReferenceType), documentation: 'Fields that hold the names of other objects and follow them when they change.' },
  { name: 'varReference', type: fieldSpecs, documentation: 'Fields in which vars are replaced.' },
  { name: 'images', type: fieldSpecs, documentation: 'Fields with container images.' },
  { name: 'replicas', type: fieldSpecs, documentation: 'Fields with a number of replicas.' },
];

export const transformerConfigType: ObjectType = { kind: 'object', title: 'a transformer configuration', fields: configFields };
