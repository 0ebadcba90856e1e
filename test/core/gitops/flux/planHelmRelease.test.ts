import assert from 'node:assert/strict';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { findReleaseChart, planHelmRelease, releaseNameOf, type HelmReleasePlan } from '../../../../src/core/gitops/flux/planHelmRelease.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import type { MapNode, ScalarNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function rootOf(text: string): MapNode {
  const root = parseYaml(new SourceText('/repo/a.yaml', text)).documents[0]?.root;
  assert(root?.kind === 'map', text);
  return root;
}

function releaseOf(spec: string, name = 'web'): MapNode {
  return rootOf(`apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${name}, namespace: apps}\nspec: ${spec}\n`);
}

function plan(spec: string): HelmReleasePlan {
  const root = releaseOf(spec);
  return planHelmRelease({ id: idOfObject(root), root }, { folder: '/repo/charts/web', sourceTop: '/repo', lookUp: () => undefined });
}

function scalarAt(root: MapNode, ...keys: readonly (string | number)[]): ScalarNode {
  let node: YamlNode | undefined = root;
  for (const key of keys) node = typeof key === 'number' ? (node?.kind === 'sequence' ? node.items[key] : undefined) : node?.kind === 'map' ? node.get(key) : undefined;
  assert(node?.kind === 'scalar', keys.join('.'));
  return node;
}

const chart = 'chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}}';

describe('planning a HelmRelease', () => {
  it('names the release by its target namespace and name, and shortens what is too long', () => {
    const name = (spec: string, objectName = 'web'): string => {
      const root = releaseOf(spec, objectName);
      const inner = root.get('spec');
      return releaseNameOf(idOfObject(root), inner?.kind === 'map' ? inner : undefined);
    };
    assert.equal(name(`{${chart}}`), 'web');
    assert.equal(name(`{${chart}, targetNamespace: shop}`), 'shop-web');
    assert.equal(name(`{${chart}, targetNamespace: shop, releaseName: given}`), 'given');
    // 60 characters: the first 40, and 12 digits of the SHA-256 of the whole
    assert.match(name(`{${chart}}`, 'a'.repeat(60)), /^a{40}-11ee391211c6$/);
  });

  it('installs CRDs unless the policy skips them, without hooks and schema where the release says so', () => {
    const inputs = plan(`{${chart}, targetNamespace: shop, install: {disableHooks: true, disableSchemaValidation: true}}`).plan.chart;
    assert.deepEqual(inputs && [inputs.namespace, inputs.includeCrds, inputs.skipHooks, inputs.skipTests, inputs.skipSchemaValidation], ['shop', true, true, true, true]);
    assert.equal(plan(`{${chart}, install: {crds: Skip}, test: {enable: true}}`).plan.chart?.includeCrds, false);
  });

  it('takes the files of the chart template in the place of the values of the chart', () => {
    const inputs = plan('{chart: {spec: {chart: ./charts/web, valuesFiles: [charts/web/values.yaml, ./prod.yaml], sourceRef: {kind: GitRepository, name: a}}}}').plan.chart;
    assert.deepEqual(
      inputs?.defaultValues?.map((layer) => (layer.kind === 'file' ? layer.path : '')),
      ['/repo/charts/web/values.yaml', '/repo/prod.yaml'],
    );
  });

  it('says which values only the cluster has', () => {
    const { problems, open } = plan(`{${chart}, valuesFrom: [{kind: Secret, name: s}, {kind: ConfigMap, name: o, optional: true}]}`);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['flux/values-not-fetched'],
    );
    assert.deepEqual(
      open.map(({ name }) => name),
      ['s', 'o'],
    );
  });

  it('lays the patches and images of its post-renderers over what the chart gives', () => {
    const spec = `
  ${chart}
  postRenderers:
    - kustomize:
        patches:
          - target: {kind: Deployment}
            patch: |
              - op: add
                path: /spec/replicas
                value: 3
        images:
          - name: web
            newTag: "2"
  commonMetadata: {labels: {team: shop}}`;
    const { plan: planned } = plan(spec);
    const deployment = rootOf('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: "web:1"}]}}}\n');
    const service = rootOf('apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {team: shop}}\n');
    const problems = new Problems();
    let objects: readonly MapNode[] = [deployment, service];
    for (const step of planned.finish) objects = step(objects, { problems, cache: new BuildCache() });
    assert.deepEqual(problems.list, []);
    const [first, second] = objects;
    assert(first && second);
    assert.equal(scalarAt(first, 'spec', 'replicas').value, '3');
    const image = scalarAt(first, 'spec', 'template', 'spec', 'containers', 0, 'image');
    assert.deepEqual([image.value, image.step?.field], ['web:2', 'spec.postRenderers[0].kustomize.images[0].newTag']);
    assert.equal(scalarAt(first, 'metadata', 'labels', 'team').step?.field, 'spec.commonMetadata.labels.team');
    assert.equal(second, service);
  });

  it('finds the chart in a folder of a repository, by its name in a Helm repository, or in an OCI repository', () => {
    const kindOf = (spec: string): string | undefined => {
      const root = releaseOf(spec);
      return findReleaseChart({ id: idOfObject(root), root }, () => undefined)?.kind;
    };
    assert.equal(kindOf(`{${chart}}`), 'folder');
    assert.equal(kindOf('{chart: {spec: {chart: web, version: 1.x, sourceRef: {kind: HelmRepository, name: a}}}}'), 'repository');
    assert.equal(kindOf('{chartRef: {kind: OCIRepository, name: a}}'), 'oci');
    assert.equal(kindOf('{}'), undefined);
  });
});
