import assert from 'node:assert/strict';
import { buildKustomization } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';
import { compareRenderings, formatFieldPath, plainValue } from '../../../src/core/objects/compare.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';

/** The differences between the folders `left` and `right` of a fixture, one per line. */
function differences(fixture: string): readonly string[] {
  const tree = fixtureTree(fixture);
  const cache = new BuildCache();
  const [left, right] = ['left', 'right'].map((name) => {
    const rendering = buildKustomization({ tree, folder: `${fixtureRoot}/${name}`, cache, options: { loadRestrictor: 'rootOnly', enableHelm: false } });
    assert.ok(rendering.ok, JSON.stringify(rendering.problems));
    return rendering;
  });
  assert.ok(left && right);
  return compareRenderings(left, right).flatMap(({ change, left: before, right: after, fields }) => [
    `${change} ${before?.id.name ?? ''} ${after?.id.name ?? ''}`.trimEnd(),
    ...fields.map(
      (field) => `  ${formatFieldPath(field.path)}: ${field.left ? JSON.stringify(plainValue(field.left)) : '-'} ${field.right ? JSON.stringify(plainValue(field.right)) : '-'}`,
    ),
  ]);
}

const base = `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: web:1
        args: [a, b]
      - name: proxy
        image: proxy:1
`;

describe('comparing renderings', () => {
  it('finds nothing between equal ones, however they came about', () => {
    assert.deepEqual(
      differences(`${base}\n#- left/kustomization.yaml\nresources: [../base]\n#- right/kustomization.yaml\nresources: [../base]\nreplicas: [{name: web, count: 1}]`),
      [],
    );
  });

  it('names fields by the elements’ names, and lists of texts as a whole', () => {
    const fixture = `${base}
#- left/kustomization.yaml
resources: [../base]
#- right/kustomization.yaml
resources: [../base]
images: [{name: proxy, newTag: "2"}]
replicas: [{name: web, count: 3}]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, annotations: {example.com/a: x}}
    spec:
      template:
        spec:
          containers: [{name: web, args: [a, c]}, {name: extra, image: e}]`;
    assert.deepEqual(differences(fixture), [
      'changed web web',
      '  metadata.annotations: - {"example.com/a":"x"}',
      '  spec.replicas: 1 3',
      '  spec.template.spec.containers[name=web].args: ["a","b"] ["a","c"]',
      '  spec.template.spec.containers[name=proxy].image: "proxy:1" "proxy:2"',
      '  spec.template.spec.containers[name=extra]: - {"name":"extra","image":"e"}',
    ]);
  });

  it('pairs objects through prefixes, namespaces and hashes', () => {
    const overlay = (name: string, level: string): string => `
#- ${name}/kustomization.yaml
resources: [../base]
namePrefix: ${name}-
namespace: ${name}
configMapGenerator:
- name: settings
  literals: [level=${level}]`;
    const found = differences(`${base}${overlay('left', 'info')}${overlay('right', 'debug')}`);
    assert.deepEqual(
      found.filter((line) => !line.startsWith('  ')).map((line) => line.replace(/-[a-z0-9]{10}/g, '-HASH')),
      ['changed left-settings-HASH right-settings-HASH', 'changed left-web right-web'],
    );
    assert.ok(found.includes('  data.level: "info" "debug"'));
    assert.ok(found.includes('  metadata.namespace: "left" "right"'));
  });

  it('tells what only one side has, and takes another version of a kind for the same object', () => {
    const fixture = `
#- left/kustomization.yaml
resources: [a.yaml]
#- left/a.yaml
apiVersion: example.com/v1
kind: Thing
metadata: {name: same}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: old}
#- right/kustomization.yaml
resources: [a.yaml]
#- right/a.yaml
apiVersion: example.com/v2
kind: Thing
metadata: {name: same}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: new}`;
    assert.deepEqual(differences(fixture), ['removed old', 'changed same same', '  apiVersion: "example.com/v1" "example.com/v2"', 'added  new']);
  });

  it('compares values as they are printed', () => {
    const side = (name: string, value: string): string =>
      `\n#- ${name}/kustomization.yaml\nresources: [a.yaml]\n#- ${name}/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec: {${value}}`;
    assert.deepEqual(differences(side('left', 'a: 1.10, b: 0x10, c: ~, d: "1"') + side('right', 'a: 1.1, b: 16, c: null, d: 1')), ['changed a a', '  spec.d: "1" 1']);
  });
});
