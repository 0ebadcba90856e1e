/**
 * Learns from the OpenAPI definitions that `crds` names which fields of custom resources hold names, labels and
 * annotations (kustomize's internal/accumulator/loadconfigfromcrds.go v0.21.2).
 */
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import type { BuildContext } from './context.js';
import type { FieldSpec, NameBackReferences, Text, TransformerConfig } from './kustomization.js';
import { emptyTransformerConfig, mergeTransformerConfigs } from './transformerConfig.js';

/** The configuration that the files say; what is wrong with them is reported. */
export function loadConfigFromCrds(crds: readonly Text[], from: string, context: BuildContext): TransformerConfig {
  let config = emptyTransformerConfig;
  for (const entry of crds) {
    const source = context.load(from, entry.value, entry);
    if (!source) continue;
    const parsed = context.parse(source);
    context.problems.addAll(parsed.problems);
    const root = parsed.documents.find((document) => document.root)?.root;
    if (!root) continue;
    if (root.kind !== 'map') {
      context.problems.error('kustomize/invalid-crds', 'A file of crds holds OpenAPI definitions: a map from names of types to their schemas.', root);
      continue;
    }
    for (const { key, value } of root.pairs) config = mergeTransformerConfigs(config, configOfType(root, key.value, value), context.problems);
  }
  return config;
}

/** What one type that looks like an object of Kubernetes says; nothing for any other. */
function configOfType(types: MapNode, name: string, definition: YamlNode): TransformerConfig {
  const properties = propertiesOf(definition);
  if (!properties || !['kind', 'apiVersion', 'metadata'].every((field) => properties.get(field))) return emptyTransformerConfig;
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const found: Found = { kind, annotations: [], labels: [], names: [], references: [] };
  collect(types, name, [], found, new Set());
  return { ...emptyTransformerConfig, commonAnnotations: found.annotations, commonLabels: found.labels, namePrefix: found.names, nameReference: found.references };
}

interface Found {
  readonly kind: string;
  readonly annotations: FieldSpec[];
  readonly labels: FieldSpec[];
  readonly names: FieldSpec[];
  readonly references: NameBackReferences[];
}

/** Goes through the properties of a type and of the types that they refer to; a type within itself is not entered again. */
function collect(types: MapNode, name: string, path: readonly string[], found: Found, entered: ReadonlySet<string>): void {
  const properties = propertiesOf(types.get(name));
  if (!properties || entered.has(name)) return;
  for (const { key, value: property } of properties.pairs) {
    if (property.kind !== 'map') continue;
    const spec = (...more: readonly string[]): FieldSpec => ({
      group: '',
      version: '',
      kind: found.kind,
      path: [...path, key.value, ...more].join('/'),
      create: false,
      place: key,
    });
    const extension = (word: string): string | undefined => {
      const value = property.get(`x-kubernetes-${word}`);
      return value?.kind === 'scalar' && value.tag === '!!str' ? value.value : undefined;
    };
    if (extension('annotation') !== undefined) found.annotations.push(spec());
    if (extension('label-selector') !== undefined) found.labels.push(spec());
    if (extension('identity') !== undefined) found.names.push(spec());
    const [version, kind] = [extension('object-ref-api-version'), extension('object-ref-kind')];
    if (version !== undefined && kind !== undefined) {
      found.references.push({ group: '', version, kind, fieldSpecs: [spec(extension('object-ref-name-key') ?? 'name')] });
    }
    const reference = scalarValue(property.get('$ref'));
    if (reference !== undefined) collect(types, reference, [...path, key.value], found, new Set([...entered, name]));
  }
}

function propertiesOf(definition: YamlNode | undefined): MapNode | undefined {
  const schema = definition?.kind === 'map' ? (definition.get('Schema') ?? definition.get('schema')) : undefined;
  const properties = schema?.kind === 'map' ? schema.get('properties') : undefined;
  return properties?.kind === 'map' ? properties : undefined;
}
