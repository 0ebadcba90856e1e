import assert from 'node:assert/strict';
import { defaultTransformerConfig as config } from '../../../../src/core/kustomize/facts/defaultConfig.js';
import type { FieldSpec } from '../../../../src/core/kustomize/kustomization.js';

/** Fields of a kind that a list names, as paths. */
function paths(specs: readonly FieldSpec[], kind: string): readonly string[] {
  return specs.filter((spec) => spec.kind === kind).map(({ path }) => path);
}

describe('defaultTransformerConfig', () => {
  it('labels what templates and volume claim templates label too', () => {
    for (const spec of [...config.templateLabels, ...config.volumeClaimTemplateLabels]) {
      assert.ok(
        config.commonLabels.some((other) => JSON.stringify(other) === JSON.stringify(spec)),
        JSON.stringify(spec),
      );
    }
  });

  it('makes selectors for workloads but only follows those of jobs', () => {
    const creates = (kind: string): boolean | undefined => config.commonLabels.find((spec) => spec.kind === kind && spec.path === 'spec/selector/matchLabels')?.create;
    assert.deepEqual(['Deployment', 'StatefulSet', 'Job'].map(creates), [true, true, false]);
  });

  it('prefixes names, counts replicas and finds images where they are', () => {
    assert.deepEqual(config.namePrefix, [{ group: '', version: '', kind: '', path: 'metadata/name', create: false }]);
    assert.deepEqual(
      config.replicas.map(({ kind }) => kind),
      ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'],
    );
    assert.ok(config.images.some(({ path }) => path === 'spec/template/spec/initContainers[]/image'));
  });

  it('knows which fields refer to a ConfigMap, a Secret and a Service', () => {
    const fields = (kind: string, referrer: string): readonly string[] =>
      config.nameReference.filter((reference) => reference.kind === kind).flatMap(({ fieldSpecs }) => paths(fieldSpecs, referrer));
    assert.ok(fields('ConfigMap', 'Deployment').includes('spec/template/spec/containers/envFrom/configMapRef/name'));
    assert.ok(fields('Secret', 'Ingress').includes('metadata/annotations/ingress.kubernetes.io\\/auth-secret'));
    assert.deepEqual(fields('Service', 'StatefulSet'), ['spec/serviceName']);
  });
});
