import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { isClusterScoped } from '../../../src/core/objects/resId.js';
import { builtinSchema, customSchema, type FieldSchema } from '../../../src/core/objects/schema.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };

function parse(text: string): YamlNode {
  const root = parseYaml(new SourceText('/w/schema.yaml', text)).documents[0]?.root;
  assert.ok(root);
  return root;
}

/** The schema at a path; `[]` stands for a list's elements. */
function at(schema: FieldSchema | undefined, ...path: readonly string[]): FieldSchema | undefined {
  return path.reduce<FieldSchema | undefined>((found, part) => (part === '[]' ? found?.elements : found?.field(part)), schema);
}

describe('builtinSchema', () => {
  const schema = builtinSchema();

  it('knows how the lists of a pod merge', () => {
    const spec = at(schema.of(deployment), 'spec', 'template', 'spec');
    const containers = at(spec, 'containers');
    assert.deepEqual([containers?.patchStrategy, containers?.mergeKeys], [['merge'], ['name']]);
    const ports = at(containers, '[]', 'ports');
    assert.deepEqual([ports?.patchStrategy, ports?.mergeKeys], [['merge'], ['containerPort', 'protocol']]);
    assert.deepEqual(at(spec, 'volumes')?.patchStrategy, ['merge', 'retainKeys']);
    assert.deepEqual(at(containers, '[]', 'volumeMounts')?.mergeKeys, ['mountPath']);
    assert.deepEqual(at(spec, 'tolerations')?.patchStrategy, []);
  });

  it('knows lists of scalars that merge', () => {
    const finalizers = at(schema.of(deployment), 'metadata', 'finalizers');
    assert.deepEqual([finalizers?.patchStrategy, finalizers?.mergeKeys, finalizers?.elements], [['merge'], [], undefined]);
  });

  it('knows every map value by the same schema, and definitions that contain themselves', () => {
    const props = schema.definition('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
    assert.ok(props);
    assert.equal(at(props, 'properties', 'any', 'properties', 'other', 'not'), props);
  });

  it('does not know other kinds, versions and fields', () => {
    assert.equal(schema.of({ group: 'example.com', version: 'v1', kind: 'Thing' }), undefined);
    assert.equal(schema.of({ group: 'apps', version: 'v1beta1', kind: 'Deployment' }), undefined);
    assert.equal(at(schema.of(deployment), 'spec', 'none'), undefined);
  });
});

describe('customSchema', () => {
  const document = parse(`
definitions:
  example.v1.Thing:
    x-kubernetes-group-version-kind: [{group: example.com, version: v1, kind: Thing}]
    properties:
      spec: {$ref: "#/definitions/example.v1.Spec"}
      loop: {$ref: "#/definitions/loop"}
      meta: {$ref: "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
  example.v1.Spec:
    properties:
      items:
        type: array
        items: {$ref: "#/definitions/example.v1.Spec/properties/inner"}
        x-kubernetes-patch-strategy: merge
        x-kubernetes-patch-merge-key: id
      mapped:
        type: array
        items: {}
        x-kubernetes-patch-strategy: merge
        x-kubernetes-patch-merge-key: id
        x-kubernetes-list-map-keys: [a, b]
      loose: {type: [array, object], items: {}}
      inner:
        additionalProperties: {properties: {leaf: {}}}
  loop: {$ref: "#/definitions/loop"}
`);
  const thing = { group: 'example.com', version: 'v1', kind: 'Thing' };
  const schema = customSchema(document);

  it('reads merge keys, the keys of a list map first', () => {
    const spec = at(schema.of(thing), 'spec');
    assert.deepEqual(at(spec, 'items')?.mergeKeys, ['id']);
    assert.deepEqual(at(spec, 'mapped')?.mergeKeys, ['a', 'b']);
  });

  it('follows references, also into definitions', () => {
    assert.ok(at(schema.of(thing), 'spec', 'items', '[]', 'any', 'leaf'));
  });

  it('ends at references that lead in a circle or nowhere', () => {
    assert.equal(at(schema.of(thing), 'loop'), undefined);
    assert.equal(at(schema.of(thing), 'meta'), undefined);
  });

  it('has elements for what can only be a list', () => {
    assert.equal(at(schema.of(thing), 'spec', 'loose', '[]'), undefined);
  });

  it('stands in the place of the built-in schema, or beside it', () => {
    assert.equal(schema.of(deployment), undefined);
    const both = customSchema(document, builtinSchema());
    assert.ok(both.of(deployment));
    assert.deepEqual(at(both.of(thing), 'meta', 'finalizers')?.patchStrategy, ['merge']);
  });

  it('passes over what is no OpenAPI document', () => {
    for (const text of ['[]', 'a', '{definitions: [x]}', '{definitions: {a: 1, b: {x-kubernetes-group-version-kind: {}}}}'])
      assert.equal(customSchema(parse(text)).of(thing), undefined);
  });
});

describe('isClusterScoped', () => {
  it('holds for the kinds that kustomize knows to be so', () => {
    assert.ok(isClusterScoped({ group: '', version: 'v1', kind: 'Namespace' }));
    assert.ok(isClusterScoped({ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' }));
    assert.ok(!isClusterScoped({ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role' }));
    assert.ok(!isClusterScoped({ group: 'example.com', version: 'v1', kind: 'ClusterThing' }));
  });
});
